"""Reads long stretches of the log, grouped by stream, and decodes a stream at a time.

The server puts each stream's events into one JSON text, so that neither rows nor events cost a call each. A stream with
an event that cannot be decoded so (this build does not know it, or it has not the shape of its version) is read again
as log_reader reads it.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from operator import attrgetter
from types import GenericAlias
from typing import Annotated, Any, Literal, Union
from uuid import UUID

import orjson
from psycopg import AsyncConnection
from pydantic import Field, TypeAdapter
from typing_extensions import TypedDict

from infrastructure.event_store.codec import CODEC
from infrastructure.event_store.log_reader import COLUMNS, Checkpoint, decode_rows, wanted
from projections.engine.projection import LogEntry, Reads, StoredEvent

EVENTS = 10_000
BYTES = 16 * 1024 * 1024
"""A stretch ends after so many events, or after so many bytes of payloads as they lie in the table (compressed)."""

_YIELD = 100
"""Events that are decoded before others get a turn: meanwhile the stretch before this one is being written."""

_WANTED = "(aggregate_type = ANY(%(whole)s) OR (aggregate_type || '/' || event_type) = ANY(%(named)s))"
_MORE = "(tx_id, id) > (%(after_tx)s::text::xid8, %(after)s) AND tx_id < pg_snapshot_xmin(pg_current_snapshot())"
_WITHIN = "(tx_id, id) > (%(after_tx)s::text::xid8, %(after)s) AND (tx_id, id) <= (%(tx)s::text::xid8, %(position)s)"
_COMMIT_ORDER = "tx_id, id"
_NEXT_STREAMS = (
    "(aggregate_id, aggregate_version) > (%(after_stream)s, %(after_version)s)"
    " AND (tx_id, id) <= (%(tx)s::text::xid8, %(position)s) AND aggregate_type = ANY(%(aggregates)s)"
    " AND aggregate_id < %(before)s"
)
_WITHIN_STREAMS = f"{_NEXT_STREAMS} AND (aggregate_id, aggregate_version) <= (%(stream)s, %(version)s)"
_STREAM_ORDER = "aggregate_id, aggregate_version"


def _end(columns: str, order: str, condition: str) -> bytes:
    """Where a stretch ends, and how many events it has."""
    descending = ", ".join(f"{column} DESC" for column in order.split(", "))
    return f"""
SELECT {columns}, n FROM (
    SELECT {order}, row_number() OVER stretch AS n, sum(pg_column_size(payload)) OVER stretch AS bytes
    FROM domain_events WHERE {condition}
    WINDOW stretch AS (ORDER BY {order} ROWS UNBOUNDED PRECEDING) ORDER BY {order} LIMIT %(events)s
) AS next WHERE n = 1 OR bytes <= %(bytes)s ORDER BY {descending} LIMIT 1
""".encode()  # noqa: S608  (constants)


def _stream_end() -> bytes:
    """Where a stretch of streams ends, and how many events it has: after a stream, unless none ends in it."""
    return f"""
SELECT {_STREAM_ORDER}, n FROM (
    SELECT {_STREAM_ORDER}, row_number() OVER stretch AS n, sum(pg_column_size(payload)) OVER stretch AS bytes,
        lead(aggregate_id) OVER stretch IS DISTINCT FROM aggregate_id AS complete
    FROM domain_events WHERE {_NEXT_STREAMS}
    WINDOW stretch AS (ORDER BY {_STREAM_ORDER} ROWS UNBOUNDED PRECEDING) ORDER BY {_STREAM_ORDER} LIMIT %(events)s
) AS next WHERE n = 1 OR bytes <= %(bytes)s ORDER BY complete DESC, n DESC LIMIT 1
""".encode()  # noqa: S608  (constants)


def _streams(order: str, condition: str) -> bytes:
    """The events of a stretch, stream by stream, in the order of their ids.

    The LIMIT changes nothing but the plan: it makes it walk the index.

    A stream's events mostly come in their order, and are put in it afterwards: the server would sort their texts.
    """
    return f"""
SELECT aggregate_type, aggregate_id, '[' || string_agg(
    concat('{{"t":', to_json(event_type || '/' || event_version), ',"i":', id, ',"e":"', event_id,
    '","v":', aggregate_version, ',"p":', payload, '}}'), ',') || ']'
