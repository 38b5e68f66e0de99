"""One batch of one projection: its events, its rows and its checkpoint in one transaction, so exactly once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any
from uuid import UUID

import psycopg
from psycopg import AsyncConnection
from pydantic import ValidationError

from infrastructure.event_store import log_reader
from infrastructure.event_store.log_reader import Checkpoint
from infrastructure.read_side import row_store
from infrastructure.read_side.heads import note_shadow_heads, write_heads
from projections.engine.changes import Moved
from projections.engine.fold import ParkedStream, Working, describe, fold, keys_to_load, park
from projections.engine.projection import LogEntry, Projection

BATCH = 500

# What a single stream can bring about: a row that the database refuses, or one that this build cannot read.
_OF_ONE_STREAM = (psycopg.DataError, psycopg.IntegrityError, ValidationError)


@dataclass(frozen=True, slots=True)
class CheckpointRow:
    """Where a projection version stands; `generation` rises when a rebuild has switched its tables.

    built: it has been at the log's end once, so that it may be read.
    """

    checkpoint: Checkpoint
    generation: int
    built: bool = True


@dataclass(frozen=True, slots=True)
class Projected:
    """What one batch did. `read` 0: there was nothing to read."""

    standing: CheckpointRow
    read: int
    moved: tuple[Moved, ...] = ()
    parked: tuple[ParkedStream, ...] = ()


class NotPrepared(Exception):
    """The database has no tables for this version of the projection: read_side.schemas makes them."""


async def standing(connection: AsyncConnection[Any], projection: Projection, *, lock: bool = False) -> CheckpointRow:
    """The checkpoint row; `lock` keeps it, and with it the tables, until the commit. Raises NotPrepared."""
    query = (
        "SELECT tx_id::text, position, generation, built_at IS NOT NULL FROM projection_checkpoints"
        " WHERE projection = %s AND version = %s"
    )
    suffix = " FOR UPDATE" if lock else ""
    cursor = await connection.execute((query + suffix).encode(), (projection.name, projection.version))
    row = await cursor.fetchone()
    if row is None:
        raise NotPrepared(f"There are no tables for version {projection.version} of {projection.name}.")
    return CheckpointRow(Checkpoint(int(row[0]), row[1]), row[2], row[3])


async def move_checkpoint(
    connection: AsyncConnection[Any],
    projection: Projection,
    to: Checkpoint,
    *,
    generations: int = 0,
    applied: int = 0,
    moves: int = 0,
) -> int:
    """To be called under the row's lock. The number of the newest move, with the `moves` that are added here."""
    cursor = await connection.execute(
        "UPDATE projection_checkpoints SET tx_id = %s::text::xid8, position = %s, generation = generation + %s,"
        " applied = applied + %s, moves = moves + %s WHERE projection = %s AND version = %s RETURNING moves",
        (str(to.tx_id), to.position, generations, applied, moves, projection.name, projection.version),
    )
    row = await cursor.fetchone()
    assert row is not None
    return int(row[0])


async def moves_of(connection: AsyncConnection[Any], projection: Projection) -> int:
    """How often the rows have changed: also without the checkpoint, when a parked stream was retried."""
    query = b"SELECT moves FROM projection_checkpoints WHERE projection = %s AND version = %s"
    row = await (await connection.execute(query, (projection.name, projection.version))).fetchone()
    return int(row[0]) if row else 0


async def mark_built(connection: AsyncConnection[Any], projection: Projection, now: CheckpointRow) -> CheckpointRow:
    """Let readers in: the projection has read all that there was."""
    await connection.execute(
        "UPDATE projection_checkpoints SET built_at = coalesce(built_at, clock_timestamp())"
        " WHERE projection = %s AND version = %s",
        (projection.name, projection.version),
    )
    return replace(now, built=True)


async def project_next(
    connection: AsyncConnection[Any], projection: Projection, known: CheckpointRow, limit: int = BATCH
) -> Projected:
    """Apply the next batch. `known` is where the projection stood when last seen; an idle look costs one SELECT."""
    batch = await log_reader.read_next(connection, known.checkpoint, limit, projection.reads)
    if not batch.read:
        return Projected(known, 0)
    if not batch.entries:
        return await _pass_over(connection, projection, known, batch)
    async with connection.transaction():
        now = await standing(connection, projection, lock=True)
        if now != known:
            # another projector was active, or a rebuild has switched the tables: look again from there
            return Projected(now, batch.read)
        working = await apply_entries(connection, projection, batch.entries)
        number = await move_checkpoint(connection, projection, batch.end, applied=working.applied, moves=1)
        moved = await write_heads(connection, projection, working.heads, number)
    after = replace(known, checkpoint=batch.end)
    return Projected(after, batch.read, moved, tuple(working.parked.values()))


async def _pass_over(
    connection: AsyncConnection[Any], projection: Projection, known: CheckpointRow, batch: log_reader.Batch
) -> Projected:
    """Move the checkpoint only, in one statement: nothing of the batch concerns this projection."""
    cursor = await connection.execute(
        "UPDATE projection_checkpoints SET tx_id = %s::text::xid8, position = %s"
        " WHERE projection = %s AND version = %s AND tx_id = %s::text::xid8 AND position = %s AND generation = %s",
        (
            *(str(batch.end.tx_id), batch.end.position, projection.name, projection.version),
            *(str(known.checkpoint.tx_id), known.checkpoint.position, known.generation),
        ),
    )
    if cursor.rowcount == 0:
        return Projected(await standing(connection, projection), batch.read)
    return Projected(replace(known, checkpoint=batch.end), batch.read)


