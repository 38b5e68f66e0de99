"""Lists streams and their events for an operator: of any aggregate, places and times, and who asked for what."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.rows import class_row

from infrastructure.postgres.pool import Connection

_STREAMS = b"""
SELECT aggregate_type, aggregate_id AS stream_id, max(aggregate_version) AS version, count(*) AS events,
    min(created_at) AS first_at, max(created_at) AS last_at
FROM domain_events WHERE %(aggregate_type)s::text IS NULL OR aggregate_type = %(aggregate_type)s
GROUP BY aggregate_type, aggregate_id ORDER BY max(id) DESC LIMIT %(limit)s
"""
_EVENTS = b"""
SELECT e.aggregate_type, e.aggregate_version AS version, e.id AS position, e.event_id, e.event_type, e.event_version,
    e.payload, octet_length(e.payload::text) AS characters, e.created_at AS recorded_at, e.correlation_id,
    e.causation_id, e.metadata->>'command_type' AS command_type, u.name AS asked_by
FROM domain_events e LEFT JOIN command_inbox c ON c.id = e.causation_id LEFT JOIN users u ON u.id = c.user_id
WHERE e.aggregate_id = %(stream_id)s
    AND (%(first)s::int IS NULL OR e.aggregate_version >= %(first)s)
    AND (%(last)s::int IS NULL OR e.aggregate_version <= %(last)s)
ORDER BY e.aggregate_version
"""
_ASKED = b"""
SELECT e.aggregate_version, u.name FROM domain_events e
JOIN command_inbox c ON c.id = e.causation_id JOIN users u ON u.id = c.user_id
WHERE e.aggregate_id = %(stream_id)s
"""


@dataclass(frozen=True, slots=True)
class ListedStream:
    """`events` is less than `version` when some are missing."""

    aggregate_type: str
    stream_id: str
    version: int
    events: int
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True, slots=True)
class ListedEvent:
    """An event as it is stored. `asked_by`: the person whose command made it; None for the studio's own."""

    aggregate_type: str
    version: int
    position: int
    event_id: UUID
    event_type: str
    event_version: int
    payload: Any
    characters: int
    recorded_at: datetime
    correlation_id: UUID | None
    causation_id: UUID | None
    command_type: str | None
    asked_by: str | None


async def list_streams(connection: Connection, aggregate_type: str | None, limit: int) -> list[ListedStream]:
    """The last written first."""
    async with connection.cursor(row_factory=class_row(ListedStream)) as cursor:
        await cursor.execute(_STREAMS, {"aggregate_type": aggregate_type, "limit": limit})
        return await cursor.fetchall()


async def list_events(
    connection: Connection, stream_id: UUID, first: int | None = None, last: int | None = None
) -> list[ListedEvent]:
    """One stream's events as they are stored, from version `first` to `last`, whether they can be decoded or not."""
    async with connection.cursor(row_factory=class_row(ListedEvent)) as cursor:
        await cursor.execute(_EVENTS, {"stream_id": str(stream_id), "first": first, "last": last})
        return await cursor.fetchall()


async def asked_by(connection: Connection, stream_id: UUID) -> Mapping[int, str]:
    """Version -> the person whose command made that event; others are the studio's own."""
    rows = await (await connection.execute(_ASKED, {"stream_id": str(stream_id)})).fetchall()
    return dict(rows)
