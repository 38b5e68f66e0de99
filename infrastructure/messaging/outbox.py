"""Reads the outbox for the relay: what may go out now, in order per session; and records what became of it."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from psycopg.rows import class_row

from infrastructure.postgres.pool import Pool

BATCH = 500
_FIRST_BACK_OFF = 0.5
_LONGEST_BACK_OFF = 300.0

# Nothing goes out behind a row of the same session that is backing off or dead. `scheduled_at` counts only for what was
# tried: a server whose clock is behind, after a switch to a standby say, holds up nothing that is new. What may hold
# up others is found in an index of its own, event_outbox_held, however long the backlog is.
# statement_timestamp: with a clock that moves while the statement runs, a row could come due between the look at it and
# the look at those behind it.
_NEXT = b"""
SELECT o.id, o.position, o.topic, o.partition_key, o.payload::text AS payload, o.headers, o.retry_count, o.max_retries
FROM event_outbox o
WHERE o.status = 'PENDING' AND (o.retry_count = 0 OR o.scheduled_at <= statement_timestamp()) AND NOT EXISTS (
    SELECT 1 FROM event_outbox b
    WHERE (b.status = 'DEAD' OR (b.status = 'PENDING' AND b.retry_count > 0))
        AND b.partition_key = o.partition_key AND b.position < o.position
        AND (b.status = 'DEAD' OR b.scheduled_at > statement_timestamp())
)
ORDER BY o.position LIMIT %s
"""

# A relay that has lost its turn may not know it yet. One marks after the other, so that a session's rows never get a
# sent_tx lower than that of the rows before them.
_ALONE = b"SELECT pg_advisory_xact_lock(hashtextextended('genesis:outbox-sent', 0))"

# sent_tx: consumers on the PostgreSQL bus follow the order of commits, as the log's readers do
_SENT = b"""
WITH sent AS (
    UPDATE event_outbox
    SET status = 'SENT', sent_at = clock_timestamp(), sent_tx = pg_current_xact_id(), last_error = NULL
    WHERE id = ANY(%s) AND status = 'PENDING'
    RETURNING 1
)
UPDATE outbox_totals SET published = published + (SELECT count(*) FROM sent)
"""

# Counted once, by whoever saw the row as it is: not by a relay that has been overtaken, nor after a `requeue`.
_FAILED = b"""
UPDATE event_outbox SET retry_count = retry_count + 1, last_error = %(error)s,
    status = CASE WHEN retry_count + 1 > max_retries THEN 'DEAD'::outbox_status ELSE status END,
    scheduled_at = clock_timestamp() + make_interval(secs => %(wait)s)
WHERE id = %(id)s AND status = 'PENDING' AND retry_count = %(tried)s RETURNING status::text
"""


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """One message on its way out. `payload` is JSON text as it is stored: nobody on the way has to understand it."""

    id: UUID
    position: int
    topic: str
    partition_key: str
    payload: str
    headers: Mapping[str, str]
    retry_count: int
    max_retries: int


class Outbox:
    """The outbox as the one active relay sees it."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def due(self, limit: int = BATCH) -> list[OutboxRow]:
        """What may be published now, in order."""
        async with self._pool.connection() as connection, connection.cursor(row_factory=class_row(OutboxRow)) as cursor:
            await cursor.execute(_NEXT, (limit,))
            return await cursor.fetchall()

    async def sent(self, ids: Sequence[UUID]) -> None:
        """The broker has acknowledged these."""
        async with self._pool.connection() as connection, connection.transaction():
            await connection.execute(_ALONE)
            await connection.execute(_SENT, (list(ids),))

    async def failed(self, row: OutboxRow, error: str) -> bool:
        """The message itself could not be sent: back off, exponentially and with jitter, or give up. True: DEAD now."""
        wait = min(_LONGEST_BACK_OFF, _FIRST_BACK_OFF * 2**row.retry_count) * random.uniform(0.5, 1.5)  # noqa: S311
        async with self._pool.connection() as connection:
            tried = {"id": row.id, "error": error[:500], "wait": wait, "tried": row.retry_count}
            cursor = await connection.execute(_FAILED, tried)
            found = await cursor.fetchone()
        return found is not None and found[0] == "DEAD"
