"""What a page is told of who else has the session open, over HTTP."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from api.http.user_agents import UNKNOWN
from api.streaming.presence import MOST_SHOWN
from tests.support.api import Served, served
from tests.support.presence import Process
from tests.support.reading import eventually
from tests.support.sharing import Shared
from tests.support.streaming import Frame, opened_stream, path

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
CHROME = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36"
IPAD = "Mozilla/5.0 (iPad; CPU OS 18_0 like Mac OS X) AppleWebKit/605.1 (KHTML, like Gecko) Version/18.0 Safari/604.1"


@pytest.fixture
async def api(shared: Shared) -> AsyncIterator[Served]:
    async with served(shared.database_url, shared.redis_url) as running:
        yield running


@asynccontextmanager
async def page(
    api: Served, session_id: str, user_agent: str, client_id: UUID | None = None
) -> AsyncIterator[AsyncIterator[Frame]]:
    async with (
        await api.client(api.account, **{"User-Agent": user_agent}) as http,
        opened_stream(http, path(session_id), min_version=1, client_id=str(client_id or uuid4())) as stream,
    ):
        yield stream


async def until_present(stream: AsyncIterator[Frame], count: int) -> list[dict[str, Any]]:
    """The clients of the first `presence` frame that shows so many."""
    async with asyncio.timeout(30):
        async for frame in stream:
            if frame.event == "presence" and len(frame.data["clients"]) == count:
                assert frame.id is None
                found: list[dict[str, Any]] = frame.data["clients"]
                return found
    raise AssertionError("the stream ended")


async def test_two_pages_see_each_other_come_and_go(api: Served) -> None:
    session_id, me = await api.start(), uuid4()
    async with page(api, session_id, FIREFOX, me) as mine:
        assert [(one["client_id"], one["you"]) for one in await until_present(mine, 1)] == [(str(me), True)]
        async with page(api, session_id, IPAD) as other:
            seen, theirs = await until_present(mine, 2), await until_present(other, 2)
        assert [(one["label"], one["you"]) for one in seen] == [("Firefox on Linux", True), ("Safari on iPad", False)]
        assert [one["you"] for one in theirs] == [False, True]
        assert [one["client_id"] for one in await until_present(mine, 1)] == [str(me)]


async def test_a_page_at_another_api_process_is_seen_at_once(api: Served, shared: Shared) -> None:
    """Well before a beat: the hint tells."""
    session_id = await api.start()
    async with served(shared.database_url, shared.redis_url) as elsewhere, page(api, session_id, FIREFOX) as mine:
        await until_present(mine, 1)
        async with page(elsewhere, session_id, CHROME) as other:
            labels = {one["label"] for one in await until_present(mine, 2)}
            assert labels == {one["label"] for one in await until_present(other, 2)}
            assert labels == {"Firefox on Linux", "Chrome on Windows"}
        await until_present(mine, 1)


async def test_without_redis_a_process_shows_its_own_clients(database_url: str) -> None:
    async with served(database_url, "redis://127.0.0.1:1") as api:
        session_id = await api.start()
        async with page(api, session_id, FIREFOX) as mine:
            await until_present(mine, 1)
            async with page(api, session_id, FIREFOX):
                await until_present(mine, 2)


async def test_a_program_that_does_not_say_who_it_is_sees_nobody_and_is_not_seen(api: Served) -> None:
    session_id = await api.start()
    async with opened_stream(api.http, path(session_id), min_version=1) as silent:
        async with page(api, session_id, FIREFOX) as mine:
            await until_present(mine, 1)
        await api.command("NAVIGATE_TO_STAGE", session_id, stage="CHARACTERS")
        seen = [frame.event for frame in [await anext(silent) for _ in range(4)]]
    assert seen == ["timeline", "state", "timeline", "state"]


async def test_a_crowd_is_shown_in_part_and_everybody_sees_themselves(api: Served) -> None:
    session_id, last = await api.start(), uuid4()
    presence = api.app.state.readers.presence
    async with AsyncExitStack() as crowd:
        for _ in range(MOST_SHOWN + 10):
            crowd.enter_context(presence.here(UUID(session_id), presence.client(uuid4(), UNKNOWN)))
        async with page(api, session_id, FIREFOX, last) as mine:
            shown = await until_present(mine, MOST_SHOWN)
    assert [one["client_id"] for one in shown if one["you"]] == [str(last)]


async def test_a_client_id_that_is_none_is_refused(api: Served) -> None:
    session_id = await api.start()
    for bad in ("me", "1", str(uuid4()) + "x", "\u202e", "null"):
        answer = await api.http.get(path(session_id), params={"client_id": bad})
        assert answer.status_code == 400
        assert answer.json()["errors"][0]["field"] == "client_id"


async def test_a_stranger_does_not_learn_who_is_there(api: Served) -> None:
    session_id = await api.start()
    async with page(api, session_id, FIREFOX) as mine, await api.client(await api.stranger()) as stranger:
        await until_present(mine, 1)
        answer: httpx.Response = await stranger.get(path(session_id), params={"client_id": str(uuid4())})
        assert answer.status_code == 404
        assert len(await api.app.state.readers.presence.clients(UUID(session_id))) == 1


async def test_closing_a_page_takes_it_out_of_the_store(api: Served, shared: Shared) -> None:
    session_id, me, outside = await api.start(), uuid4(), Process(shared.presence_store())

    async def seen(expected: list[UUID]) -> bool:
        return await outside.sees(UUID(session_id)) == expected

    async with page(api, session_id, FIREFOX, me):
        await eventually(lambda: seen([me]))
    await eventually(lambda: seen([]))
    await outside.close()
