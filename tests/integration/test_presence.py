"""Who has a session open: over processes, through deaths and lost memory, and what of it a page is told."""

import asyncio
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
from redis.asyncio import Redis

from infrastructure.coordination.presence import BEATS, HEARTBEAT
from infrastructure.redis.presence import RedisPresence
from tests.support.presence import Process
from tests.support.redis import RedisServer
from tests.support.sharing import Shared, shared_over


class Clock:
    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


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
        async with asyncio.timeout(10):
            for _ in range(50):
                assert await alone.sees(session_id) == [client.client_id]
            await alone.close()
        done.set()
