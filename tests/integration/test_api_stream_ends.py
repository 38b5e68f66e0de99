"""How a stream ends: the client is too slow, Redis is gone, it was long enough, the server stops."""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import pytest

from api.server import run
from api.streaming.session_stream import SessionStream
from infrastructure.read_side.feed_subscription import QUEUE
from tests.support.api import Served, served
from tests.support.streaming import answers, frames, kinds, opened_stream, path, until_state, write_draft


@pytest.fixture
async def api(database_url: str, redis_url: str) -> AsyncIterator[Served]:
    async with served(database_url, redis_url) as running:
        yield running


async def test_a_client_that_is_too_slow_is_cut_off_and_resumes(api: Served) -> None:
    session_id = await api.start()
    await api.state(session_id, 1)
    client = SessionStream(api.app.state.readers.streams, UUID(session_id), api.account.id, None)
    slow = api.app.state.readers.streams.run(client.opening, client.parts, stream_ids=[UUID(session_id)])
    assert b"id: 1\nevent: timeline" in await anext(slow)
    begun = await api.command("GENERATE_INSPIRATION", session_id)
    for seq in range(1, QUEUE + 20):
        await write_draft(api, session_id, begun["correlation_id"], seq, "salt", stored=False)
    await api.state(session_id, begun["version"])
    async with asyncio.timeout(30):
        rest = [part async for part in slow]
    assert len(rest) < QUEUE
    async with opened_stream(api.http, path(session_id), "1") as stream:
        assert kinds(await until_state(stream, 2)) == [("timeline", "2"), ("state", None)]


async def test_without_redis_changes_come_by_polling(database_url: str) -> None:
    async with served(database_url, "redis://127.0.0.1:1") as api:
        session_id = await api.start()
        async with opened_stream(api.http, path(session_id), min_version=1) as stream:
            await until_state(stream, 1)
            begun = await api.command("GENERATE_INSPIRATION", session_id)
            await until_state(stream, begun["version"])
            await write_draft(api, session_id, begun["correlation_id"], 1, "slow")
            async with asyncio.timeout(30):
                assert [(await anext(stream)).event for _ in range(2)] == ["progress", "draft"]


async def test_a_stream_that_lasted_long_enough_ends_and_can_be_resumed(database_url: str, redis_url: str) -> None:
    async with served(database_url, redis_url, longest_stream=0.3) as api:
        session_id = await api.start()
        await api.state(session_id, 1)
        async with api.http.stream("GET", path(session_id)) as response, asyncio.timeout(30):
            seen = [frame async for frame in frames(response)]
        assert kinds(seen) == [("timeline", "1"), ("state", None)]
        async with opened_stream(api.http, path(session_id), "1") as stream:
            assert kinds(await until_state(stream, 1)) == [("state", None)]


async def test_only_the_streams_of_a_token_that_has_ended_end(api: Served) -> None:
    session_id = UUID(await api.start())
    await api.state(str(session_id), 1)
    streams = api.app.state.readers.streams
    ended, good = uuid4(), uuid4()
    running = []
    for token_id in (ended, good):
        client = SessionStream(streams, session_id, api.account.id, None)
        running.append(streams.run(client.opening, client.parts, stream_ids=[session_id], token_id=token_id))
    for stream in running:
        opening = await anext(stream)
        assert b"event: timeline" in opening
        assert b"event: state" in opening
    assert streams.tokens() == {ended, good}
    waiting = [asyncio.create_task(anext(stream, None)) for stream in running]
    streams.end({ended})
    async with asyncio.timeout(30):
        assert await waiting[0] is None
    assert streams.tokens() == {good}
    moved = await api.command("NAVIGATE_TO_STAGE", str(session_id), stage="CHARACTERS")
    assert moved["version"] == 2
    async with asyncio.timeout(30):
        assert b"id: 2" in (await waiting[1] or b"")


async def test_proxies_are_told_to_let_frames_through(api: Served) -> None:
    session_id = await api.start()
    await api.state(session_id, 1)
    async with api.http.stream("GET", path(session_id), headers={"Accept-Encoding": "gzip"}) as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        assert response.headers["x-accel-buffering"] == "no"
        assert response.headers["cache-control"] == "no-store"
        assert "content-encoding" not in response.headers


async def test_a_server_that_stops_closes_its_streams_at_once(
    api: Served, unused_tcp_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.server.GRACE_SECONDS", 3600)  # it does not wait for that
    session_id = await api.start()
    await api.state(session_id, 1)
    stop = asyncio.Event()
    settings = api.projecting.settings.model_copy(update={"port": unused_tcp_port})
    running = asyncio.create_task(run(settings, stop))
    async with await api.client(api.account) as http:
        http.base_url = f"http://127.0.0.1:{unused_tcp_port}"
        await answers(http)
        async with opened_stream(http, path(session_id)) as one, opened_stream(http, "/api/v1/events/stream") as other:
            await until_state(one, 1)
            assert (await anext(other)).event == "sessions"
            stop.set()
            async with asyncio.timeout(30):
                assert [frame.event async for frame in one] == []
                assert [frame.event async for frame in other] == ["novels"]
            async with asyncio.timeout(30):
                await running
