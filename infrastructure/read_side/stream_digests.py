"""Digests what the read tables hold of each stream, so that two machines with the same log can be compared by lines.

SHA-256 over the rows as JSON, table by table and in the order of their keys; columns of the wall clock and the places
in the log, which differ from machine to machine, are left out.
"""

from collections.abc import Callable
from hashlib import sha256
from typing import Any

from psycopg import AsyncConnection, IsolationLevel, sql

from infrastructure.read_side.verification import WALL_CLOCK
from projections.engine.projection import Projection, Table

ALL = "all"
"""Stands where a stream's id would, for the digest of all the lines before it."""

Tell = Callable[[str, int | None, str], None]


async def write_digests(connection: AsyncConnection[Any], projection: Projection, tell: Tell) -> str:
    """`tell` hears of (stream, its version in these tables, digest) in the order of ids, then of (`all`, None, digest).

    A table whose rows come from several streams is told by its name, with no version. The digest of all is returned.
    One snapshot; nothing is written.
    """
    total = sha256()

    def line(stream: str, version: int | None, digest: str) -> None:
        total.update(f"{stream} {version} {digest}\n".encode())
        tell(stream, version, digest)

    level = connection.isolation_level
    await connection.set_isolation_level(IsolationLevel.REPEATABLE_READ)
    try:
        async with connection.transaction():
            await connection.execute("SET LOCAL timezone = 'UTC'")
            await connection.execute("SET LOCAL extra_float_digits = 1")
            async with connection.cursor(name="stream_digests") as cursor:
                await cursor.execute(_streams(projection), {"name": projection.name, "version": projection.version})
                async for stream, version, digest in cursor:
                    line(str(stream), version, digest)
            for table in projection.tables:
                if table.stream is None:
                    row = await (await connection.execute(_table(projection, table))).fetchone()
                    assert row is not None
                    line(table.name, None, row[0])
    finally:
        await connection.set_isolation_level(level)
    tell(ALL, None, total.hexdigest())
    return total.hexdigest()


def _rows(table: Table) -> sql.Composed:
    """The rows of a table as one text, in the order of their keys."""
    left_out = sql.SQL(" - ").join(map(sql.Literal, WALL_CLOCK))
    keys = sql.SQL(", ").join(
        sql.SQL("t.{} {}").format(sql.Identifier(name), sql.SQL('COLLATE "C"' if kind == "text" else ""))
        for name, kind in table.key
    )
    return sql.SQL("string_agg((to_jsonb(t) - {})::text, E'\\n' ORDER BY {})").format(left_out, keys)


def _streams(projection: Projection) -> sql.Composed:
    texts = [
        sql.SQL("SELECT t.{} AS stream_id, {} AS part, {} AS rows FROM {} AS t GROUP BY 1").format(
            sql.Identifier(table.stream),
            sql.Literal(number),
            _rows(table),
            sql.Identifier(projection.schema, table.name),
        )
        for number, table in enumerate(projection.tables)
        if table.stream is not None
    ]
    parts = sql.SQL(" UNION ALL ").join(texts) if texts else sql.SQL("SELECT NULL::uuid, 0, '' WHERE false")
    return sql.SQL(
        "WITH parts (stream_id, part, rows) AS ({})"
        " SELECT h.stream_id, h.stream_version, encode(sha256(convert_to(coalesce(p.rows, ''), 'UTF8')), 'hex')"
        " FROM stream_heads AS h LEFT JOIN ("
        " SELECT stream_id, string_agg(part || E'\\n' || rows, E'\\n' ORDER BY part) AS rows FROM parts GROUP BY 1"
        ") AS p USING (stream_id) WHERE h.projection = %(name)s AND h.version = %(version)s ORDER BY h.stream_id"
    ).format(parts)


def _table(projection: Projection, table: Table) -> sql.Composed:
    return sql.SQL("SELECT encode(sha256(convert_to(coalesce({}, ''), 'UTF8')), 'hex') FROM {} AS t").format(
        _rows(table), sql.Identifier(projection.schema, table.name)
    )
