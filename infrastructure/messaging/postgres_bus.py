"""Consumes without a broker: reads the outbox rows that the relay has released, in the order of commits."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from uuid import UUID

import orjson

from application.wakeups import BUS, Hints
from infrastructure.concurrency.wakeup_bell import Bell, bell
from infrastructure.messaging.inbound_record import Record
from infrastructure.messaging.outbox import OutboxRow
from infrastructure.postgres.leader_lock import Turn, singleton
from infrastructure.postgres.pool import Pool

BATCH = 200
POLL = 0.5

_NEXT = b"""
SELECT sent_tx::text AS tx, position, partition_key, headers, payload::text FROM event_outbox
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

    async def fetch(self, timeout: float) -> list[Record]:  # noqa: ASYNC109
        loop = asyncio.get_running_loop()
        until = loop.time() + timeout
        while self._turn is not None:
            if self._turn.over:
                raise ConnectionError("another consumer of the group may be active now")
            self._bell.heed()
            if records := await self._next():
                return records
            left = until - loop.time()
            if left <= 0:
                return []
            await self._bell.wait(min(POLL, left))
        return []

    async def _next(self) -> list[Record]:
        async with self._pool.connection() as connection:
            if self._standing is None:
                found = await (await connection.execute(_STANDING, (self._group,))).fetchone()
                self._standing = (found[0], found[1]) if found else ("0", 0)
            rows = await (await connection.execute(_NEXT, (*(self._fetched or self._standing), BATCH))).fetchall()
        if rows:
            self._fetched = (rows[-1][0], rows[-1][1])
        return [_record(*row[1:]) for row in rows]

    async def commit(self) -> None:
        if self._fetched is None:
            return
        async with self._pool.connection() as connection:
            await connection.execute(_COMMIT, (self._group, *self._fetched))
        self._standing, self._fetched = self._fetched, None


def _record(position: int, key: str, headers: object, payload: str) -> Record:
    """A row as a record. Headers that are no object of texts were not written by the studio."""
    pairs = headers.items() if isinstance(headers, dict) else [("headers", headers)]
    return Record(
        f"outbox@{position}", key.encode(), [(name, _bytes(value)) for name, value in pairs], payload.encode()
    )


def _bytes(value: object) -> bytes:
    return value.encode() if isinstance(value, str) else orjson.dumps(value)
