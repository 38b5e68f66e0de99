"""How often somebody may start work that costs money: counted in Redis or PostgreSQL, or in memory."""

import asyncio
from collections.abc import AsyncIterator
from uuid import uuid4

import httpx
import pytest
from genesis_types.enums import GenesisStage
from limits import parse
from pydantic import ValidationError

from infrastructure.coordination.rate_limits import RateLimits, Windows
from infrastructure.postgres.rate_limits import PostgresWindows
from infrastructure.redis.rate_limits import RedisWindows
from infrastructure.settings import Settings
from tests.support.api import COMMANDS, Served, served
from tests.support.redis import RedisServer
from tests.support.sharing import Shared, shared_over

CONCEPT = "CONCEPT_SELECTION"


def limits(redis_url: str | None, generations: str = "2/minute") -> RateLimits:
    """Without a Redis, of a process that knows no server at all."""
    windows = RedisWindows(redis_url) if redis_url is not None else None
    return RateLimits(Settings(limit_generations=generations), windows)


def patient(redis_url: str) -> RedisWindows:
    """A Redis that is waited for, however busy the machine is."""
    windows = RedisWindows(redis_url)
    windows.patience = 20
    return windows


@pytest.fixture
async def api(shared: Shared, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Served]:
    monkeypatch.setenv("GENESIS_LIMIT_GENERATIONS", "2/hour")
    async with served(shared.database_url, shared.redis_url) as running:
        yield running


async def generate(api: Served, session_id: str, command_id: str | None = None) -> httpx.Response:
    body = {"command_type": "GENERATE_INSPIRATION", "session_id": session_id, "command_id": command_id, "payload": {}}
    return await api.http.post(COMMANDS, json=body)


async def test_all_processes_count_together(shared: Shared) -> None:
    one, other, key = shared.limits(), shared.limits(), str(uuid4())
    assert [await one.hit("generation", key), await other.hit("generation", key)] == [None, None]
    wait = await one.hit("generation", key)
    assert wait is not None
    assert 1 <= wait <= 60
    assert await other.hit("generation", str(uuid4())) is None  # somebody else
    assert await other.hit("sign_in", key) is None  # something else
    await one.close()
    await other.close()


async def test_several_processes_at_once_are_let_in_as_often_as_the_limit_says(shared: Shared) -> None:
    key = str(uuid4())
    found = await asyncio.gather(*(shared.elsewhere("hits", "10/hour", key, "8") for _ in range(3)))
    assert sum(found) == 10


async def test_who_was_refused_is_let_in_again_by_and_by(shared: Shared) -> None:
    item, key = parse("4 per 3 second"), str(uuid4())
    windows: Windows = PostgresWindows(shared.pool) if shared.redis_url is None else RedisWindows(shared.redis_url)
    windows.patience = 20
    try:
        async with asyncio.timeout(30):
            while (wait := await windows.hit(item, key)) is None:
                pass
            assert 1 <= wait <= 3
            while await windows.hit(item, key) is not None:  # noqa: ASYNC110  (a window has no event)
                await asyncio.sleep(0.05)
    finally:
        await windows.close()


async def test_of_a_key_that_is_counted_in_the_database_only_a_hash_is_kept_and_not_for_ever(database_url: str) -> None:
    async with shared_over(database_url, None) as shared:
        windows = PostgresWindows(shared.pool)
        assert await windows.hit(parse("1/second"), "sign_in/Ada Lovelace") is None
        async with shared.pool.connection() as connection:
            rows = await (await connection.execute("SELECT * FROM rate_windows")).fetchall()
            assert len(rows) == 1
            assert "Ada" not in str(rows)
            await connection.execute("UPDATE rate_windows SET expires_at = now() - interval '1 hour'")
            windows._forget_at = 0.0
            assert await windows.hit(parse("1/second"), "sign_in/another") is None
            assert len(await (await connection.execute("SELECT * FROM rate_windows")).fetchall()) == 1


async def test_a_count_whose_windows_are_over_begins_anew(database_url: str) -> None:
    async with shared_over(database_url, None) as shared:
        windows, item = PostgresWindows(shared.pool), parse("10/hour")
        for _ in range(10):
            assert await windows.hit(item, "a") is None
        assert await windows.hit(item, "a") is not None

        async def later(minutes: int) -> None:
            async with shared.pool.connection() as connection:
                await connection.execute(
                    "UPDATE rate_windows SET expires_at = expires_at - make_interval(mins => %s)", (minutes,)
                )

        await later(89)  # a little less than half of the next window is over: five of the ten still count
        assert [await windows.hit(item, "a") is None for _ in range(6)] == [True] * 5 + [False]
        await later(180)
        assert [await windows.hit(item, "a") is None for _ in range(11)] == [True] * 10 + [False]


@pytest.mark.parametrize("redis", [None, "redis://127.0.0.1:1"])
async def test_without_redis_a_process_counts_for_itself(redis: str | None) -> None:
    alone = limits(redis)
    found = [await alone.hit("generation", "a writer") for _ in range(3)]
    assert found[:2] == [None, None]
    assert found[2] is not None
    await alone.close()


