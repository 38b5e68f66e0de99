"""One connection to the studio's database for a command that looks or mends, and its answer as JSON."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import orjson
import typer
from psycopg import AsyncConnection

from infrastructure.embedded.runtime import connected
from infrastructure.postgres.pool import Connection, connection_options
from infrastructure.settings import Settings

Result = TypeVar("Result")


def with_connection(work: Callable[[Connection], Awaitable[Result]], *, read_only: bool = False) -> Result:
    """What `work` gives, on the studio's database. `read_only`: the server refuses whatever would write.

    Raises OperatorError without a database.
    """
    with connected(Settings()) as settings:
        assert settings.database_url is not None
        return asyncio.run(_run(settings.database_url.get_secret_value(), work, read_only=read_only))


def as_json(found: object) -> None:
    """Print data classes, and what is made of them, for a program."""
    typer.echo(orjson.dumps(found, option=orjson.OPT_INDENT_2))


async def _run(url: str, work: Callable[[Connection], Awaitable[Result]], *, read_only: bool) -> Result:
    options = connection_options(url, "genesis-cli")
    if read_only:
        options["options"] += " -c default_transaction_read_only=on"
    async with await AsyncConnection.connect(url, **options) as connection:
        return await work(connection)
