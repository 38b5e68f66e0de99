"""Makes rows old: what is kept for a time is tested without waiting for it."""

from typing import Any

from infrastructure.postgres.pool import Pool

OLD = "clock_timestamp() - interval '31 days'"


async def rows(pool: Pool, query: str, *values: object) -> list[tuple[Any, ...]]:
    async with pool.connection() as connection:
        return await (await connection.execute(query.encode(), values)).fetchall()


async def untriggered(pool: Pool, statement: str, *values: object) -> None:
    """Without the triggers that keep `updated_at`: how a row is made old."""
    async with pool.connection() as connection, connection.transaction():
        await connection.execute("SET LOCAL session_replication_role = replica")
        await connection.execute(statement.encode(), values)
