"""`genesis token` and `genesis login`: ways in for the owner of this data folder, for programs and for a browser."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

from psycopg.errors import UndefinedTable
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from cli.surroundings import base_url
from infrastructure.accounts import Accounts
from infrastructure.embedded.runtime import Runtime, connected, open_home
from infrastructure.problem import Problem
from infrastructure.settings import Settings

_PATIENCE = 5.0


def token() -> None:
    """Print a Bearer token on stdout, and nothing else."""
    with connected(Settings()) as settings:
        assert settings.database_url is not None
        print(asyncio.run(new_bearer(settings.database_url.get_secret_value())))  # noqa: T201


def login() -> None:
    """Print a one-time login address of the running studio, or of the one whose database the environment names."""
    settings = Settings()
    if settings.database_url is not None:
        one_time = asyncio.run(new_login(settings.database_url.get_secret_value()))
        print(f"{base_url(settings.host, settings.port)}/login?token={one_time}")  # noqa: T201
        return
    running = Runtime.read(open_home(settings))
    if running is None or not running.database_url:
        raise Problem("The studio does not run on this data folder.", "Start it with `make run`.")
    print(f"{running.base_url}/login?token={asyncio.run(new_login(running.database_url))}")  # noqa: T201
    print("It signs you in once, within a quarter of an hour.", file=sys.stderr)  # noqa: T201


async def new_bearer(database_url: str) -> str:
    """A Bearer token of the owner, who is made if there is none."""
    async with _owner_of(database_url) as (accounts, owner):
        return await accounts.issue_bearer(owner, "genesis token")


async def new_login(database_url: str) -> str:
    """A one-time login token of the owner, who is made if there is none."""
    async with _owner_of(database_url) as (accounts, owner):
        return await accounts.issue_login(owner)


@asynccontextmanager
async def _owner_of(database_url: str) -> AsyncIterator[tuple[Accounts, UUID]]:
    pool = AsyncConnectionPool(
        database_url, min_size=1, max_size=1, timeout=_PATIENCE, open=False, kwargs={"autocommit": True}
    )
    try:
        await pool.open(wait=True, timeout=_PATIENCE)
        accounts = Accounts(pool)
        yield accounts, (await accounts.ensure_owner()).id
    except PoolTimeout as error:
        raise Problem("The database cannot be reached.", "`genesis doctor` says more.") from error
    except UndefinedTable as error:
        raise Problem("The database has no schema yet.", "Run `genesis migrate`.") from error
    finally:
        await pool.close()
