"""Who has a session open: over processes, through deaths and lost memory, and what of it a page is told."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from redis.asyncio import Redis

from api.http.user_agents import UNKNOWN
from api.streaming.presence import MOST_SHOWN
from infrastructure.coordination.presence import BEATS, HEARTBEAT, Client, Presence, PresenceStore
from infrastructure.redis.presence import RedisPresence
from infrastructure.redis.wakeups import NoHints
from tests.support.api import Served, served
from tests.support.reading import eventually
from tests.support.redis import RedisServer
from tests.support.sharing import Shared, shared_over
from tests.support.streaming import Frame, opened_stream, path

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
CHROME = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36"
IPAD = "Mozilla/5.0 (iPad; CPU OS 18_0 like Mac OS X) AppleWebKit/605.1 (KHTML, like Gecko) Version/18.0 Safari/604.1"


class Clock:
    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


class Process:
    """What one API process knows, played step by step: no beat comes by itself."""

    def __init__(self, store: PresenceStore | None, clock: Callable[[], float] = time.time) -> None:
        self.told: list[UUID] = []
        self.presence = Presence(store, NoHints(), self.told.append, clock=clock)
        self._open = AsyncExitStack()

    def open(self, session_id: UUID, client_id: UUID | None = None) -> Client:
        client = self.presence.client(client_id or uuid4(), "Firefox on Linux")
        self._open.enter_context(self.presence.here(session_id, client))
        return client

    async def leave(self) -> None:
        """Every page is closed, and it is said."""
        await self._open.aclose()
        await self.presence.flush()

    async def close(self) -> None:
        await self._open.aclose()
        await self.presence.close()

    async def sees(self, session_id: UUID) -> list[UUID]:
        return [client.client_id for client in await self.presence.clients(session_id)]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def processes(shared: Shared, clock: Clock) -> AsyncIterator[tuple[Process, Process]]:
    one, other = Process(shared.presence_store(), clock), Process(shared.presence_store(), clock)
    yield one, other
    for process in (one, other):
        await process.close()


async def test_processes_see_each_other_s_clients_in_the_order_they_came(
    processes: tuple[Process, Process], clock: Clock
) -> None:
    (one, other), session_id = processes, uuid4()
    first = one.open(session_id)
    clock.now += 1
    second = other.open(session_id)
    for process in processes:
        await process.presence.flush()
    assert await one.sees(session_id) == await other.sees(session_id) == [first.client_id, second.client_id]
    assert await one.sees(uuid4()) == []
    await one.leave()
    assert await other.sees(session_id) == [second.client_id]


async def test_a_page_that_connects_again_elsewhere_is_one_client_since_it_first_came(
    processes: tuple[Process, Process], clock: Clock
) -> None:
    (one, other), session_id, page = processes, uuid4(), uuid4()
    first = one.open(session_id, page)
    await one.presence.flush()
    clock.now += 5
    other.open(session_id, page)
    other.open(session_id, page)
    assert await other.presence.clients(session_id) == (first,)


async def test_clients_of_a_process_that_was_killed_go_by_themselves_and_it_is_noticed(
    processes: tuple[Process, Process], clock: Clock
) -> None:
    (killed, alive), session_id = processes, uuid4()
    dead, mine = killed.open(session_id), alive.open(session_id)
    await killed.presence.flush()
    for _ in range(BEATS - 1):
        await alive.presence.beat()
        clock.now += HEARTBEAT
    assert set(await alive.sees(session_id)) == {dead.client_id, mine.client_id}
    await alive.presence.beat()
    alive.told.clear()
    clock.now += HEARTBEAT
    await alive.presence.beat()
    assert alive.told == [session_id]
    assert await alive.sees(session_id) == [mine.client_id]
    await alive.presence.beat()
    assert alive.told == [session_id], "nothing has changed since"


async def test_a_redis_that_forgot_everything_knows_it_again_with_the_next_beat(
    clock: Clock, tmp_path_factory: pytest.TempPathFactory
) -> None:
    running = RedisServer(tmp_path_factory.mktemp("redis"))
    one, other = Process(RedisPresence(running.url), clock), Process(RedisPresence(running.url), clock)
    session_id = uuid4()
    client = one.open(session_id)
    await one.presence.flush()
    async with Redis.from_url(running.url) as redis:
        await redis.flushall()
    assert await other.sees(session_id) == []
    await one.presence.beat()
    assert await other.sees(session_id) == [client.client_id]
    running.stop()
    assert await one.sees(session_id) == [client.client_id], "its own, while Redis is away"
    assert await other.sees(session_id) == []
    await one.close()
    await other.close()


async def test_nothing_stays_behind_in_redis(redis_url: str, clock: Clock) -> None:
    one, other = processes = Process(RedisPresence(redis_url), clock), Process(RedisPresence(redis_url), clock)
    session_id = uuid4()
    one.open(session_id)
    other.open(session_id)
    for process in processes:
        await process.presence.flush()
    async with Redis.from_url(redis_url) as redis:
        key = f"genesis:presence:{session_id}"
        assert 0 < await redis.ttl(key) <= BEATS * HEARTBEAT + 1
        for process in processes:
            await process.leave()
        assert await redis.exists(key) == 0
    for process in processes:
        await process.close()


async def test_nothing_stays_behind_in_the_database(database_url: str, clock: Clock) -> None:
    async def rows() -> int:
        async with shared.pool.connection() as connection:
            return len(await (await connection.execute("SELECT * FROM presences")).fetchall())

    async with shared_over(database_url, None) as shared:
        killed, alive = Process(shared.presence_store(), clock), Process(shared.presence_store(), clock)
        killed.open(uuid4())
        alive.open(uuid4())
        await killed.presence.flush()
        await alive.presence.flush()
        assert await rows() == 2
        clock.now += BEATS * HEARTBEAT + 1
        await alive.presence.beat()
        assert await rows() == 1, "what a killed process left goes, though nobody looks at its session"
        await alive.leave()
        assert await rows() == 0
        await alive.close()


async def test_a_database_that_forgot_everything_knows_it_again_with_the_next_beat(
    database_url: str, clock: Clock
) -> None:
    async with shared_over(database_url, None) as shared:
        one, other, session_id = (
            Process(shared.presence_store(), clock),
            Process(shared.presence_store(), clock),
            uuid4(),
        )
        client = one.open(session_id)
        await one.presence.flush()
        async with shared.pool.connection() as connection:
            await connection.execute("TRUNCATE presences")
        assert await other.sees(session_id) == []
        await one.presence.beat()
        assert await other.sees(session_id) == [client.client_id]
        async with shared.pool.connection() as connection:
            await connection.execute("ALTER TABLE presences RENAME TO gone")
        assert await one.sees(session_id) == [client.client_id], "its own, while the store cannot be asked"
        await one.close()
        await other.close()


async def test_a_redis_that_hangs_delays_nobody(clock: Clock) -> None:
    async def say_nothing(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await done.wait()
        writer.close()

    done = asyncio.Event()
    async with await asyncio.start_server(say_nothing, "127.0.0.1", 0) as server:
        hung = RedisPresence(f"redis://127.0.0.1:{server.sockets[0].getsockname()[1]}")
        alone, session_id = Process(hung, clock), uuid4()
        client = alone.open(session_id)
        async with asyncio.timeout(5):
            for _ in range(50):
                assert await alone.sees(session_id) == [client.client_id]
            await alone.close()
        done.set()


# --- over HTTP -------------------------------------------------------------------------------------------------------


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
    async with asyncio.timeout(10):
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
