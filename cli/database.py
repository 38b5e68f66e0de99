"""`genesis migrate`: brings the schema of this studio's database to the newest revision, and makes the read tables."""

import asyncio
from collections.abc import Awaitable, Callable

import typer
from psycopg import AsyncConnection

from infrastructure.embedded.runtime import connected
from infrastructure.exports.database_role import install, roles, uninstall
from infrastructure.postgres.pool import Connection, connection_options
from infrastructure.read_side.schemas import ensure
from infrastructure.settings import Settings


def migrate() -> None:
    """Idempotent; run it once per release before the processes of that release start."""
    with connected(Settings()) as settings:
        if settings.database_url is not None:
            url = settings.database_url.get_secret_value()
            upgrade_schema(url)
            _on(url, ensure)
    typer.echo("The schema is at the newest revision.")


def upgrade_schema(url: str) -> None:
    """Migrations, and the views of other tools made anew: under them no table could change its columns."""
    from migrations.run import upgrade  # noqa: PLC0415  (loads Alembic, which is seldom needed)

    _on(url, uninstall)
    upgrade(url)
    _on(url, _views)


async def _views(connection: Connection) -> None:
    if await roles(connection):
        await install(connection)


def _on(url: str, work: Callable[[Connection], Awaitable[object]]) -> None:
    async def run() -> None:
        async with await AsyncConnection.connect(url, **connection_options(url, "genesis-cli")) as connection:
            await work(connection)

    asyncio.run(run())
