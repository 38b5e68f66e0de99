"""What a projection is made of: rows, the keys an event touches, and a pure `apply`. See registry.py for the list."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, NamedTuple, TypeVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from domain.aggregate import DomainEvent


class StoredEvent(NamedTuple):
    """An event with its place: `position` in the log, `version` in the stream `stream_id` of an `aggregate_type`."""

    position: int
    event_id: UUID
    aggregate_type: str
    stream_id: UUID
    version: int
    event: DomainEvent


@dataclass(frozen=True, slots=True)
class UnreadableEvent:
    """An event that could not be decoded; `error` says why, without the payload. `newer`: a newer build wrote it."""

    position: int
    stream_id: UUID
    error: str
    newer: bool = False


LogEntry = StoredEvent | UnreadableEvent


class Row(BaseModel):
    """A row of a read table. Field names are column names; columns that the database fills are left out."""

    model_config = ConfigDict(frozen=True, extra="forbid")


Key = tuple[Any, ...]
R = TypeVar("R", bound=Row)
Added = TypeVar("Added", bound=Row)
Made = TypeVar("Made", bound=Row | None)


@dataclass(frozen=True, slots=True)
class ApplyAll(Generic[Made]):
    """An `apply` that can take several events at once, without a row for each; long stretches are folded so.

    events: (row or None, events, key) -> the row after all of them.
    """

    events: Callable[[Any, Sequence[StoredEvent], Key], Made]

    def __call__(self, row: Any, stored: StoredEvent, key: Key) -> Made:
        return self.events(row, (stored,), key)


@dataclass(frozen=True, slots=True)
class ApplyValues(Generic[Added]):
    """The `apply` of a table whose rows are made of values. Long stretches write new ones without a row for each.

    values: (the row's values by column or None, events, key) -> all of its values after all of the events, None for no
        row. What it is given it leaves as it is.
    """

    row: type[Added]
    values: Callable[[Mapping[str, Any] | None, Sequence[StoredEvent], Key], dict[str, Any] | None]

    def __call__(self, row: Any, stored: StoredEvent, key: Key) -> Added | None:
        return self.after(row, (stored,), key)

    def after(self, row: Any, events: Sequence[StoredEvent], key: Key) -> Added | None:
        """(row or None, events, key) -> the row after all of them."""
        made = self.values(None if row is None else vars(row), events, key)
        if made is None:
            return None
        changed: Added = self.row(**made) if row is None else row.model_copy(update=made)
        return changed


@dataclass(frozen=True, slots=True)
class AddRow(Generic[Added]):
    """The `apply` of a table that gets a row for every event of its streams, and never changes one.

    values: event -> the row's values by column. Long stretches are written without a row for each.
    """

    row: type[Added]
    values: Callable[[StoredEvent], dict[str, Any]]

    def __call__(self, _row: Any, stored: StoredEvent, _key: Key) -> Added:
        return self.row(**self.values(stored))


@dataclass(frozen=True, slots=True)
class Table:
    """One read table.

    key: its key columns with their SQL types.
    stream: the column that says from which stream's events a row comes; None: a row comes from several streams, and
        `apply` must give the same in whatever order the streams' events are mixed (a parked stream catches up late).
    apply: (row or None, event, key) -> the row afterwards, None for no row. Pure, and the only thing that makes rows.
        With an ApplyAll or an ApplyValues long stretches are folded in less time; an AddRow adds a row for each event,
        with the key (stream, version), so none has to be read before.
    keys: the keys of the rows that an event touches. None: every event touches its stream's own row.
    events: the classes of events that `keys` has a key for; None: it is asked of all. For speed alone: what is left out
        here must have none.
    """

    name: str
    row: type[Row]
    key: tuple[tuple[str, str], ...]
    stream: str | None
    apply: Callable[[Any, StoredEvent, Key], Row | None]
    keys: Callable[[StoredEvent], Sequence[Key]] | None = None
    events: frozenset[type[DomainEvent]] | None = None

    @property
    def appends(self) -> bool:
        """Whether rows are only ever added."""
        return isinstance(self.apply, AddRow)

    def touched(self, stored: StoredEvent) -> Sequence[Key]:
        """The keys of the rows that an event touches."""
        if self.keys is not None:
            return self.keys(stored) if self.events is None or type(stored.event) in self.events else ()
        return ((stored.stream_id, stored.version),) if self.appends else ((stored.stream_id,),)

    def key_of(self, row: Row) -> Key:
        return tuple(getattr(row, column) for column, _ in self.key)


Reads = Mapping[str, frozenset[str] | None]
"""Aggregate type -> the stored names of the events that are read; others are passed over undecoded. None: every event,
so that one which this build does not know parks its stream."""


def user_of(stored: StoredEvent) -> UUID | None:
    """The owner that an event names as its `user_id`, if it does."""
    owner: UUID | None = vars(stored.event).get("user_id")  # getattr is slow where a model lacks the attribute
    return owner


@dataclass(frozen=True, slots=True, kw_only=True)
class Projection:
    """Tables that move together, under one checkpoint, in a schema of their own.

    version: rises when the tables or what they hold change. Every version has its own schema, so a new one is built
        beside the old one, which older builds go on to keep and to read.
    sql: the file that makes the tables, without a schema's name. It stands beside the projection.
    reads: what it reads of the log.
    owner: whose a stream is, from an event that says so (usually its first); the read side remembers it.
    """

    name: str
    version: int
    reads: Reads
    sql: Path
    tables: tuple[Table, ...]
    owner: Callable[[StoredEvent], UUID | None] = user_of

    @property
    def schema(self) -> str:
        """Where the tables of this version are."""
        return schema_of(self.name, self.version)

    @property
    def by_stream(self) -> bool:
        """Whether every row comes from one stream, so that whole streams can be folded one after the other."""
        return all(table.stream is not None for table in self.tables)

    def create(self) -> str:
        """The SQL that makes the tables in whatever schema comes first in the search path."""
        return self.sql.read_text(encoding="utf-8")


def schema_of(name: str, version: int) -> str:
    return f"read_{name}_v{version}"


def turn_of(name: str, version: int) -> str:
    """Each version has a keeper of its own, so that old and new builds keep theirs side by side."""
    return f"projector:{name}:v{version}"
