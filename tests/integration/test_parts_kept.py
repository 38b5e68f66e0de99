"""What is kept of parts with the task, beside first proposals: of refinements, of several, and of what was refused."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from genesis_types.enums import GenesisMode, GenesisStage

from application.writers import Draft, PartsCame, Proposed, Spent, WriterRequest
from domain.genesis.asked import Asked
from domain.genesis.commands import ConfirmStage, GenerateInspiration, ProvideFeedback
from domain.genesis.stages import STAGE_ORDER
from tests.integration.test_parts_of_several import SeveralServer, both
from tests.support.commands import Desk
from tests.support.model_worker_process import start_model_worker
from tests.support.openai_server import Behaviour
from tests.support.parts import CAST, WORLD, PartServer, before, parts_asked, small_model
from tests.support.prefect import PrefectServer
from tests.support.workshop import Workshop, eventually, settings_for, workshop
from tests.support.writer import ScriptedWriter

pytestmark = pytest.mark.prefect

SECONDS = 60
HANGS = Behaviour(answer=lambda _: "", stop_after=0, hang=True, as_text=True)
_KEPT = "SELECT 1 FROM async_tasks WHERE status = 'RUNNING' AND parts->'parts' ? %s"
_USED = """
SELECT (payload->'usage'->>'output_tokens')::int FROM domain_events WHERE event_type = 'ProposalsRecorded'
ORDER BY aggregate_version DESC LIMIT 1
"""


@pytest.fixture
async def shop(database_url: str, redis_url: str, prefect: PrefectServer) -> AsyncIterator[Workshop]:
    async with workshop(settings_for(database_url, redis_url, prefect.url)) as running:
        running.start("relay", "callbacks")
        yield running


async def ready_for(shop: Workshop, stage: GenesisStage) -> Desk:
    """A session in free form with everything before `stage` confirmed."""
    desk = shop.desk()
    await desk.start(mode=GenesisMode.FREE_FORM, seed="a lamp")
    confirmed = before(stage)
    for earlier in STAGE_ORDER[: STAGE_ORDER.index(stage)]:
        await desk.do(ConfirmStage(stage=earlier, content=dict(confirmed[earlier])))
    return desk


async def test_of_several_proposals_a_killed_worker_leaves_what_it_had(shop: Workshop) -> None:
    keys = both(WORLD)
    desk = await ready_for(shop, WORLD)
    await desk.do(GenerateInspiration(stage=WORLD, count=2))
    with SeveralServer({keys[4]: [HANGS]}) as server:
        child = start_model_worker(shop.made.settings, server.url(), "killed in the second")
        try:
            await eventually(lambda: _stands_at(shop, server.asked(), keys[4], keys[3]), SECONDS)
        finally:
            child.kill()
            child.wait()
        server.failing.clear()
        server.requests.clear()
        shop.start("worker", writer=small_model(server, "goes on with the second"))
        session = await shop.idle(desk)
        assert server.asked() == keys[4:], "what was kept is not asked for again"
        await shop.end("worker")
    assert len(session.stages[WORLD].proposals) == 2


async def test_of_a_refinement_a_killed_worker_leaves_what_it_had(shop: Workshop) -> None:
    with PartServer() as server:
        shop.start("worker", writer=small_model(server, "before the note"))
        desk = await ready_for(shop, CAST)
        await desk.do(GenerateInspiration(stage=CAST, count=1))
        session = await shop.idle(desk)
        await shop.end("worker")
        (first,) = session.stages[CAST].proposals
        people: Any = first.content["characters"]
        await desk.do(ProvideFeedback(proposal_id=first.id, text="Let the sea take more."))
        names = [f"“{one['name']}”" for one in people]
        chosen = [f"person {at + 1}: {people[at]['name']}" for at in (1, 3)]
        server.failing["concerns"] = [Behaviour(answer=lambda _: _said(chosen))]
        server.failing[names[3]] = [HANGS]
        server.requests.clear()
        child = start_model_worker(shop.made.settings, server.url(), "killed in a refinement")
        try:
            await eventually(lambda: _stands_at(shop, parts_asked(server), names[3], "characters:1"), SECONDS)
        finally:
            child.kill()
            child.wait()
        assert list(dict.fromkeys(parts_asked(server))) == ["concerns", names[1], names[3]]
        del server.failing[names[3]]
        server.requests.clear()
        shop.start("worker", writer=small_model(server, "goes on with a refinement"))
        session = await shop.idle(desk)
        assert set(parts_asked(server)) == {names[3]}
        await shop.end("worker")
    revision = session.stages[CAST].proposals[-1]
    assert revision.revision_of == first.id
    after: Any = revision.content["characters"]
    assert [after[at] for at in (0, 2, 4)] == [people[at] for at in (0, 2, 4)]


def _said(labels: list[str]) -> str:
    listed = ", ".join(f'"{label}"' for label in labels)
    return f'{{"change": [{listed}]}}'


async def _stands_at(shop: Workshop, asked: list[str], key: str, kept: str) -> bool:
    return bool(asked) and asked[-1] == key and bool(await shop.rows(_KEPT, kept))


@dataclass
class KeepsThenErrs(ScriptedWriter):
    """Has a part kept, then gives what the domain refuses, `misshapen` times. `stored`: what was kept by then."""

    shop: Workshop | None = None
    stored: list[Any] = field(default_factory=list)

    async def write(self, request: WriterRequest) -> AsyncIterator[Draft | PartsCame | Proposed]:  # type: ignore[override]
        assert self.shop is not None
        self.stored.append((await self.shop.rows("SELECT parts->'parts' FROM async_tasks"))[0][0])
        asked = Asked(attempts=())
        yield PartsCame({"cast": {"characters": []}}, Spent({"output_tokens": 3, "requests": 1}), asked)
        self.stored.append((await self.shop.rows("SELECT parts->'parts' FROM async_tasks"))[0][0])
        async for item in super().write(request):
            yield item


async def test_parts_that_were_refused_when_put_together_are_forgotten(shop: Workshop) -> None:
    writer = KeepsThenErrs(misshapen=1, shop=shop)
    shop.start("worker", writer=writer)
    desk = await ready_for(shop, CAST)
    await desk.do(GenerateInspiration(stage=CAST, count=1))
    session = await shop.idle(desk)
    await shop.end("worker")
    assert len(session.stages[CAST].proposals) == 1
    assert [dict(one.kept) for one in writer.requests] == [{}, {}], "the same would be made of them again"
    assert writer.stored == [None, {"cast": {"characters": []}}, None, {"cast": {"characters": []}}]
    assert await shop.rows(_USED) == [(14,)], "both tries are paid for"
