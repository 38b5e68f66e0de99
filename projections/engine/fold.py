"""Folds a batch of events into rows: pure, all in memory. Reading and writing is done around it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from projections.engine.projection import Key, LogEntry, Projection, Row, Table, UnreadableEvent


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
                wanted[table.name].update(table.keys(stored))
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
                for key in table.keys(stored)
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


def park(working: Working, stream_id: UUID, position: int, error: str, *, newer: bool = False) -> None:
    working.parked[stream_id] = ParkedStream(stream_id, position, error, newer)


def describe(error: BaseException) -> str:
    """What went wrong and where, without the values: they may be the writer's text."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    name = type(error).__name__
    return f"{name} in {trace.tb_frame.f_code.co_name}, line {trace.tb_lineno}" if trace else name
