"""Folds long stretches of the log in memory, stream by stream, and writes what they became with COPY.

The same `keys` and `apply` as in batch.py make the same rows. Whatever goes wrong with a stream (an event that cannot
be decoded or applied, a row that the database refuses) sends this one stream down batch.py's way, where it is parked.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

import psycopg
from psycopg import AsyncConnection
from pydantic import ValidationError

from infrastructure.event_store.bulk_reader import Stretch, Window
from infrastructure.read_side import row_store
from infrastructure.read_side.batch import (
    CheckpointRow,
    Projected,
    already_parked,
    apply_entries,
    move_checkpoint,
    moves_of,
    standing,
    write_parked,
)
from infrastructure.read_side.heads import note_shadow_heads, write_heads
from infrastructure.read_side.pieces import Loaded, Piece, Prepared, fold_piece, prepare
from projections.engine.fold import Head, ParkedStream, keys_to_load
from projections.engine.projection import LogEntry, Projection, StoredEvent

_YIELD = 100
"""Events that are folded before others get a turn: meanwhile the stretch before this one is being written."""

# What one stream can bring about: a row that cannot be read or written, or one that the database refuses.
_OF_ONE_STREAM = (psycopg.DataError, psycopg.IntegrityError, ValidationError, TypeError, ValueError)


@dataclass(frozen=True, slots=True)
class Target:
    """Where rows go: the live tables of a projection, or a shadow's (then with the name under which streams park)."""

    projection: Projection
    schema: str
    parking: str | None = None

    @property
    def name(self) -> str:
        return self.parking or self.projection.name


@dataclass(slots=True)
class Written:
    """What is known once it is written."""

    heads: dict[UUID, Head] = field(default_factory=dict)
    parked: list[ParkedStream] = field(default_factory=list)
    applied: int = 0


@dataclass(frozen=True, slots=True)
class FoldedWindow:
    """A window as it is to be written. known: where the projection stood; moves: how often its rows had changed then.

    here: it stood where the window begins. Else there is nothing to write.
    """

    window: Window
    known: CheckpointRow
    moves: int = 0
    here: bool = False
    pieces: Sequence[Piece] = ()
    loaded: Loaded = field(default_factory=dict)
    ready: Prepared | None = None


async def fold_window(
    connection: AsyncConnection[Any], projection: Projection, known: CheckpointRow, window: Window
) -> FoldedWindow:
    """What `window` becomes in memory; the connection is for rows that are there already, outside of a transaction."""
    if known.checkpoint != window.after:
        return FoldedWindow(window, known)
    moves = await moves_of(connection, projection)
    pieces, loaded = await _fold(connection, Target(projection, projection.schema), window.stretches)
    return FoldedWindow(window, known, moves, True, pieces, loaded, prepare(projection, pieces, loaded))


async def write_window(connection: AsyncConnection[Any], projection: Projection, folded: FoldedWindow) -> Projected:
    """Apply a window and move the checkpoint to its end, in one transaction that is open only while it writes.

    Has the projection moved since it was folded, in whatever way, nothing is written.
    """
    window, known = folded.window, folded.known
    if not folded.here:
        return Projected(await standing(connection, projection), window.read)
    target = Target(projection, projection.schema)
    async with connection.transaction():
        now = await standing(connection, projection, lock=True)
        if now != known or await moves_of(connection, projection) != folded.moves:
            return Projected(now, window.read)
        written = await _write(connection, target, folded.pieces, folded.loaded, folded.ready)
        number = await move_checkpoint(connection, projection, window.end, applied=written.applied, moves=1)
        moved = await write_heads(connection, projection, written.heads, number)
    return Projected(replace(known, checkpoint=window.end), window.read, moved, tuple(written.parked))


@dataclass(frozen=True, slots=True)
class Folded:
    """Stretches as they are to be written; `ready` None: not all at once."""

    pieces: Sequence[Piece]
    loaded: Loaded
    ready: Prepared | None

    @property
    def events(self) -> int:
        return sum(len(piece.entries) for piece in self.pieces)

    @property
    def last(self) -> UUID:
        """The stream that comes last."""
        return self.pieces[-1].entries[-1].stream_id


def stand_alone(projection: Projection, stretches: Sequence[Stretch]) -> bool:
    """Whether these can be folded without anything that was written before them."""
    return projection.by_stream and all(stretch.begins for stretch in stretches)


async def fold_stretches(
    connection: AsyncConnection[Any], target: Target, stretches: Sequence[Stretch], *, at_once: int | None = None
) -> list[Folded]:
    """What the stretches become, in their order, parted into what is written at once: about so many events, or all.

    The connection is used only for those that do not `stand_alone`.
    """
    pieces, loaded = await _fold(connection, target, stretches)
    found = []
    for some in _parted(pieces, at_once):
        found.append(Folded(some, loaded, prepare(target.projection, some, loaded)))
        await asyncio.sleep(0)
    return found


def _parted(pieces: Sequence[Piece], at_once: int | None) -> Iterator[Sequence[Piece]]:
    """Pieces with so many events together, or the one that has more; at least one part, which may be empty."""
    first = events = 0
    for number, piece in enumerate(pieces):
        if at_once is not None and events and events + len(piece.entries) > at_once:
            yield pieces[first:number]
            first, events = number, 0
        events += len(piece.entries)
    yield pieces[first:]


