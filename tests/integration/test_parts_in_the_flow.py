"""Large stages in parts, as the workflow carries them out: killed between two parts, failed and asked for again."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from genesis_types.enums import GenesisMode, GenesisStage

from domain.genesis.commands import ConfirmStage, EditContent, GenerateInspiration, ProvideFeedback
from domain.genesis.stages import STAGE_ORDER
from domain.rejections import Refused
from tests.integration.test_parts_refined import CHANGED, changed, items, refined, same_but, server_for
from tests.support.commands import Desk
from tests.support.model_worker_process import start_model_worker
from tests.support.openai_server import Behaviour
from tests.support.parts import CAST, KEYS, PLOT, WORLD, PartServer, before, broken, parts_asked, small_model, well
from tests.support.prefect import PrefectServer
from tests.support.workshop import Workshop, eventually, settings_for, workshop

pytestmark = pytest.mark.prefect

SECONDS = 60
_OUTCOMES = """
SELECT event_type, (payload->'usage'->>'output_tokens')::int, payload->'missing',
    jsonb_array_length(payload->'asked'->'attempts')
FROM domain_events WHERE event_type IN ('ProposalsRecorded', 'GenerationFailed') ORDER BY aggregate_version
"""
_KEPT = "SELECT 1 FROM async_tasks WHERE status = 'RUNNING' AND parts->'parts' ? %s"


@pytest.fixture
async def shop(database_url: str, redis_url: str, prefect: PrefectServer) -> AsyncIterator[Workshop]:
    async with workshop(settings_for(database_url, redis_url, prefect.url)) as running:
        running.start("relay", "callbacks")
        yield running


async def asking(shop: Workshop, stage: GenesisStage) -> Desk:
    """A session in free form with everything before `stage` confirmed, whose writer has asked for that stage."""
    desk = shop.desk()
    await desk.start(mode=GenesisMode.FREE_FORM, seed="a lamp")
    confirmed = before(stage)
    for earlier in STAGE_ORDER[: STAGE_ORDER.index(stage)]:
        await desk.do(ConfirmStage(stage=earlier, content=dict(confirmed[earlier])))
    await desk.do(GenerateInspiration(stage=stage, count=1))
    return desk


@pytest.mark.parametrize(
    ("stage", "done"), [(CAST, 1), (CAST, 4), (WORLD, 1), (PLOT, 3)], ids=["cast 1", "cast 4", "world 1", "plot 3"]
)
async def test_a_worker_killed_between_two_parts_is_followed_by_one_that_asks_only_for_the_rest(
    shop: Workshop, stage: GenesisStage, done: int
) -> None:
    keys = KEYS[stage]
    hangs = Behaviour(answer=lambda _: "", stop_after=0, hang=True, as_text=True)
    with PartServer({keys[done]: [hangs, well()]}) as server:
        child = start_model_worker(shop.made.settings, server.url(), f"killed {stage} {done}")
        try:
            desk = await asking(shop, stage)
            await eventually(lambda: _all(shop, server, keys[: done + 1]), SECONDS)
        finally:
            child.kill()
            child.wait()
        first = parts_asked(server)
        server.requests.clear()
        shop.start("worker", writer=small_model(server, f"follows {stage} {done}"))
        session = await shop.idle(desk)
        again = parts_asked(server)
        await shop.end("worker")
    assert list(dict.fromkeys(first)) == keys[: done + 1]
    assert list(dict.fromkeys(again)) == keys[done:], "what was kept is not asked for again"
    assert len(session.stages[stage].proposals) == 1
    ((kind, tokens, missing, attempts),) = await shop.rows(_OUTCOMES)
    assert (kind, missing) == ("ProposalsRecorded", [])
    answered = len(first) - 1 + len(again)  # the one that hung told nobody what it used
    assert tokens == 800 * answered, "each part is charged once"
    assert attempts == answered


async def _all(shop: Workshop, server: PartServer, keys: list[str]) -> bool:
    """Whether the last of these is asked for, and those before it are kept."""
    asked = parts_asked(server)
    return bool(asked) and asked[-1] == keys[-1] and bool(await shop.rows(_KEPT, keys[-2]))


async def test_what_failed_is_asked_for_again_without_what_came(shop: Workshop) -> None:
    with PartServer({"chapters:1": [broken(), broken(), broken(), well()]}) as server:
        shop.start("worker", writer=small_model(server, "fails and is asked again"))
        desk = await asking(shop, PLOT)
        session = await shop.idle(desk)
        assert session.stages[PLOT].proposals == ()
        first = parts_asked(server)
        server.requests.clear()
        await desk.do(GenerateInspiration(stage=PLOT, count=1))
        session = await shop.idle(desk)
        again = parts_asked(server)
        await shop.end("worker")
    assert len(session.stages[PLOT].proposals) == 1
    assert "beats" in first
    assert list(dict.fromkeys(again)) == ["chapters:1", "chapters:4", "chapters:7"]
    failed, came = await shop.rows(_OUTCOMES)
    assert (failed[0], came[0]) == ("GenerationFailed", "ProposalsRecorded")
    assert (failed[1], came[1]) == (800 * len(first), 800 * len(again)), "each click pays for its own requests"


async def test_what_is_missing_of_a_proposal_is_asked_for_with_one_command(shop: Workshop) -> None:
    with PartServer({"person:2": [broken(), broken(), broken(), well()]}) as server:
        shop.start("worker", writer=small_model(server, "one person is missing"))
        desk = await asking(shop, CAST)
        session = await shop.idle(desk)
        (partial,) = session.stages[CAST].proposals
        last = session.stages[CAST].last_round
        assert last is not None
        assert (last.missing, last.proposal_id) == (("/characters/2",), partial.id)
        server.requests.clear()
        await desk.do(GenerateInspiration(stage=CAST, rest=True))
        session = await shop.idle(desk)
        assert list(dict.fromkeys(parts_asked(server))) == ["person:2"]
        await shop.end("worker")
    whole = session.stages[CAST].proposals[-1]
    assert whole.revision_of == partial.id
    people: Any = whole.content["characters"]
    assert all(person["want"] for person in people)
    with pytest.raises(Refused) as caught:
        await desk.do(GenerateInspiration(stage=CAST, rest=True))
    assert caught.value.code == "NOTHING_MISSING"


async def test_the_rest_of_a_refinement_survives_a_kill_and_is_charged_once(shop: Workshop) -> None:
    name = items(refined(CAST).content, CAST)[3]["name"]
    key, hangs = f"“{name}”", Behaviour(answer=lambda _: "", stop_after=0, hang=True, as_text=True)
    done = Behaviour(answer=lambda _: json.dumps({"content": changed(CAST), "adjustments": CHANGED}), chunk=4_000)
    failing: Any = {key: [broken(), broken(), broken(), hangs, done]}
    with server_for(CAST, lambda labels: [labels[1], labels[3]], **failing) as server:
        shop.start("worker", writer=small_model(server, "refines one of two"))
        desk = shop.desk()
        await desk.start(mode=GenesisMode.FREE_FORM, seed="a lamp")
        confirmed = before(CAST)
        for earlier in STAGE_ORDER[: STAGE_ORDER.index(CAST)]:
            await desk.do(ConfirmStage(stage=earlier, content=dict(confirmed[earlier])))
        await desk.do(EditContent(stage=CAST, content=dict(refined(CAST).content)))
        session = await shop.idle(desk)
        await desk.do(ProvideFeedback(proposal_id=session.stages[CAST].proposals[-1].id, text="Let the sea take more."))
        session = await shop.idle(desk)
        await shop.end("worker")
        partial = session.stages[CAST].proposals[-1]
        (lacking,) = session.stages[CAST].incomplete
        assert (lacking.proposal_id, lacking.unchanged) == (partial.id, ("/characters/3",))
        server.requests.clear()
        child = start_model_worker(shop.made.settings, server.url(), "killed in the rest")
        try:
            await desk.do(GenerateInspiration(stage=CAST, rest_of=partial.id))
            await eventually(lambda: _asked(server, key), SECONDS)
        finally:
            child.kill()
            child.wait()
        shop.start("worker", writer=small_model(server, "follows in the rest"))
        session = await shop.idle(desk)
        asked = parts_asked(server)
        await shop.end("worker")
    assert asked == [key, key], "nothing else is asked for, by either"
    whole = session.stages[CAST].proposals[-1]
    assert (whole.revision_of, session.stages[CAST].incomplete) == (partial.id, ())
    same_but(CAST, whole.content, 1, 3)
    assert [row[:2] for row in await shop.rows(_OUTCOMES)][-1] == ("ProposalsRecorded", 800)


async def _asked(server: PartServer, key: str) -> bool:
    return key in parts_asked(server)
