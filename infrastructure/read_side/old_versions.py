"""Drops a version of a projection that no build reads any more: its tables, checkpoint, heads and parked streams."""

from typing import Any

from psycopg import AsyncConnection, sql

from infrastructure.postgres.leadership import is_taken
from projections.engine.projection import schema_of, turn_of
from projections.registry import VERSIONS


class InUse(Exception):
    """The version cannot be dropped now; the message says why."""


class NoSuchVersion(Exception):
    """The database has no such version of the projection."""


async def check(connection: AsyncConnection[Any], name: str, version: int) -> None:
    """Whether it may be dropped. Raises InUse, NoSuchVersion."""
    found = await (
        await connection.execute(
            "SELECT FROM projection_checkpoints WHERE projection = %s AND version = %s", (name, version)
        )
    ).fetchone()
    if found is None:
        raise NoSuchVersion(f"The database has no version {version} of {name}.")
    if VERSIONS.get(name) == version:
        raise InUse(f"Version {version} of {name} is the one that this build reads.")
    if await is_taken(connection, turn_of(name, version)):
        raise InUse(f"A projector of another build keeps version {version} of {name} up to date.")


async def drop(connection: AsyncConnection[Any], name: str, version: int) -> None:
    """Raises InUse, NoSuchVersion."""
    await check(connection, name, version)
    schema = schema_of(name, version)
    async with connection.transaction():
        # the checkpoint first: a projector that has begun meanwhile holds its lock, and finds nothing after it
        for table in ("projection_checkpoints", "stream_heads"):
            await connection.execute(
                sql.SQL("DELETE FROM {} WHERE projection = %s AND version = %s").format(sql.Identifier(table)),
                (name, version),
            )
        await connection.execute(
            "DELETE FROM projection_parked WHERE version = %s AND (projection = %s OR projection LIKE %s)",
            (version, name, f"{name}@%"),
        )
        for kind in ("read", "before", "rebuild", "verify", "undone"):
            gone = sql.Identifier(schema.replace("read_", f"{kind}_", 1))
            await connection.execute(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(gone))
