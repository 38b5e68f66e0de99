"""The sweeper on a real database: late work ends, sessions whose time is up pause, each once, and nobody blocks it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any
from uuid import UUID

import pytest
from genesis_types.enums import GenesisMode, GenesisStatus
from pydantic import SecretStr

from domain.genesis.commands import ExtendSession, GenerateInspiration, NavigateToStage
from domain.genesis.stages import STAGE_ORDER
from infrastructure.bootstrap import studio
from infrastructure.concurrency import supervised
from infrastructure.postgres.pool import Pool
from infrastructure.processes import background, sweeper
from infrastructure.processes.sweeper import Sweeper
from infrastructure.settings import Settings
from projections.genesis.queries import Queries
from tests.support.clocks import at
from tests.support.commands import Desk
from tests.support.reading import eventually, projecting


@pytest.fixture
def settings(database_url: str) -> Settings:
    return Settings(database_url=SecretStr(database_url), sweep_seconds=0.05)


@asynccontextmanager
async def sweepers(settings: Settings, desk: Desk, count: int = 1) -> AsyncIterator[list[Sweeper]]:
    """Sweepers that have the desk's clock."""
    async with AsyncExitStack() as stack:
        made = [await stack.enter_async_context(studio(settings, pool_size=2)) for _ in range(count)]
        yield [Sweeper(at(one, desk.clock)) for one in made]


async def events(pool: Pool, session_id: UUID) -> list[tuple[str, dict[str, Any]]]:
    async with pool.connection() as connection:
        cursor = await connection.execute(
            "SELECT event_type, payload FROM domain_events WHERE aggregate_id = %s ORDER BY aggregate_version",
            (str(session_id),),
        )
        return [(row[0], row[1]) for row in await cursor.fetchall()]


async def names(pool: Pool, session_id: UUID) -> list[str]:
    return [name for name, _ in await events(pool, session_id)]


async def test_work_past_its_deadline_fails_and_the_session_can_go_on(
    desk: Desk, settings: Settings, database_url: str, pool: Pool
) -> None:
    await desk.start(mode=GenesisMode.FREE_FORM)
    await desk.do(GenerateInspiration())
    async with sweepers(settings, desk) as (sweeping,):
        assert await sweeping.sweep() == 0, "there is time left"
        desk.clock.advance(hours=1)
        assert await sweeping.sweep() == 1
        assert await sweeping.sweep() == 0
    name, payload = (await events(pool, desk.session_id))[-1]
    assert (name, payload["code"]) == ("GenerationFailed", "DEADLINE_PASSED")
    async with projecting(database_url) as projector:
        await projector.catch_up()
    state = await Queries(pool, desk.clock).state(desk.session_id, desk.user_id)
    assert state is not None
    assert (state.is_pending, state.status) == (False, GenesisStatus.IN_PROGRESS)
    async with pool.connection() as connection:
        rows = await connection.execute("SELECT status::text, error_message FROM command_inbox WHERE id <> session_id")
        assert ("FAILED", "DEADLINE_PASSED") in await rows.fetchall()
    await desk.do(GenerateInspiration())


async def test_a_session_whose_time_is_up_pauses_and_wakes_when_extended(
    desk: Desk, settings: Settings, database_url: str, pool: Pool
) -> None:
    await desk.start(mode=GenesisMode.FREE_FORM)
    async with projecting(database_url) as projector, sweepers(settings, desk) as (sweeping,):
        await projector.catch_up()
        assert await sweeping.sweep() == 0
        desk.clock.advance(days=30)
        assert await sweeping.sweep() == 1
        await projector.catch_up()
        assert await sweeping.sweep() == 0
        state = await Queries(pool, desk.clock).state(desk.session_id, desk.user_id)
        assert state is not None
        assert state.status == GenesisStatus.PAUSED
        await desk.do(ExtendSession(hours=24))
        await desk.do(NavigateToStage(stage=STAGE_ORDER[1]))
        await projector.catch_up()
        assert await sweeping.sweep() == 0
        desk.clock.advance(days=2)
        assert await sweeping.sweep() == 1, "the extended time is up as well"
    assert (await names(pool, desk.session_id)).count("SessionPaused") == 2


