"""A session whose time is up, in the real workflow: its run ends, and an extension lets it go on in a new one."""

from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import pytest
from genesis_types.enums import GenesisMode, GenesisStage, GenesisStatus
from prefect.client.schemas.objects import StateType

from domain.aggregate import Command
from domain.genesis.commands import ConfirmStage, ExtendSession, FinishGenesis, GenerateInspiration, PauseSession
from tests.support.commands import CONTENTS, Desk
from tests.support.prefect import PrefectServer
from tests.support.workshop import Workshop, eventually, settings_for, workshop

pytestmark = pytest.mark.prefect

CONCEPT = GenesisStage.CONCEPT_SELECTION


@pytest.fixture
async def shop(database_url: str, redis_url: str, prefect: PrefectServer) -> AsyncIterator[Workshop]:
    async with workshop(settings_for(database_url, redis_url, prefect.url)) as running:
        running.start("relay", "callbacks", "worker")
        yield running


async def time_runs_out(desk: Desk) -> None:
    """What the sweeper does when it sees it."""
    desk.clock.advance(days=15)
    await desk.send(Command(uuid4(), desk.session_id, None, PauseSession()))


async def run_ends(shop: Workshop, run_id: UUID) -> None:
    async def ended() -> bool:
        state = await shop.runs.state(run_id)
        return state is not None and state.type == StateType.COMPLETED

    await eventually(ended)


async def test_a_paused_session_ends_its_run_and_goes_on_in_another_when_extended(shop: Workshop) -> None:
    desk = shop.desk()
    await desk.start(mode=GenesisMode.GUIDED, seed="a lamp")
    session = await shop.idle(desk)
    first_run = await shop.waits_for(desk.session_id, 2)
    await time_runs_out(desk)
    await run_ends(shop, first_run)
    await shop.handles_become(desk.session_id, [(1, "RESUMED"), (2, "RESUMED")])
    await desk.do(ExtendSession(hours=24))
    await desk.do(ConfirmStage(stage=CONCEPT, proposal_id=session.stages[CONCEPT].proposals[0].id))
    session = await shop.idle(desk)
    assert session.status is GenesisStatus.IN_PROGRESS
    assert len(session.stages[GenesisStage.STORY_CONCEPTION].proposals) == 1
    assert await shop.waits_for(desk.session_id, session.turn + 1) != first_run


async def test_time_that_runs_out_in_the_middle_of_a_generation_stops_it_and_it_can_be_asked_for_again(
    shop: Workshop,
) -> None:
    shop.writer.drafts, shop.writer.pace = 1_000, 0.1
    desk = shop.desk()
    await desk.start(mode=GenesisMode.GUIDED, seed="a lamp")
    await eventually(lambda: shop.rows("SELECT 1 FROM async_tasks WHERE draft IS NOT NULL"))
    await time_runs_out(desk)
    await eventually(lambda: shop.rows("SELECT 1 FROM async_tasks WHERE status = 'CANCELLED'"))
    await eventually(lambda: shop.nothing("SELECT 1 FROM flow_run_leases"))
    assert shop.writer.stopped == 1
    shop.writer.drafts, shop.writer.pace = 1, 0
    await desk.do(ExtendSession(hours=24))
    await desk.do(GenerateInspiration())
    session = await shop.idle(desk)
    assert len(session.stages[CONCEPT].proposals) == 3
    assert await shop.events(desk.session_id) == [
        "GenesisStarted",
        "GenerationRequested",
        "GenerationCancelled",
        "SessionPaused",
        "SessionExtended",
        "GenerationRequested",
        "ProposalsRecorded",
    ]


async def test_a_paused_session_that_is_finished_needs_no_run(shop: Workshop) -> None:
    desk = shop.desk()
    await desk.start(mode=GenesisMode.FREE_FORM)
    run_id = await shop.waits_for(desk.session_id, 1)
    for stage, content in CONTENTS.items():
        await desk.do(ConfirmStage(stage=stage, content=content))
    await time_runs_out(desk)
    await run_ends(shop, run_id)
    await desk.do(FinishGenesis())
    assert (await shop.session(desk)).status is GenesisStatus.COMPLETED
    waiting = "SELECT 1 FROM flow_resume_handles WHERE status IN ('PENDING_PAUSE', 'PAUSED')"
    await eventually(lambda: shop.nothing(waiting))
