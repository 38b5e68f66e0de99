"""Behind a reverse proxy with TLS: cookies are Secure, limits are each client's own, and nobody chooses theirs."""

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from tests.support.api import COMMANDS, Served, served
from tests.support.reverse_proxy import NAME, ReverseProxy, reverse_proxy

LOGIN = "/api/v1/auth/login"
PASSWORD = "a lantern in the fog"
TRUSTED, UNTRUSTED = "127.0.0.9", "127.0.0.10"


@pytest.fixture
async def api(database_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Served]:
    monkeypatch.setenv("GENESIS_LIMIT_SIGN_INS", "3/hour")
    monkeypatch.setenv("GENESIS_HOSTS", NAME)
    monkeypatch.setenv("GENESIS_TRUSTED_PROXIES", f"{TRUSTED}, ::1")
    async with served(database_url, None) as running:
        await running.studio.users.set_password(running.account.id, PASSWORD)
        yield running


@asynccontextmanager
async def _browser(proxy: ReverseProxy, address: str = "127.0.0.1") -> AsyncIterator[httpx.AsyncClient]:
    """Asks the proxy from `address`."""
    trusted = ssl.create_default_context(cafile=str(proxy.certificate))
    transport = httpx.AsyncHTTPTransport(verify=trusted, local_address=address)
    async with httpx.AsyncClient(
        base_url=proxy.url, headers={"Host": NAME}, transport=transport, timeout=20
    ) as browser:
        yield browser


async def _guess(browser: httpx.AsyncClient, name: str, **headers: str) -> int:
    body = {"name": name, "password": "a wrong one"}
    return (await browser.post(LOGIN, json=body, headers=headers)).status_code


def _port(api: Served) -> int:
    return urlsplit(api.base_url).port or 0


async def test_the_cookie_is_secure_and_the_studio_s_own_page_may_command(api: Served, tmp_path: Path) -> None:
    with reverse_proxy(_port(api), tmp_path, source=TRUSTED) as proxy:
        async with _browser(proxy) as browser:
            own = {"Origin": f"https://{NAME}"}
            answer = await browser.post(LOGIN, json={"name": "owner", "password": PASSWORD}, headers=own)
            assert answer.status_code == 200, answer.text
            assert "secure" in answer.headers["set-cookie"].lower().split("; ")
            browser.cookies.update(answer.cookies)
            cookie = {"Cookie": "; ".join(f"{name}={value}" for name, value in answer.cookies.items())}
            start = {"command_type": "START_GENESIS"}
            assert (await browser.post(COMMANDS, json=start, headers=own | cookie)).status_code == 200
            other = {"Origin": "https://elsewhere.example"}
            assert (await browser.post(COMMANDS, json=start, headers=other | cookie)).status_code == 403
            for headers, status in (
                ({"Host": "elsewhere.example"}, 400),
                ({"Host": "elsewhere.example", "X-Forwarded-Host": NAME}, 400),
                ({"X-Forwarded-Host": "elsewhere.example"}, 200),
            ):
                assert (await browser.get("/live", headers=headers)).status_code == status


async def test_each_client_has_a_limit_of_its_own_whatever_it_says_of_itself(api: Served, tmp_path: Path) -> None:
    with reverse_proxy(_port(api), tmp_path, source=TRUSTED) as proxy:
        async with _browser(proxy, "127.0.0.20") as one, _browser(proxy, "127.0.0.21") as other:
            claims = [{"X-Forwarded-For": f"203.0.113.{n}"} for n in range(4)]
            assert [await _guess(one, f"nobody {n}", **claim) for n, claim in enumerate(claims)] == [401] * 3 + [429]
            assert await _guess(other, "somebody else") == 401


async def test_from_an_untrusted_address_nothing_that_is_forwarded_counts(api: Served, tmp_path: Path) -> None:
    with reverse_proxy(_port(api), tmp_path, source=UNTRUSTED) as proxy:
        async with _browser(proxy, "127.0.0.20") as one, _browser(proxy, "127.0.0.21") as other:
            answer = await one.post(LOGIN, json={"name": "owner", "password": PASSWORD})
            assert "secure" not in answer.headers["set-cookie"].lower().split("; ")
            assert [await _guess(one, f"nobody {n}") for n in range(2)] == [401, 401]
            assert await _guess(other, "somebody else") == 429  # one address, as far as can be known
            metrics = await other.get("/metrics", headers={"X-Forwarded-For": "127.0.0.1"})
            assert metrics.status_code == 401
