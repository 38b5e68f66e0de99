"""The read side of a test: a projector on its own connection, queries, and what the tables hold."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

from psycopg import AsyncConnection, sql
from pydantic import JsonValue

from application.wakeups import Hints
from infrastructure.postgres.pool import connection_options
from infrastructure.processes.projector import Projector
from infrastructure.redis.wakeups import NoHints

READ_TABLES = {
    "genesis_sessions": "id",
    "genesis_stage_records": "session_id, stage",
    "genesis_timeline": "session_id, version",
    "novels": "id",
    "account_credits": "account_id",
    "account_history": "account_id, version",
    "account_reads": "audit_id, version",
    "analytics_sessions": "session_id",
    "analytics_stages": "session_id, stage",
    "analytics_texts": "session_id, stage",
    "analytics_generations": "session_id, correlation_id",
    "analytics_responses": "session_id, version",
}


class Heard:
    """Hints that are only remembered."""

    def __init__(self) -> None:
        self.messages: list[tuple[str, Mapping[str, JsonValue]]] = []

    async def publish(self, channel: str, message: Mapping[str, JsonValue] | None = None) -> None:
        self.messages.append((channel, message or {}))

    def listen(self, *channels: str) -> Any:
        return NoHints().listen(*channels)


async def eventually(condition: Callable[[], Awaitable[bool]], within: float = 60.0) -> None:
    """Returns as soon as `condition` holds; TimeoutError when it does not `within` seconds."""
    async with asyncio.timeout(within):
        while not await condition():  # noqa: ASYNC110  (another process changes it: there is no event to wait for)
            await asyncio.sleep(0.02)


@asynccontextmanager
async def projecting(url: str, hints: Hints | None = None, **options: Any) -> AsyncIterator[Projector]:
    connection = await AsyncConnection.connect(url, **connection_options(url, "test-projector"))
    async with connection:
        yield Projector(connection, hints or NoHints(), **{"database_url": url} | options)


async def tables(url: str) -> dict[str, list[tuple[Any, ...]]]:
    """Every read table, row by row, without the wall-clock columns."""
    found = {}
    async with await AsyncConnection.connect(url) as connection:
        for table, order in READ_TABLES.items():
            query = sql.SQL("SELECT (to_jsonb(t) - 'created_at' - 'updated_at')::text FROM {} t ORDER BY {}").format(
                sql.Identifier(table), sql.SQL(order)
            )
            found[table] = await (await connection.execute(query)).fetchall()
    return found
