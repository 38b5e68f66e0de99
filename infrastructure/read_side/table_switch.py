"""The atomic switch to rebuilt tables, under live readers and a live projector, and the way back."""

import asyncio
from typing import Any

import orjson
from psycopg import AsyncConnection, errors, sql

from infrastructure.event_store.log_reader import Checkpoint
from infrastructure.read_side import row_store
from infrastructure.read_side.batch import BATCH, CheckpointRow, move_checkpoint, standing
from infrastructure.read_side.shadow_tables import Shadow, drop, follow
from projections.engine.projection import Projection

ATTEMPTS = 60
_LOCK_TIMEOUT_MS = 200  # readers queue behind us while we wait for our locks
_TAIL = 4 * BATCH


class SwitchFailed(Exception):
    """The tables could not be locked in time; nothing has changed."""


class TailTooLong(Exception):
    """Too much has been written since the shadow caught up to apply it under the lock."""


def kept_schema(projection: Projection) -> str:
    """Where the tables from before the last switch are kept."""
    return f"before_{projection.name}"


async def switch(connection: AsyncConnection[Any], shadow: Shadow) -> CheckpointRow:
    """Put the shadow's tables in the place of the live ones, which are kept; where the projection stands then.

    The checkpoint row is locked first, so no projector moves; the rest of the log is applied; then the tables change
    places in the same transaction. Raises SwitchFailed.
    """
    for attempt in range(ATTEMPTS):
        while await follow(connection, shadow) == BATCH:
            pass
        position = shadow.position
        try:
            async with connection.transaction():
                return await _switch(connection, shadow)
        except TailTooLong:
            shadow.position = position
        except (errors.LockNotAvailable, errors.DeadlockDetected):
            shadow.position = position
            await asyncio.sleep(min(0.02 * 1.3**attempt, 1.0))
    raise SwitchFailed(
        f"The tables of {shadow.projection.name} were in use all the time. Nothing has changed: try again."
    )


async def _switch(connection: AsyncConnection[Any], shadow: Shadow) -> CheckpointRow:
    projection = shadow.projection
    await connection.execute(f"SET LOCAL lock_timeout = {_LOCK_TIMEOUT_MS}".encode())
    before = await standing(connection, projection.name, lock=True)
    applied = 0
    while read := await follow(connection, shadow):
        applied += read
        if applied > _TAIL:
            raise TailTooLong
    names = [table.name for table in projection.tables]
    lock = sql.SQL(", ").join(sql.Identifier(row_store.LIVE, name) for name in names)
    await connection.execute(sql.SQL("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE").format(lock))
    aside = kept_schema(projection) if shadow.schema != kept_schema(projection) else f"undone_{projection.name}"
    await connection.execute(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(sql.Identifier(aside)))
    await connection.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(aside)))
    for name in names:
        await _move(connection, row_store.LIVE, name, aside)
        await _move(connection, shadow.schema, name, row_store.LIVE)
    await _remember(connection, aside, before.checkpoint)
    for source, target in ((projection.name, Shadow(projection, aside).parking), (shadow.parking, projection.name)):
        await connection.execute("DELETE FROM projection_parked WHERE projection = %s", (target,))
        await connection.execute("UPDATE projection_parked SET projection = %s WHERE projection = %s", (target, source))
    await move_checkpoint(connection, projection.name, shadow.position, generations=1)
    await connection.execute(sql.SQL("DROP SCHEMA {}").format(sql.Identifier(shadow.schema)))
    return CheckpointRow(shadow.position, before.generation + 1)


async def _move(connection: AsyncConnection[Any], source: str, table: str, target: str) -> None:
    query = sql.SQL("ALTER TABLE {} SET SCHEMA {}").format(sql.Identifier(source, table), sql.Identifier(target))
    await connection.execute(query)


async def _remember(connection: AsyncConnection[Any], schema: str, place: Checkpoint) -> None:
    """Where the kept tables stand in the log, so that they can be brought up to date again."""
    note = orjson.dumps({"tx_id": place.tx_id, "position": place.position}).decode()
    await connection.execute(sql.SQL("COMMENT ON SCHEMA {} IS {}").format(sql.Identifier(schema), sql.Literal(note)))


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
