"""A search for contradictions as the workflow carries it out: recorded once, whoever dies; never asked for twice."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from genesis_types.enums import GenesisMode

from application.command_results import CommandOutcome
from application.handle_command import CommandHandler
from application.ports import StoreUnavailable
from domain.aggregate import Command
from domain.genesis.commands import CancelGeneration, ConfirmStage, FindContradictions, RecordContradictions
from infrastructure.writers.model.writer import ModelWriter
from tests.support.commands import Desk
from tests.support.model_answers import settings
from tests.support.model_worker_process import start_model_worker
from tests.support.openai_server import Behaviour, OpenAIServer
from tests.support.prefect import PrefectServer
from tests.support.searching import CHARACTERS, CONFIRMED, PLOT, reading_answer
from tests.support.workshop import Workshop, eventually, settings_for, workshop

pytestmark = pytest.mark.prefect

_OUTCOMES = """
SELECT event_type, jsonb_array_length(payload->'found'), (payload->>'dropped')::int,
    (payload->'usage'->>'output_tokens')::int, payload->>'model'
FROM domain_events WHERE event_type IN ('ContradictionsFound', 'GenerationFailed') ORDER BY aggregate_version
"""
_TASKS = "SELECT task_type, status::text, progress::int FROM async_tasks"


@pytest.fixture
async def shop(database_url: str, redis_url: str, prefect: PrefectServer) -> AsyncIterator[Workshop]:
    async with workshop(settings_for(database_url, redis_url, prefect.url)) as running:
        running.start("relay", "callbacks")
        yield running


async def searching(shop: Workshop) -> Desk:
    """A session in free form with the book's stages confirmed, whose writer has asked for a search."""
    desk = shop.desk()
    await desk.start(mode=GenesisMode.FREE_FORM, seed="a lamp")
    for stage, content in CONFIRMED.items():
        await desk.do(ConfirmStage(stage=stage, content=dict(content)))
    await desk.do(FindContradictions())
    return desk


async def test_what_is_found_is_recorded_and_the_wait_goes_on(shop: Workshop) -> None:
    with OpenAIServer(Behaviour(answer=reading_answer)) as server:
        shop.start("worker", writer=ModelWriter(settings(server, model="openai:reads"), pause_seconds=0))
        desk = await searching(shop)
        session = await shop.idle(desk)
        assert len(server.requests) == 1
        assert await shop.rows(_OUTCOMES) == [("ContradictionsFound", 2, 1, 800, "reads")]
        assert await shop.rows(_TASKS) == [("FIND_CONTRADICTIONS", "COMPLETED", 100)]
        assert {stage for stage, record in session.stages.items() if record.found} == {PLOT}
        assert all(record.last_round is None for record in session.stages.values())
        sent = "SELECT 1 FROM sent_parts WHERE position('never left the harbour' IN text) > 0"
        assert await shop.rows(sent), "what was sent is beside the event"
        inbox = "SELECT status::text FROM command_inbox WHERE command_type = 'FIND_CONTRADICTIONS'"
        assert await shop.rows(inbox) == [("COMPLETED",)]
        turn = session.turn + 1

        async def waits() -> bool:
            return (turn, "PAUSED") in await shop.handles(desk.session_id)

        await eventually(waits)
        await shop.end("worker")


async def test_a_worker_killed_while_the_model_reads_is_followed_by_another_and_it_is_recorded_once(
    shop: Workshop,
) -> None:
    hangs = Behaviour(answer=lambda _: "", stop_after=0, hang=True, as_text=True)
    with OpenAIServer(hangs, Behaviour(answer=reading_answer)) as server:
        child = start_model_worker(shop.made.settings, server.url(), "killed while it reads")
        try:
            desk = await searching(shop)

            async def asked() -> bool:
                return len(server.requests) == 1

            await eventually(asked, 60)
        finally:
            child.kill()
            child.wait()
        shop.start("worker", writer=ModelWriter(settings(server, model="openai:follows"), pause_seconds=0))
        await shop.idle(desk)
        assert len(server.requests) == 2
        assert await shop.rows(_OUTCOMES) == [("ContradictionsFound", 2, 1, 800, "follows")]
        await shop.end("worker")


async def test_findings_that_were_kept_are_recorded_without_asking_again(
    shop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    handle = CommandHandler.handle
    failures = [StoreUnavailable()]

    async def handle_after_an_outage(handler: CommandHandler, command: Command, **options: Any) -> CommandOutcome:
        if failures and isinstance(command.body, RecordContradictions):
            raise failures.pop()
        return await handle(handler, command, **options)

    monkeypatch.setattr(CommandHandler, "handle", handle_after_an_outage)
    with OpenAIServer(Behaviour(answer=reading_answer)) as server:
        shop.start("worker", writer=ModelWriter(settings(server, model="openai:kept"), pause_seconds=0))
        await shop.idle(await searching(shop))
        assert failures == []
        assert len(server.requests) == 1
        assert await shop.rows(_OUTCOMES) == [("ContradictionsFound", 2, 1, 800, "kept")]
        await shop.end("worker")


async def test_a_search_that_is_stopped_or_fails_leaves_the_session_to_go_on(shop: Workshop) -> None:
    hangs = Behaviour(answer=lambda _: "", stop_after=0, hang=True, as_text=True)
    refused = Behaviour(answer=reading_answer, status=401, error={"message": "bad key"})
    with OpenAIServer(hangs, refused) as server:
        shop.start("worker", writer=ModelWriter(settings(server, model="openai:is stopped"), pause_seconds=0))
        desk = await searching(shop)

        async def asked() -> bool:
            return len(server.requests) == 1

        await eventually(asked)
        await desk.do(CancelGeneration())
        await shop.idle(desk)
        await desk.do(FindContradictions())
        session = await shop.idle(desk)
        assert await shop.rows(_OUTCOMES) == [("GenerationFailed", None, None, None, "is stopped")]
        assert session.stages[CHARACTERS].confirmed is not None
        assert len(server.requests) == 2
        await shop.end("worker")
