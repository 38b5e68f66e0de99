"""A projection built anew beside the live one: same SQL, same `apply`, in a schema of its own."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg import AsyncConnection, sql

from infrastructure.event_store import log_reader
from infrastructure.event_store.log_reader import Checkpoint
from infrastructure.read_side import row_store
from infrastructure.read_side.batch import BATCH, apply_entries, write_parked
from infrastructure.read_side.heads import make_shadow_heads, note_shadow_heads
from infrastructure.read_side.schemas import create_tables
from projections.engine.fold import Working, fold
from projections.engine.projection import LogEntry, Projection

CHUNK = 2_000
"""Events per chunk: an open write holds back every reader of the log, so each is written within a moment."""

# By stream, so that a stream's rows are folded in memory and written once; up to the horizon, which stands still.
_BY_STREAM = """
SELECT {columns}
FROM domain_events
WHERE (aggregate_id, aggregate_version) > (%(stream)s, %(after)s)
    AND (tx_id, id) <= (%(tx)s::text::xid8, %(position)s) AND aggregate_type = ANY(%(aggregates)s)
ORDER BY aggregate_id, aggregate_version LIMIT {limit}
"""


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
    unfinished: list[LogEntry] = []
    async for rows in _chunks(connection, shadow.projection, until):
        entries = [*unfinished, *log_reader.decode_rows(rows)]
        last = rows[-1][4] if len(rows) == CHUNK else None  # its stream may go on in the next chunk
        unfinished = [entry for entry in entries if str(entry.stream_id) == last]
        await _write(connection, shadow, [entry for entry in entries if str(entry.stream_id) != last])
        advanced(len(rows))
    await _write(connection, shadow, unfinished)
    shadow.position = until


async def _chunks(
    connection: AsyncConnection[Any], projection: Projection, until: Checkpoint
) -> AsyncIterator[list[tuple[Any, ...]]]:
    parameters = log_reader.wanted(projection.reads) | {
        "tx": str(until.tx_id),
        "position": until.position,
        "aggregates": list(projection.reads),
        "stream": "",
        "after": 0,
    }
    # a plan for these values: the generic one would sort the whole log for every chunk
    query = _BY_STREAM.format(columns=log_reader.COLUMNS, limit=CHUNK).encode()
    while True:
        rows = await (await connection.execute(query, parameters, prepare=False)).fetchall()
        if rows:
            yield rows
        if len(rows) < CHUNK:
            return
        parameters |= {"stream": rows[-1][4], "after": rows[-1][5]}


async def _write(connection: AsyncConnection[Any], shadow: Shadow, entries: list[LogEntry]) -> None:
    working = Working()
    fold(shadow.projection, working, entries)
    prepared = [(table, row_store.fields(table, working.upserts(table))) for table in shadow.projection.tables]
    try:
        async with connection.transaction():
            for table, rows in prepared:
                await row_store.copy_in(connection, table, rows, shadow.schema)
            await write_parked(connection, shadow.projection, shadow.parking, working.parked.values())
            await note_shadow_heads(connection, shadow.schema, working.heads)
    except (psycopg.DataError, psycopg.IntegrityError):
        async with connection.transaction():
            await apply_entries(connection, shadow.projection, entries, schema=shadow.schema, parking=shadow.parking)


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
