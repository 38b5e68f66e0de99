"""Lists, requeues and discards dead letters: the outbox as its operator sees it, without payloads."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg.rows import class_row

from infrastructure.postgres.pool import Connection

_COUNTS = b"""
SELECT status::text, count(*), min(created_at) FROM event_outbox GROUP BY status
"""
_LETTERS = b"""
SELECT o.id, o.position, o.headers ->> 'ce_type' AS event_type, o.partition_key, o.headers ->> 'ce_sequence' AS version,
    o.topic, o.status::text AS status, o.retry_count, o.max_retries, o.last_error, o.scheduled_at, o.created_at,
    pg_column_size(o.payload) AS size,
    (SELECT count(*) FROM event_outbox b
     WHERE b.partition_key = o.partition_key AND b.position > o.position AND b.status <> 'SENT') AS behind
FROM event_outbox o
WHERE CASE WHEN %(id)s::uuid IS NULL THEN o.status = 'DEAD' OR (o.status = 'PENDING' AND o.retry_count > 0)
    ELSE o.id = %(id)s::uuid END
ORDER BY o.position LIMIT %(limit)s
"""
_REQUEUE = b"""
UPDATE event_outbox SET status = 'PENDING', retry_count = 0, scheduled_at = clock_timestamp()
WHERE status = 'DEAD' AND (%(id)s::uuid IS NULL OR id = %(id)s::uuid)
"""
_DISCARD = b"""
WITH gone AS (DELETE FROM event_outbox WHERE id = %s AND status = 'DEAD' RETURNING *)
INSERT INTO outbox_discarded (id, position, event_type, partition_key, retry_count, last_error, why)
SELECT id, position, headers ->> 'ce_type', partition_key, retry_count, last_error, %s FROM gone
"""
_DISCARDED = b"""
SELECT id, event_type, partition_key, last_error, why, created_at FROM outbox_discarded
ORDER BY created_at DESC, position DESC LIMIT %s
"""


@dataclass(frozen=True, slots=True)
class Letter:
    """One message that did not go out at once. `size` in bytes as stored; `behind`: how many of its session wait."""

    id: UUID
    position: int
    event_type: str | None
    partition_key: str
    version: str | None
    topic: str
    status: str
    retry_count: int
    max_retries: int
    last_error: str | None
    scheduled_at: datetime
    created_at: datetime
    size: int
    behind: int


@dataclass(frozen=True, slots=True)
class Discarded:
    """A dead message that somebody gave up, and why."""

    id: UUID
    event_type: str | None
    partition_key: str
    last_error: str | None
    why: str
    created_at: datetime


async def counts(connection: Connection) -> Mapping[str, tuple[int, datetime]]:
    """Status -> how many rows and since when the oldest of them exists."""
    rows = await (await connection.execute(_COUNTS)).fetchall()
    return {status: (number, oldest) for status, number, oldest in rows}


async def letters(connection: Connection, event_id: UUID | None = None, *, limit: int = 100) -> list[Letter]:
    """The rows that are DEAD or backing off, or the one of `event_id` whatever its state."""
    async with connection.cursor(row_factory=class_row(Letter)) as cursor:
        await cursor.execute(_LETTERS, {"id": event_id, "limit": limit})
        return await cursor.fetchall()


async def requeue(connection: Connection, event_id: UUID | None = None) -> int:
    """Try dead rows again, as if for the first time: `event_id`, or all. How many there were."""
    return (await connection.execute(_REQUEUE, {"id": event_id})).rowcount


async def discard(connection: Connection, event_id: UUID, why: str = "") -> bool:
    """Never send this dead row; those behind it go on, the event stays in the log. False: there is no such dead row."""
    return (await connection.execute(_DISCARD, (event_id, why))).rowcount == 1


async def discarded(connection: Connection, *, limit: int = 100) -> list[Discarded]:
    """What was given up, the newest first."""
    async with connection.cursor(row_factory=class_row(Discarded)) as cursor:
        await cursor.execute(_DISCARDED, (limit,))
        return await cursor.fetchall()
