"""Writes stream heads: how far each stream has come in each projection, in the transaction that moves it there.

Readers poll this one table (change_feed.py), and wait by it (projections/engine/min_version.py). `moved_no` is the
number of the move within the projection, taken under its checkpoint's lock: who has seen n has missed nothing up to n.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection, sql

from projections.engine.changes import Moved
from projections.engine.fold import Head
from projections.engine.projection import Projection

_STREAMS = "unnest(%(streams)s::uuid[], %(owners)s::uuid[], %(versions)s::int[], %(positions)s::bigint[])"
_AS = "AS moved (stream_id, owner, stream_version, position)"

_WRITE = f"""
INSERT INTO public.stream_heads AS h (projection, version, stream_id, owner, stream_version, position, moved_no)
SELECT %(projection)s, %(version)s, stream_id, owner, stream_version, position, %(moved_no)s FROM {_STREAMS} {_AS}
ON CONFLICT (projection, version, stream_id) DO UPDATE SET owner = coalesce(excluded.owner, h.owner),
    stream_version = excluded.stream_version, position = excluded.position, moved_no = excluded.moved_no,
    moved_at = clock_timestamp()
RETURNING h.stream_id, h.owner, h.stream_version
""".encode()  # noqa: S608  (constants)

# A shadow has its heads beside its tables, until it is switched in.
_SHADOW_TABLE = """
CREATE TABLE {} (stream_id UUID PRIMARY KEY, owner UUID, stream_version INTEGER NOT NULL, position BIGINT NOT NULL)
"""
_NOTE = f"""
INSERT INTO {{}} AS h (stream_id, owner, stream_version, position)
SELECT stream_id, owner, stream_version, position FROM {_STREAMS} {_AS}
ON CONFLICT (stream_id) DO UPDATE SET owner = coalesce(excluded.owner, h.owner),
    stream_version = excluded.stream_version, position = excluded.position
"""  # noqa: S608
_KEEP = """
INSERT INTO {} SELECT stream_id, owner, stream_version, position FROM public.stream_heads
WHERE projection = %(projection)s AND version = %(version)s
"""
_TAKE_OVER = """
INSERT INTO public.stream_heads AS h (projection, version, stream_id, owner, stream_version, position, moved_no)
SELECT %(projection)s, %(version)s, stream_id, owner, stream_version, position, %(moved_no)s FROM {} AS s
ON CONFLICT (projection, version, stream_id) DO UPDATE SET owner = excluded.owner,
    stream_version = excluded.stream_version, position = excluded.position, moved_no = excluded.moved_no,
    moved_at = clock_timestamp()
WHERE h.stream_version <> excluded.stream_version
"""


def _parameters(heads: Mapping[UUID, Head]) -> dict[str, Any]:
    return {
        "streams": list(heads),
        "owners": [head.owner for head in heads.values()],
        "versions": [head.version for head in heads.values()],
        "positions": [head.position for head in heads.values()],
    }


async def write_heads(
    connection: AsyncConnection[Any], projection: Projection, heads: Mapping[UUID, Head], moved_no: int
) -> tuple[Moved, ...]:
    """Say that these streams have moved, as `moved_no`; what readers have to hear of after the commit."""
    if not heads:
        return ()
    parameters = _parameters(heads) | _named(projection) | {"moved_no": moved_no}
    rows = await (await connection.execute(_WRITE, parameters)).fetchall()
    return tuple(Moved(projection.name, stream_id, owner, version) for stream_id, owner, version in rows)


def _named(projection: Projection) -> dict[str, Any]:
    return {"projection": projection.name, "version": projection.version}


def _table(schema: str) -> sql.Identifier:
    return sql.Identifier(schema, "stream_heads")


async def make_shadow_heads(connection: AsyncConnection[Any], schema: str) -> None:
    await connection.execute(sql.SQL(_SHADOW_TABLE).format(_table(schema)))


async def note_shadow_heads(connection: AsyncConnection[Any], schema: str, heads: Mapping[UUID, Head]) -> None:
    """The same for a shadow's streams. Nobody reads them yet, so nobody is told."""
    if heads:
        await connection.execute(sql.SQL(_NOTE).format(_table(schema)), _parameters(heads))


async def keep_heads(connection: AsyncConnection[Any], projection: Projection, schema: str) -> None:
    """Keep the live heads in `schema`, beside the tables that are put aside there."""
    await make_shadow_heads(connection, schema)
    await connection.execute(sql.SQL(_KEEP).format(_table(schema)), _named(projection))


async def take_over_heads(connection: AsyncConnection[Any], projection: Projection, schema: str, moved_no: int) -> None:
    """The heads of a shadow become the live ones; those that are another version count as moved."""
    parameters = _named(projection) | {"moved_no": moved_no}
    await connection.execute(sql.SQL(_TAKE_OVER).format(_table(schema)), parameters)
    gone = sql.SQL(
        "DELETE FROM public.stream_heads AS h WHERE projection = %(projection)s AND version = %(version)s"
        " AND NOT EXISTS (SELECT FROM {} AS s WHERE s.stream_id = h.stream_id)"
    ).format(_table(schema))
    await connection.execute(gone, parameters)
    await connection.execute(sql.SQL("DROP TABLE {}").format(_table(schema)))
