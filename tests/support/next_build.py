"""A newer build as a process of its own: this code, with one more column in the next version of the session projection.

`python -m tests.support.next_build projector | api | cli ARGUMENTS…`. Settings come from the environment.
"""

import asyncio
import importlib
import os
import signal
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from projections import registry
from projections.engine.projection import Key, StoredEvent
from projections.genesis.session import GENESIS_SESSION, SessionRow, apply_session

ROOT = Path(__file__).parents[2]
NEXT = GENESIS_SESSION.version + 1


class WiderRow(SessionRow):
    shouted: str


def apply_wider(row: WiderRow | None, stored: StoredEvent, key: Key) -> WiderRow:
    plain = apply_session(row, stored, key)
    return WiderRow.model_validate(dict(plain) | {"shouted": plain.title.upper()})


def install(folder: Path) -> None:
    """Let everything that is imported from now on know version NEXT, as the next build's registry would."""
    made_by = folder / "session.sql"
    text = GENESIS_SESSION.create()
    made_by.write_text(text.replace("seed TEXT NOT NULL", "shouted TEXT NOT NULL,\n    seed TEXT NOT NULL", 1))
    first, *others = GENESIS_SESSION.tables
    wider = replace(first, row=WiderRow, apply=apply_wider)
    second = replace(GENESIS_SESSION, version=NEXT, sql=made_by, tables=(wider, *others))
    registry.PROJECTIONS = (second, *(one for one in registry.PROJECTIONS if one.name != second.name))
    registry.BY_NAME = {one.name: one for one in registry.PROJECTIONS}
    registry.VERSIONS = {one.name: one.version for one in registry.PROJECTIONS}


@asynccontextmanager
async def next_build(database_url: str, redis_url: str, *arguments: str, port: int = 0) -> AsyncIterator[Any]:
    """The process, ended at the end if it has not ended by itself."""
    environment = {"GENESIS_DATABASE_URL": database_url, "GENESIS_REDIS_URL": redis_url, "GENESIS_PORT": str(port)}
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", __name__, *arguments),
        env={**os.environ, **environment},
        cwd=ROOT,
        # nobody reads what the others say: a full pipe would stop them
        stdout=asyncio.subprocess.PIPE if arguments[0] == "cli" else None,
    )
    try:
        yield child
    finally:
        if child.returncode is None:
            child.terminate()
            await child.wait()


async def _until_stopped(module: str) -> None:
    settings = importlib.import_module("infrastructure.settings").Settings()
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    await importlib.import_module(module).run(settings, stop)


def main(kind: str, arguments: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        install(Path(folder))
        if kind == "cli":
            sys.argv = ["genesis", *arguments]
            importlib.import_module("cli.main").main()
        else:
            modules = {"projector": "infrastructure.processes.projector", "api": "api.server"}
            asyncio.run(_until_stopped(modules[kind]))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
