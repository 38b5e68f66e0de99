"""The daily backup of `genesis run`: what cannot begin is said, and begins once it can."""

import asyncio
import io
from contextlib import suppress
from pathlib import Path

from rich.console import Console

from cli.upkeep import back_up_daily
from tests.support.reading import eventually


async def test_a_backup_that_cannot_begin_is_said_once_and_begins_once_it_can(tmp_path: Path) -> None:
    backups = tmp_path / "backups"
    backups.mkdir()
    log = tmp_path / "logs" / "backup.log"  # its folder is missing, as on a disk that is not mounted
    said = io.StringIO()
    nothing_listens = {"GENESIS_DATABASE_URL": "postgresql://127.0.0.1:9/nothing", "GENESIS_HOME": str(tmp_path)}
    work = asyncio.create_task(back_up_daily(backups, tmp_path, nothing_listens, Console(file=said), look=0.01))

    async def is_said() -> bool:
        return "cannot begin" in said.getvalue()

    async def has_begun() -> bool:
        return log.exists() and log.stat().st_size > 0

    try:
        await eventually(is_said)
        log.parent.mkdir()
        await eventually(has_begun, within=120)
    finally:
        work.cancel()
        with suppress(asyncio.CancelledError):
            await work
    assert said.getvalue().count("cannot begin") == 1
