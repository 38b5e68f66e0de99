"""One active, the others stand by: a session-level advisory lock. Holding one does not hold back the log's readers."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

import psycopg
import structlog
from psycopg import AsyncConnection

from infrastructure.ending import end
from infrastructure.postgres import Connection, connection_options

RETRY = 0.5
"""Seconds between two tries of those that stand by."""

_WATCH = 2.0

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Turn:
    """The right to work. `lost` is set when the connection that holds the lock is gone: stop working then."""

    lost: asyncio.Event = field(default_factory=asyncio.Event)


@asynccontextmanager
async def singleton(database_url: str, name: str, stop: asyncio.Event) -> AsyncIterator[Turn | None]:
    """Wait for the turn of `name`; None when `stop` was set first. Raises psycopg.Error without a server."""
    options = connection_options(database_url, f"genesis-{name}-singleton")
    async with await AsyncConnection.connect(database_url, **options) as connection:
        if not await _acquire(connection, name, stop):
            yield None
            return
        log.info("singleton_active", name=name)
        turn = Turn()
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
            await asyncio.sleep(_WATCH)
            await connection.execute("SELECT 1")
    except psycopg.Error:
        log.warning("singleton_lost")
        turn.lost.set()
