"""Asks a question with a time limit of its own: one that is slow is told from a server that is gone."""

from collections.abc import Mapping, Sequence
from typing import Any, LiteralString

import psycopg
from psycopg import AsyncConnection


class TooSlow(Exception):
    """The server answers, and not to this question within its time."""


async def rows_within(
    connection: AsyncConnection[Any],
    seconds: float,
    query: LiteralString,
    parameters: Sequence[Any] | Mapping[str, Any] | None = None,
) -> list[tuple[Any, ...]]:
    """All rows of `query`. Raises TooSlow; the connection can go on to be used."""
    try:
        async with connection.transaction():
            await connection.execute("SELECT set_config('statement_timeout', %s, true)", (f"{seconds * 1000:.0f}ms",))
            return await (await connection.execute(query, parameters)).fetchall()
    except psycopg.errors.QueryCanceled as error:
        raise TooSlow from error
