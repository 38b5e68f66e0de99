"""A projection built anew beside the live one: same SQL, same `apply`, in a schema of its own until it is done."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from psycopg import AsyncConnection, sql

from infrastructure.event_store import log_reader
from infrastructure.event_store.bulk_reader import read_window
from infrastructure.event_store.log_reader import Checkpoint
from infrastructure.read_side import rebuild_plan as plans
from infrastructure.read_side.batch import BATCH, apply_entries
from infrastructure.read_side.bulk_fold import Target, fold_stretches, write_folded
from infrastructure.read_side.heads import make_shadow_heads
from infrastructure.read_side.schemas import create_tables
from projections.engine.projection import Projection

CHUNK = 4_000
"""Events per chunk at most."""

_CREATE = "CREATE INDEX "


@dataclass(slots=True)
class Shadow:
    """The tables of `projection` in `schema`, at `position` of the log. `note`: what else its schema's comment says."""

    projection: Projection
    schema: str
    position: Checkpoint = field(default_factory=Checkpoint)
    note: plans.Note = field(default_factory=dict)

    @property
    def parking(self) -> str:
        """The name under which its streams are parked until it is switched in."""
        return f"{self.projection.name}@{self.schema}"

    @property
    def target(self) -> Target:
        return Target(self.projection, self.schema, self.parking)

    @property
    def until(self) -> Checkpoint:
        """How far the first fill goes; after that it follows the log."""
        return Checkpoint(*self.note["until"])


async def create(
    connection: AsyncConnection[Any], shadow: Shadow, schema_sql: str, until: Checkpoint, bounds: Sequence[str] = ()
) -> None:
    """Empty tables by `schema_sql`, to be filled up to `until` in parts cut at `bounds`. What was there is dropped."""
    await drop(connection, shadow)
    shadow.position = Checkpoint()
    shadow.note = {
        "identity": plans.identity(shadow.projection, schema_sql),
        "until": [until.tx_id, until.position],
        "filled": False,
    }
    async with connection.transaction():
        await create_tables(connection, shadow.schema, schema_sql)
        await make_shadow_heads(connection, shadow.schema)
        await plans.make_parts(connection, shadow.schema, bounds)
        shadow.note["indexes"] = await _without_indexes(connection, shadow.schema)
        await keep_place(connection, shadow)


async def drop(connection: AsyncConnection[Any], shadow: Shadow) -> None:
    await connection.execute(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(sql.Identifier(shadow.schema)))
    await connection.execute(
        "DELETE FROM projection_parked WHERE projection = %s AND version = %s",
        (shadow.parking, shadow.projection.version),
    )


async def keep_place(connection: AsyncConnection[Any], shadow: Shadow) -> None:
    """Say in the database where the shadow stands: in the transaction that has brought it there."""
    note = shadow.note | {"tx_id": shadow.position.tx_id, "position": shadow.position.position}
    await plans.write_note(connection, shadow.schema, note)


async def _without_indexes(connection: AsyncConnection[Any], schema: str) -> list[str]:
    """Drop the indexes that no constraint needs, which are made at once when the rows are there; what makes them."""
    query = b"""
        SELECT c.relname, pg_get_indexdef(i.indexrelid) FROM pg_index AS i
        JOIN pg_class AS c ON c.oid = i.indexrelid JOIN pg_namespace AS n ON n.oid = c.relnamespace
        WHERE n.nspname = %s AND NOT i.indisunique
          AND NOT EXISTS (SELECT FROM pg_constraint AS k WHERE k.conindid = i.indexrelid) ORDER BY 1
    """
    found = await (await connection.execute(query, (schema,))).fetchall()
    for name, _ in found:
        await connection.execute(sql.SQL("DROP INDEX {}").format(sql.Identifier(schema, name)))
    return [definition for _, definition in found]


async def finish_fill(connection: AsyncConnection[Any], shadow: Shadow) -> None:
    """Everything up to `until` is in: make the indexes, one after the other, and say so.

    Concurrently, although nobody else writes there: such a build has a transaction id for a moment only, and while one
    is open that has, no reader of the log sees what is new. What a build that was interrupted left is dropped.
    """
    while shadow.note["indexes"]:
        definition, *left = shadow.note["indexes"]
        name = definition.removeprefix(_CREATE).split(" ON ")[0]
        schema = sql.Identifier(shadow.schema).as_string(connection)
        await connection.execute(f"DROP INDEX IF EXISTS {schema}.{name}".encode())
        await connection.execute(definition.replace(_CREATE, f"{_CREATE}CONCURRENTLY ", 1).encode())
        await plans.write_note(connection, shadow.schema, shadow.note | {"indexes": left, "tx_id": 0, "position": 0})
        shadow.note["indexes"] = left
    async with connection.transaction():
        shadow.note["filled"] = True
        if shadow.projection.by_stream:
            shadow.position = shadow.until
        await plans.drop_parts(connection, shadow.schema)
        await keep_place(connection, shadow)


async def follow(connection: AsyncConnection[Any], shadow: Shadow, *, limit: int = BATCH) -> int:
    """Apply the next stretch of the log to the shadow; how many events were read. May run in a transaction."""
    batch = await log_reader.read_next(connection, shadow.position, limit, shadow.projection.reads)
    if batch.read:
        before = shadow.position
        try:
            async with connection.transaction():
                await apply_entries(
                    connection, shadow.projection, batch.entries, schema=shadow.schema, parking=shadow.parking
                )
                shadow.position = batch.end
                await keep_place(connection, shadow)
        except BaseException:
            shadow.position = before
            raise
    return batch.read


async def follow_far(connection: AsyncConnection[Any], shadow: Shadow, events: int) -> tuple[int, float]:
    """The same for a stretch of up to `events`, folded in memory; not inside a transaction.

    How many events were read, and for how many seconds the transaction was open that wrote what they became.
    """
    window = await read_window(connection, shadow.position, shadow.projection.reads, events=events)
    seconds = 0.0
    if window.read:
        before = shadow.position

        async def keep() -> None:
            shadow.position = window.end
            await keep_place(connection, shadow)

        try:
            (folded,) = await fold_stretches(connection, shadow.target, window.stretches)
            seconds = await write_folded(connection, shadow.target, folded, keep)
        except BaseException:
            shadow.position = before
            raise
    return window.read, seconds
