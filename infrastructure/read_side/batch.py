"""One batch of one projection: its events, its rows and its checkpoint in one transaction, so exactly once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from uuid import UUID

import psycopg
from psycopg import AsyncConnection
from pydantic import ValidationError

from infrastructure.event_store import log_reader
from infrastructure.event_store.log_reader import Checkpoint
from infrastructure.read_side import row_store
from projections.engine.changes import Moved
from projections.engine.fold import ParkedStream, Working, describe, fold, keys_to_load, moved, park
from projections.engine.projection import LogEntry, Projection

BATCH = 500

# What a single session can bring about: a row that the database refuses, or one that this build cannot read.
_OF_ONE_SESSION = (psycopg.DataError, psycopg.IntegrityError, ValidationError)


@dataclass(frozen=True, slots=True)
class CheckpointRow:
    """Where a projection stands; `generation` rises when a rebuild has switched its tables."""

    checkpoint: Checkpoint
    generation: int


@dataclass(frozen=True, slots=True)
class Projected:
    """What one batch did. `read` 0: there was nothing to read."""

    standing: CheckpointRow
    read: int
    moved: tuple[Moved, ...] = ()
    parked: tuple[ParkedStream, ...] = ()


async def standing(connection: AsyncConnection[Any], projection: str, *, lock: bool = False) -> CheckpointRow:
    """The checkpoint row, made when there is none; `lock` keeps it, and with it the tables, until the commit."""
    query = "SELECT tx_id::text, position, generation FROM projection_checkpoints WHERE projection = %s"
    suffix = " FOR UPDATE" if lock else ""
    row = await (await connection.execute((query + suffix).encode(), (projection,))).fetchone()
    if row is None:
        await connection.execute(
            "INSERT INTO projection_checkpoints (projection) VALUES (%s) ON CONFLICT DO NOTHING", (projection,)
        )
        return await standing(connection, projection, lock=lock)
    return CheckpointRow(Checkpoint(int(row[0]), row[1]), row[2])


async def move_checkpoint(
    connection: AsyncConnection[Any], projection: str, to: Checkpoint, *, generations: int = 0, applied: int = 0
) -> None:
    await connection.execute(
        "UPDATE projection_checkpoints SET tx_id = %s::text::xid8, position = %s, generation = generation + %s,"
        " applied = applied + %s WHERE projection = %s",
        (str(to.tx_id), to.position, generations, applied, projection),
    )


async def project_next(
    connection: AsyncConnection[Any], projection: Projection, known: CheckpointRow, limit: int = BATCH
) -> Projected:
    """Apply the next batch. `known` is where the projection stood when last seen; an idle look costs one SELECT."""
    batch = await log_reader.read_next(connection, known.checkpoint, limit, projection.event_types)
    if not batch.read:
        return Projected(known, 0)
    if not batch.entries:
        return await _pass_over(connection, projection, known, batch)
    async with connection.transaction():
        now = await standing(connection, projection.name, lock=True)
        if now != known:
            # another projector was active, or a rebuild has switched the tables: look again from there
            return Projected(now, batch.read)
        working = await apply_entries(connection, projection, batch.entries)
        await move_checkpoint(connection, projection.name, batch.end, applied=working.applied)
    after = CheckpointRow(batch.end, known.generation)
    return Projected(after, batch.read, tuple(moved(projection, working)), tuple(working.parked.values()))


async def _pass_over(
    connection: AsyncConnection[Any], projection: Projection, known: CheckpointRow, batch: log_reader.Batch
) -> Projected:
    """Move the checkpoint only, in one statement: nothing of the batch concerns this projection."""
    cursor = await connection.execute(
        "UPDATE projection_checkpoints SET tx_id = %s::text::xid8, position = %s"
        " WHERE projection = %s AND tx_id = %s::text::xid8 AND position = %s AND generation = %s",
        (
            *(str(batch.end.tx_id), batch.end.position, projection.name),
            *(str(known.checkpoint.tx_id), known.checkpoint.position, known.generation),
        ),
    )
    if cursor.rowcount == 0:
        return Projected(await standing(connection, projection.name), batch.read)
    return Projected(CheckpointRow(batch.end, known.generation), batch.read)


async def apply_entries(
    connection: AsyncConnection[Any],
    projection: Projection,
    entries: Sequence[LogEntry],
    *,
    schema: str = row_store.LIVE,
    parking: str | None = None,
) -> Working:
    """Fold `entries` into the tables, inside the caller's transaction. Sessions that cannot be applied are parked.

    parking: the name under which they are parked, the projection's own if none is given.
    """
    name = parking or projection.name
    already = await _already_parked(connection, name, {entry.session_id for entry in entries})
    entries = [entry for entry in entries if entry.session_id not in already]
    try:
        async with connection.transaction():
            working = await _fold_and_write(connection, projection, entries, schema)
    except _OF_ONE_SESSION:
        working = await _session_by_session(connection, projection, entries, schema)
    await write_parked(connection, name, working.parked.values())
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


async def _session_by_session(
    connection: AsyncConnection[Any], projection: Projection, entries: Sequence[LogEntry], schema: str
) -> Working:
    """The slow way, when a row cannot be read or written: the one session that has it is parked, the others go in."""
    total = Working()
    by_session = sorted(entries, key=lambda entry: entry.session_id)  # stable: each session keeps its order
    for session_id, group in groupby(by_session, key=lambda entry: entry.session_id):
        own = list(group)
        try:
            async with connection.transaction():
                working = await _fold_and_write(connection, projection, own, schema)
        except _OF_ONE_SESSION as error:
            park(total, session_id, own[0].position, f"{describe(error)} {getattr(error, 'sqlstate', None) or ''}")
            continue
        total.applied += working.applied
        total.parked |= working.parked
        for name, rows in working.rows.items():
            total.rows.setdefault(name, {}).update(rows)
        for name, keys in working.changed.items():
            total.changed.setdefault(name, set()).update(keys)
    return total


async def _already_parked(connection: AsyncConnection[Any], name: str, sessions: Iterable[UUID]) -> set[UUID]:
    rows = await (
        await connection.execute(
            "SELECT aggregate_id FROM projection_parked WHERE projection = %s AND aggregate_id = ANY(%s)",
            (name, [str(session) for session in sessions]),
        )
    ).fetchall()
    return {UUID(row[0]) for row in rows}


async def write_parked(connection: AsyncConnection[Any], name: str, parked: Iterable[ParkedStream]) -> None:
    for entry in parked:
        await connection.execute(
            "INSERT INTO projection_parked (projection, aggregate_id, position, tx_id, error)"
            " SELECT %s, %s, id, tx_id, %s FROM domain_events WHERE id = %s ON CONFLICT DO NOTHING",
            (name, str(entry.session_id), entry.error, entry.position),
        )


async def retry_parked(connection: AsyncConnection[Any], projection: Projection, session_id: UUID) -> Projected:
    """Apply what a parked session has missed, up to the checkpoint. It is parked again when that fails again."""
    async with connection.transaction():
        now = await standing(connection, projection.name, lock=True)
        row = await (
            await connection.execute(
                "DELETE FROM projection_parked WHERE projection = %s AND aggregate_id = %s RETURNING position",
                (projection.name, str(session_id)),
            )
        ).fetchone()
        if row is None:
            return Projected(now, 0)
        entries = await log_reader.read_session(connection, session_id, row[0], now.checkpoint, projection.event_types)
        working = await apply_entries(connection, projection, entries)
    return Projected(now, len(entries), tuple(moved(projection, working)), tuple(working.parked.values()))
