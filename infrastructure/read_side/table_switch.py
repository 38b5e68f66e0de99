"""The atomic switch to rebuilt tables, under live readers and a live projector, and the way back."""

import asyncio
from dataclasses import dataclass, replace
from typing import Any

import orjson
from psycopg import AsyncConnection, errors, sql

from infrastructure.event_store.log_reader import Checkpoint
from infrastructure.read_side.batch import BATCH, CheckpointRow, move_checkpoint, standing
from infrastructure.read_side.heads import take_over_heads
from infrastructure.read_side.shadow_tables import Shadow, drop, follow, keep_place
from projections.engine.projection import Projection

ATTEMPTS = 60
_PLACE_MS = 200
"""Milliseconds to wait for the checkpoint: meanwhile its projector works, and no reader waits for us."""
_TABLES_MS = 15
"""Milliseconds to wait for a table: readers queue behind us meanwhile. It is tried again, later and later."""
_TAIL = 4 * BATCH


class SwitchFailed(Exception):
    """The tables could not be locked in time; nothing has changed."""


class KeptTablesDiffer(Exception):
    """The tables from before the last switch are not what this build writes and reads."""


class TailTooLong(Exception):
    """Too much has been written since the shadow caught up to apply it under the lock."""


def kept_schema(projection: Projection) -> str:
    """Where the tables from before the last switch are kept."""
    return f"before_{projection.name}_v{projection.version}"


async def switch(connection: AsyncConnection[Any], shadow: Shadow) -> CheckpointRow:
    """Put the shadow's tables in the place of the live ones, which are kept; where the projection stands then.

    The checkpoint row is locked first, so no projector moves; the rest of the log is applied; then the tables change
    places in the same transaction. Raises SwitchFailed.
    """
    for attempt in range(ATTEMPTS):
        await _drop_gone(connection, shadow.projection)
        while await follow(connection, shadow) == BATCH:
            pass
        position = shadow.position
        try:
            async with connection.transaction():
                now = await _switch(connection, shadow)
            await _drop_gone(connection, shadow.projection)
            return now
        except TailTooLong:
            shadow.position = position
        except (errors.LockNotAvailable, errors.DeadlockDetected):
            shadow.position = position
            await asyncio.sleep(min(0.02 * 1.3**attempt, 1.0))
    raise SwitchFailed(
        f"The tables of {shadow.projection.name} were in use all the time. Nothing has changed: try again."
    )


async def _switch(connection: AsyncConnection[Any], shadow: Shadow) -> CheckpointRow:
    """Readers wait for what comes after the tables' locks only: names change there, and nothing is read or written."""
    projection = shadow.projection
    await _wait_at_most(connection, _PLACE_MS)
    before = await standing(connection, projection, lock=True)
    applied = 0
    while read := await follow(connection, shadow):
        applied += read
        if applied > _TAIL:
            raise TailTooLong
    kept_in = kept_schema(projection)
    aside = kept_in if shadow.schema != kept_in else f"undone_{projection.name}_v{projection.version}"
    await _clear(connection, aside, _gone(projection))
    number = await move_checkpoint(connection, projection, shadow.position, generations=1, moves=1)
    await take_over_heads(connection, projection, shadow.schema, aside, number)
    await keep_place(connection, Shadow(projection, aside, before.checkpoint))
    for source, target in ((projection.name, Shadow(projection, aside).parking), (shadow.parking, projection.name)):
        await connection.execute(
            "DELETE FROM projection_parked WHERE projection = %s AND version = %s", (target, projection.version)
        )
        await connection.execute(
            "UPDATE projection_parked SET projection = %s WHERE projection = %s AND version = %s",
            (target, source, projection.version),
        )
    await _wait_at_most(connection, _TABLES_MS)
    await connection.execute(_exchange(projection, shadow.schema, aside))
    return replace(before, checkpoint=shadow.position, generation=before.generation + 1)


