"""Strangers at every door of the OpenAPI document: bad tokens, other sites' pages, other hosts' names."""

import secrets
from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest
import pytest_asyncio

from tests.support.api import Served, served
from tests.support.postgres import Cluster
from tests.support.routes import DOCUMENT, OPERATIONS, Operation

pytestmark = pytest.mark.asyncio(loop_scope="module")

COOKIE = "genesis_session_8765"
GUARDED = [operation for operation in OPERATIONS if operation.needs_account]
WRITING = [operation for operation in OPERATIONS if operation.writes]
IDS = {name: secrets.token_hex(16) for operation in OPERATIONS for name in operation.parameters}

FOREIGN = (
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "nonsense"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "null"},
    {"Origin": "https://elsewhere.example"},
    {"Origin": "null"},
    {"Origin": ""},
    {"Origin": "http://127.0.0.1"},
    {"Origin": "http://localhost.elsewhere.example:8765"},
    {"Origin": "http://["},
    {"Origin": "http://localhost:8765@elsewhere.example"},
)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def api(cluster: Cluster, redis_url: str) -> AsyncIterator[Served]:
    with cluster.database() as url:
        async with served(url, redis_url) as running:
            yield running


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def bad(api: Served) -> dict[str, dict[str, str]]:
    """Name -> headers that show a token which is not good for what it is shown for."""
    accounts, owner = api.studio.accounts, api.account.id
    bearer, session = await accounts.issue_bearer(owner), await accounts.open_session(owner)
    gone = [await accounts.issue_bearer(owner, lasts=timedelta(0)), await accounts.issue_bearer(owner)]
    ended = await accounts.open_session(owner)
    for token in (gone[1], ended):
        await accounts.revoke(token)
    guest = await api.stranger()
    of_guest = [await accounts.issue_bearer(guest.id), await accounts.open_session(guest.id)]
    async with api.studio.pool.connection() as connection:  # without revoking anything: being disabled is enough
        await connection.execute("UPDATE users SET disabled_at = now() WHERE id = %s", (guest.id,))
    flipped = ("A" if bearer[0] != "A" else "B") + bearer[1:]
    bearers = {
        "forged": secrets.token_urlsafe(32),
        "truncated": bearer[:-1],
        "lengthened": bearer + "A",
        "with one letter changed": flipped,
        "in other letters": bearer.swapcase(),
        "its first half": bearer[:21],
        "sixty kilobytes": "A" * 60_000,
        "expired": gone[0],
        "revoked": gone[1],
        "a one-time token": await accounts.issue_login(owner),
        "a browser's": session,
        "of a disabled account": of_guest[0],
        "two at once": f"{bearer} {bearer}",
        "with a comma": f"{bearer},",
        "in quotes": f'"{bearer}"',
    }
    cookies = {
        "forged": secrets.token_urlsafe(32),
        "truncated": session[:-1],
        "revoked": ended,
        "a one-time token": await accounts.issue_login(owner),
        "a program's": bearer,
        "of a disabled account": of_guest[1],
        "empty": "",
    }
    found = {f"a Bearer token: {name}": {"Authorization": f"Bearer {token}"} for name, token in bearers.items()}
    found |= {f"a cookie: {name}": {"Cookie": f"{COOKIE}={token}"} for name, token in cookies.items()}
    return found | {
        "nothing": {},
        "an empty Bearer token": {"Authorization": "Bearer"},
        "another scheme": {"Authorization": f"Basic {bearer}"},
        "no scheme": {"Authorization": bearer},
        "a bad token beside a good cookie": {"Authorization": "Bearer nobody", "Cookie": f"{COOKIE}={session}"},
        "a cookie of another port": {"Cookie": f"genesis_session_8766={session}"},
        "a good token as a parameter": {"X-Access-Token": bearer},
    }


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser(api: Served) -> AsyncIterator[httpx.AsyncClient]:
    async with await api.client() as http:
        http.cookies.set(COOKIE, await api.studio.accounts.open_session(api.account.id))
        yield http


async def _everything(api: Served) -> tuple[object, ...]:
    """Whatever a request could have changed: the log, and who gets in."""
    async with api.studio.pool.connection() as connection:
        cursor = await connection.execute(
            "SELECT md5(string_agg(md5(row::text), '' ORDER BY row::text))"
            " FROM (SELECT id, user_id, revoked_at, used_at FROM access_tokens) AS row"
        )
        tokens = await cursor.fetchone()
        cursor = await connection.execute("SELECT md5(string_agg(users::text, '' ORDER BY id)) FROM users")
        return await api.written(), tokens, await cursor.fetchone()


