"""Authentication and tokens on real PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import psycopg
import pytest

from infrastructure.identity.access_tokens import Kind
from infrastructure.identity.authentication import Authentication, Identity
from infrastructure.postgres.pool import make_pool, opened


class Time:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
async def accounts(database_url: str, time: Time) -> AsyncIterator[Authentication]:
    async with opened(make_pool(database_url, "test")) as pool:
        yield Authentication(pool, time)


@pytest.fixture
async def owner(accounts: Authentication) -> Identity:
    return await accounts.ensure_owner()


async def whose(accounts: Authentication, token: str, kind: Kind) -> Identity | None:
    grant = await accounts.grant_of(token, kind)
    return grant.account if grant else None


async def test_there_is_one_owner_however_often_it_is_ensured(accounts: Authentication) -> None:
    found = await asyncio.gather(*(accounts.ensure_owner() for _ in range(5)))
    assert {account.id for account in found} == {found[0].id}
    assert found[0].role == "owner"


async def test_a_login_token_opens_one_session_even_when_used_twice_at_once(
    accounts: Authentication, owner: Identity
) -> None:
    token = await accounts.issue_login(owner.id)
    opened_sessions = [
        found for found in await asyncio.gather(*(accounts.redeem_login(token) for _ in range(4))) if found
    ]
    assert len(opened_sessions) == 1
    session, account = opened_sessions[0]
    assert account == owner
    assert await whose(accounts, session, "session") == owner


async def test_a_login_token_is_too_old_after_a_quarter_of_an_hour(
    accounts: Authentication, owner: Identity, time: Time
) -> None:
    token = await accounts.issue_login(owner.id)
    time.now += timedelta(minutes=15, seconds=1)
    assert await accounts.redeem_login(token) is None


async def test_a_token_is_good_for_its_own_kind_only(accounts: Authentication, owner: Identity) -> None:
    login, bearer = await accounts.issue_login(owner.id), await accounts.issue_bearer(owner.id)
    assert await accounts.grant_of(login, "session") is None
    assert await accounts.grant_of(login, "bearer") is None
    assert await accounts.grant_of(bearer, "session") is None
    assert await accounts.redeem_login(bearer) is None
    assert await whose(accounts, bearer, "bearer") == owner


async def test_a_revoked_token_is_no_longer_good(accounts: Authentication, owner: Identity) -> None:
    bearer = await accounts.issue_bearer(owner.id)
    assert await whose(accounts, bearer, "bearer") == owner
    await accounts.revoke(bearer)
    assert await accounts.grant_of(bearer, "bearer") is None


@pytest.mark.parametrize("token", ["", "nobody's", "\ud800", "x" * 100_000, "é\x00"])
async def test_what_is_no_token_is_nobodys(accounts: Authentication, owner: Identity, token: str) -> None:
    assert await accounts.grant_of(token, "session") is None
    assert await accounts.redeem_login(token) is None


async def test_only_the_hash_of_a_token_is_stored(accounts: Authentication, owner: Identity, database_url: str) -> None:
    tokens = [await accounts.issue_login(owner.id), await accounts.issue_bearer(owner.id, "a program")]
    async with await psycopg.AsyncConnection.connect(database_url) as connection:
        rows = await (await connection.execute("SELECT access_tokens::text FROM access_tokens")).fetchall()
    assert len(rows) == 2
    assert not any(token in row[0] for token in tokens for row in rows)


async def test_a_token_of_a_user_who_is_gone_is_nobodys(accounts: Authentication, database_url: str) -> None:
    user_id = uuid4()
    async with await psycopg.AsyncConnection.connect(database_url, autocommit=True) as connection:
        await connection.execute("INSERT INTO users (id, name, name_key) VALUES (%s, 'a guest', 'a guest')", (user_id,))
        token = await accounts.issue_bearer(user_id)
        await connection.execute("DELETE FROM users WHERE id = %s", (user_id,))
    assert await accounts.grant_of(token, "bearer") is None
