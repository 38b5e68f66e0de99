"""What a projection is made of: rows, the keys an event touches, and a pure `apply`. See registry.py for the list."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from projections.engine.changes import Moved


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """An event with its place: `position` in the log, `version` in its session's stream."""

    position: int
    event_id: UUID
    session_id: UUID
    version: int
    event: Any


@dataclass(frozen=True, slots=True)
class UnreadableEvent:
    """An event that could not be decoded; `error` says why, without the payload."""

    position: int
    session_id: UUID
    error: str


LogEntry = StoredEvent | UnreadableEvent


class Row(BaseModel):
    """A row of a read table. Field names are column names; columns that the database fills are left out."""

    model_config = ConfigDict(frozen=True, extra="forbid")


Key = tuple[Any, ...]
R = TypeVar("R", bound=Row)


@dataclass(frozen=True, slots=True)
class Table:
    """One read table.

    key: its key columns with their SQL types; session: the column that says whose events a row comes from.
    keys: the keys of the rows that an event touches.
    apply: (row or None, event, key) -> the row afterwards, None for no row. Pure, and the only thing that makes rows.
    appends: rows are only ever added, so none has to be read before.
    """

    name: str
    row: type[Row]
    key: tuple[tuple[str, str], ...]
    session: str
    keys: Callable[[StoredEvent], Sequence[Key]]
    apply: Callable[[Any, StoredEvent, Key], Row | None]
    appends: bool = False

    def key_of(self, row: Row) -> Key:
        return tuple(getattr(row, column) for column, _ in self.key)


@dataclass(frozen=True, slots=True)
class Projection:
    """Tables that move together, under one checkpoint. Each row comes from the events of one session.

    schema: the SQL file that makes the tables (migrations/sql/<schema>.up.sql), for the migration and for rebuilds.
    event_types: the stored names of the events it reads, others are passed over undecoded; None: every event, so that
        one which this build does not know parks its session.
    moved: what to tell readers when a row of the first table has changed.
    """

    name: str
    schema: str
    tables: tuple[Table, ...]
    event_types: frozenset[str] | None
    moved: Callable[[Any], Moved]
