"""Reaches people and tokens for commands: on the running studio's database, or on the embedded one."""

import asyncio
import getpass
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar

import psycopg
from psycopg.errors import UndefinedColumn, UndefinedTable
from psycopg_pool import PoolTimeout

from application.branches import RecordedBranch
from application.handle_command import CommandHandler
from application.imported_chapters import ImportedChapters
from application.ports import EventStore
from infrastructure.embedded.runtime import Runtime, connected, open_home
from infrastructure.event_store.store import PostgresEventStore
from infrastructure.identity.authentication import Authentication, Identity
from infrastructure.identity.passwords import Passwords
from infrastructure.identity.users import User, Users
from infrastructure.operator_error import OperatorError
from infrastructure.postgres.pool import Pool, make_pool, opened
from infrastructure.postgres.wakeups import PostgresHints
from infrastructure.redis.wakeups import RedisHints
from infrastructure.settings import Settings
from projections.account.queries import CreditQueries
from projections.audit.queries import AuditQueries

_PATIENCE = 5.0
_LONGEST_LINE = 4_096

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class People:
    """What commands work with. `owner` is made if there is none."""

    accounts: Authentication
    users: Users
    owner: Identity
    store: EventStore
    commands: CommandHandler
    credits: CreditQueries
    pool: Pool
    reads: AuditQueries

    async def one(self, name: str | None) -> User:
        """The person of this name; None: the owner. Raises OperatorError."""
        return await self.users.named(self.owner.name if name is None else name)

    async def one_who_may_come_in(self, name: str | None) -> User:
        """Raises OperatorError for somebody who is disabled, too."""
        user = await self.one(name)
        if user.disabled_at is not None:
            raise OperatorError(f"{user.name} is disabled.", "`genesis users enable` lets them in again.")
        return user


def with_people(work: Callable[[People], Awaitable[Result]]) -> Result:
    """`work`, on the running studio's database, or on the embedded one, started for it. Raises OperatorError."""
    given = Settings()
    with connected(given) as settings:
        assert settings.database_url is not None
        url = settings.database_url.get_secret_value()
        alone = given.database_url is None and Runtime.running(open_home(given)) is None
        if alone and not _has_schema(url):
            from migrations.run import upgrade  # noqa: PLC0415  (loads Alembic, which is seldom needed)

            upgrade(url)
        redis_url = settings.redis_url.get_secret_value() if settings.redis_url is not None else None
        return asyncio.run(_run(url, redis_url, work))


@asynccontextmanager
async def people(database_url: str, redis_url: str | None = None) -> AsyncIterator[People]:
    """The API's processes are told at once of what is revoked. Raises OperatorError."""
    hints = RedisHints(redis_url) if redis_url is not None else PostgresHints(database_url)
    pool = make_pool(database_url, "genesis-cli", min_size=1, max_size=2, patience=_PATIENCE)
    try:
        async with opened(pool, wait_seconds=_PATIENCE):
            accounts = Authentication(pool, _now, hints)
            store = PostgresEventStore(pool, Settings().kafka_topic)
            yield People(
                accounts=accounts,
                users=Users(pool, accounts, Passwords(), _now),
                owner=await accounts.ensure_owner(),
                store=store,
                commands=CommandHandler(store, _now, hints, (RecordedBranch(), ImportedChapters())),
                credits=CreditQueries(pool, _now),
                pool=pool,
                reads=AuditQueries(pool),
            )
    except PoolTimeout as error:
        raise OperatorError("The database cannot be reached.", "`genesis doctor` says more.") from error
    except UndefinedTable as error:
        raise OperatorError("The database has no schema yet.", "Run `genesis migrate`.") from error
    except UndefinedColumn as error:
        raise OperatorError("The database has an older schema.", "Run `genesis migrate`.") from error
    finally:
        await hints.close()


def new_password(*, from_stdin: bool, optional: bool = False) -> str | None:
    """A password from the first line of stdin, or typed twice without being shown; None for none, if it is optional.

    Raises OperatorError when there is nobody to ask, or the two differ.
    """
    if from_stdin:
        return _line_of_stdin()
    if not sys.stdin.isatty():
        if optional:
            return None
        raise OperatorError("There is no terminal to type a password at.", "Give it with --password-stdin.", code=2)
    first = getpass.getpass("Password (empty for none): " if optional else "Password: ")
    if optional and not first:
        return None
    if getpass.getpass("The same again: ") != first:
        raise OperatorError("The two are not the same.", "Nothing was changed. Try again.")
    if any("\udc80" <= letter <= "\udcff" for letter in first):  # how Python keeps bytes that are no text
        raise OperatorError("The terminal did not send UTF-8.", "Set its encoding to UTF-8, or use --password-stdin.")
    return first


def _line_of_stdin() -> str:
    line = sys.stdin.buffer.readline(_LONGEST_LINE)
    try:
        return line.decode().removesuffix("\n").removesuffix("\r")
    except UnicodeDecodeError:
        raise OperatorError("The password on stdin is not UTF-8.") from None


def _now() -> datetime:
    return datetime.now(UTC)


def _has_schema(url: str) -> bool:
    with psycopg.connect(url, connect_timeout=5) as connection:
        row = connection.execute("SELECT to_regclass('users') IS NOT NULL").fetchone()
    return row is not None and bool(row[0])


async def _run(url: str, redis_url: str | None, work: Callable[[People], Awaitable[Result]]) -> Result:
    async with people(url, redis_url) as found:
        return await work(found)
