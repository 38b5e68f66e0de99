"""Tells which events a rebuild could not take, before its tables are put in place of the live ones."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection

from infrastructure.read_side.shadow_tables import Shadow

SAMPLES = 20

_FOUND = b"""
SELECT p.aggregate_id, p.position, p.error, p.newer, e.aggregate_version, e.event_type, e.event_version,
    (SELECT count(*) FROM domain_events AS later
     WHERE later.aggregate_id = p.aggregate_id AND later.aggregate_version >= e.aggregate_version),
    EXISTS (SELECT FROM projection_parked AS live WHERE live.projection = %(live)s AND live.version = p.version
            AND live.aggregate_id = p.aggregate_id)
FROM projection_parked AS p JOIN domain_events AS e ON e.id = p.position
WHERE p.projection = %(shadow)s AND p.version = %(version)s ORDER BY p.position
"""


@dataclass(frozen=True, slots=True)
class UnappliedEvent:
    """The event at which a stream stands still in the rebuilt tables, and why, without what it says.

    newer: a newer build wrote it. known: the live tables stand still in this stream as well.
    """

    stream_id: UUID
    version: int
    position: int
    event: str
    error: str
    newer: bool
    known: bool


@dataclass(slots=True)
class Unapplied:
    """`streams` stand still, so `events` are missing; `new` of the streams go on in the live tables. Some samples."""

    streams: int = 0
    events: int = 0
    new: int = 0
    samples: list[UnappliedEvent] = field(default_factory=list)


async def unapplied(connection: AsyncConnection[Any], shadow: Shadow) -> Unapplied:
    names = {"live": shadow.projection.name, "shadow": shadow.parking, "version": shadow.projection.version}
    found = Unapplied()
    for stream, position, error, newer, version, name, event_version, events, known in await (
        await connection.execute(_FOUND, names)
    ).fetchall():
        found.streams += 1
        found.events += events
        found.new += not known
        if len(found.samples) < SAMPLES:
            event = f"{name} version {event_version}"
            found.samples.append(UnappliedEvent(UUID(stream), version, position, event, error, newer, known))
    return found
