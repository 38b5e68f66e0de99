"""Deletes temporary data after some days: drafts, old waits, tokens, messages that were read, what models were sent.

The log, the inbox and the sessions are never touched: what was abandoned years ago can still be replayed. Rows are
looked for without a lock, then ended in small batches by their ids, each a transaction of a moment.
"""

from dataclasses import dataclass, replace
from typing import LiteralString

import structlog

from infrastructure.postgres.pool import Pool
from infrastructure.settings import SENT_DAYS

BATCH = 500
SLICE = 10 * BATCH
"""Rows of a kind that one call ends at most, so that whoever calls gets to do other things as well."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Kind:
    """`old` finds ids ($days, $limit); `end` takes ids, and looks again at what might have changed since.

    `days`: how long this kind is kept; None: as long as temporary data in general.
    """

    name: str
    old: LiteralString
    end: LiteralString
    days: int | None = None


# What a writer has got, or will never get. A result is kept as long as its outcome may still have to be recorded.
# statement_timestamp: the index async_tasks_full is not searched by a clock that moves while the statement runs.
_DRAFTS = Kind(
    "drafts",
    """
    SELECT t.id FROM async_tasks AS t
    WHERE t.status IN ('COMPLETED', 'FAILED', 'CANCELLED') AND (t.draft IS NOT NULL OR t.result_data IS NOT NULL)
        AND t.completed_at < statement_timestamp() - make_interval(days => %(days)s)
        AND NOT EXISTS (SELECT FROM command_inbox AS i WHERE i.correlation_id = t.id AND i.status = 'PROCESSING')
    LIMIT %(limit)s
    """,
    """
    UPDATE async_tasks SET draft = NULL, result_data = NULL, parts = NULL
    WHERE id = ANY(%(ids)s) AND status IN ('COMPLETED', 'FAILED', 'CANCELLED')
    """,
)
# A handle decides whether its wait is over as long as a flow may come to that turn: only one behind the session's turn
# can go, and of those that timed out only one whose run has been woken.
_HANDLES = Kind(
    "handles",
    """
    SELECT h.id FROM flow_resume_handles AS h JOIN genesis_sessions AS s ON s.id = h.session_id AND s.turn >= h.turn
    WHERE h.updated_at < clock_timestamp() - make_interval(days => %(days)s)
        AND (h.status = 'RESUMED' OR (h.status = 'EXPIRED' AND (h.resumed_at IS NOT NULL OR h.flow_run_id IS NULL)))
        AND NOT EXISTS (SELECT FROM flow_run_leases AS l WHERE l.session_id = h.session_id)
    LIMIT %(limit)s
    """,
    "DELETE FROM flow_resume_handles WHERE id = ANY(%(ids)s) AND status IN ('RESUMED', 'EXPIRED')",
)
_TOKENS = Kind(
    "tokens",
    """
    SELECT id FROM access_tokens
    WHERE least(expires_at, revoked_at, CASE WHEN kind = 'login' THEN used_at END)
        < clock_timestamp() - make_interval(days => %(days)s)
    LIMIT %(limit)s
    """,
    "DELETE FROM access_tokens WHERE id = ANY(%(ids)s)",
)
# The order in which consumers read them, so that a look costs no more than what it finds.
_SENT = """
    SELECT id FROM (
        SELECT id, sent_at FROM event_outbox WHERE status = 'SENT' {until} ORDER BY sent_tx, position LIMIT %(limit)s
    ) AS oldest WHERE sent_at < clock_timestamp() - make_interval(days => %(days)s)
    """
_END_SENT: LiteralString = "DELETE FROM event_outbox WHERE id = ANY(%(ids)s) AND status = 'SENT'"
# On the PostgreSQL bus a row is still to be read until every consumer group has gone past it; no group: none has.
_MESSAGES_READ = Kind(
    "messages",
    _SENT.format(
        until="AND (sent_tx, position) <= "
        "(SELECT sent_tx, position FROM bus_checkpoints ORDER BY sent_tx, position LIMIT 1)"
    ),
    _END_SENT,
)
# A broker keeps what it has acknowledged by its own rules.
_MESSAGES_PUBLISHED = Kind("messages", _SENT.format(until=""), _END_SENT)


# A part that is sent again meanwhile is young again, and stays.
_SENT_PARTS = Kind(
    "sent_parts",
    """
    SELECT session_id::text || ' ' || hash FROM sent_parts
    WHERE created_at < clock_timestamp() - make_interval(days => %(days)s) ORDER BY created_at LIMIT %(limit)s
    """,
    """
    DELETE FROM sent_parts AS p USING unnest(%(ids)s::text[]) AS old (id)
    WHERE p.session_id = left(old.id, 36)::uuid AND p.hash = substr(old.id, 38)
        AND p.created_at < clock_timestamp() - make_interval(days => %(days)s)
    """,
)


class Retention:
    """`days`: how long temporary data is kept; `sent_days`: what models were sent, since it was last sent.

    `broker`: messages went to one, nobody reads them here.
    """

    def __init__(self, pool: Pool, *, days: int, broker: bool, sent_days: int = SENT_DAYS) -> None:
        self._pool = pool
        self._days = days
        messages = _MESSAGES_PUBLISHED if broker else _MESSAGES_READ
        self._kinds = (_DRAFTS, _HANDLES, _TOKENS, messages, replace(_SENT_PARTS, days=sent_days))

    async def sweep(self) -> bool:
        """One slice of each kind; True: there is more. Raises psycopg.Error."""
        more = False
        for kind in self._kinds:
            async with self._pool.connection() as connection:
                days = self._days if kind.days is None else kind.days
                found = await connection.execute(kind.old, {"days": days, "limit": SLICE})
                ids = [row[0] for row in await found.fetchall()]
                for start in range(0, len(ids), BATCH):
                    await connection.execute(kind.end, {"ids": ids[start : start + BATCH], "days": days})
            if ids:
                log.info("temporary_data_ended", kind=kind.name, rows=len(ids))
            more = more or len(ids) == SLICE
        return more
