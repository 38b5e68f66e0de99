"""Several proposals of a large stage at once: part by part, each proposal kept as it comes."""

import json
from dataclasses import replace
from functools import lru_cache
from typing import Any
from uuid import UUID

import pytest
from genesis_types.enums import GenesisStage

from application.writers import PartsCame, Proposed, WriterError, WriterRequest
from domain.genesis.stages import STAGE_BY_KEY
from infrastructure.writers.limits import REQUESTS
from infrastructure.writers.model.parts.plans import most_parts
from infrastructure.writers.model.writer import ModelWriter
from infrastructure.writers.muse.proposing import propose
from tests.support.model_answers import piece, told
from tests.support.openai_server import Behaviour
from tests.support.parts import CAST, KEYS, WORLD, PartServer, broken, large, part_of, small_model, well

STAGES = list(KEYS)
WANTED = 2


@lru_cache
def _another(stage: GenesisStage, number: int) -> str:
    asked = replace(large(stage), session_id=UUID(int=60 + number))
    return json.dumps(propose(asked)[0][0])


def key_of(body: dict[str, Any]) -> str:
    """The key of a part, after the number of its proposal: what other proposals have, each part is told."""
    return f"{1 + len(piece(body, 'other_proposals') or ())}/{part_of(body)}"


class SeveralServer(PartServer):
    """Gives each proposal texts of its own."""

    def behaviour(self, body: dict[str, Any]) -> Behaviour:
        own = self.failing.get(key_of(body))
        if own:
            return own.pop(0) if len(own) > 1 else own[0]
        stage = next(stage for stage in KEYS if part_of(body) in KEYS[stage])
        return Behaviour(answer=lambda body: _another(stage, int(key_of(body)[0])), chunk=4_000)

    def asked(self) -> list[str]:
        """In order, without what is asked for again at once."""
        return list(dict.fromkeys(key_of(body) for _, _, body in self.requests))


def both(stage: GenesisStage) -> list[str]:
    return [f"{number}/{key}" for number in range(1, WANTED + 1) for key in KEYS[stage]]


def two(stage: GenesisStage, **more: Any) -> WriterRequest:
    asked = large(stage)
    return replace(asked, work=asked.work.model_copy(update={"count": WANTED}), **more)


async def done(writer: ModelWriter, asked: WriterRequest) -> tuple[list[PartsCame], Proposed]:
    items = [item async for item in writer.write(asked)]
    end = items[-1]
    assert isinstance(end, Proposed)
    return [item for item in items if isinstance(item, PartsCame)], end


@pytest.mark.parametrize("stage", STAGES, ids=str)
async def test_each_proposal_comes_in_its_parts_and_from_an_angle_of_its_own(stage: GenesisStage) -> None:
    with SeveralServer() as server:
        kept, end = await done(small_model(server, f"both {stage}"), two(stage))
        assert server.asked() == both(stage)
        assert len(server.requests) <= len(both(stage)) + REQUESTS - 1
        angles = {
            next(line for line in told(body)[1].splitlines() if line.startswith("This time:"))
            for _, _, body in server.requests
        }
    assert len(angles) == WANTED
    assert [list(one.parts) for one in kept] == [both(stage)[: at + 1] for at in range(len(both(stage)))]
    assert len(end.contents) == WANTED
    assert end.contents[0] != end.contents[1]
    assert end.item_missing == ()
    for content in end.contents:
        STAGE_BY_KEY[stage].content.model_validate(content)


@pytest.mark.parametrize("stage", STAGES, ids=str)
async def test_whoever_goes_on_asks_only_for_the_rest_of_both(stage: GenesisStage) -> None:
    with SeveralServer() as server:
        kept, whole = await done(small_model(server, f"begun {stage}"), two(stage))
    keys = both(stage)
    for there in (len(KEYS[stage]), len(keys) - 1):  # the first proposal whole, and all but the last part
        with SeveralServer() as server:
            again = small_model(server, f"goes on with several {stage} {there}")
            _, end = await done(again, two(stage, kept=kept[there - 1].parts))
            assert server.asked() == keys[there:]
        assert end.contents == whole.contents


async def test_a_part_that_fails_costs_itself_and_its_proposal_can_be_completed() -> None:
    with SeveralServer({"2/person:1": [broken()]}) as server:
        _, end = await done(small_model(server, "one person of the second"), two(CAST))
        assert [key_of(body) for _, _, body in server.requests].count("2/person:1") <= REQUESTS
        assert server.asked() == both(CAST)
    assert len(end.contents) == WANTED
    assert end.item_missing == (("/characters/1",), ()), "what is not whole stands first"
    assert len(end.item_notes[0]) > len(end.item_notes[1]), "it is told beside the one that lacks it"
    first, second = (content["characters"] for content in end.contents)
    gone: Any = first
    assert not gone[1].get("want")
    whole: Any = second
    assert all(person["want"] for person in whole)


async def test_a_proposal_that_cannot_begin_does_not_keep_the_other_from_coming() -> None:
    # as long as nothing is there, the frame of the second proposal looks like that of the first
    with SeveralServer({"1/frame": [broken(), broken(), broken(), well()]}) as server:
        _, end = await done(small_model(server, "the first cannot begin"), two(WORLD))
        asked = [key_of(body) for _, _, body in server.requests]
    assert asked.count("1/frame") == REQUESTS + 1
    assert len(end.contents) == 1
    assert end.item_missing == ()


async def test_of_which_nothing_comes_is_a_failure() -> None:
    with SeveralServer({"1/frame": [broken()]}) as server:
        with pytest.raises(WriterError) as caught:
            await done(small_model(server, "nothing of both"), two(WORLD))
        assert len(server.requests) == REQUESTS + 1, "three for one part, and one for the other"
    assert caught.value.code == "BROKEN_ANSWER"


@pytest.mark.parametrize("stage", STAGES, ids=str)
def test_the_number_of_parts_is_that_of_all_proposals(stage: GenesisStage) -> None:
    assert most_parts(two(stage), lean=True) == WANTED * most_parts(large(stage), lean=True)
