"""Finds rebuilds that are under way or were interrupted, by the shadows that they have in the database."""

import re
from dataclasses import dataclass
from typing import Any

from psycopg import AsyncConnection, sql

from infrastructure.read_side.rebuild_turn import RebuildRunning, is_running, take_other
from projections.engine.projection import Projection, schema_of

_FOUND = b"""
SELECT n.nspname, coalesce(sum(pg_total_relation_size(c.oid)), 0)::bigint FROM pg_namespace AS n
LEFT JOIN pg_class AS c ON c.relnamespace = n.oid AND c.relkind = 'r'
WHERE n.nspname LIKE 'rebuild\\_%' OR n.nspname LIKE 'verify\\_%' GROUP BY 1 ORDER BY 1
"""


@dataclass(frozen=True, slots=True)
class Unfinished:
    """`size` in bytes. running: somebody works on it."""

    projection: str
    version: int
    schema: str
    size: int
    running: bool


async def unfinished_rebuilds(connection: AsyncConnection[Any]) -> list[Unfinished]:
    found = []
    for schema, size in await (await connection.execute(_FOUND)).fetchall():
        parts = re.fullmatch(r"(?:rebuild|verify)_(.+)_v(\d+)", schema)
        if parts is not None:
            name, version = parts.group(1), int(parts.group(2))
            running = await is_running(connection, schema_of(name, version))
            found.append(Unfinished(name, version, schema, int(size), running))
    return found


async def drop_unfinished(connection: AsyncConnection[Any], projection: Projection) -> list[str]:
    """Drop what interrupted rebuilds of it have left; the schemas. Raises RebuildRunning."""
    gone = []
    for one in await unfinished_rebuilds(connection):
        if one.projection != projection.name:
            continue
        if not await take_other(connection, schema_of(one.projection, one.version)):
            raise RebuildRunning(f"A rebuild of version {one.version} of {one.projection} is running.")
        await connection.execute(sql.SQL("DROP SCHEMA {} CASCADE").format(sql.Identifier(one.schema)))
        parked = b"DELETE FROM projection_parked WHERE projection = %s AND version = %s"
        await connection.execute(parked, (f"{one.projection}@{one.schema}", one.version))
        gone.append(one.schema)
    return gone
