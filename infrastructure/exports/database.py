"""Asks the database for an export, again when the connection was lost: whatever is read can be read once more."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import psycopg
from psycopg import AsyncConnection

from infrastructure.postgres.pool import connection_options

_TRIES = 6
_PAUSE = 0.25

Result = TypeVar("Result")


class Database:
    """A connection that is made again when it was lost: every reading can be repeated."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._connection: AsyncConnection[Any] | None = None

    async def ask(self, question: Callable[[AsyncConnection[Any]], Awaitable[Result]]) -> Result:
        """Its answer. Raises psycopg.OperationalError when the database stays away."""
        for tried in range(_TRIES):
            try:
                if self._connection is None or self._connection.closed:
                    options = connection_options(self._url, "genesis-export")
                    self._connection = await AsyncConnection.connect(self._url, **options)
                return await question(self._connection)
            except (psycopg.OperationalError, psycopg.InterfaceError):
                await self.close()
                if tried == _TRIES - 1:
                    raise
                await asyncio.sleep(_PAUSE * 2**tried)
        raise AssertionError

    async def close(self) -> None:
        if self._connection is not None:
            await self._connection.close()
            self._connection = None