async def write_folded(
    connection: AsyncConnection[Any], target: Target, folded: Folded, note: Callable[[], Awaitable[None]]
) -> float:
    """Write them into a shadow; `note` says in the same transaction how far it has come by them.

    Seconds that the transaction was open.
    """
    began = time.perf_counter()
    if folded.ready is not None:
        try:  # without a savepoint, which would be two more messages while the transaction is open
            async with connection.transaction():
                written = await _write_all(connection, target, folded.pieces, folded.ready)
                await _note_all(connection, target, written, note)
            return time.perf_counter() - began
        except _OF_ONE_STREAM:
            pass
    async with connection.transaction():
        written = await _write(connection, target, folded.pieces, folded.loaded, folded.ready)
        await _note_all(connection, target, written, note)
    return time.perf_counter() - began


async def _note_all(
    connection: AsyncConnection[Any], target: Target, written: Written, note: Callable[[], Awaitable[None]]
) -> None:
    await note_shadow_heads(connection, target.schema, written.heads)
    await note()


async def _fold(
    connection: AsyncConnection[Any], target: Target, stretches: Sequence[Stretch]
) -> tuple[list[Piece], Loaded]:
    """What the stretches become, and the rows that were there before."""
    projection = target.projection
    own = [(stretch, entries) for stretch in stretches if (entries := stretch.of(projection.reads))]
    known = [stretch.stream_id for stretch, _ in own if not stretch.begins]
    parked = await already_parked(connection, projection, target.name, known) if known else set()
    own = [(stretch, entries) for stretch, entries in own if stretch.stream_id not in parked]
    groups = [entries for _, entries in own]
    if not projection.by_stream:
        groups = [[entry for entries in groups for entry in entries]] if groups else []
        old = groups
    else:
        old = [entries for stretch, entries in own if not (stretch.begins or _is_first(entries[0]))]
    loaded, unreadable = await _load(connection, target, old)
    unread = {id(entries) for entries in unreadable}
    pieces, folded = [], 0
    for entries in groups:
        pieces.append(Piece(entries, ok=False) if id(entries) in unread else fold_piece(projection, entries, loaded))
        folded += len(entries)
        if folded >= _YIELD:
            folded = 0
            await asyncio.sleep(0)
    return pieces, loaded


def _is_first(entry: LogEntry) -> bool:
    return isinstance(entry, StoredEvent) and entry.version == 1


async def _load(
    connection: AsyncConnection[Any], target: Target, groups: Sequence[Sequence[LogEntry]]
) -> tuple[Loaded, list[Sequence[LogEntry]]]:
    """The rows that the groups touch, and the groups with one that cannot be read."""
    if not groups:
        return {}, []
    try:
        wanted = keys_to_load(target.projection, [entry for entries in groups for entry in entries])
        return {
            table.name: await row_store.load(connection, table, wanted[table.name], target.schema)
            for table in target.projection.tables
            if wanted.get(table.name)
        }, []
    except Exception as error:
        if isinstance(error, psycopg.OperationalError):
            raise
        if len(groups) == 1:
            return {}, [groups[0]]
    middle = len(groups) // 2
    one, broken = await _load(connection, target, groups[:middle])
    other, more = await _load(connection, target, groups[middle:])
    names = one.keys() | other.keys()
    return {name: {**one.get(name, {}), **other.get(name, {})} for name in names}, [*broken, *more]


async def _write(
    connection: AsyncConnection[Any],
    target: Target,
    pieces: Sequence[Piece],
    loaded: Loaded,
    prepared: Prepared | None,
) -> Written:
    """Write the pieces inside the caller's transaction: all at once, or by halves until the one in trouble is found."""
    if not pieces:
        return Written()
    if prepared is not None:
        try:
            async with connection.transaction():
                return await _write_all(connection, target, pieces, prepared)
        except _OF_ONE_STREAM:
            pass
    if len(pieces) == 1:
        return await _one_by_one(connection, target, pieces[0])
    written = Written()
    middle = len(pieces) // 2
    for half in (pieces[:middle], pieces[middle:]):
        done = await _write(connection, target, half, loaded, prepare(target.projection, half, loaded))
        written.heads |= done.heads
        written.parked += done.parked
        written.applied += done.applied
    return written


async def _write_all(
    connection: AsyncConnection[Any], target: Target, pieces: Sequence[Piece], prepared: Prepared
) -> Written:
    for table, keys in prepared.deletes:
        await row_store.delete(connection, table, keys, target.schema)
    for table, rows in prepared.upserts:
        await row_store.upsert(connection, table, rows, target.schema)
    for table, block in prepared.copies:
        await row_store.copy_lines(connection, table, block, target.schema)
    written = Written()
    for piece in pieces:
        written.heads.update(piece.heads)
        written.parked += piece.parked
        written.applied += piece.applied
    await write_parked(connection, target.projection, target.name, written.parked)
    return written


async def _one_by_one(connection: AsyncConnection[Any], target: Target, piece: Piece) -> Written:
    """The way of batch.py, which parks what cannot be applied; it notes a shadow's heads by itself."""
    schema = target.schema if target.parking else None
    working = await apply_entries(connection, target.projection, piece.entries, schema=schema, parking=target.parking)
    return Written({} if schema else working.heads, list(working.parked.values()), working.applied)