async def apply_entries(
    connection: AsyncConnection[Any],
    projection: Projection,
    entries: Sequence[LogEntry],
    *,
    schema: str | None = None,
    parking: str | None = None,
) -> Working:
    """Fold `entries` into the tables, inside the caller's transaction. Streams that cannot be applied are parked.

    schema, parking: of a shadow, where its tables are and under which name its streams are parked. Its heads are noted
    here; those of the live tables are for the caller to write, with the number of the move.
    """
    name, place = parking or projection.name, schema or projection.schema
    already = await already_parked(connection, projection, name, {entry.stream_id for entry in entries})
    entries = [entry for entry in entries if entry.stream_id not in already]
    try:
        async with connection.transaction():
            working = await _fold_and_write(connection, projection, entries, place)
    except _OF_ONE_STREAM:
        working = await _one_by_one(connection, projection, entries, place)
    await write_parked(connection, projection, name, working.parked.values())
    if schema is not None:
        await note_shadow_heads(connection, schema, working.heads)
    return working


async def _fold_and_write(
    connection: AsyncConnection[Any], projection: Projection, entries: Sequence[LogEntry], schema: str
) -> Working:
    working = Working()
    wanted = keys_to_load(projection, entries)
    for table in projection.tables:
        if wanted.get(table.name):
            working.rows[table.name] = dict(await row_store.load(connection, table, wanted[table.name], schema))
    fold(projection, working, entries)
    for table in projection.tables:
        await row_store.delete(connection, table, working.deletes(table), schema)
        await row_store.upsert(connection, table, working.upserts(table), schema)
    return working


async def _one_by_one(
    connection: AsyncConnection[Any], projection: Projection, entries: Sequence[LogEntry], schema: str
) -> Working:
    """The slow way, when a row cannot be read or written: the one stream that has it is parked, the others go in.

    Stream by stream; where rows come from several streams, event by event, in the log's order.
    """
    total = Working()
    if projection.by_stream:
        ordered = sorted(entries, key=lambda entry: entry.stream_id)  # stable: each stream keeps its order
        groups = [list(group) for _, group in groupby(ordered, key=lambda entry: entry.stream_id)]
    else:
        groups = [[entry] for entry in entries]
    for own in groups:
        stream_id = own[0].stream_id
        if stream_id in total.parked:
            continue
        try:
            async with connection.transaction():
                working = await _fold_and_write(connection, projection, own, schema)
        except _OF_ONE_STREAM as error:
            park(total, stream_id, own[0].position, f"{describe(error)} {getattr(error, 'sqlstate', None) or ''}")
            continue
        total.applied += working.applied
        total.parked |= working.parked
        total.heads |= working.heads
        for name, rows in working.rows.items():
            total.rows.setdefault(name, {}).update(rows)
        for name, keys in working.changed.items():
            total.changed.setdefault(name, set()).update(keys)
    return total


async def already_parked(
    connection: AsyncConnection[Any], projection: Projection, name: str, streams: Iterable[UUID]
) -> set[UUID]:
    rows = await (
        await connection.execute(
            "SELECT aggregate_id FROM projection_parked"
            " WHERE projection = %s AND version = %s AND aggregate_id = ANY(%s)",
            (name, projection.version, [str(stream) for stream in streams]),
        )
    ).fetchall()
    return {UUID(row[0]) for row in rows}


async def write_parked(
    connection: AsyncConnection[Any], projection: Projection, name: str, parked: Iterable[ParkedStream]
) -> None:
    """`name`: the projection's, or a shadow's."""
    for entry in parked:
        await connection.execute(
            "INSERT INTO projection_parked (projection, version, aggregate_id, position, tx_id, error, newer)"
            " SELECT %s, %s, %s, id, tx_id, %s, %s FROM domain_events WHERE id = %s ON CONFLICT DO NOTHING",
            (name, projection.version, str(entry.stream_id), entry.error, entry.newer, entry.position),
        )


async def retry_parked(connection: AsyncConnection[Any], projection: Projection, stream_id: UUID) -> Projected:
    """Apply what a parked stream has missed, up to the checkpoint. It is parked again when that fails again."""
    async with connection.transaction():
        now = await standing(connection, projection, lock=True)
        row = await (
            await connection.execute(
                "DELETE FROM projection_parked"
                " WHERE projection = %s AND version = %s AND aggregate_id = %s RETURNING position",
                (projection.name, projection.version, str(stream_id)),
            )
        ).fetchone()
        if row is None:
            return Projected(now, 0)
        entries = await log_reader.read_stream(connection, stream_id, row[0], now.checkpoint, projection.reads)
        working = await apply_entries(connection, projection, entries)
        number = await move_checkpoint(connection, projection, now.checkpoint, moves=1)
        moved = await write_heads(connection, projection, working.heads, number)
    return Projected(now, len(entries), moved, tuple(working.parked.values()))
