"""The bus that needs no broker: consumers read the outbox rows that the relay has released, in the order of commits."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from uuid import UUID

import structlog
from genesis_types.envelope import ForeignMessage, Message, parse

from application.ports import Hints
from infrastructure.hints import BUS
from infrastructure.outbox import OutboxRow
from infrastructure.postgres import Pool
from infrastructure.singleton import Turn, singleton
from infrastructure.waking import Bell, bell

BATCH = 200
POLL = 0.5

log = structlog.get_logger(__name__)

_NEXT = b"""
SELECT sent_tx::text AS tx, position, headers, payload FROM event_outbox
WHERE status = 'SENT' AND (sent_tx, position) > (%s::text::xid8, %s)
    AND sent_tx < pg_snapshot_xmin(pg_current_snapshot())
ORDER BY sent_tx, position LIMIT %s
"""
_STANDING = b"SELECT sent_tx::text, position FROM bus_checkpoints WHERE consumer_group = %s"
_COMMIT = b"""
INSERT INTO bus_checkpoints (consumer_group, sent_tx, position) VALUES (%s, %s::text::xid8, %s)
ON CONFLICT (consumer_group) DO UPDATE SET sent_tx = excluded.sent_tx, position = excluded.position
WHERE (bus_checkpoints.sent_tx, bus_checkpoints.position) < (excluded.sent_tx, excluded.position)
"""


class PostgresPublisher:
    """Nothing to send: marking a row SENT is what releases it."""

    async def publish(self, rows: Sequence[OutboxRow]) -> Mapping[UUID, str]:  # noqa: ARG002
        return {}

    async def close(self) -> None:
        return None


class PostgresConsumer:
    """One active consumer per group; others of the group stand by."""

    def __init__(self, pool: Pool, group: str, waker: Bell, turn: Turn | None) -> None:
        self._pool = pool
        self._group = group
        self._bell = waker
        self._turn = turn
        self._standing: tuple[str, int] | None = None
        self._fetched: tuple[str, int] | None = None

    @classmethod
    @asynccontextmanager
    async def opened(
        cls, database_url: str, pool: Pool, hints: Hints, group: str, stop: asyncio.Event
    ) -> AsyncIterator["PostgresConsumer"]:
        """Waits for the group's turn. Raises psycopg.Error without a server."""
        async with bell(hints, stop, BUS) as waker, singleton(database_url, f"bus-{group}", stop) as turn:
            yield cls(pool, group, waker, turn)

    async def fetch(self, timeout: float) -> list[Message]:  # noqa: ASYNC109
        loop = asyncio.get_running_loop()
        until = loop.time() + timeout
        while self._turn is not None:
            if self._turn.lost.is_set():
                raise ConnectionError("another consumer of the group may be active now")
            self._bell.heed()
            before = self._fetched
            if messages := await self._next():
                return messages
            if self._fetched != before:
                continue  # foreign messages only: there may be more behind them
            left = until - loop.time()
            if left <= 0:
                return []
            await self._bell.wait(min(POLL, left))
        return []

    async def _next(self) -> list[Message]:
        async with self._pool.connection() as connection:
            if self._standing is None:
                found = await (await connection.execute(_STANDING, (self._group,))).fetchone()
                self._standing = (found[0], found[1]) if found else ("0", 0)
            rows = await (await connection.execute(_NEXT, (*(self._fetched or self._standing), BATCH))).fetchall()
        messages = []
        for tx, position, headers, payload in rows:
            self._fetched = (tx, position)
            try:
                messages.append(parse(headers, payload))
            except ForeignMessage as error:
                log.warning("foreign_message", position=position, error=str(error))
        return messages

    async def commit(self) -> None:
        if self._fetched is None:
            return
        async with self._pool.connection() as connection:
            await connection.execute(_COMMIT, (self._group, *self._fetched))
        self._standing, self._fetched = self._fetched, None
