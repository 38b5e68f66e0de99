"""Guessing passwords, and what may happen between a right password and the session that it opens."""

import asyncio
import threading
from collections.abc import AsyncIterator
from typing import Any

import pytest

from infrastructure.identity.authentication import Authentication
from infrastructure.identity.passwords import Passwords
from infrastructure.identity.users import Users
from infrastructure.postgres.pool import Pool
from tests.support.api import Served, served
from tests.support.commands import TestClock

LOGIN = "/api/v1/auth/login"
PASSWORD = "a lantern in the fog"


@pytest.fixture
async def api(database_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Served]:
    monkeypatch.setenv("GENESIS_LIMIT_SIGN_INS", "3/hour")
    async with served(database_url, None) as running:
        await running.studio.users.set_password(running.account.id, PASSWORD)
        yield running


@pytest.fixture
def users(pool: Pool) -> Users:
    clock = TestClock()
    return Users(pool, Authentication(pool, clock), Passwords(), clock)


async def _guesses(api: Served, guesses: list[tuple[str, dict[str, str]]]) -> list[int]:
    async with await api.client() as http:
        return [
            (await http.post(LOGIN, json={"name": name, "password": "a wrong one"}, headers=headers)).status_code
            for name, headers in guesses
        ]


async def test_one_name_is_guarded_from_wherever_the_guesses_come_and_however_it_is_written(api: Served) -> None:
    names = ("owner", "OWNER", " ｏｗｎｅｒ ", "owner")
    guesses = [(name, {"X-Forwarded-For": f"203.0.113.{n}"}) for n, name in enumerate(names)]
    assert await _guesses(api, guesses) == [401, 401, 401, 429]


async def test_one_address_is_held_back_whatever_names_it_tries(api: Served) -> None:
    assert await _guesses(api, [(f"nobody {n}", {}) for n in range(4)]) == [401, 401, 401, 429]


async def test_a_stranger_who_guesses_does_not_disturb_who_is_signed_in(api: Served) -> None:
    async with await api.client() as http:
        assert (await http.post(LOGIN, json={"name": "owner", "password": PASSWORD})).status_code == 200
        elsewhere = {"X-Forwarded-For": "203.0.113.7"}
        assert (await _guesses(api, [("owner", elsewhere)] * 4))[-1] == 429
        assert (await http.get("/api/v1/auth/me")).status_code == 200
        assert (await http.post("/api/v1/genesis/commands", json={"command_type": "START_GENESIS"})).status_code == 200
        change = {"current_password": PASSWORD, "new_password": "another lantern"}
        assert (await http.post("/api/v1/auth/password", json=change)).status_code == 204


async def test_every_wrong_sign_in_costs_one_comparison(users: Users, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever measures the time cannot tell who exists."""
    await users.add("ada", PASSWORD)
    await users.add("no password")
    await users.disable((await users.add("gone", PASSWORD)).id)
    await users.check("nobody", PASSWORD)  # what a missing hash is replaced by is made once
    hasher = users._passwords._hasher
    verify, compared = hasher.verify, 0

    def counted(*given: Any) -> bool:
        nonlocal compared
        compared += 1
        return verify(*given)

    monkeypatch.setattr(hasher, "verify", counted)
    for name in ("nobody", "no password", "gone", "ada"):
        before = compared
        assert await users.check(name, "nobody's password") is None
        assert compared == before + 1, name


async def test_two_passwords_are_compared_at_once_and_no_more(users: Users, monkeypatch: pytest.MonkeyPatch) -> None:
    await users.add("ada", PASSWORD)
    hasher = users._passwords._hasher
    both, go_on = threading.Barrier(3), threading.Event()
    verify, guard = hasher.verify, threading.Lock()
    now, most = 0, 0

    def gated(*given: Any) -> bool:
        nonlocal now, most
        with guard:
            now += 1
            most = max(most, now)
        if not go_on.is_set():
            both.wait(20)
            go_on.wait(20)
        try:
            return verify(*given)
        finally:
            with guard:
                now -= 1

    monkeypatch.setattr(hasher, "verify", gated)
    checks = [asyncio.create_task(users.check("ada", PASSWORD)) for _ in range(5)]
    await asyncio.to_thread(both.wait, 20)
    go_on.set()
    assert all(await asyncio.gather(*checks))
    assert most == 2


@pytest.mark.parametrize("meanwhile", ["another password", "shut out"])
async def test_a_right_password_opens_nothing_once_things_have_changed(
    users: Users, monkeypatch: pytest.MonkeyPatch, meanwhile: str
) -> None:
    """Between the comparison, which takes a while, and the session."""
    ada = await users.add("ada", PASSWORD)
    matches = users._passwords.matches

    async def overtaken(password: str, hashed: str | None) -> bool:
        right = await matches(password, hashed)
        if meanwhile == "another password":
            await users.set_password(ada.id, "another lantern")
        else:
            await users.disable(ada.id)
        return right

    monkeypatch.setattr(users._passwords, "matches", overtaken)
    assert await users.sign_in("ada", PASSWORD) is None
    assert await users._accounts.granted(ada.id) == []


async def test_a_session_that_is_being_opened_while_a_password_changes_is_ended_with_the_others(
    users: Users, pool: Pool
) -> None:
    """The change waits for the row that is being written: its end of all sessions then includes that one."""
    ada = await users.add("ada", PASSWORD)
    accounts = users._accounts
    token = await accounts.issue_login(ada.id)
    async with pool.connection() as connection, connection.transaction():
        # what redeeming a one-time token does first
        await connection.execute("SELECT FROM users WHERE id = %s FOR SHARE", (ada.id,))
        changing = asyncio.create_task(users.set_password(ada.id, "another lantern"))
        await _until_somebody_waits(pool)
        found = await accounts.redeem_login(token)
        assert found is not None
        assert not changing.done()
    await changing
    assert await accounts.grant_of(found[0], "session") is None


async def test_of_a_password_change_everything_happens_or_nothing(
    users: Users, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = await users.add("ada", PASSWORD)
    accounts = users._accounts
    session = await accounts.open_session(ada.id)
    assert session is not None

    async def die(*_: object, **__: object) -> None:
        raise ConnectionError

    monkeypatch.setattr(accounts, "revoke_within", die)
    for change in (users.set_password(ada.id, "another lantern"), users.disable(ada.id)):
        with pytest.raises(ConnectionError):
            await change
    assert await users.check("ada", PASSWORD) is not None
    assert await accounts.grant_of(session, "session") is not None


async def _until_somebody_waits(pool: Pool) -> None:
    """Returns when a statement of this database waits for a lock; it does so until the lock's holder ends."""
    async with asyncio.timeout(20):
        while True:
            async with pool.connection() as connection:
                cursor = await connection.execute(
                    "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
                )
                if await cursor.fetchone() is not None:
                    return
            await asyncio.sleep(0.02)