async def _wait_at_most(connection: AsyncConnection[Any], milliseconds: int) -> None:
    await connection.execute(f"SET LOCAL lock_timeout = {milliseconds}".encode())


def _gone(projection: Projection) -> str:
    """Where tables are that are dropped as soon as nobody waits for it."""
    return f"gone_{projection.name}_v{projection.version}"


async def _clear(connection: AsyncConnection[Any], schema: str, gone: str) -> None:
    """Make `schema` empty: what was there is out of the way at once, and dropped after the commit."""
    there = await connection.execute("SELECT FROM pg_namespace WHERE nspname = %s", (schema,))
    if await there.fetchone() is not None:
        query = sql.SQL("ALTER SCHEMA {} RENAME TO {}").format(sql.Identifier(schema), sql.Identifier(gone))
        await connection.execute(query)
    await connection.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(schema)))


async def _drop_gone(connection: AsyncConnection[Any], projection: Projection) -> None:
    await connection.execute(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(sql.Identifier(_gone(projection))))


def _exchange(projection: Projection, new: str, aside: str) -> sql.Composed:
    """In one message: the tables locked, the live ones put aside, the new ones in their place."""
    live = projection.schema
    names = [table.name for table in projection.tables]
    lock = sql.SQL(", ").join(sql.Identifier(live, name) for name in names)
    steps = [sql.SQL("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE").format(lock)]
    for name in names:
        steps += [_moved(live, name, aside), _moved(new, name, live)]
    return sql.SQL("; ").join([*steps, sql.SQL("DROP SCHEMA {}").format(sql.Identifier(new))])


def _moved(source: str, table: str, target: str) -> sql.Composed:
    return sql.SQL("ALTER TABLE {} SET SCHEMA {}").format(sql.Identifier(source, table), sql.Identifier(target))


async def check_columns(connection: AsyncConnection[Any], shadow: Shadow) -> None:
    """Whether this build can write and read the tables as they are there. Raises KeptTablesDiffer."""
    wrong: list[str] = []
    for table in shadow.projection.tables:
        there = await columns(connection, shadow.schema, table.name)
        live = await columns(connection, shadow.projection.schema, table.name)
        needed = set(table.row.model_fields)
        wrong += [f"{table.name}.{name}" for name in sorted(needed) if there.get(name) != live.get(name)]
        # what this build does not write must fill itself
        wrong += [f"{table.name}.{name}" for name, kind in there.items() if name not in needed and kind.required]
    if wrong:
        raise KeptTablesDiffer(
            f"The earlier tables of {shadow.projection.name} are of another shape: {', '.join(wrong)}."
            " This build cannot go back to them."
        )


@dataclass(frozen=True, slots=True)
class ColumnKind:
    """`required`: it takes no NULL and has no default."""

    type: str
    required: bool


async def columns(connection: AsyncConnection[Any], schema: str, table: str) -> dict[str, ColumnKind]:
    query = b"""
        SELECT a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull AND NOT a.atthasdef
        FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid JOIN pg_namespace AS n ON n.oid = c.relnamespace
        WHERE n.nspname = %s AND c.relname = %s AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum
    """
    rows = await (await connection.execute(query, (schema, table))).fetchall()
    return {name: ColumnKind(kind, required) for name, kind, required in rows}


async def kept(connection: AsyncConnection[Any], projection: Projection) -> Shadow | None:
    """The tables from before the last switch, or None when they were dropped."""
    schema = kept_schema(projection)
    query = b"SELECT obj_description(oid, 'pg_namespace') FROM pg_namespace WHERE nspname = %s"
    row = await (await connection.execute(query, (schema,))).fetchone()
    if row is None or row[0] is None:
        return None
    place = orjson.loads(row[0])
    return Shadow(projection, schema, Checkpoint(place["tx_id"], place["position"]))


async def drop_kept(connection: AsyncConnection[Any], projection: Projection) -> None:
    await drop(connection, Shadow(projection, kept_schema(projection)))
