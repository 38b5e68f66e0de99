"""Looks after the data folder: brings it to a newer PostgreSQL, and backs it up every day."""

import asyncio
import importlib
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import psycopg
from rich.console import Console
from rich.markup import escape

from infrastructure.backup.rotation import is_due
from infrastructure.embedded import children
from infrastructure.embedded.children import Command
from infrastructure.embedded.postgres import CARRIED, NEWEST, is_older
from infrastructure.operator_error import OperatorError

_LOOK = 1800.0
"""Seconds between two looks whether a backup is due: a laptop sleeps, and what failed is tried again."""
_POLL = 0.5


def bring_forward(home: Path, console: Console) -> None:
    """Data of an older PostgreSQL, once. What goes wrong is said, and the older one goes on: it is in the wheel."""
    if (major := is_older(home)) is None or major not in CARRIED:
        return
    console.print(f"The data folder was made by PostgreSQL {major}. Bringing it to {NEWEST} …")
    try:
        importlib.import_module("infrastructure.embedded.forward").bring_forward(home, home / "logs" / "postgres.log")
    except (OperatorError, psycopg.Error, OSError) as problem:
        console.print(f"  [yellow]That was not possible; PostgreSQL {major} goes on. {escape(str(problem))}[/]")
    else:
        console.print(
            f"  [green]✓[/] Done. The old folder is kept as postgres-{major}; a backup lies in {home}/backups."
        )


async def back_up_daily(
    backups: Path, home: Path, environment: Mapping[str, str], console: Console, *, look: float = _LOOK
) -> None:
    """A process of its own for each backup, which may fail or be killed without anybody noticing but the doctor.

    `backups`: the folder of the automatic ones. `look`: seconds between two looks whether one is due. Runs until it is
    cancelled: a folder that cannot be read, or a process that cannot be started, is said once and tried again.
    """
    said: str | None = None
    arguments = [sys.executable, "-P", "-m", "cli.main", "backup", "--automatic"]
    command = Command("backup", arguments, dict(environment), folder=home)
    while True:
        try:
            if is_due(backups, datetime.now(UTC)):
                await _until_it_ends(command, home / "logs" / "backup.log")
        except OSError as problem:
            if said != (said := str(problem)):
                console.print(f"  [yellow]The daily backup cannot begin: {escape(said)}. It is tried again.[/]")
        await asyncio.sleep(look)


async def _until_it_ends(command: Command, log: Path) -> None:
    child = children.start(command, log)
    try:
        while children.ended(child) is None:  # noqa: ASYNC110  (a process has no event)
            await asyncio.sleep(_POLL)
    finally:
        children.kill(child)
        child.wait()
