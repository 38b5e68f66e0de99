"""A projection built anew beside the live one: same SQL, same `apply`, in a schema of its own."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from psycopg import AsyncConnection, sql

from infrastructure.event_store import log_reader
from infrastructure.event_store.bulk_reader import StreamPlace, Stretch, read_streams
from infrastructure.event_store.log_reader import Checkpoint
from infrastructure.read_side.batch import BATCH, apply_entries
from infrastructure.read_side.bulk_fold import Target, fill_streams
from infrastructure.read_side.heads import make_shadow_heads
from infrastructure.read_side.schemas import create_tables
from projections.engine.projection import Projection

CHUNK = 10_000
"""Events per chunk: an open write holds back every reader of the log, so each is written within a moment."""


@dataclass(slots=True)
class Shadow:
    """The tables of `projection` in `schema`, at `position` of the log."""

    projection: Projection
    schema: str
    position: Checkpoint = field(default_factory=Checkpoint)

    @property
    def parking(self) -> str:
        """The name under which its streams are parked until it is switched in."""
        return f"{self.projection.name}@{self.schema}"


async def create(connection: AsyncConnection[Any], shadow: Shadow, schema_sql: str | None = None) -> None:
    """Empty tables by the projection's own SQL (or `schema_sql`); what an interrupted rebuild left is dropped."""
    await drop(connection, shadow)
    async with connection.transaction():
        await create_tables(connection, shadow.schema, schema_sql or shadow.projection.create())
        await make_shadow_heads(connection, shadow.schema)


async def drop(connection: AsyncConnection[Any], shadow: Shadow) -> None:
    await connection.execute(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(sql.Identifier(shadow.schema)))
    await connection.execute(
        "DELETE FROM projection_parked WHERE projection = %s AND version = %s",
        (shadow.parking, shadow.projection.version),
    )


async def count_until(connection: AsyncConnection[Any], until: Checkpoint) -> int:
    query = b"SELECT count(*) FROM domain_events WHERE (tx_id, id) <= (%s::text::xid8, %s)"
    row = await (await connection.execute(query, (str(until.tx_id), until.position))).fetchone()
    return int(row[0]) if row else 0


async def fill(
    connection: AsyncConnection[Any], shadow: Shadow, until: Checkpoint, advanced: Callable[[int], None]
) -> None:
    """Fold everything up to `until` into the empty shadow, chunk by chunk; `advanced` hears the events of each."""
    target = Target(shadow.projection, shadow.schema, shadow.parking)
    place = StreamPlace()
    unfinished: Stretch | None = None
    while (chunk := await read_streams(connection, place, until, shadow.projection.reads, events=CHUNK)).read:
        stretches = _joined(unfinished, chunk.stretches)
        # the last stream may go on in the next chunk
        unfinished = next((one for one in stretches if str(one.stream_id) == chunk.end.stream), None)
        await fill_streams(connection, target, [one for one in stretches if one is not unfinished])
        place = chunk.end
        advanced(chunk.read)
    if unfinished is not None:
        await fill_streams(connection, target, [unfinished])
    shadow.position = until


def _joined(earlier: Stretch | None, stretches: Sequence[Stretch]) -> list[Stretch]:
    """The stretches, with what was read earlier of a stream before what follows of it."""
    if earlier is None:
        return list(stretches)
    later = next((one for one in stretches if one.stream_id == earlier.stream_id), None)
    others = [one for one in stretches if one is not later]
    return [*others, earlier if later is None else earlier.followed_by(later)]


async def follow(connection: AsyncConnection[Any], shadow: Shadow, *, limit: int = BATCH) -> int:
    """Apply the next stretch of the log to the shadow; how many events were read. May run in a transaction."""
    batch = await log_reader.read_next(connection, shadow.position, limit, shadow.projection.reads)
    if batch.read:
        async with connection.transaction():
            await apply_entries(
                connection, shadow.projection, batch.entries, schema=shadow.schema, parking=shadow.parking
            )
        shadow.position = batch.end
    return batch.read
