"""Who may do what: signing in and out, other sites' pages, other hosts' names, and what is said when parts are gone."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest

from tests.support.api import COMMANDS, Served, follow_login, served

ME = "/api/v1/auth/me"
START = {"command_type": "START_GENESIS"}


@pytest.fixture
async def api(database_url: str, redis_url: str) -> AsyncIterator[Served]:
    async with served(database_url, redis_url) as running:
        yield running


@pytest.fixture
async def browser(api: Served) -> AsyncIterator[httpx.AsyncClient]:
    """Signed in by the one-time address."""
    async with await api.client() as http:
        token = await api.studio.accounts.issue_login(api.account.id)
        answer = await follow_login(http, token)
        assert (answer.status_code, answer.headers["location"]) == (303, "/")
        yield http


async def test_the_one_time_address_signs_a_browser_in(api: Served, browser: httpx.AsyncClient) -> None:
    assert (await browser.get(ME)).json() == {
        "id": str(api.account.id),
        "name": "owner",
        "role": "owner",
        "has_password": False,
    }
    assert (await browser.post(COMMANDS, json=START)).status_code == 200


async def test_the_cookie_is_kept_from_scripts_and_from_other_sites(api: Served) -> None:
    async with await api.client() as http:
        token = await api.studio.accounts.issue_login(api.account.id)
        answer = await http.post("/api/v1/auth/login", json={"token": token})
        assert answer.json()["name"] == "owner"
        cookie = answer.headers["set-cookie"].lower()
        assert "httponly" in cookie
        assert "samesite=lax" in cookie
        assert "max-age=2592000" in cookie
        assert cookie.startswith("genesis_session_8765=")
        again = await http.post("/api/v1/auth/login", json={"token": token})
        assert (again.status_code, again.json()["code"]) == (401, "UNAUTHENTICATED")


async def test_a_used_address_explains_itself_and_leaves_who_is_signed_in_as_they_were(
    api: Served, browser: httpx.AsyncClient
) -> None:
    token = await api.studio.accounts.issue_login(api.account.id)
    async with await api.client() as first, await api.client() as late:
        assert (await follow_login(first, token)).headers["location"] == "/"
        for used in (
            await browser.get("/login", params={"token": token}),
            await late.get("/login", params={"token": token}),
            await late.post("/login", data={"token": token}),
        ):
            assert (used.headers["location"], "set-cookie" in used.headers) == ("/?login=expired", False)
    assert (await browser.get(ME)).status_code == 200


async def test_looking_at_a_one_time_address_spends_nothing_however_often(api: Served) -> None:
    token = await api.studio.accounts.issue_login(api.account.id)
    address = f"/login?token={token}"
    async with await api.client() as scanner, await api.client() as browser:
        for headers in (
            {},
            {"Sec-Purpose": "prefetch"},
            {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"},
        ):
            for method in ("HEAD", "GET", "GET"):
                seen = await scanner.request(method, address, headers=headers)
                assert (seen.status_code, "set-cookie" in seen.headers) == (200, False)
                assert seen.headers["cache-control"] == "no-store"
        assert "<b>owner</b>" in seen.text
        assert not scanner.cookies
        assert (await follow_login(browser, token)).headers["location"] == "/"
        assert (await browser.get(ME)).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://elsewhere.example"}],
)
async def test_another_sites_page_cannot_sign_a_browser_in_with_an_address_of_its_own(
    api: Served, browser: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    guest = await api.stranger()
    token = await api.studio.accounts.issue_login(guest.id)
    shown = await browser.get("/login", params={"token": token})
    assert f"signed in as <b>owner</b>. This address signs you in as <b>{guest.name}</b> instead" in shown.text
    refused = await browser.post("/login", data={"token": token}, headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (403, "CROSS_ORIGIN")
    assert (await browser.get(ME)).json()["name"] == "owner"
    assert (await follow_login(browser, token)).headers["location"] == "/"  # by the person's own click
    assert (await browser.get(ME)).json()["name"] == guest.name


async def test_a_name_on_the_page_of_an_address_is_text_and_nothing_else(api: Served) -> None:
    mischief = await api.studio.users.add("<script>alert(1)</script>")
    token = await api.studio.accounts.issue_login(mischief.id)
    async with await api.client() as http:
        shown = await http.get("/login", params={"token": token}, headers={"Accept-Language": "zh-CN,zh;q=0.9"})
    assert "&lt;script&gt;" in shown.text
    assert "<script" not in shown.text
    assert "登录工作室" in shown.text
    assert "form-action 'self'" in shown.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in shown.headers["content-security-policy"]


async def test_two_that_press_the_button_at_once_open_one_session(api: Served) -> None:
    token = await api.studio.accounts.issue_login(api.account.id)
    async with await api.client() as one, await api.client() as other:
        answers = await asyncio.gather(*(each.post("/login", data={"token": token}) for each in (one, other)))
    assert sorted(answer.headers["location"] for answer in answers) == ["/", "/?login=expired"]


async def test_signing_out_ends_the_session_at_once(browser: httpx.AsyncClient) -> None:
    cookies = dict(browser.cookies)
    assert (await browser.post("/api/v1/auth/logout")).status_code == 204
    assert not browser.cookies
    browser.cookies.update(cookies)
    assert (await browser.get(ME)).status_code == 401


@pytest.mark.parametrize(
    "headers",
    [{}, {"Authorization": "Bearer nobody"}, {"Authorization": "Basic b3duZXI6"}, {"Cookie": "genesis_session_8765=x"}],
)
async def test_nobody_is_answered_without_signing_in(api: Served, headers: dict[str, str]) -> None:
    before = await api.written()
    async with await api.client(None, **headers) as http:
        for method, path in (
            ("GET", ME),
            ("POST", COMMANDS),
            ("GET", "/api/v1/genesis"),
            ("GET", "/api/v1/events/stream"),
            ("GET", "/api/v1/novels"),
        ):
            answer = await http.request(method, path, json=START if method == "POST" else None)
            assert (answer.status_code, answer.json()["code"]) == (401, "UNAUTHENTICATED"), path
            assert answer.headers["www-authenticate"].startswith("Bearer")
    assert await api.written() == before


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
    ],
)
async def test_another_sites_page_cannot_command_with_the_writers_cookie(
    api: Served, browser: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    before = await api.written()
    for path in (COMMANDS, "/api/v1/auth/logout", "/api/v1/auth/login"):
        answer = await browser.post(path, json=START, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "CROSS_ORIGIN"), path
    assert await api.written() == before
    assert (await api.http.post(COMMANDS, json=START, headers=headers)).status_code == 200, "no cookie, no danger"


async def test_the_studios_own_page_may_command(api: Served, browser: httpx.AsyncClient) -> None:
    for headers in ({"Sec-Fetch-Site": "same-origin"}, {"Origin": api.base_url}):
        assert (await browser.post(COMMANDS, json=START, headers=headers)).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "elsewhere.example",
        "127.0.0.1.elsewhere.example",
        "",
        "[",
        "a b",
        "elsewhere.example@localhost",
        "localhost/elsewhere.example",
        "localhost?elsewhere.example",
        "localhost#elsewhere.example",
        "localhost, elsewhere.example",
        "localhost:port",
    ],
)
async def test_a_name_that_is_not_ours_is_not_answered(api: Served, host: str) -> None:
    for path in ("/", "/live", "/api/v1/genesis"):
        answer = await api.http.get(path, headers={"Host": host})
        assert answer.status_code == 400


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:8765", "127.0.0.1:1", "[::1]:8765"])
async def test_loopback_answers_under_each_of_its_names(api: Served, host: str) -> None:
    assert (await api.http.get("/live", headers={"Host": host})).status_code == 200


async def test_answers_tell_browsers_to_be_careful(api: Served) -> None:
    headers = (await api.http.get("/api/v1/genesis")).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cache-control"] == "no-store"
    assert "server" not in headers


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/live", 200),
        ("GET", "/metrics", 200),
        ("GET", "/api/v1/genesis", 200),
        ("POST", "/api/v1/auth/logout", 204),
        ("GET", "/login?token=none", 303),
        ("POST", COMMANDS, 400),
        ("GET", "/assets/gone.js", 404),
        ("GET", "/api/nothing", 404),
        ("DELETE", "/", 405),
        ("GET", "/", 503),
    ],
)
async def test_every_answer_says_what_a_browser_may_do_with_it(
    api: Served, method: str, path: str, status: int
) -> None:
    answer = await api.http.request(method, path)
    assert answer.status_code == status
    assert "default-src" in answer.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["x-frame-options"] == "DENY"
    assert answer.headers["x-request-id"]
