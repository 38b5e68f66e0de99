"""How a live connection ends: its client is too slow, its token has ended, it was long enough, the server stops."""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID

import pytest

from api.server import run
from api.streaming.live_stream import LiveStream, Wanted
from api.streaming.presence import Attending
from infrastructure.read_side.feed_subscription import QUEUE
from tests.support.api import Served, served
from tests.support.streaming import answers, kinds, live, of, opened_stream, until_ready, write_draft


@pytest.fixture
async def api(database_url: str, redis_url: str) -> AsyncIterator[Served]:
    async with served(database_url, redis_url) as running:
        yield running


async def two_sessions(api: Served) -> tuple[str, str]:
    one, other = await api.start(), await api.start()
    for session_id in (one, other):
        await api.readable(session_id, 1)
    return one, other


async def test_a_client_that_is_too_slow_is_cut_off_and_each_session_goes_on(api: Served) -> None:
    one, other = await two_sessions(api)
    readers = api.app.state.readers
    client = LiveStream(
        readers.streams,
        readers.waits,
        api.account.id,
        (Wanted(UUID(one), "0"), Wanted(UUID(other), "0")),
        lambda session_id, pages: Attending(readers.presence, session_id, pages, ""),
        lists=False,
    )
    ids = [UUID(one), UUID(other)]
    slow = readers.streams.run(client.opening, client.parts, stream_ids=ids, during=client.here)
    assert b"event: timeline" in await anext(slow)
    begun = await api.command("GENERATE_INSPIRATION", one)
    moved = await api.command("NAVIGATE_TO_STAGE", other, stage="CHARACTERS")
    for seq in range(1, QUEUE + 20):
        await write_draft(api, one, begun["correlation_id"], seq, "salt", stored=False)
    await api.state(one, begun["version"])
    await api.state(other, moved["version"])
    async with asyncio.timeout(30):
        rest = [part async for part in slow]
    assert len(rest) < QUEUE
    async with opened_stream(api.http, live(f"{one}:1", f"{other}:1")) as stream:
        seen = await until_ready(stream)
    for session_id in (one, other):
        assert kinds(of(session_id, seen)) == [("timeline", "2"), ("state", None)]


async def test_it_ends_when_what_let_it_in_is_revoked(api: Served) -> None:
    one, _ = await two_sessions(api)
    guest = await api.stranger()
    async with await api.client() as browser, opened_stream(api.http, live(f"{one}:0")) as mine:
        token = await api.studio.accounts.open_session(guest.id)
        assert token is not None
        browser.cookies.set("genesis_session_8765", token)
        async with opened_stream(browser, live(f"{one}:0", lists=True)) as theirs:
            assert {frame.event for frame in await until_ready(theirs)} == {"gone", "sessions", "novels"}
            assert (await browser.post("/api/v1/auth/logout")).status_code == 204
            async with asyncio.timeout(20):
                assert [frame async for frame in theirs] == []
        assert (await browser.get(live(f"{one}:0"))).status_code == 401
        await until_ready(mine)
        await api.command("NAVIGATE_TO_STAGE", one, stage="CHARACTERS")
        async with asyncio.timeout(30):
            assert (await anext(mine)).event == "timeline"


async def test_it_ends_after_its_time_and_goes_on_from_where_each_session_stands(
    database_url: str, redis_url: str
) -> None:
    async with served(database_url, redis_url, longest_stream=0.3) as api:
        one, other = await two_sessions(api)
        async with opened_stream(api.http, live(f"{one}:0", f"{other}:0")) as stream, asyncio.timeout(30):
            seen = [frame async for frame in stream]
        assert [frame.data["id"] for frame in seen if frame.event == "timeline"] == [1, 1]
        async with opened_stream(api.http, live(f"{one}:1", f"{other}:1")) as stream:
            assert [frame.event for frame in await until_ready(stream)] == ["state", "state"]


@pytest.mark.parametrize("while_opening", [False, True])
async def test_a_server_that_stops_closes_it_at_once(api: Served, unused_tcp_port: int, while_opening: bool) -> None:
    """Also while it looks for a session that the read side may not have reached yet."""
    one, _ = await two_sessions(api)
    stop = asyncio.Event()
    settings = api.projecting.settings.model_copy(update={"port": unused_tcp_port})
    running = asyncio.create_task(run(settings, stop))
    wanted = [f"{one}:0"]
    if while_opening:
        await api.projecting.stop()
        wanted.append(f"{await api.start()}:0")
    async with await api.client(api.account) as http:
        http.base_url = f"http://127.0.0.1:{unused_tcp_port}"
        await answers(http)
        async with opened_stream(http, live(*wanted)) as stream:
            seen = [await anext(stream), await anext(stream)]
            assert [frame.event for frame in seen] == ["timeline", "state"]
            if not while_opening:
                await until_ready(stream)
            stop.set()
            async with asyncio.timeout(4):
                assert [frame async for frame in stream] == []
            async with asyncio.timeout(4):
                await running