@pytest.mark.parametrize("operation", GUARDED, ids=str)
async def test_a_token_that_is_not_good_opens_nothing(
    api: Served, bad: dict[str, dict[str, str]], operation: Operation
) -> None:
    before = await _everything(api)
    answers = {}
    async with httpx.AsyncClient(base_url=api.base_url, timeout=15) as http:
        for name, headers in bad.items():
            answer = await http.request(operation.method, operation.at(IDS), headers=headers)
            answers[name] = (answer.status_code, answer.content, answer.headers["www-authenticate"])
    assert {status for status, *_ in answers.values()} == {401}, answers
    assert len(set(answers.values())) == 1, "whatever is wrong, the answer is the same"
    assert await _everything(api) == before


@pytest.mark.parametrize("operation", WRITING, ids=str)
async def test_another_sites_page_changes_nothing_with_the_writers_cookie(
    api: Served, browser: httpx.AsyncClient, operation: Operation
) -> None:
    before = await _everything(api)
    for headers in FOREIGN:
        answer = await browser.request(operation.method, operation.at(IDS), json={}, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "CROSS_ORIGIN"), headers
        assert not answer.headers.get("set-cookie")
    assert await _everything(api) == before


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
async def test_no_other_site_may_read_an_answer(api: Served, browser: httpx.AsyncClient, operation: Operation) -> None:
    for method in (operation.method, "OPTIONS"):
        headers = {"Origin": "https://elsewhere.example", "Access-Control-Request-Method": operation.method}
        async with browser.stream(method, operation.at(IDS), headers=headers) as answer:
            assert not [name for name in answer.headers if name.startswith("access-control")]
            assert answer.headers["cross-origin-resource-policy"] == "same-origin"


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
@pytest.mark.parametrize("host", ["elsewhere.example", "127.0.0.1.elsewhere.example:8765", ""])
async def test_under_a_name_that_is_not_ours_nothing_is_answered(api: Served, operation: Operation, host: str) -> None:
    before = await _everything(api)
    answer = await api.http.request(operation.method, operation.at(IDS), headers={"Host": host})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "Host")
    assert await _everything(api) == before


@pytest.mark.parametrize("operation", [one for one in GUARDED if one.writes], ids=str)
async def test_a_token_for_reading_changes_nothing(api: Served, operation: Operation) -> None:
    token = await api.studio.accounts.issue_bearer(api.account.id, "a dashboard", scopes={"read"})
    before = await _everything(api)
    async with await api.client(Authorization=f"Bearer {token}") as http:
        answer = await http.request(operation.method, operation.at(IDS), json={})
        assert (answer.status_code, answer.json()["code"]) == (403, "FORBIDDEN_SCOPE")
        assert (await http.get("/api/v1/genesis")).status_code == 200
    assert await _everything(api) == before


@pytest.mark.parametrize("operation", GUARDED, ids=str)
async def test_a_token_for_metrics_opens_nothing_of_a_writers(api: Served, operation: Operation) -> None:
    token = await api.studio.accounts.issue_bearer(api.account.id, "a collector", scopes={"metrics"})
    async with await api.client(Authorization=f"Bearer {token}") as http:
        answer = await http.request(operation.method, operation.at(IDS), json={})
    assert (answer.status_code, answer.json()["code"]) == (403, "FORBIDDEN_SCOPE")


async def test_what_needs_no_account_is_known_by_name() -> None:
    """Whoever adds a door that is open to everybody says so here."""
    assert {operation.path for operation in OPERATIONS if not operation.needs_account} == {
        "/api/v1/auth/login",
        "/api/v1/auth/logout",
        "/live",
        "/ready",
        "/health",
        "/metrics",
    }


async def test_measurements_go_elsewhere_with_a_good_token_only(api: Served, bad: dict[str, dict[str, str]]) -> None:
    elsewhere = {"X-Forwarded-For": "203.0.113.7"}
    async with httpx.AsyncClient(base_url=api.base_url, timeout=15) as http:
        for name, headers in bad.items():
            assert (await http.get("/metrics", headers=headers | elsewhere)).status_code == 401, name
        token = await api.studio.accounts.issue_bearer(api.account.id, scopes={"metrics"})
        good = {"Authorization": f"Bearer {token}"} | elsewhere
        assert (await http.get("/metrics", headers=good)).status_code == 200


async def test_the_document_says_of_every_guarded_door_that_it_may_stay_shut() -> None:
    for operation in GUARDED:
        answers = DOCUMENT["paths"][operation.path][operation.method.lower()]["responses"]
        assert {"401", "403"} <= set(answers), operation
