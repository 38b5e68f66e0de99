"""What every writer keeps to, whichever it is: the muse, and a model over real HTTP."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from genesis_types.enums import GenesisStage
from pydantic import SecretStr

from application.writers import Draft, Writer
from domain.genesis.stages import STAGE_BY_KEY
from infrastructure.settings import Settings
from infrastructure.writers.factory import make_writer
from tests.support.model_answers import muse_answer
from tests.support.openai_server import Behaviour, OpenAIServer
from tests.support.writers import genesis, proposal, request, written

STAGES = list(STAGE_BY_KEY)


@pytest.fixture(params=["muse", "model"])
def writer(request: pytest.FixtureRequest) -> Iterator[Writer]:
    if request.param == "muse":
        yield make_writer(Settings(model="muse", muse_pace_seconds=0))
        return
    with OpenAIServer(Behaviour(answer=muse_answer, pieces=6, pause=0.14)) as server:
        yield make_writer(Settings(model="openai:gpt-4o", model_base_url=server.url(), model_api_key=SecretStr("k")))


@pytest.fixture(scope="module")
def confirmed() -> dict[GenesisStage, Any]:
    return asyncio.run(genesis("a lighthouse keeper who collects lost voices"))


@pytest.mark.parametrize("stage", STAGES)
async def test_drafts_grow_into_proposals_of_the_stages_shape(
    writer: Writer, stage: GenesisStage, confirmed: dict[GenesisStage, Any]
) -> None:
    before = {key: confirmed[key] for key in STAGES[: STAGES.index(stage)]}
    drafts, end = await written(writer, request(stage, confirmed=before, count=1))

    assert drafts[0].percent <= 5
    assert [draft.percent for draft in drafts] == sorted(draft.percent for draft in drafts)
    assert len({len(json.dumps(draft.contents)) for draft in drafts}) > 3, "the text grows"
    assert len(end.contents) == 1
    STAGE_BY_KEY[stage].content.model_validate(end.contents[0])
    assert end.writer in ("muse", "model")
    assert end.model
    assert end.prompt_version
    assert (end.cost_usd is None) == (end.price_source is None), "a price has a source; what nobody knows has none"


async def test_as_many_proposals_as_were_asked_for(writer: Writer) -> None:
    drafts, end = await written(writer, request(count=3))
    assert len(end.contents) == 3
    assert len({content["title"] for content in end.contents}) == 3
    assert max(len(draft.contents) for draft in drafts) == 3


async def test_locked_values_come_back_word_for_word(writer: Writer) -> None:
    from domain.genesis.proposals import StageRecord

    content = (await written(writer, request(count=1)))[1].contents[0]
    locked = {**content, "title": "The Salt Road"}
    stage = GenesisStage.CONCEPT_SELECTION
    record = StageRecord(proposals=(proposal(stage, content),), locked_paths=("/title",), lock_base=locked)
    assert (await written(writer, request(count=1, record=record)))[1].contents[0]["title"] == "The Salt Road"


async def test_chinese_is_written_for_a_chinese_session(writer: Writer) -> None:
    _, end = await written(writer, request(seed="一个收集失落声音的守灯塔人", language="zh-CN", count=1))
    assert "守灯塔人" in json.dumps(end.contents[0], ensure_ascii=False)


async def test_a_cancelled_reader_stops_the_writer(writer: Writer) -> None:
    stream = writer.write(request(count=3))
    assert isinstance(await anext(stream), Draft)
    assert isinstance(stream, AsyncIterator)
    await stream.aclose()  # type: ignore[attr-defined]
    others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    assert others == []
