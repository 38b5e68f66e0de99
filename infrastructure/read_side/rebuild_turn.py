"""Gives a rebuild of a projection to one process at a time, and tells a second one who has it."""

import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import psycopg
from psycopg import AsyncConnection

from infrastructure.postgres.pool import connection_options
from infrastructure.read_side.schemas import ensure
from infrastructure.read_side.shadow_fill import WALK
from projections.engine.projection import Projection

_TAKE = b"SELECT pg_try_advisory_lock(hashtextextended(%s, 0))"
_HOLDER = b"""
SELECT a.application_name, to_char(a.backend_start AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI') FROM pg_locks AS l
JOIN pg_stat_activity AS a USING (pid)
WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
  AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
  AND (l.classid::bigint << 32) | l.objid::bigint = hashtextextended(%s, 0)
"""
_NAME = "genesis-rebuild"


class RebuildRunning(Exception):
    """Another rebuild of the projection is under way; the message says whose."""


@asynccontextmanager
async def alone(database_url: str, projection: Projection) -> AsyncIterator[AsyncConnection[Any]]:
    """A connection that is the only one to rebuild this projection. It holds no lock on any table.

    Raises RebuildRunning.
    """
    who = f"{_NAME} {os.getpid()}@{socket.gethostname()}"[:63]  # PostgreSQL cuts names there
    async with await AsyncConnection.connect(database_url, **connection_options(database_url, who)) as connection:
        await connection.execute(WALK.encode())
        if not await _take(connection, projection.schema):
            raise RebuildRunning(
                f"A rebuild of {projection.name} is running already{await _holder(connection, projection.schema)}."
            )
        try:
            await ensure(connection, (projection,))
            yield connection
        finally:
            # the server lets go only when it has noticed the end of the connection: whoever comes at once would wait
            with suppress(psycopg.Error):
                await connection.execute("SELECT pg_advisory_unlock_all()")


async def take_other(connection: AsyncConnection[Any], schema: str) -> bool:
    """The turn of another version as well, if nobody has it; held as long as the connection."""
    return await _take(connection, schema)


async def is_running(connection: AsyncConnection[Any], schema: str) -> bool:
    """Whether somebody rebuilds the projection version whose live tables are in `schema`."""
    return await (await connection.execute(_HOLDER, (_key(schema),))).fetchone() is not None


def _key(schema: str) -> str:
    return f"genesis:rebuild:{schema}"


async def _take(connection: AsyncConnection[Any], schema: str) -> bool:
    row = await (await connection.execute(_TAKE, (_key(schema),))).fetchone()
    return bool(row and row[0])


async def _holder(connection: AsyncConnection[Any], schema: str) -> str:
    row = await (await connection.execute(_HOLDER, (_key(schema),))).fetchone()
    if row is None:
        return ""  # it has just ended, or this role may not see whose it is
    process = str(row[0] or "").removeprefix(_NAME).strip()
    return f", in process {process} since {row[1]} UTC" if process else f", since {row[1]} UTC"