async def test_a_redis_that_hangs_makes_nobody_wait_and_is_left_alone_for_a_while() -> None:
    asked = 0

    async def say_nothing(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal asked
        asked += 1
        await done.wait()
        writer.close()

    done = asyncio.Event()
    async with await asyncio.start_server(say_nothing, "127.0.0.1", 0) as server:
        alone = limits(f"redis://127.0.0.1:{server.sockets[0].getsockname()[1]}", "100/minute")
        for _ in range(20):
            assert await alone.hit("generation", "a writer") is None
        assert asked <= 2
        done.set()
        await alone.close()


async def test_shared_windows_that_go_away_do_not_begin_an_allowance_anew(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    running = RedisServer(tmp_path_factory.mktemp("redis"))
    mine = RateLimits(Settings(limit_sign_ins="3/hour"), patient(running.url))
    try:
        assert [await mine.hit("sign_in", "203.0.113.7") for _ in range(2)] == [None, None]
        running.stop()
        assert await mine.hit("sign_in", "203.0.113.7") is None
        assert await mine.hit("sign_in", "203.0.113.7") is not None
        assert await mine.hit("sign_in", "203.0.113.8") is None
    finally:
        await mine.close()
        running.stop()


async def test_redis_counts_again_when_it_is_back(tmp_path_factory: pytest.TempPathFactory) -> None:
    now = 0.0
    running = RedisServer(tmp_path_factory.mktemp("redis"))
    settings = Settings(limit_generations="1/hour")
    mine = RateLimits(settings, patient(running.url), lambda: now)
    other = RateLimits(settings, patient(running.url))
    try:
        mine._away_until = 10.0  # as if it had been away until just now
        assert await mine.hit("generation", "a writer") is None
        assert await other.hit("generation", "a writer") is None
        assert await mine.hit("generation", "a writer") is not None  # by its own count
        now = 10.0
        assert await other.hit("generation", "another") is None
        assert await mine.hit("generation", "another") is not None
    finally:
        await mine.close()
        await other.close()
        running.stop()


async def test_a_writer_is_told_when_to_go_on_and_nothing_is_written(api: Served) -> None:
    first, second, third = [await api.start() for _ in range(3)]
    assert [(await generate(api, session)).status_code for session in (first, second)] == [202, 202]
    before = await api.written()
    refused = await generate(api, third)
    assert refused.status_code == 429
    assert refused.json()["code"] == "RATE_LIMITED"
    assert 1 <= int(refused.headers["retry-after"]) <= 3600
    assert await api.written() == before
    guided = {"command_type": "START_GENESIS", "payload": {"mode": "guided", "seed": "a lamp"}}
    assert (await api.http.post(COMMANDS, json=guided)).status_code == 429  # it would begin with proposals
    await api.start()  # what starts no work is free


async def test_a_repeated_command_gets_its_answer_and_no_refusal(api: Served) -> None:
    session, command_id = await api.start(), str(uuid4())
    first = await generate(api, session, command_id)
    await generate(api, await api.start())
    assert (await generate(api, await api.start())).status_code == 429
    assert (await generate(api, session, command_id)).json() == first.json()


async def test_a_repeat_of_a_finished_command_is_not_counted(api: Served) -> None:
    """Its work has ended, so the session would take it again: but for its id, it would be a new one."""
    session, command_id = await api.start(), str(uuid4())
    first = await generate(api, session, command_id)
    await api.outcome(session, first.json()["correlation_id"], stage=GenesisStage.CONCEPT_SELECTION)
    for _ in range(3):
        assert (await generate(api, session, command_id)).json() == first.json()
    assert (await generate(api, await api.start())).status_code == 202


async def test_what_is_refused_for_another_reason_is_not_counted(api: Served) -> None:
    session = await api.start()
    assert (await generate(api, session)).status_code == 202
    assert [(await generate(api, session)).status_code for _ in range(3)] == [409, 409, 409]
    assert (await generate(api, await api.start())).status_code == 202


async def test_another_writer_has_an_allowance_of_their_own(api: Served) -> None:
    for _ in range(3):
        await generate(api, await api.start())
    async with await api.client(await api.stranger()) as other:
        body = {"command_type": "START_GENESIS", "payload": {"mode": "guided", "seed": "a lamp"}}
        assert (await other.post(COMMANDS, json=body)).status_code == 200


@pytest.mark.parametrize("text", ["sixty", "60", "60/fortnight", "-1/minute", "1/minute;2/hour", "0/minute"])
def test_a_limit_that_cannot_be_read_is_refused_at_the_start(text: str) -> None:
    with pytest.raises(ValidationError, match="limit_generations"):
        Settings(limit_generations=text)


async def test_off_is_no_limit() -> None:
    free = limits(None, "off")
    assert [await free.hit("generation", "a writer") for _ in range(50)] == [None] * 50
