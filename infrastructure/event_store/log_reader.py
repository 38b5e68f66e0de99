"""Reads the log in commit order. Positions are given before commit, so `id > last` would lose what commits late."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection
from pydantic import ValidationError

from infrastructure.event_store import codec
from projections.engine.projection import LogEntry, Reads, StoredEvent, UnreadableEvent


@dataclass(frozen=True, slots=True, order=True)
class Checkpoint:
    """A place in the log: everything up to it, in commit order, has been read."""

    tx_id: int = 0
    position: int = 0


@dataclass(frozen=True, slots=True)
class Batch:
    """A stretch of the log, decoded where wanted. `read` counts all its events, `end` is the last one's place."""

    entries: tuple[LogEntry, ...]
    read: int
    end: Checkpoint


COLUMNS = """tx_id::text AS tx, id, event_id, aggregate_type, aggregate_id, aggregate_version, event_type,
    event_version,
    CASE WHEN aggregate_type = ANY(%(whole)s) OR (aggregate_type || '/' || event_type) = ANY(%(named)s)
        THEN payload::text END AS body"""
"""What `decode_rows` takes; the body is NULL of what is not wanted. Its parameters: `wanted`."""


# No more conditions than the index has columns: on a log without statistics others would make the planner sort it all.
# A transaction that still runs may commit events with a lower tx_id than those seen: nothing is read past the oldest
# one. tx_id must not be renamed to a text of the same name, or the ORDER BY would sort the text.
_NEXT = f"""
SELECT {COLUMNS}
FROM domain_events
WHERE (tx_id, id) > (%(tx)s::text::xid8, %(position)s) AND tx_id < pg_snapshot_xmin(pg_current_snapshot())
ORDER BY domain_events.tx_id, id LIMIT %(limit)s
""".encode()  # noqa: S608  (constants)

_OF_STREAM = f"""
SELECT {COLUMNS}
FROM domain_events
WHERE aggregate_id = %(stream_id)s AND id >= %(from_position)s AND (tx_id, id) <= (%(tx)s::text::xid8, %(position)s)
ORDER BY aggregate_version
""".encode()  # noqa: S608

_HORIZON = b"""
SELECT tx_id::text, id FROM domain_events WHERE tx_id < pg_snapshot_xmin(pg_current_snapshot())
ORDER BY domain_events.tx_id DESC, id DESC LIMIT 1
"""

NEXT_RECORDED_AT = """
SELECT e.created_at FROM domain_events AS e WHERE (e.tx_id, e.id) > (c.tx_id, c.position)
ORDER BY e.tx_id, e.id LIMIT 1"""
"""In SQL, when the event was recorded that comes next for the checkpoint `c`."""

_LAG = b"""
SELECT count(*) FROM domain_events WHERE (tx_id, id) > (%(tx)s::text::xid8, %(position)s)
"""


_TRAIL = b"""
SELECT event_id::text, aggregate_id, event_type, correlation_id::text, causation_id::text FROM domain_events
WHERE (tx_id, id) > (%(after_tx)s::text::xid8, %(after)s) AND (tx_id, id) <= (%(tx)s::text::xid8, %(position)s)
ORDER BY tx_id, id
"""


async def trail(connection: AsyncConnection[Any], after: Checkpoint, until: Checkpoint) -> list[dict[str, str]]:
    """For a log line of each event between two checkpoints: what it is and what it came from."""
    parameters = {
        "after_tx": str(after.tx_id),
        "after": after.position,
        "tx": str(until.tx_id),
        "position": until.position,
    }
    rows = await (await connection.execute(_TRAIL, parameters)).fetchall()
    names = ("event_id", "stream_id", "event_type", "correlation_id", "causation_id")
    return [dict(zip(names, row, strict=True)) for row in rows]


def wanted(reads: Reads) -> dict[str, Any]:
    """The parameters that say which events COLUMNS gives with their body."""
    return {
        "whole": [aggregate_type for aggregate_type, events in reads.items() if events is None],
        "named": [f"{aggregate_type}/{event}" for aggregate_type, events in reads.items() for event in events or ()],
    }


async def read_next(connection: AsyncConnection[Any], after: Checkpoint, limit: int, reads: Reads) -> Batch:
    """Up to `limit` events after `after`; those that `reads` does not name are passed over."""
    parameters = wanted(reads) | {"tx": str(after.tx_id), "position": after.position, "limit": limit}
    rows = await (await connection.execute(_NEXT, parameters)).fetchall()
    if not rows:
        return Batch((), 0, after)
    return Batch(decode_rows(rows), len(rows), Checkpoint(int(rows[-1][0]), rows[-1][1]))


async def read_stream(
    connection: AsyncConnection[Any], stream_id: UUID, from_position: int, until: Checkpoint, reads: Reads
) -> tuple[LogEntry, ...]:
    """One stream's events from `from_position` on, as far as `until`, in order."""
    parameters = wanted(reads) | {
        "stream_id": str(stream_id),
        "from_position": from_position,
        "tx": str(until.tx_id),
        "position": until.position,
    }
    return decode_rows(await (await connection.execute(_OF_STREAM, parameters)).fetchall())


async def horizon(connection: AsyncConnection[Any]) -> Checkpoint:
    """The last place in the log behind which nothing can appear any more."""
    row = await (await connection.execute(_HORIZON)).fetchone()
    return Checkpoint(int(row[0]), row[1]) if row else Checkpoint()


async def count_until(connection: AsyncConnection[Any], until: Checkpoint, kinds: Sequence[str] | None = None) -> int:
    """How many events lie up to `until`, of these kinds of streams or of all."""
    query = b"""
        SELECT count(*) FROM domain_events
        WHERE (tx_id, id) <= (%s::text::xid8, %s) AND (%s::text[] IS NULL OR aggregate_type = ANY(%s::text[]))
    """
    given = list(kinds) if kinds is not None else None
    row = await (await connection.execute(query, (str(until.tx_id), until.position, given, given))).fetchone()
    return int(row[0]) if row else 0


async def lag(connection: AsyncConnection[Any], after: Checkpoint) -> int:
    """How many events lie after `after`."""
    parameters = {"tx": str(after.tx_id), "position": after.position}
    row = await (await connection.execute(_LAG, parameters)).fetchone()
    return int(row[0]) if row else 0


def decode_rows(rows: Sequence[tuple[Any, ...]]) -> tuple[LogEntry, ...]:
    """Entries of the rows (as COLUMNS names them) that have a body."""
    return tuple(_decode(row) for row in rows if row[-1] is not None)


def _decode(row: tuple[Any, ...]) -> LogEntry:
    _, position, event_id, aggregate_type, aggregate_id, version, event_type, event_version, body = row
    stream_id = UUID(aggregate_id)
    try:
        event = codec.CODEC.decode(event_type, event_version, body)
    except codec.UnreadableEvent as error:
        return UnreadableEvent(position, stream_id, str(error), newer=True)
    except (ValidationError, ValueError, KeyError, TypeError) as error:
        return UnreadableEvent(position, stream_id, f"{event_type} version {event_version}: {_reason(error)}")
    return StoredEvent(position, event_id, aggregate_type, stream_id, version, event)


def _reason(error: Exception) -> str:
    """Fields and kinds of error only: the values may be the writer's text."""
    if isinstance(error, ValidationError):
        found = error.errors(include_url=False, include_input=False, include_context=False)
        return "; ".join(f"{'.'.join(map(str, item['loc']))}: {item['type']}" for item in found[:5])
    return type(error).__name__
