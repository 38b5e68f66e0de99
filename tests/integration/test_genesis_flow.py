"""The genesis workflow on real servers: from a writer's decision to recorded proposals, and back to waiting."""

import threading
from collections.abc import AsyncIterator
from decimal import Decimal

import pytest
from genesis_types.enums import GenesisMode, GenesisStage, GenesisStatus
from prefect.client.schemas.objects import StateType
from prefect.exceptions import Pause
from prefect.flow_engine import run_flow_async

from application.wakeups import DRAFTS
from application.writers import WriterError
from domain.genesis.commands import AbandonGenesis, CancelGeneration, GenerateInspiration, ProvideFeedback
from flows.workflow.genesis import genesis
from tests.support.prefect import PrefectServer
from tests.support.workshop import Workshop, eventually, settings_for, workshop

pytestmark = pytest.mark.prefect

CONCEPT = GenesisStage.CONCEPT_SELECTION


@pytest.fixture
async def shop(database_url: str, redis_url: str, prefect: PrefectServer) -> AsyncIterator[Workshop]:
    async with workshop(settings_for(database_url, redis_url, prefect.url)) as running:
        running.start("relay", "callbacks", "worker")
        yield running


async def test_a_guided_session_is_led_from_its_seed_to_waiting_for_a_choice(shop: Workshop) -> None:
    desk = shop.desk()
    await desk.start(mode=GenesisMode.GUIDED, seed="a clockmaker and the tide")
    session = await shop.idle(desk)
    assert len(session.stages[CONCEPT].proposals) == 3
    assert await shop.events(desk.session_id) == ["GenesisStarted", "GenerationRequested", "ProposalsRecorded"]
    tasks = await shop.rows("SELECT status::text, progress, cost_usd, retry_count FROM async_tasks")
    assert tasks == [("COMPLETED", 100, Decimal("0.010000"), 0)]
    await shop.handles_become(desk.session_id, [(1, "RESUMED"), (2, "PAUSED")])


async def test_while_it_waits_the_run_is_paused_in_prefect_and_nothing_of_it_is_alive(shop: Workshop) -> None:
    before = threading.active_count()
    desk = shop.desk()
    await desk.start(mode=GenesisMode.FREE_FORM, seed="a lamp")
    run_id = await shop.waits_for(desk.session_id, 1)
    state = await shop.runs.state(run_id)
    assert state is not None
    assert state.type == StateType.PAUSED
    await eventually(lambda: shop.nothing("SELECT 1 FROM flow_run_leases"))
    assert threading.active_count() <= before


async def test_each_round_answers_one_decision_and_the_same_run_goes_on(shop: Workshop) -> None:
    desk = shop.desk()
    await desk.start(mode=GenesisMode.FREE_FORM, seed="a lamp")
    first_run = await shop.waits_for(desk.session_id, 1)
    await desk.do(GenerateInspiration(count=1))
    session = await shop.idle(desk)
    proposal = session.stages[CONCEPT].proposals[0]
    await desk.do(ProvideFeedback(proposal_id=proposal.id, text="Let the sea win."))
    session = await shop.idle(desk)
    assert [made.revision_of for made in session.stages[CONCEPT].proposals] == [None, proposal.id]
    assert shop.writer.requests[-1].target == proposal
    assert [said.text for _, said in shop.writer.requests[-1].feedback] == ["Let the sea win."]
    assert await shop.waits_for(desk.session_id, 3) == first_run


async def test_drafts_are_told_as_they_are_written(shop: Workshop) -> None:
    shop.writer.pace = 0.15
    desk = shop.desk()
    async with shop.made.hints.listen(DRAFTS) as listener:
        await desk.start(mode=GenesisMode.GUIDED, seed="a lamp")
        seen = []
        while len(seen) < 3:
            hint = await listener.next(20)
            assert hint is not None
            if hint.message["session_id"] == str(desk.session_id):
                seen.append(hint.message)
    assert [message["seq"] for message in seen] == [1, 2, 3]
    assert seen[-1]["content"] == {"contents": [{"title": "draft 3"}]}
    assert seen[-1]["user_id"] == str(desk.user_id)


