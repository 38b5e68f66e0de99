"""`genesis migrate`: brings the schema of this studio's database to the newest revision, and makes the read tables."""

import asyncio

import typer
from psycopg import AsyncConnection

from infrastructure.embedded.runtime import connected
from infrastructure.postgres.pool import connection_options
from infrastructure.read_side.schemas import ensure
from infrastructure.settings import Settings
from migrations.run import upgrade


def migrate() -> None:
    """Idempotent; run it once per release before the processes of that release start."""
    with connected(Settings()) as settings:
        if settings.database_url is not None:
            url = settings.database_url.get_secret_value()
            upgrade(url)
            asyncio.run(_read_tables(url))
    typer.echo("The schema is at the newest revision.")


async def _read_tables(url: str) -> None:
    async with await AsyncConnection.connect(url, **connection_options(url, "genesis-cli")) as connection:
        await ensure(connection)