FROM (SELECT * FROM domain_events WHERE {condition} ORDER BY {order} LIMIT %(read)s) AS stretch
WHERE {_WANTED} GROUP BY aggregate_id, aggregate_type ORDER BY aggregate_id
""".encode()  # noqa: S608


_COMMIT_END = _end("tx_id::text AS tx, id", _COMMIT_ORDER, _MORE)
_COMMIT_STREAMS = _streams(_COMMIT_ORDER, _WITHIN)
_STREAM_END = _stream_end()
_STREAM_STREAMS = _streams(_STREAM_ORDER, _WITHIN_STREAMS)
_AGAIN = f"""
SELECT {COLUMNS} FROM domain_events
WHERE aggregate_id = %(of)s AND {{condition}} AND {_WANTED} ORDER BY aggregate_version
"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class Stretch:
    """Consecutive events of one stream. `names`: the types as stored, where some entries could not be decoded.

    begins: it is known that no event of the stream was read before these.
    """

    aggregate_type: str
    stream_id: UUID
    entries: Sequence[LogEntry]
    names: Sequence[str] | None = None
    begins: bool = False

    def of(self, reads: Reads) -> Sequence[LogEntry]:
        """What `reads` names of it."""
        events = reads.get(self.aggregate_type, frozenset())
        if events is None:
            return self.entries
        if not events:
            return ()
        if self.names is not None:
            return [entry for entry, name in zip(self.entries, self.names, strict=True) if name in events]
        return [
            entry for entry in self.entries if isinstance(entry, StoredEvent) and type(entry.event).__name__ in events
        ]


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of the log in commit order, by stream. `read` counts all its events, `end` is the last one's place."""

    stretches: Sequence[Stretch]
    read: int
    after: Checkpoint
    end: Checkpoint


@dataclass(frozen=True, slots=True)
class StreamPlace:
    """A place in the log when it is read stream by stream."""

    stream: str = ""
    version: int = 0


@dataclass(frozen=True, slots=True)
class Streams:
    """Some streams after each other. `read` 0: there are no more. The one at `end` goes on only where no stream ends in
    so many events."""

    stretches: Sequence[Stretch]
    read: int
    end: StreamPlace


_OLDER = {
    f"{name}/{version}": (name, version, f"{name}/{CODEC.newest(name)}") for name, version in sorted(CODEC.upcasts())
}
"""Types as they are stored that have to be brought up to date: by name and version, and as they are stored then."""


def _adapter() -> TypeAdapter[list[dict[str, Any]]]:
    """Decodes one stream's JSON: every event of this build in its newest version, older ones as they were written."""
    typed_dict: Any = TypedDict  # made at run time, one for each class

    def stored(name: str, tags: list[str], payload: Any) -> Any:
        return typed_dict(name, {"t": Literal[tuple(tags)], "i": int, "e": UUID, "v": int, "p": payload})

    kinds = []
    for name, cls in CODEC.types().items():
        tags = [f"{name}/{version}" for version in range(1, cls.schema_version + 1)]
        kinds.append(stored(name, [tag for tag in tags if tag not in _OLDER], cls))
        if older := [tag for tag in tags if tag in _OLDER]:
            kinds.append(stored(f"Older{name}", older, dict[str, Any]))
    union: Any = Union[tuple(kinds)]  # noqa: UP007
    events: Any = GenericAlias(list, (Annotated[union, Field(discriminator="t")],))
    return TypeAdapter(events)


_VERSION = attrgetter("version")
_STREAM: TypeAdapter[list[dict[str, Any]]] = _adapter()


def decode_stream(text: str) -> list[dict[str, Any]]:
    """The events of one stream's JSON, each in the shape of today.

    Those of older versions are brought up to date and decoded once more, all of them together. Raises whatever
    upcasters raise, ValidationError, TypeError for a number that cannot be written again.
    """
    decoded = _STREAM.validate_json(text)
    if older := [item for item in decoded if item["t"] in _OLDER]:
        for item in older:
            name, version, newest = _OLDER[item["t"]]
            item |= {"t": newest, "p": CODEC.upcast(name, version, item["p"])}
        brought = iter(_STREAM.validate_json(orjson.dumps(older)))
        decoded = [next(brought) if type(item["p"]) is dict else item for item in decoded]
    return decoded