async def test_a_writer_that_stumbles_is_asked_again(shop: Workshop) -> None:
    shop.writer.faults = [WriterError("RATE_LIMITED", "The model is busy.", retryable=True)]
    desk = shop.desk()
    await desk.start(mode=GenesisMode.GUIDED, seed="a lamp")
    session = await shop.idle(desk)
    assert len(session.stages[CONCEPT].proposals) == 3
    tasks = await shop.rows("SELECT status::text, retry_count, error_data->>'code' FROM async_tasks")
    assert tasks == [("COMPLETED", 1, "RATE_LIMITED")]


async def test_content_without_its_stages_shape_counts_as_a_stumble(shop: Workshop) -> None:
    shop.writer.misshapen = 1
    desk = shop.desk()
    await desk.start(mode=GenesisMode.GUIDED, seed="a lamp")
    session = await shop.idle(desk)
    assert len(session.stages[CONCEPT].proposals) == 3
    assert len(shop.writer.requests) == 2


async def test_a_failure_that_cannot_be_helped_is_told_and_the_session_goes_on(shop: Workshop) -> None:
    shop.writer.faults = [WriterError("NO_KEY", "The provider refused the key.", retryable=False)]
    desk = shop.desk()
    await desk.start(mode=GenesisMode.GUIDED, seed="a lamp")
    await shop.idle(desk)
    assert (await shop.events(desk.session_id))[-1] == "GenerationFailed"
    tasks = await shop.rows("SELECT status::text, message, error_data->>'code' FROM async_tasks")
    assert tasks == [("FAILED", "The provider refused the key.", "NO_KEY")]
    await desk.do(GenerateInspiration())
    assert len((await shop.idle(desk)).stages[CONCEPT].proposals) == 3


async def test_a_cancelled_generation_stops_the_writer_and_keeps_its_draft(shop: Workshop) -> None:
    shop.writer.drafts, shop.writer.pace = 1_000, 0.1
    desk = shop.desk()
    await desk.start(mode=GenesisMode.GUIDED, seed="a lamp")
    await eventually(lambda: shop.rows("SELECT 1 FROM async_tasks WHERE draft IS NOT NULL"))
    await desk.do(CancelGeneration())
    await eventually(lambda: shop.rows("SELECT 1 FROM async_tasks WHERE status = 'CANCELLED' AND draft IS NOT NULL"))

    async def stopped() -> int:
        return shop.writer.stopped

    assert await eventually(stopped) == 1
    session = await shop.idle(desk)
    assert session.stages[CONCEPT].proposals == ()
    await shop.handles_become(desk.session_id, [(1, "RESUMED"), (2, "RESUMED"), (3, "PAUSED")])


async def test_an_abandoned_session_ends_its_run_and_closes_its_handles(shop: Workshop) -> None:
    desk = shop.desk()
    await desk.start(mode=GenesisMode.FREE_FORM, seed="a lamp")
    run_id = await shop.waits_for(desk.session_id, 1)
    await desk.do(AbandonGenesis())

    async def ended() -> bool:
        state = await shop.runs.state(run_id)
        return state is not None and state.type == StateType.COMPLETED

    await eventually(ended)
    await shop.handles_become(desk.session_id, [(1, "RESUMED")])
    assert (await shop.session(desk)).status is GenesisStatus.ABANDONED


async def test_the_same_flow_runs_in_a_process_that_hands_nothing_over(
    shop: Workshop, monkeypatch: pytest.MonkeyPatch, database_url: str, redis_url: str
) -> None:
    """As a plain Prefect worker would run it: what it needs comes from the environment."""
    await shop.end("callbacks", "worker")
    monkeypatch.setenv("GENESIS_DATABASE_URL", database_url)
    monkeypatch.setenv("GENESIS_REDIS_URL", redis_url)
    assert shop.made.settings.prefect_api_url is not None
    monkeypatch.setenv("PREFECT_API_URL", shop.made.settings.prefect_api_url)
    monkeypatch.setenv("GENESIS_MUSE_PACE_SECONDS", "0")
    desk = shop.desk()
    await desk.start(mode=GenesisMode.GUIDED, seed="a lamp")
    flow_run = await shop.runs.claim((await shop.runs.create(desk.session_id, 0)).id)
    assert flow_run is not None
    with pytest.raises(Pause):
        await run_flow_async(genesis, flow_run=flow_run, parameters={"session_id": str(desk.session_id)})
    session = await shop.session(desk)
    assert len(session.stages[CONCEPT].proposals) == 3
    assert await shop.handles(desk.session_id) == [(2, "PAUSED")]
