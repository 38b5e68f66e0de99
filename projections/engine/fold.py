"""Folds events into rows, a batch or a whole stream: pure, all in memory. Reading and writing is done around it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import compress
from typing import Any
from uuid import UUID

from projections.engine.projection import (
    AddRow,
    ApplyAll,
    ApplyValues,
    Key,
    LogEntry,
    Projection,
    Row,
    StoredEvent,
    Table,
    UnreadableEvent,
)


@dataclass(frozen=True, slots=True)
class ParkedStream:
    """A stream that an event could not be applied to: it stands still from `position` on, the others go on.

    newer: the event is of a newer build.
    """

    stream_id: UUID
    position: int
    error: str
    newer: bool = False


@dataclass(frozen=True, slots=True)
class Head:
    """How far a stream has come in the read tables. `owner` None: none of the events applied here names one."""

    owner: UUID | None
    version: int
    position: int


@dataclass(slots=True)
class Working:
    """The rows of one batch: as loaded, and as they become. A key that is there with None has no row."""

    rows: dict[str, dict[Key, Row | None]] = field(default_factory=dict)
    changed: dict[str, set[Key]] = field(default_factory=dict)
    parked: dict[UUID, ParkedStream] = field(default_factory=dict)
    heads: dict[UUID, Head] = field(default_factory=dict)
    applied: int = 0

    def upserts(self, table: Table) -> list[Row]:
        rows = self.rows.get(table.name, {})
        return [row for key in self.changed.get(table.name, ()) if (row := rows.get(key)) is not None]

    def deletes(self, table: Table) -> list[Key]:
        rows = self.rows.get(table.name, {})
        return [key for key in self.changed.get(table.name, ()) if rows.get(key) is None]


def keys_to_load(projection: Projection, events: Iterable[LogEntry]) -> dict[str, set[Key]]:
    """Per table, the rows that have to be read before `events` can be folded."""
    wanted: dict[str, set[Key]] = {table.name: set() for table in projection.tables if not table.appends}
    for stored in events:
        if isinstance(stored, UnreadableEvent):
            continue
        for table in projection.tables:
            if not table.appends:
                wanted[table.name].update(table.touched(stored))
    return wanted


def fold(projection: Projection, working: Working, events: Iterable[LogEntry]) -> None:
    """Apply `events` in order to `working`. What goes wrong parks its stream, before any table took the event."""
    for stored in events:
        if stored.stream_id in working.parked:
            continue
        if isinstance(stored, UnreadableEvent):
            park(working, stored.stream_id, stored.position, stored.error, newer=stored.newer)
            continue
        try:
            became = [
                (table, key, table.apply(working.rows.get(table.name, {}).get(key), stored, key))
                for table in projection.tables
                for key in table.touched(stored)
            ]
        except Exception as error:
            park(working, stored.stream_id, stored.position, describe(error))
            continue
        for table, key, row in became:
            working.rows.setdefault(table.name, {})[key] = row
            working.changed.setdefault(table.name, set()).add(key)
        if became:
            before = working.heads.get(stored.stream_id)
            owner = projection.owner(stored) or (before.owner if before else None)
            working.heads[stored.stream_id] = Head(owner, stored.version, stored.position)
        working.applied += 1


@dataclass(slots=True)
class StreamFold:
    """What a stream's events made: per table, in the projection's order, the rows that they touched.

    `added`: the values of new rows, of tables that are made of values; no key is in it twice. `rows`: all others.
    """

    rows: list[dict[Key, Row | None]]
    added: list[list[Mapping[str, Any]]]
    head: Head | None


def fold_stream(
    projection: Projection, entries: Sequence[StoredEvent], loaded: Mapping[str, Mapping[Key, Row]]
) -> StreamFold:
    """The same as `fold`, for events of one stream of a projection `by_stream`, in less time.

    loaded: the rows that there are, by table. Raises whatever `keys` and `apply` raise; nothing is parked here.
    """
    made, touched = StreamFold([], [], None), [False] * len(entries)
    for table in projection.tables:
        rows: dict[Key, Row | None] = {}
        added: list[Mapping[str, Any]] = []
        if isinstance(table.apply, AddRow):
            values = table.apply.values
            added = [values(stored) for stored in entries]
            touched = [True] * len(entries)
        else:
            before = loaded.get(table.name)
            for key, events in _by_key(table, entries, touched).items():
                row = before.get(key) if before else None  # hashing an id is slow
                if row is None and isinstance(table.apply, ApplyValues):
                    new = table.apply.values(None, events, key)
                    if new is not None:
                        added.append(new)
                        continue
                rows[key] = _apply_all(table, row, events, key)
        made.rows.append(rows)
        made.added.append(added)
    made.head = _head(projection, list(compress(entries, touched)))
    return made


def _by_key(table: Table, entries: Sequence[StoredEvent], touched: list[bool]) -> Mapping[Key, Sequence[StoredEvent]]:
    """The events of each key; those that have one are marked in `touched`."""
    if table.keys is None and entries:
        touched[:] = [True] * len(entries)
        return {(entries[0].stream_id,): entries}
    found: dict[Key, list[StoredEvent]] = {}
    current: Key | None = None
    events: list[StoredEvent] = []
    wanted, keys = table.events, table.keys or table.touched
    for index, stored in enumerate(entries):
        if wanted is not None and type(stored.event) not in wanted:
            continue
        for key in keys(stored):
            touched[index] = True
            # two keys are compared fast while they hold the same objects; hashing them is slower
            if key != current:
                current, events = key, found.setdefault(key, [])
            events.append(stored)
    return found


def _apply_all(table: Table, row: Row | None, events: Sequence[StoredEvent], key: Key) -> Row | None:
    if isinstance(table.apply, ApplyAll):
        apply: ApplyAll[Row | None] = table.apply
        return apply.events(row, events, key)
    if isinstance(table.apply, ApplyValues):
        values: ApplyValues[Row] = table.apply
        return values.after(row, events, key)
    for stored in events:
        row = table.apply(row, stored, key)
    return row


def _head(projection: Projection, touched: Sequence[StoredEvent]) -> Head | None:
    """How far the stream has come by the events that touched a row; its owner is the last that one of them names."""
    if not touched:
        return None
    owner = next((owner for stored in reversed(touched) if (owner := projection.owner(stored))), None)
    return Head(owner, touched[-1].version, touched[-1].position)


def park(working: Working, stream_id: UUID, position: int, error: str, *, newer: bool = False) -> None:
    working.parked[stream_id] = ParkedStream(stream_id, position, error, newer)


def describe(error: BaseException) -> str:
    """What went wrong and where, without the values: they may be the writer's text."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    name = type(error).__name__
    return f"{name} in {trace.tb_frame.f_code.co_name}, line {trace.tb_lineno}" if trace else name