async def read_window(
    connection: AsyncConnection[Any],
    after: Checkpoint,
    reads: Reads,
    *,
    until: Checkpoint | None = None,
    events: int = EVENTS,
) -> Window:
    """Up to `events` events after `after`, as far as `until` if given; those that `reads` does not name are counted."""
    parameters = wanted(reads) | {"after_tx": str(after.tx_id), "after": after.position, "events": events}
    row = await (await connection.execute(_COMMIT_END, parameters | {"bytes": BYTES})).fetchone()
    if row is None:
        return Window((), 0, after, after)
    end, read = Checkpoint(int(row[0]), row[1]), int(row[2])
    if until is not None and end > until:
        end = until
        read = await _count(connection, after, until)
    parameters |= {"tx": str(end.tx_id), "position": end.position, "read": read}
    return Window(await _read(connection, _COMMIT_STREAMS, _WITHIN, parameters), read, after, end)


async def _count(connection: AsyncConnection[Any], after: Checkpoint, until: Checkpoint) -> int:
    parameters = {
        "after_tx": str(after.tx_id),
        "after": after.position,
        "tx": str(until.tx_id),
        "position": until.position,
    }
    query = f"SELECT count(*) FROM domain_events WHERE {_WITHIN}".encode()  # noqa: S608
    row = await (await connection.execute(query, parameters)).fetchone()
    return int(row[0]) if row else 0


async def read_streams(
    connection: AsyncConnection[Any],
    after: StreamPlace,
    until: Checkpoint,
    reads: Reads,
    *,
    events: int = EVENTS,
    before: str,
) -> Streams:
    """The streams after `after` with ids less than `before`, up to `events` events of them, as they were at `until`."""
    parameters = wanted(reads) | {
        "after_stream": after.stream,
        "after_version": after.version,
        "tx": str(until.tx_id),
        "position": until.position,
        "aggregates": list(reads),
        "events": events,
        "bytes": BYTES,
        "before": before,
    }
    # a plan for these values: the generic one would sort the whole log for every stretch
    row = await (await connection.execute(_STREAM_END, parameters, prepare=False)).fetchone()
    if row is None:
        return Streams((), 0, after)
    parameters |= {"stream": row[0], "version": row[1], "read": row[2]}
    stretches = await _read(connection, _STREAM_STREAMS, _WITHIN_STREAMS, parameters)
    goes_on = after.stream if after.version else None
    stretches = [replace(stretch, begins=str(stretch.stream_id) != goes_on) for stretch in stretches]
    return Streams(stretches, int(row[2]), StreamPlace(row[0], row[1]))


async def _read(
    connection: AsyncConnection[Any], query: bytes, condition: str, parameters: dict[str, Any]
) -> list[Stretch]:
    rows = await (await connection.execute(query, parameters, prepare=False)).fetchall()
    stretches, decoded_now = [], 0
    for aggregate_type, aggregate_id, text in rows:
        stream_id = UUID(aggregate_id)
        try:
            decoded = decode_stream(text)
        except Exception:  # which of its events it is, and why, is told event by event
            stretches.append(await _again(connection, condition, parameters, aggregate_type, aggregate_id))
            continue
        entries = [
            StoredEvent(item["i"], item["e"], aggregate_type, stream_id, item["v"], item["p"]) for item in decoded
        ]
        entries.sort(key=_VERSION)
        stretches.append(Stretch(aggregate_type, stream_id, entries))
        decoded_now += len(entries)
        if decoded_now >= _YIELD:
            decoded_now = 0
            await asyncio.sleep(0)
    return stretches


async def _again(
    connection: AsyncConnection[Any],
    condition: str,
    parameters: dict[str, Any],
    aggregate_type: str,
    aggregate_id: str,
) -> Stretch:
    query = _AGAIN.format(condition=condition).encode()
    rows = await (await connection.execute(query, parameters | {"of": aggregate_id}, prepare=False)).fetchall()
    return Stretch(aggregate_type, UUID(aggregate_id), decode_rows(rows), [row[6] for row in rows])
