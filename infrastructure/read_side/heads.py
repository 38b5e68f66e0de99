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
# Only heads of another version are written, on either side: most often there are none, and readers of the log wait
# while this runs. Those that become the live ones count as moved.
_EXCHANGE = """
WITH live AS (
    SELECT stream_id, owner, stream_version, position FROM public.stream_heads
    WHERE projection = %(projection)s AND version = %(version)s
), unlike AS (
    SELECT stream_id, l.owner AS old_owner, l.stream_version AS old_version, l.position AS old_position,
        s.owner, s.stream_version, s.position
    FROM live AS l FULL JOIN {heads} AS s USING (stream_id)
    WHERE l.stream_version IS DISTINCT FROM s.stream_version
), moved AS (
    INSERT INTO public.stream_heads AS h (projection, version, stream_id, owner, stream_version, position, moved_no)
    SELECT %(projection)s, %(version)s, stream_id, owner, stream_version, position, %(moved_no)s FROM unlike
    WHERE stream_version IS NOT NULL
    ON CONFLICT (projection, version, stream_id) DO UPDATE SET owner = excluded.owner,
        stream_version = excluded.stream_version, position = excluded.position, moved_no = excluded.moved_no,
        moved_at = clock_timestamp()
), gone AS (
    DELETE FROM public.stream_heads AS h USING unlike WHERE h.projection = %(projection)s AND h.version = %(version)s
        AND h.stream_id = unlike.stream_id AND unlike.stream_version IS NULL
), kept AS (
    INSERT INTO {heads} AS h (stream_id, owner, stream_version, position)
    SELECT stream_id, old_owner, old_version, old_position FROM unlike WHERE old_version IS NOT NULL
    ON CONFLICT (stream_id) DO UPDATE SET owner = excluded.owner, stream_version = excluded.stream_version,
        position = excluded.position
)
DELETE FROM {heads} AS h USING unlike WHERE h.stream_id = unlike.stream_id AND unlike.old_version IS NULL
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


async def take_over_heads(
    connection: AsyncConnection[Any], projection: Projection, schema: str, aside: str, moved_no: int
) -> None:
    """The heads of a shadow in `schema` become the live ones; those that were live are kept in `aside`."""
    move = sql.SQL("ALTER TABLE {} SET SCHEMA {}").format(_table(schema), sql.Identifier(aside))
    await connection.execute(move)
    parameters = _named(projection) | {"moved_no": moved_no}
    await connection.execute(sql.SQL(_EXCHANGE).format(heads=_table(aside)), parameters, prepare=False)
