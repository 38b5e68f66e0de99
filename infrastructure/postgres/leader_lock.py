"""One active, the others stand by: a session-level advisory lock. Holding one does not hold back the log's readers.

A process that is killed loses it with its connection. One that is frozen, or cut off, would keep it for ever: so the
server ends a connection that gives no sign of life, and its holder counts on no more time than that.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

import psycopg
import structlog
from psycopg import AsyncConnection

from infrastructure.concurrency.cancellation import end
from infrastructure.postgres.pool import Connection, connection_options

RETRY = 0.5
"""Seconds between two tries of those that stand by."""

HOLD = 15.0
"""Seconds after its holder's last sign of life that the server gives the turn to another."""

_WATCH = 2.0
_MARGIN = 3.0
"""Seconds by which the holder stops earlier than the server lets another begin."""

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Turn:
    """The right to work, until `over`. `valid_until`: monotonic seconds, moved on with every sign of life."""

    valid_until: float = float("inf")
    lost: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def over(self) -> bool:
        """The connection that holds the lock is gone, or may be by now: stop working."""
        return self.lost.is_set() or time.monotonic() >= self.valid_until


@asynccontextmanager
async def singleton(database_url: str, name: str, stop: asyncio.Event) -> AsyncIterator[Turn | None]:
    """Wait for the turn of `name`; None when `stop` was set first. Raises psycopg.Error without a server."""
    options = connection_options(database_url, f"genesis-{name}-singleton")
    async with await AsyncConnection.connect(database_url, **options) as connection:
        await connection.execute("SELECT set_config('idle_session_timeout', %s, false)", (f"{HOLD * 1000:.0f}ms",))
        if not await _acquire(connection, name, stop):
            yield None
            return
        log.info("singleton_active", name=name)
        turn = Turn(time.monotonic() + _WATCH + _MARGIN)
        watch = asyncio.create_task(_watch(connection, turn))
        try:
            yield turn
        finally:
            await end(watch)


async def _acquire(connection: Connection, name: str, stop: asyncio.Event) -> bool:
    while not stop.is_set():
        row = await (
            await connection.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", (f"genesis:{name}",))
        ).fetchone()
        if row is not None and row[0]:
            return True
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), RETRY)
    return False


async def _watch(connection: Connection, turn: Turn) -> None:
    try:
        while True:
            began = time.monotonic()
            async with asyncio.timeout(HOLD - _MARGIN):
                await connection.execute("SELECT 1")
            turn.valid_until = began + HOLD - _MARGIN
            await asyncio.sleep(_WATCH)
    except (psycopg.Error, TimeoutError):
        log.warning("singleton_lost")
        turn.lost.set()
