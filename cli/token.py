"""`genesis token` and `genesis login`: ways in, for programs and for a browser."""

import asyncio
import sys
from collections.abc import Collection
from datetime import timedelta

from cli.machine import base_url
from cli.people import People, people, with_people
from infrastructure.embedded.runtime import Runtime, open_home
from infrastructure.identity.access_tokens import FULL, Scope
from infrastructure.operator_error import OperatorError
from infrastructure.settings import Settings

DAYS = 365
LABEL = "genesis token"


def token(user: str | None = None, scopes: Collection[Scope] = (), days: int = DAYS, label: str = LABEL) -> None:
    """Print a Bearer token on stdout, and nothing else."""

    async def make(found: People) -> str:
        person = await found.one_who_may_come_in(user)
        return await found.accounts.issue_bearer(person.id, label, timedelta(days=days), frozenset(scopes or FULL))

    print(with_people(make))  # noqa: T201


def login(name: str | None = None) -> None:
    """Print a one-time login address of the running studio, or of the one whose database the environment names."""
    settings = Settings()
    if settings.database_url is not None:
        one_time = asyncio.run(new_login(settings.database_url.get_secret_value(), name))
        print(f"{base_url(settings.host, settings.port)}/login?token={one_time}")  # noqa: T201
        return
    running = Runtime.running(open_home(settings))
    if running is None or not running.database_url:
        raise OperatorError("The studio does not run on this data folder.", "Start it with `make run`.")
    one_time = asyncio.run(new_login(running.database_url, name))
    print(f"{running.base_url}/login?token={one_time}")  # noqa: T201
    print("It signs in once, within a quarter of an hour.", file=sys.stderr)  # noqa: T201


async def new_login(database_url: str, name: str | None = None) -> str:
    """A one-time login token of the person of this name, or of the owner. Raises OperatorError."""
    async with people(database_url) as found:
        return await found.accounts.issue_login((await found.one_who_may_come_in(name)).id)