async def test_an_extension_that_the_read_table_has_not_seen_is_respected(
    desk: Desk, settings: Settings, database_url: str, pool: Pool
) -> None:
    await desk.start(mode=GenesisMode.FREE_FORM)
    async with projecting(database_url) as projector, sweepers(settings, desk) as (sweeping,):
        await projector.catch_up()
        await desk.do(ExtendSession(hours=24 * 30))
        desk.clock.advance(days=20)
        await sweeping.sweep()
    assert "SessionPaused" not in await names(pool, desk.session_id)


async def test_two_sweepers_at_once_do_it_once(desk: Desk, settings: Settings, pool: Pool) -> None:
    await desk.start(mode=GenesisMode.FREE_FORM)
    await desk.do(GenerateInspiration())
    desk.clock.advance(hours=1)
    async with sweepers(settings, desk, 2) as (one, other):
        await asyncio.gather(one.sweep(), other.sweep())
    assert await names(pool, desk.session_id) == ["GenesisStarted", "GenerationRequested", "GenerationFailed"]


async def test_a_session_that_cannot_be_read_holds_up_no_other(desk: Desk, settings: Settings, pool: Pool) -> None:
    unreadable = Desk(desk.store)
    for one in (unreadable, desk):
        await one.start(mode=GenesisMode.FREE_FORM)
        await one.do(GenerateInspiration())
    async with pool.connection() as connection:
        await connection.execute(
            "INSERT INTO domain_events (event_id, event_type, aggregate_type, aggregate_id, aggregate_version, payload,"
            " payload_hash) VALUES (gen_random_uuid(), 'FromTheFuture', 'genesis_session', %s, 3, '{}', '')",
            (str(unreadable.session_id),),
        )
    desk.clock.advance(hours=1)
    async with sweepers(settings, desk) as (sweeping,):
        await sweeping.sweep()
    assert (await names(pool, desk.session_id))[-1] == "GenerationFailed"


async def test_the_process_sweeps_by_itself_and_stops_when_asked(desk: Desk, settings: Settings, pool: Pool) -> None:
    """The desk's clock is of long ago, so its deadlines have passed."""
    await desk.start(mode=GenesisMode.FREE_FORM)
    await desk.do(GenerateInspiration())
    stop = asyncio.Event()
    running = [asyncio.create_task(sweeper.run(settings, stop)) for _ in range(2)]
    try:
        await eventually(lambda: _failed(pool, desk.session_id))
    finally:
        stop.set()
        async with asyncio.timeout(30):
            await asyncio.gather(*running)
    assert (await names(pool, desk.session_id)).count("GenerationFailed") == 1


async def _failed(pool: Pool, session_id: UUID) -> bool:
    return (await names(pool, session_id))[-1] == "GenerationFailed"


async def test_a_part_that_crashes_is_started_again_and_the_others_do_not_notice(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    began: list[str] = []
    again = asyncio.Event()

    async def crashing(_settings: Settings, _stop: asyncio.Event) -> None:
        began.append("relay")
        if began.count("relay") == 2:
            again.set()
        raise RuntimeError("a fault of this build")

    async def steady(_settings: Settings, stop: asyncio.Event) -> None:
        began.append("projector")
        await stop.wait()

    monkeypatch.setattr(background, "_PARTS", {"relay": crashing, "projector": steady})
    monkeypatch.setattr(supervised, "FIRST_PAUSE", 0.01)
    stop = asyncio.Event()
    running = asyncio.create_task(background.run(settings, stop))
    async with asyncio.timeout(30):
        await again.wait()
        stop.set()
        await running
    assert began.count("projector") == 1
