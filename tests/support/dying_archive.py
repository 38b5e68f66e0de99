"""A move to the archive or back as a process of its own that SIGKILLs itself at a named step, the n-th time."""

import asyncio
import subprocess
import sys
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection

from infrastructure.event_store import archive
from infrastructure.postgres.pool import connection_options
from tests.support.dying import ROOT, die

STEPS = ("before a transaction", "with the copy made", "with the original gone", "after a transaction")


def start(url: str, session_id: UUID, way: str, step: str, number: int) -> subprocess.Popen[bytes]:
    """`way`: "put away" or "bring back"."""
    arguments = [url, str(session_id), way, step, str(number)]
    return subprocess.Popen([sys.executable, "-m", __name__, *arguments], cwd=ROOT)


class _Dying(AsyncConnection[Any]):
    """Dies when the deleting statement is about to be sent, the n-th time."""

    turns: Any = None
    number = 0

    async def execute(self, query: Any, *arguments: Any, **options: Any) -> Any:
        deleting = isinstance(query, bytes) and b"DELETE" in query
        if self.turns is not None and deleting and next(self.turns) == self.number:
            die()
        return await super().execute(query, *arguments, **options)


async def _move(url: str, session_id: UUID, way: str, step: str, number: int) -> None:
    archive.CHUNK = 2
    turns = count(1)
    async with await _Dying.connect(url, **connection_options(url, "genesis-dying")) as connection:
        if step == "with the copy made":
            connection.turns, connection.number = turns, number
        else:
            _gate(step, number, turns)
        move = archive.put_away if way == "put away" else archive.bring_back
        await move(connection, session_id)


def _gate(step: str, number: int, turns: Any) -> None:
    names = ("_moved",) if step == "with the original gone" else ("_put_away_some", "_bring_back_some")
    for name in names:
        _die_at(name, number, turns, afterwards=step != "before a transaction")


def _die_at(name: str, number: int, turns: Any, *, afterwards: bool) -> None:
    real = getattr(archive, name)

    async def gate(*arguments: Any) -> Any:
        last = next(turns) == number
        if last and not afterwards:
            die()
        answer = await real(*arguments)
        if last:
            die()
        return answer

    setattr(archive, name, gate)


def main(url: str, session_id: str, way: str, step: str, number: str) -> None:
    asyncio.run(_move(url, UUID(session_id), way, step, int(number)))


if __name__ == "__main__":
    assert Path.cwd() == ROOT
    main(*sys.argv[1:])
