"""Makes the read schemas of this build: each projection version's tables, in a schema of its own, before anybody reads.

Whoever opens the studio calls `ensure`; when everything is there it costs one SELECT.
"""

from collections.abc import Sequence
from typing import Any

import structlog
from psycopg import AsyncConnection, errors, sql
from psycopg_pool import AsyncConnectionPool

from projections.engine.projection import Projection
from projections.registry import PROJECTIONS

log = structlog.get_logger(__name__)

_MISSING = b"""
SELECT p.name FROM unnest(%s::text[], %s::int[]) AS p (name, version)
WHERE NOT EXISTS (SELECT FROM projection_checkpoints AS c WHERE c.projection = p.name AND c.version = p.version)
"""
_LOCK = b"SELECT pg_advisory_xact_lock(hashtextextended('genesis:read-schemas', 0))"

# On an empty log there is nothing to build.
_CHECKPOINT = b"""
INSERT INTO public.projection_checkpoints (projection, version, built_at)
SELECT %s, %s, CASE WHEN NOT EXISTS (SELECT FROM public.domain_events) THEN clock_timestamp() END
"""


async def ensure(
    connection: AsyncConnection[Any], projections: Sequence[Projection] = PROJECTIONS
) -> tuple[Projection, ...]:
    """Make what is missing; those that were. Safe to call from many processes at once."""
    if not await _missing(connection, projections):
        return ()
    made = []
    async with connection.transaction():
        await connection.execute(_LOCK)
        names = await _missing(connection, projections)
        for projection in projections:
            if projection.name in names:
                await _make(connection, projection)
                made.append(projection)
    return tuple(made)


async def prepare(pool: AsyncConnectionPool) -> None:
    """`ensure` for whoever opens the studio; nothing while the migrations have not run."""
    async with pool.connection() as connection:
        try:
            await ensure(connection)
        except (errors.UndefinedTable, errors.UndefinedColumn):
            log.warning("read_tables_not_made", reason="the database's schema is older than this build")


async def _missing(connection: AsyncConnection[Any], projections: Sequence[Projection]) -> set[str]:
    asked = ([projection.name for projection in projections], [projection.version for projection in projections])
    return {row[0] for row in await (await connection.execute(_MISSING, asked)).fetchall()}


async def _make(connection: AsyncConnection[Any], projection: Projection) -> None:
    # without a checkpoint nobody keeps or reads it: what is there was left by a version that was dropped half-way
    await connection.execute(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(sql.Identifier(projection.schema)))
    await create_tables(connection, projection.schema, projection.create())
    await connection.execute(_CHECKPOINT, (projection.name, projection.version))


async def create_tables(connection: AsyncConnection[Any], schema: str, text: str) -> None:
    """A new `schema` with the tables that the SQL `text` makes. Inside the caller's transaction."""
    await connection.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(schema)))
    before = await (await connection.execute("SHOW search_path")).fetchone()
    await connection.execute("SELECT set_config('search_path', %s, true)", (schema,))
    await connection.execute(text.encode())
    await connection.execute("SELECT set_config('search_path', %s, true)", (before[0] if before else "public",))
