"""The genesis workflow with a model as its writer, over real HTTP: rounds, a retry, and what stays when it fails."""

from collections.abc import AsyncIterator, Callable

import pytest
from genesis_types.enums import GenesisMode, GenesisStage

from domain.genesis.commands import GenerateInspiration, ProvideFeedback
from infrastructure.writers.model.writer import ModelWriter
from tests.support.model_answers import muse_answer, piece, settings
from tests.support.openai_server import Behaviour, OpenAIServer
from tests.support.prefect import PrefectServer
from tests.support.reading import eventually
from tests.support.workshop import Workshop, settings_for, workshop

pytestmark = pytest.mark.prefect

CONCEPT = GenesisStage.CONCEPT_SELECTION


@pytest.fixture
async def shop(database_url: str, redis_url: str, prefect: PrefectServer) -> AsyncIterator[Workshop]:
    async with workshop(settings_for(database_url, redis_url, prefect.url)) as running:
        running.start("relay", "callbacks")
        yield running


async def test_a_model_proposes_after_a_rate_limit_and_refines_what_it_proposed(shop: Workshop) -> None:
    busy = Behaviour(answer=muse_answer, status=429, error={"message": "slow down"})
    with OpenAIServer(busy, Behaviour(answer=muse_answer)) as server:
        shop.start("worker", writer=ModelWriter(settings(server)))
        desk = shop.desk()
        await desk.start(mode=GenesisMode.GUIDED, seed="a clockmaker and the tide")
        session = await shop.idle(desk)
        proposals = session.stages[CONCEPT].proposals
        assert len(proposals) == 3
        tasks = await shop.rows("SELECT status::text, retry_count, cost_usd FROM async_tasks")
        assert tasks == [("COMPLETED", 0, None)], "a cost that nobody knows is not nought"
        assert len(server.requests) == 2, "the writer itself asks again, not the workflow"

        await desk.do(ProvideFeedback(proposal_id=proposals[0].id, text="Let the sea win."))
        session = await shop.idle(desk)
        refined = session.stages[CONCEPT].proposals[-1]
        assert refined.revision_of == proposals[0].id
        asked = server.requests[-1][2]
        assert piece(asked, "proposal_to_refine")["title"] == proposals[0].content["title"]
        assert "Let the sea win." in str(piece(asked, "feedback_now"))
        await shop.end("worker")


@pytest.mark.parametrize(
    ("how", "code", "requests", "tokens"),
    [
        (lambda: Behaviour(answer=muse_answer, status=401, error={"message": "bad key"}), "KEY_REFUSED", 1, None),
        (lambda: Behaviour(answer=muse_answer, stop_after=900, finish_reason="length"), "TRUNCATED", 3, 2_400),
    ],
)
async def test_a_failure_that_no_retry_mends_is_recorded_at_once(
    shop: Workshop, how: Callable[[], Behaviour], code: str, requests: int, tokens: int | None
) -> None:
    with OpenAIServer(how()) as server:
        shop.start("worker", writer=ModelWriter(settings(server)))
        desk = shop.desk()
        await desk.start(mode=GenesisMode.FREE_FORM, seed="a lamp")
        await shop.waits_for(desk.session_id, 1)
        await desk.do(GenerateInspiration(count=1))
        session = await shop.idle(desk)
        assert session.stages[CONCEPT].proposals == ()
        assert (await shop.events(desk.session_id))[-1] == "GenerationFailed"
        found = await shop.rows("SELECT status::text, error_data->>'code', retry_count FROM async_tasks")
        assert found == [("FAILED", code, 0)]
        assert len(server.requests) == requests
        failed = "FROM domain_events WHERE event_type = 'GenerationFailed'"
        assert await shop.rows(f"SELECT (payload->'usage'->>'output_tokens')::int {failed}") == [(tokens,)], (
            "what was used in vain is written down as well"
        )
        await shop.end("worker")


async def test_what_was_sent_is_in_the_event_and_its_text_beside_it(shop: Workshop) -> None:
    prose = Behaviour(answer=lambda _: "Once there was a lamp.", as_text=True)
    with OpenAIServer(prose, Behaviour(answer=muse_answer)) as server:
        shop.start("worker", writer=ModelWriter(settings(server, model="openai:in the flow")))
        desk = shop.desk()
        await desk.start(mode=GenesisMode.FREE_FORM, seed="a lamp")
        await shop.waits_for(desk.session_id, 1)
        await desk.do(GenerateInspiration(count=1))
        await shop.idle(desk)
        recorded = "FROM domain_events WHERE event_type = 'ProposalsRecorded'"
        attempts = f"(SELECT payload {recorded}) e, jsonb_array_elements(e.payload->'asked'->'attempts') attempt"
        assert await shop.rows(f"SELECT attempt->>'cause' FROM {attempts}") == [("BROKEN_ANSWER",), (None,)]
        assert await shop.rows(f"SELECT payload->>'wanted' {recorded}") == [("1",)]
        parts = f"""
            SELECT count(DISTINCT part->>'hash'), count(DISTINCT p.hash)
            FROM {attempts}, jsonb_array_elements(attempt->'parts') part
            LEFT JOIN sent_parts p ON p.session_id = '{desk.session_id}' AND p.hash = part->>'hash'
        """
        ((told, kept),) = await shop.rows(parts)
        assert told == kept > 4
        assert await shop.rows("SELECT 1 FROM sent_parts WHERE position('a lamp' IN text) > 0")
        assert await shop.rows("SELECT 1 FROM domain_events WHERE position('a lamp' IN payload->>'asked') > 0") == []
        await shop.end("worker")


async def test_the_muse_writes_one_round_where_it_is_asked_to(shop: Workshop) -> None:
    with OpenAIServer(Behaviour(answer=muse_answer, status=401, error={"message": "bad key"})) as server:
        shop.start("worker", writer=ModelWriter(settings(server, model="openai:refuses")))
        desk = shop.desk()
        await desk.start(mode=GenesisMode.FREE_FORM, seed="a lamp")
        await shop.waits_for(desk.session_id, 1)
        await desk.do(GenerateInspiration(count=1, writer="muse"))
        session = await shop.idle(desk)
        assert len(session.stages[CONCEPT].proposals) == 1
        assert server.requests == []
        recorded = "FROM domain_events WHERE event_type = 'ProposalsRecorded'"
        assert await shop.rows(f"SELECT payload->>'writer', payload->'asked' {recorded}") == [("muse", None)]
        await shop.end("worker")


async def test_a_percentage_never_goes_back_when_a_generation_is_tried_again(shop: Workshop) -> None:
    busy = Behaviour(answer=muse_answer, status=429, error={"message": "slow down"})
    half = Behaviour(answer=muse_answer, stop_after=400, cut=True)
    with OpenAIServer(half, busy, Behaviour(answer=muse_answer)) as server:
        shop.start("worker", writer=ModelWriter(settings(server, model="openai:halts"), pause_seconds=0.6))
        desk = shop.desk()
        await desk.start(mode=GenesisMode.FREE_FORM, seed="a lamp")
        await shop.waits_for(desk.session_id, 1)
        await desk.do(GenerateInspiration(count=1))
        seen: list[float] = []

        async def done() -> bool:
            rows = await shop.rows("SELECT progress::float8, status::text FROM async_tasks")
            seen.extend(row[0] for row in rows)
            return bool(rows) and rows[0][1] == "COMPLETED"

        await eventually(done, 20)
        assert seen == sorted(seen)
        assert seen[-1] == 100
        await shop.end("worker")
