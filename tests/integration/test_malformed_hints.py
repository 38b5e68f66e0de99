"""Anything may stand in Redis: no message ends a listener, and one that fails all the same is started again."""

import asyncio
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
from redis.asyncio import Redis

from api.streaming import revocation
from application.wakeups import ACCESS, BUS, CHANGES, DRAFTS, LOG, PRESENCE, RUNS
from cli.people import people
from infrastructure.concurrency.supervised import all_down
from infrastructure.concurrency.wakeup_bell import bell
from infrastructure.identity import authentication
from infrastructure.redis.wakeups import RedisHints
from tests.support.api import Served, served
from tests.support.reading import eventually
from tests.support.streaming import opened_stream, path

MINE = "/api/v1/events/stream"
NEVER = 3_600.0

_ID = f'"{uuid4()}"'
MALFORMED = [
    b"",
    b"\xff\xfe\x00 not UTF-8",
    b"{",
    b"null",
    b"17",
    b'"text"',
    b"[1, 2]",
    b"[" * 100_000,
    b"{}",
    b'{"moved": 5}',
    b'{"moved": [5, null, "x", [], {}]}',
    b'{"moved": [{"session_id": 5, "user_id": 5, "version": 1}]}',
    f'{{"moved": [{{"session_id": {_ID}, "user_id": {_ID}, "version": 1e308}}]}}'.encode(),
    f'{{"moved": [{{"session_id": {_ID}, "user_id": {_ID}, "version": null}}]}}'.encode(),
    b'{"session_id": {"a": 1}}',
    f'{{"session_id": {_ID}, "user_id": {_ID}, "correlation_id": 7, "seq": []}}'.encode(),
    b'{"moved": "' + b"x" * (5 * 1024 * 1024) + b'"}',
]


async def _say_everything_malformed(redis_url: str, channels: tuple[str, ...]) -> None:
    async with Redis.from_url(redis_url) as redis:
        for channel in channels:
            for message in MALFORMED:
                await redis.publish(f"genesis:{channel}", message)


async def _until_heard(redis_url: str, *channels: str) -> None:
    """Somebody listens to each of them: from here on no hint is lost."""
    async with Redis.from_url(redis_url) as redis:

        async def heard() -> bool:
            found = await redis.pubsub_numsub(*(f"genesis:{channel}" for channel in channels))
            return all(listeners for _, listeners in found)

        await eventually(heard)


@pytest.fixture
async def api(database_url: str, redis_url: str) -> AsyncIterator[Served]:
    async with served(database_url, redis_url) as running:
        await _until_heard(redis_url, ACCESS, CHANGES)
        yield running


async def test_who_is_shut_out_is_out_at_once_after_any_message(
    database_url: str, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(authentication, "_REMEMBERED_SECONDS", NEVER)  # but for the hint, nothing would be forgotten
    monkeypatch.setattr(revocation, "EVERY", NEVER)
    async with served(database_url, redis_url) as api:
        await _until_heard(redis_url, ACCESS)
        guest = await api.stranger()
        http = await api.client()
        http.cookies.set("genesis_session_8765", await api.studio.accounts.open_session(guest.id))
        async with http, opened_stream(http, MINE) as stream:
            assert [(await anext(stream)).event for _ in range(2)] == ["sessions", "novels"]
            await _say_everything_malformed(redis_url, (ACCESS,))
            async with people(database_url, redis_url) as elsewhere:
                await elsewhere.users.disable(guest.id)
            async with asyncio.timeout(20):
                assert [frame async for frame in stream] == []


async def test_changes_reach_open_streams_after_any_message(api: Served, redis_url: str) -> None:
    async with opened_stream(api.http, MINE) as stream:
        assert [(await anext(stream)).event for _ in range(2)] == ["sessions", "novels"]
        await _say_everything_malformed(redis_url, (CHANGES, DRAFTS, PRESENCE))
        session_id = await api.start()
        async with asyncio.timeout(30):
            assert (await anext(stream)).data["session_id"] == session_id
    checks = (await api.http.get("/ready")).json()["checks"]
    assert [check["ok"] for check in checks if check["name"] == "background"] == [True]


async def test_a_bell_still_rings_after_any_message(redis_url: str) -> None:
    hints, stop = RedisHints(redis_url), asyncio.Event()
    try:
        async with bell(hints, stop, LOG, BUS, RUNS) as rung:
            await _until_heard(redis_url, RUNS)
            await _say_everything_malformed(redis_url, (LOG, BUS, RUNS))
            while True:
                rung.heed()
                await rung.wait(0.3)
                if not rung._rung.is_set():  # everything malformed has rung, or was passed over
                    break
            await hints.publish(BUS)
            async with asyncio.timeout(30):
                await rung._rung.wait()
            assert all_down() == {}
    finally:
        await hints.close()


async def test_a_stranger_s_entries_in_presence_are_passed_over(api: Served, redis_url: str) -> None:
    session_id = await api.start()
    await api.readable(session_id, 1)
    key = f"genesis:presence:{session_id}"
    async with Redis.from_url(redis_url) as redis:
        await redis.zadd(key, dict.fromkeys(MALFORMED, 9000000000000.0))
        await redis.zadd(key, {f'{{"id": {_ID}, "label": 5, "since": "2", "process": null}}'.encode(): 9e12})
        async with opened_stream(api.http, path(session_id), client_id=str(uuid4())) as stream, asyncio.timeout(30):
            while (frame := await anext(stream)).event != "presence":
                pass
        assert len(frame.data["clients"]) == 1


async def test_a_listener_that_fails_is_a_failed_check_by_name_until_it_runs_again(
    api: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object) -> None:
        raise LookupError

    async def degraded() -> dict[str, str]:
        checks = (await api.http.get("/ready")).json()["checks"]
        return {check["name"]: check["detail"] for check in checks if not check["ok"]}

    monkeypatch.setattr(api.app.state.accounts, "still_good", fail)
    found: dict[str, str] = {}
    async with asyncio.timeout(60):
        while not found:  # it runs again by itself: whoever looks too late has it fail once more
            await api.studio.hints.publish(ACCESS)
            found = await degraded()
    assert found.keys() == {"background:revocation"}
    assert "LookupError" in found["background:revocation"]
    monkeypatch.undo()

    async def well() -> bool:
        return await degraded() == {}

    await eventually(well, 30)
