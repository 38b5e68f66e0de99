"""Removes consumer groups of the PostgreSQL bus that nobody reads for any more.

Retention keeps a message until every group that has a checkpoint has gone past it: one that was tried out once and
left would keep all of them for ever.
"""

from typing import Any, LiteralString

from psycopg import AsyncConnection

ABANDONED_SECONDS = 24 * 3600.0
"""Age of its oldest unread message from which on a group that nobody reads for counts as abandoned."""

# Whoever reads for a group holds its turn (postgres/leader_lock.py): an advisory lock, by the hash of its name.
UNREAD: LiteralString = """
SELECT c.consumer_group, extract(epoch FROM clock_timestamp() - (
    SELECT o.sent_at FROM event_outbox AS o
    WHERE o.status = 'SENT' AND (o.sent_tx, o.position) > (c.sent_tx, c.position)
    ORDER BY o.sent_tx, o.position LIMIT 1))::float8 AS seconds
FROM bus_checkpoints AS c
WHERE NOT EXISTS (
    SELECT FROM pg_locks AS l
    WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
        AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
        AND (l.classid::int8 << 32) | l.objid::int8 = hashtextextended('genesis:bus-' || c.consumer_group, 0))
ORDER BY 2 DESC NULLS LAST
"""
"""(group, age of its oldest unread message in seconds or NULL) of the groups that nobody reads for."""

_FORGET: LiteralString = """
DELETE FROM bus_checkpoints WHERE consumer_group IN (
    SELECT consumer_group FROM ({unread}) AS unread WHERE seconds > %s)
RETURNING consumer_group
"""


async def forget_abandoned(connection: AsyncConnection[Any]) -> list[str]:
    """End the checkpoints of the abandoned groups; which. One that comes back reads all that is still kept."""
    rows = await (await connection.execute(_FORGET.format(unread=UNREAD), (ABANDONED_SECONDS,))).fetchall()
    return sorted(row[0] for row in rows)
