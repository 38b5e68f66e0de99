"""Who is signed out or shut out is out: of every process, and of what was already open."""

import asyncio

import httpx
import pytest
from redis.asyncio import Redis

from api.streaming import revocation
from cli.people import people
from infrastructure.identity import authentication
from infrastructure.identity.access_tokens import Kind
from tests.support.api import Served, served
from tests.support.reading import eventually
from tests.support.streaming import Frame, opened_stream

ME = "/api/v1/auth/me"
MINE = "/api/v1/events/stream"
NEVER = 3_600.0


async def _browser(api: Served) -> tuple[httpx.AsyncClient, authentication.Identity]:
    """Somebody new, signed in."""
    guest = await api.stranger()
    http = await api.client()
    http.cookies.set("genesis_session_8765", await api.studio.accounts.open_session(guest.id))
    return http, guest


async def _until_it_listens(redis_url: str) -> None:
    """The API hears what is said of tokens: from here on no hint is lost."""
    async with Redis.from_url(redis_url) as redis:

        async def heard() -> bool:
            ((_, listeners),) = await redis.pubsub_numsub("genesis:access")
            return int(listeners) > 0

        await eventually(heard)


async def _rest(stream: object) -> list[Frame]:
    async with asyncio.timeout(20):
        return [frame async for frame in stream]  # type: ignore[attr-defined]


async def test_somebody_disabled_elsewhere_is_out_here_at_once(
    database_url: str, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(authentication, "_REMEMBERED_SECONDS", NEVER)  # but for the hint, nothing would be forgotten
    monkeypatch.setattr(revocation, "EVERY", NEVER)
    async with served(database_url, redis_url) as api:
        await _until_it_listens(redis_url)
        http, guest = await _browser(api)
        async with http, opened_stream(http, MINE) as stream:
            assert [(await anext(stream)).event for _ in range(2)] == ["sessions", "novels"]
            assert (await http.get(ME)).status_code == 200
            async with people(database_url, redis_url) as elsewhere:
                await elsewhere.users.disable(guest.id)
            assert await _rest(stream) == []
            assert (await http.get(ME)).status_code == 401
        assert (await api.http.get(ME)).status_code == 200


async def test_without_redis_an_open_stream_ends_at_the_next_look(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(revocation, "EVERY", 0.05)
    async with served(database_url, "redis://127.0.0.1:1") as api:
        http, guest = await _browser(api)
        async with http, opened_stream(http, MINE) as stream:
            assert [(await anext(stream)).event for _ in range(2)] == ["sessions", "novels"]
            async with people(database_url) as elsewhere:
                await elsewhere.users.disable(guest.id)
            assert await _rest(stream) == []


async def test_ending_one_session_leaves_the_others_and_their_streams(database_url: str, redis_url: str) -> None:
    async with served(database_url, redis_url) as api:
        here, guest = await _browser(api)
        there = await api.client()
        there.cookies.set("genesis_session_8765", await api.studio.accounts.open_session(guest.id))
        async with here, there, opened_stream(here, MINE) as mine, opened_stream(there, MINE) as theirs:
            for stream in (mine, theirs):
                assert [(await anext(stream)).event for _ in range(2)] == ["sessions", "novels"]
            listed = (await here.get("/api/v1/auth/sessions")).json()["items"]
            (other,) = [item["id"] for item in listed if not item["current"]]
            assert (await here.delete(f"/api/v1/auth/sessions/{other}")).status_code == 204
            assert (await there.get(ME)).status_code == 401
            assert await _rest(theirs) == []
            begun = await here.post("/api/v1/genesis/commands", json={"command_type": "START_GENESIS"})
            async with asyncio.timeout(30):
                assert (await anext(mine)).data["session_id"] == begun.json()["session_id"]


async def test_a_stream_ends_when_the_browser_that_opened_it_signs_out(database_url: str, redis_url: str) -> None:
    async with served(database_url, redis_url) as api:
        http, _ = await _browser(api)
        async with http, opened_stream(http, MINE) as stream:
            assert [(await anext(stream)).event for _ in range(2)] == ["sessions", "novels"]
            assert (await http.post("/api/v1/auth/logout")).status_code == 204
            assert await _rest(stream) == []


async def test_a_lookup_that_a_revocation_overtakes_is_not_remembered(
    database_url: str, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answer was read before the revocation and comes after it: it may be given once, and not again."""
    async with served(database_url, redis_url) as api:
        ours = api.studio.accounts
        token = await ours.open_session(api.account.id)
        read, revoked = asyncio.Event(), asyncio.Event()
        look_up = ours._look_up

        async def slow(hashed: str, kind: Kind) -> authentication.Grant | None:
            found = await look_up(hashed, kind)
            read.set()
            await revoked.wait()
            return found

        monkeypatch.setattr(ours, "_look_up", slow)
        asking = asyncio.create_task(ours.grant_of(token, "session"))
        await read.wait()
        await ours.revoke(token)
        revoked.set()
        await asking
        assert await ours.grant_of(token, "session") is None
