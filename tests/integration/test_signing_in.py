"""Names and passwords, several accounts, and where somebody is signed in: seen, ended, and made for programs."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import uuid4

import httpx
import pytest

from infrastructure.operator_error import OperatorError
from tests.support.api import COMMANDS, Served, served

AUTH = "/api/v1/auth"
PASSWORD = "a lantern in the fog"
FIREFOX = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"}


@pytest.fixture
async def api(database_url: str, redis_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Served]:
    monkeypatch.setenv("GENESIS_LIMIT_SIGN_INS", "off")
    async with served(database_url, redis_url) as running:
        await running.studio.users.set_password(running.account.id, PASSWORD)
        yield running


@asynccontextmanager
async def sign_in(api: Served, name: str = "owner", password: str = PASSWORD) -> AsyncIterator[httpx.AsyncClient]:
    async with await api.client(**FIREFOX) as http:
        answer = await http.post(f"{AUTH}/login", json={"name": name, "password": password})
        assert answer.status_code == 200, answer.text
        yield http


async def test_a_name_and_its_password_open_a_session(api: Served) -> None:
    async with sign_in(api, "  OWNER ") as http:
        me = (await http.get(f"{AUTH}/me")).json()
        assert me == {"id": str(api.account.id), "name": "owner", "role": "owner", "has_password": True}
        assert (await http.post(COMMANDS, json={"command_type": "START_GENESIS"})).status_code == 200


async def test_whatever_is_wrong_the_answer_is_the_same(api: Served) -> None:
    users = api.studio.users
    await users.add("no password")
    gone = await users.add("gone", PASSWORD)
    await users.disable(gone.id)
    answers = []
    async with await api.client() as http:
        for name, password in (("nobody", PASSWORD), ("owner", "x"), ("no password", PASSWORD), ("gone", PASSWORD)):
            answer = await http.post(f"{AUTH}/login", json={"name": name, "password": password})
            assert "set-cookie" not in answer.headers
            answers.append((answer.status_code, answer.content))
    assert len(set(answers)) == 1
    assert answers[0][0] == 401


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"name": "owner"},
        {"password": PASSWORD},
        {"token": "t", "name": "owner", "password": PASSWORD},
        {"name": "owner", "password": "x" * 1_000_000},
        {"name": "owner", "password": None},
        {"name": ["owner"], "password": PASSWORD},
    ],
)
async def test_half_a_sign_in_is_a_bad_request(api: Served, body: dict[str, object]) -> None:
    async with await api.client() as http:
        answer = await http.post(f"{AUTH}/login", json=body)
    assert (answer.status_code, answer.json()["code"]) == (400, "INVALID_REQUEST")
    assert PASSWORD not in answer.text


async def test_sessions_are_listed_with_where_and_which_is_asking(api: Served) -> None:
    async with sign_in(api) as here, sign_in(api) as there:
        await there.get(f"{AUTH}/me")
        items = (await here.get(f"{AUTH}/sessions")).json()["items"]
        sessions = [item for item in items if item["kind"] == "session"]
        assert [(item["label"], item["current"]) for item in sessions] == [
            ("Firefox on Linux", False),
            ("Firefox on Linux", True),
        ]
        assert all(item["last_seen_at"] for item in sessions)
        assert [item["label"] for item in items if item["kind"] == "bearer"] == ["test"]


async def test_a_session_that_is_ended_is_out_at_once_and_only_that_one(api: Served) -> None:
    async with sign_in(api) as here, sign_in(api) as lost:
        items = (await here.get(f"{AUTH}/sessions")).json()["items"]
        other = next(item for item in items if item["kind"] == "session" and not item["current"])
        assert (await here.delete(f"{AUTH}/sessions/{other['id']}")).status_code == 204
        assert (await lost.get(f"{AUTH}/me")).status_code == 401
        assert (await here.get(f"{AUTH}/me")).status_code == 200
        assert (await here.delete(f"{AUTH}/sessions/{other['id']}")).status_code == 404


async def test_nobody_ends_or_sees_another_persons_sessions(api: Served) -> None:
    await api.studio.users.add("guest", PASSWORD)
    async with sign_in(api) as mine, sign_in(api, "guest") as guest:
        own = {item["id"] for item in (await mine.get(f"{AUTH}/sessions")).json()["items"]}
        assert own.isdisjoint(item["id"] for item in (await guest.get(f"{AUTH}/sessions")).json()["items"])
        foreign = await guest.delete(f"{AUTH}/sessions/{own.pop()}")
        unknown = await guest.delete(f"{AUTH}/sessions/{uuid4()}")
        assert (foreign.status_code, foreign.content) == (404, unknown.content)
        assert (await mine.get(f"{AUTH}/me")).status_code == 200


async def test_all_others_are_ended_and_tokens_stay(api: Served) -> None:
    async with sign_in(api) as here, sign_in(api) as there:
        assert (await here.delete(f"{AUTH}/sessions")).status_code == 204
        assert (await there.get(f"{AUTH}/me")).status_code == 401
        assert (await here.get(f"{AUTH}/me")).status_code == 200
        assert (await api.http.get(f"{AUTH}/me")).status_code == 200


async def test_a_new_password_needs_the_old_one_and_signs_other_browsers_out(api: Served) -> None:
    async with sign_in(api) as here, sign_in(api) as there:
        change = {"current_password": "wrong", "new_password": "another lantern"}
        refused = await here.post(f"{AUTH}/password", json=change)
        assert (refused.status_code, refused.json()["code"]) == (422, "WRONG_PASSWORD")
        short = await here.post(f"{AUTH}/password", json={"current_password": PASSWORD, "new_password": "short"})
        assert short.json()["errors"][0]["field"] == "new_password"
        assert (await here.post(f"{AUTH}/password", json=change | {"current_password": PASSWORD})).status_code == 204
        assert (await there.get(f"{AUTH}/me")).status_code == 401
        assert (await here.get(f"{AUTH}/me")).status_code == 200
    async with sign_in(api, password="another lantern"), await api.client() as late:
        old = await late.post(f"{AUTH}/login", json={"name": "owner", "password": PASSWORD})
        assert old.status_code == 401


async def test_a_token_is_good_for_its_scopes_and_no_more(api: Served) -> None:
    async with sign_in(api) as http:
        made = await http.post(f"{AUTH}/tokens", json={"label": "reader", "scopes": ["read"], "expires_in_days": 3})
        assert made.status_code == 201
    async with await api.client(Authorization=f"Bearer {made.json()['token']}") as reader:
        assert (await reader.get("/api/v1/genesis")).status_code == 200
        refused = await reader.post(COMMANDS, json={"command_type": "START_GENESIS"})
        assert (refused.status_code, refused.json()["code"]) == (403, "FORBIDDEN_SCOPE")
        assert (await reader.delete(f"{AUTH}/sessions")).status_code == 403


async def test_a_program_makes_no_tokens_and_changes_no_password(api: Served) -> None:
    for path, body in (("tokens", {}), ("password", {"current_password": PASSWORD, "new_password": PASSWORD})):
        answer = await api.http.post(f"{AUTH}/{path}", json=body)
        assert (answer.status_code, answer.json()["code"]) == (403, "FORBIDDEN_SCOPE")


async def test_who_is_shut_out_is_out_everywhere_at_once(api: Served) -> None:
    guest = await api.studio.users.add("guest", PASSWORD)
    token = await api.studio.accounts.issue_bearer(guest.id)
    async with sign_in(api, "guest") as http, await api.client(Authorization=f"Bearer {token}") as program:
        assert (await program.get(f"{AUTH}/me")).status_code == 200
        login = await api.studio.accounts.issue_login(guest.id)
        await api.studio.users.disable(guest.id)
        await asyncio.sleep(0)
        assert await api.studio.accounts.redeem_login(login) is None
        for client in (http, program):
            for _ in range(400):  # the other process is told by a hint, and would notice by itself after seconds
                if (await client.get(f"{AUTH}/me")).status_code == 401:
                    break
                await asyncio.sleep(0.01)
            assert (await client.get(f"{AUTH}/me")).status_code == 401
        await api.studio.users.enable(guest.id)
        assert (await http.get(f"{AUTH}/me")).status_code == 401


async def test_guesses_are_limited_by_name_and_by_address(
    database_url: str, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GENESIS_LIMIT_SIGN_INS", "3/hour")
    async with served(database_url, None) as api, await api.client() as http:
        guess = {"name": "owner", "password": "a guess"}
        assert [(await http.post(f"{AUTH}/login", json=guess)).status_code for _ in range(3)] == [401] * 3
        refused = await http.post(f"{AUTH}/login", json=guess)
        assert (refused.status_code, refused.json()["code"]) == (429, "RATE_LIMITED")
        assert int(refused.headers["retry-after"]) >= 1
        token = await api.studio.accounts.issue_login(api.account.id)
        assert (await http.post(f"{AUTH}/login", json={"token": token})).status_code == 200  # not locked out


async def test_names_that_look_the_same_are_the_same(api: Served) -> None:
    await api.studio.users.add("Ana María", PASSWORD)
    for same in ("ana maría", "  ANA   MARÍA ", "Ａna María"):
        with pytest.raises(OperatorError, match="of that name already"):
            await api.studio.users.add(same)
    async with sign_in(api, "ANA MARÍA"):
        pass


async def test_a_password_is_the_same_from_every_keyboard(api: Served) -> None:
    await api.studio.users.add("Zoé", "caf\u00e9 caf\u00e9 caf\u00e9")
    async with sign_in(api, "Zoe\u0301", "cafe\u0301 cafe\u0301 cafe\u0301"):
        pass


@pytest.mark.parametrize("name", ["", "   ", "x" * 61, "line\nbreak\x07", "\u202eevil"])
async def test_what_cannot_be_a_name_is_refused(api: Served, name: str) -> None:
    with pytest.raises(OperatorError, match="cannot be a name"):
        await api.studio.users.add(name)


async def test_the_owner_cannot_be_shut_out(api: Served) -> None:
    with pytest.raises(OperatorError, match="owner"):
        await api.studio.users.disable(api.account.id)
