"""Gives out several turns on one connection: of the processes that want one, one has it and the others stand by.

As leader_lock.py does for one: a turn is a session-level advisory lock, lost with its connection. What is not had yet
is asked for again and again; what is had is kept.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

import psycopg
import structlog

from infrastructure.concurrency.cancellation import end
from infrastructure.postgres.leader_lock import HOLD, RETRY
from infrastructure.postgres.pool import Connection, connection_options

_WATCH = 2.0
_MARGIN = 3.0
"""Seconds by which the holder stops earlier than the server lets another begin."""

_TAKE = b"""
SELECT name FROM unnest(%s::text[]) AS name WHERE pg_try_advisory_lock(hashtextextended('genesis:' || name, 0))
"""
_IS_TAKEN = b"""
SELECT NOT pg_try_advisory_xact_lock(hashtextextended('genesis:' || %s, 0))
"""

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Turns:
    """The right to work at what is `held`, until `over`. `valid_until`: monotonic seconds."""

    held: set[str] = field(default_factory=set)
    valid_until: float = float("inf")
    lost: asyncio.Event = field(default_factory=asyncio.Event)
    first: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def over(self) -> bool:
        """The connection that holds the locks is gone, or may be by now: stop working."""
        return self.lost.is_set() or time.monotonic() >= self.valid_until


@asynccontextmanager
async def several_turns(database_url: str, group: str, names: Collection[str]) -> AsyncIterator[Turns]:
    """Turns of `names` as they can be had; `group` names the connection. Raises psycopg.Error without a server."""
    options = connection_options(database_url, f"genesis-{group}-turns")
    async with await Connection.connect(database_url, **options) as connection:
        await connection.execute("SELECT set_config('idle_session_timeout', %s, false)", (f"{HOLD * 1000:.0f}ms",))
        turns = Turns(valid_until=time.monotonic() + _WATCH + _MARGIN)
        keeping = asyncio.create_task(_keep(connection, turns, names))
        try:
            yield turns
        finally:
            await end(keeping)


async def is_taken(connection: Connection, name: str) -> bool:
    """Whether some process has the turn of `name` now."""
    row = await (await connection.execute(_IS_TAKEN, (name,))).fetchone()
    return bool(row and row[0])


async def _keep(connection: Connection, turns: Turns, names: Collection[str]) -> None:
    """Ask for what is missing; the question is a sign of life as well."""
    try:
        while True:
            began = time.monotonic()
            missing = [name for name in names if name not in turns.held]
            async with asyncio.timeout(HOLD - _MARGIN):
                rows = await (await connection.execute(_TAKE, (missing,))).fetchall()
            turns.valid_until = began + HOLD - _MARGIN
            for (name,) in rows:
                log.info("singleton_active", name=name)
                turns.held.add(name)
                turns.first.set()
            await asyncio.sleep(RETRY if len(turns.held) < len(names) else _WATCH)
    except (psycopg.Error, TimeoutError):
        log.warning("singleton_lost", group=sorted(turns.held))
        turns.lost.set()
        turns.first.set()


async def wait_for_first(turns: Turns, stop: asyncio.Event, poll: float = RETRY) -> None:
    """Returns when there is something to do, nothing more to hope for, or `stop` is set."""
    while not (turns.first.is_set() or stop.is_set()):
        with suppress(TimeoutError):
            await asyncio.wait_for(turns.first.wait(), poll)
