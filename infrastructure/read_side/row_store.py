"""The read tables as sets of rows: load by keys, write a batch, copy in bulk. Knows tables, not what they mean.

`schema` says where: each version of a projection has its own, and a rebuild works in another. Rows travel as JSON, one
parameter a batch, so that the server does the typing (enums, arrays of them, jsonb) and one statement serves any number
of rows.
"""

from collections.abc import Collection, Sequence
from enum import Enum
from typing import Any

from psycopg import AsyncConnection, sql

from projections.engine.projection import Key, Row, Table

Connection = AsyncConnection[Any]

_BLOCK = 256 * 1024


def _columns(table: Table) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, table.row.model_fields))


def _name(table: Table, schema: str) -> sql.Identifier:
    return sql.Identifier(schema, table.name)


def _matches(table: Table, keys: Collection[Key]) -> tuple[sql.Composed, list[list[Any]]]:
    """(SQL that joins `t` to the keys, its parameters: one array per key column)."""
    arrays = sql.SQL(", ").join(sql.SQL("%s::{}[]").format(sql.SQL(kind)) for _, kind in table.key)
    names = sql.SQL(", ").join(sql.Identifier(column) for column, _ in table.key)
    condition = sql.SQL("({}) IN (SELECT * FROM unnest({}))").format(names, arrays)
    return condition, [[_plain(key[index]) for key in keys] for index in range(len(table.key))]


def _plain(value: Any) -> Any:
    return value.value if isinstance(value, Enum) else value


async def load(connection: Connection, table: Table, keys: Collection[Key], schema: str) -> dict[Key, Row]:
    """The rows that there are, by key."""
    if not keys:
        return {}
    pairs = sql.SQL(", ").join(
        sql.SQL("{}, {}").format(sql.Literal(column), sql.Identifier(column)) for column in table.row.model_fields
    )
    condition, parameters = _matches(table, keys)
    query = sql.SQL("SELECT json_build_object({})::text FROM {} WHERE {}").format(
        pairs, _name(table, schema), condition
    )
    cursor = await connection.execute(query, parameters)
    rows = [table.row.model_validate_json(text) for (text,) in await cursor.fetchall()]
    return {table.key_of(row): row for row in rows}


async def upsert(connection: Connection, table: Table, rows: Sequence[Row], schema: str) -> None:
    """Write `rows`, whether they are there already or not. Other columns keep what they have, or their default."""
    if not rows:
        return
    keys = [column for column, _ in table.key]
    updates = sql.SQL(", ").join(
        sql.SQL("{0} = excluded.{0}").format(sql.Identifier(column))
        for column in table.row.model_fields
        if column not in keys
    )
    query = sql.SQL(
        "INSERT INTO {table} ({columns}) SELECT {columns} FROM json_populate_recordset(NULL::{table}, %s)"
        " ON CONFLICT ({keys}) DO UPDATE SET {updates}"
    ).format(
        table=_name(table, schema),
        columns=_columns(table),
        keys=sql.SQL(", ").join(map(sql.Identifier, keys)),
        updates=updates,
    )
    await connection.execute(query, ("[" + ",".join(row.model_dump_json() for row in rows) + "]",))


async def delete(connection: Connection, table: Table, keys: Collection[Key], schema: str) -> None:
    if keys:
        condition, parameters = _matches(table, keys)
        query = sql.SQL("DELETE FROM {} WHERE {}").format(_name(table, schema), condition)
        await connection.execute(query, parameters)


async def copy_lines(connection: Connection, table: Table, lines: bytes, schema: str) -> None:
    """Bulk load of rows, as copy_lines.py writes them, into a table that has none of them yet."""
    if not lines:
        return
    query = sql.SQL("COPY {} ({}) FROM STDIN").format(_name(table, schema), _columns(table))
    async with connection.cursor() as cursor, cursor.copy(query) as copy:
        for first in range(0, len(lines), _BLOCK):
            await copy.write(lines[first : first + _BLOCK])
