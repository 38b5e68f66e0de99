"""Where an export's rows come from, a stretch at a time and with a place that can be kept: events, or sessions."""

from collections.abc import Callable
from functools import partial
from typing import Any, Protocol

from psycopg import AsyncConnection

from infrastructure.event_store.log_reader import Checkpoint
from infrastructure.exports.columns import Rows
from infrastructure.exports.event_rows import EventRows
from infrastructure.exports.redaction import Redactor
from infrastructure.exports.request import What
from infrastructure.exports.selection import Selection
from infrastructure.exports.session_rows import SessionRows
from infrastructure.exports.tables import Table

Stretch = tuple[Callable[[], Rows], Any, int]
"""(what makes the rows, the place after them, how much of `total` they are). Making them takes the processor only."""


class Source(Protocol):
    """What is exported, a stretch at a time; a place is JSON, and None at the beginning."""

    table: Table

    async def total(self, connection: AsyncConnection[Any], place: Any) -> int: ...

    async def next(self, connection: AsyncConnection[Any], place: Any) -> Stretch | None:
        """None at the end."""


class Events:
    """Places are checkpoints."""

    def __init__(self, selection: Selection, until: Checkpoint, redactor: Redactor, *, by_column: bool) -> None:
        self._rows = EventRows(selection, until, redactor, by_column=by_column)
        self.table = self._rows.table

    async def total(self, connection: AsyncConnection[Any], place: Any) -> int:
        return await self._rows.total(connection, Checkpoint(*(place or (0, 0))))

    async def next(self, connection: AsyncConnection[Any], place: Any) -> Stretch | None:
        found = await self._rows.read(connection, Checkpoint(*(place or (0, 0))))
        if not found.events:
            return None
        return partial(self._rows.rows, found), [found.after.tx_id, found.after.position], found.events


class Sessions:
    """Places are the last session, and how many histories end early so far."""

    def __init__(self, selection: Selection, until: Checkpoint, redactor: Redactor) -> None:
        self._rows = SessionRows(selection, until, redactor)
        self.table = self._rows.table

    async def total(self, connection: AsyncConnection[Any], place: Any) -> int:
        return await self._rows.total(connection, place[0] if place else "")

    async def next(self, connection: AsyncConnection[Any], place: Any) -> Stretch | None:
        after, unreadable = place or ("", 0)
        found = await self._rows.read(connection, after)
        if found.after is None:
            return None
        return partial(self._rows.rows, found), [found.after, unreadable + found.unreadable], len(found.read)


def make_source(
    holds: What, selection: Selection, until: Checkpoint, redactor: Redactor, *, by_column: bool = False
) -> Source:
    """by_column: events are wanted by column, where they can be had so."""
    if holds == "sessions":
        return Sessions(selection, until, redactor)
    return Events(selection, until, redactor, by_column=by_column)
