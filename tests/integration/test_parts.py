"""Large stages in parts, over real HTTP: what is asked, what a failure costs, what comes of it, and the rest of it."""

from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from genesis_types.enums import GenesisStage

from application.writers import Draft, PartsCame, Proposed, WriterError, WriterRequest
from domain.genesis.proposals import Content, Incomplete, StageRecord
from domain.genesis.stages import STAGE_BY_KEY
from infrastructure.writers.limits import REQUESTS
from infrastructure.writers.model.writer import ModelWriter
from tests.support.model_answers import muse_answer, settings, told
from tests.support.openai_server import Behaviour, OpenAIServer
from tests.support.parts import (
    CAST,
    KEYS,
    PLOT,
    WORLD,
    PartServer,
    broken,
    large,
    part_of,
    parts_asked,
    small_model,
    well,
)
from tests.support.writers import proposal, written

PLACES = [(stage, key) for stage, keys in KEYS.items() for key in keys]
# the muse's plots copy a sentence of the world, which is sent back once: that request is no failure of a part
BUSY = Behaviour(answer=muse_answer, status=503, error={"message": "The server is overloaded"})


async def all_of(writer: ModelWriter, asked: WriterRequest) -> tuple[list[Draft], list[PartsCame], Proposed]:
    items = [item async for item in writer.write(asked)]
    end = items[-1]
    assert isinstance(end, Proposed)
    return (
        [item for item in items if isinstance(item, Draft)],
        [item for item in items if isinstance(item, PartsCame)],
        end,
    )


def in_order(asked: list[str]) -> list[str]:
    """Without what is asked for again at once."""
    return [key for at, key in enumerate(asked) if at == 0 or asked[at - 1] != key]


@pytest.mark.parametrize("stage", KEYS, ids=str)
async def test_each_part_is_asked_for_in_turn_and_kept_as_it_comes(stage: GenesisStage) -> None:
    with PartServer() as server:
        drafts, kept, end = await all_of(small_model(server, f"in turn {stage}"), large(stage))
        bodies = [body for _, _, body in server.requests]
    assert in_order(parts_asked(server)) == KEYS[stage]
    assert len(bodies) <= len(KEYS[stage]) + 1, "flaws are sent back once for all parts"
    assert [list(one.parts) for one in kept] == [KEYS[stage][: at + 1] for at in range(len(KEYS[stage]))]
    assert end.item_missing == ()
    STAGE_BY_KEY[stage].content.model_validate(end.contents[0])
    assert end.usage["output_tokens"] == 800 * len(bodies)
    assert [one.spent.usage["output_tokens"] for one in kept if one.spent] == [
        800 * sum(one in KEYS[stage][: at + 1] for one in parts_asked(server)) for at in range(len(kept))
    ]
    percents = [draft.percent for draft in drafts]
    assert percents == sorted(percents)


@pytest.mark.parametrize("stage", KEYS, ids=str)
async def test_what_all_parts_share_stands_first_word_for_word(stage: GenesisStage) -> None:
    with PartServer() as server:
        await all_of(small_model(server, f"shares {stage}"), large(stage))
        texts = ["\n".join(told(body)) for _, _, body in server.requests]
    shared = next(at for at, letters in enumerate(zip(*texts, strict=False)) if len(set(letters)) > 1)
    assert "</confirmed>" in texts[0][:shared], "a server that keeps what it has read reads the material once"


@pytest.mark.parametrize("stage", KEYS, ids=str)
async def test_what_came_is_shown_while_the_rest_is_written(stage: GenesisStage) -> None:
    with PartServer() as server:
        items = [item async for item in small_model(server, f"shows {stage}").write(large(stage))]
    shown = 0
    for before, after in pairwise(items):
        if isinstance(before, PartsCame) and isinstance(after, Draft):
            shown += 1
            assert after.contents
            assert str(_first_words(before.parts)) in str(after.contents)
            assert "Part " in after.message
    assert shown >= len(KEYS[stage]) - 1


def _first_words(parts: Mapping[str, Content]) -> Any:
    first: Any = next(iter(parts.values()))
    if "setting" in first:
        return first["setting"]["place"]
    items = first.get("characters") or first["beats"]
    return items[0].get("name") or items[0]["summary"]


@pytest.mark.parametrize(("stage", "key"), PLACES, ids=[f"{stage} {key}" for stage, key in PLACES])
async def test_a_part_that_fails_once_costs_one_request_and_no_other_part(stage: GenesisStage, key: str) -> None:
    with PartServer({key: [broken(), well()]}) as server:
        _, _, end = await all_of(small_model(server, f"once {stage} {key}"), large(stage))
    asked = parts_asked(server)
    assert end.item_missing == ()
    assert in_order(asked) == KEYS[stage]
    assert asked.count(key) >= 2
    assert len(asked) <= len(KEYS[stage]) + REQUESTS - 1
    failed = [one.cause for one in (end.asked.attempts if end.asked else ()) if one.cause is not None]
    assert "BROKEN_ANSWER" in failed


@pytest.mark.parametrize(("stage", "key"), PLACES, ids=[f"{stage} {key}" for stage, key in PLACES])
async def test_a_part_that_fails_for_good_costs_itself(stage: GenesisStage, key: str) -> None:
    keys = KEYS[stage]
    with PartServer({key: [broken()]}) as server:
        writer, wanted = small_model(server, f"for good {stage} {key}"), large(stage)
        if key in ("cast", "beats", "chapters:1", "frame"):  # nothing of it makes a content
            with pytest.raises(WriterError) as caught:
                await all_of(writer, wanted)
            assert caught.value.code == "BROKEN_ANSWER"
            assert 1 <= caught.value.tries <= REQUESTS
        else:
            _, kept, end = await all_of(writer, wanted)
            STAGE_BY_KEY[stage].content.model_validate(end.contents[0])
            came = keys[: keys.index(key)] if stage is PLOT else [one for one in keys if one != key]
            assert list(kept[-1].parts) == came
            assert "did not come" in end.notes[0]
            first = int(key.partition(":")[2] or 0)
            gone = {
                CAST: [f"/characters/{keys.index(key) - 1}"],
                WORLD: ["/locations" if key == "places" else "/factions"],
                PLOT: [f"/chapters/{at}" for at in range(first - 1, 9)],
            }
            assert [list(one) for one in end.item_missing] == [gone[stage]]
        asked = parts_asked(server)
    assert asked.count(key) <= REQUESTS, "never more than three times"
    assert len(asked) <= len(keys) + REQUESTS - 1
    forms = [_form(body) for _, _, body in server.requests if part_of(body) == key]
    assert len(forms) == len(set(forms)), "each in another way"


def _form(body: dict[str, Any]) -> str:
    return str({name: value for name, value in body.items() if name != "stream"})


async def test_a_server_that_cannot_answer_is_not_asked_for_the_other_parts() -> None:
    with PartServer({"person:1": [BUSY]}) as server:
        _, kept, end = await all_of(small_model(server, "overloaded at the second"), large(CAST))
        asked = parts_asked(server)
    assert list(kept[-1].parts) == ["cast", "person:0"]
    assert end.item_missing == (("/characters/1", "/characters/2", "/characters/3", "/characters/4"),)
    assert asked[-1] == "person:1"
    assert len(asked) <= 3 + REQUESTS - 1


@pytest.mark.parametrize(("stage", "key"), PLACES, ids=[f"{stage} {key}" for stage, key in PLACES])
async def test_whoever_goes_on_asks_only_for_the_rest(stage: GenesisStage, key: str) -> None:
    keys, wanted = KEYS[stage], large(stage)
    with PartServer() as server:
        _, kept, whole = await all_of(small_model(server, f"first {stage} {key}"), wanted)
    done = keys.index(key)
    begun = kept[done - 1].parts if done else {}
    with PartServer() as server:
        _, _, end = await all_of(small_model(server, f"goes on {stage} {key}"), replace(wanted, kept=begun))
        assert in_order(parts_asked(server)) == keys[done:]
    assert end.contents == whole.contents


@pytest.mark.parametrize(
    ("stage", "missing", "asked"),
    [
        (CAST, ("/characters/1", "/characters/3"), ["person:1", "person:3"]),
        (WORLD, ("/locations",), ["places"]),
        (PLOT, ("/chapters/4", "/chapters/5"), ["chapters:5"]),
        (PLOT, tuple(f"/chapters/{at}" for at in range(3, 9)), ["chapters:4", "chapters:7"]),
    ],
    ids=["two people", "the places", "two chapters", "two batches"],
)
async def test_the_rest_of_a_proposal_is_all_that_is_asked_for(
    stage: GenesisStage, missing: tuple[str, ...], asked: list[str]
) -> None:
    wanted = large(stage)
    with PartServer() as server:
        _, _, whole = await all_of(small_model(server, f"whole {stage} {missing}"), wanted)
    partial: Any = dict(whole.contents[0])
    if stage is PLOT:
        partial["chapters"] = partial["chapters"][: int(missing[0].rpartition("/")[2])]
    elif stage is WORLD:
        partial["locations"] = []
    made = proposal(stage, partial)
    lacking = (Incomplete(proposal_id=made.id, missing=missing),)
    work = wanted.work.model_copy(update={"rest_of": made.id})
    rest = replace(wanted, work=work, record=StageRecord(proposals=(made,), incomplete=lacking))
    with PartServer() as server:
        # whatever the settings say: what came in parts goes on in parts
        _, _, end = await all_of(small_model(server, f"rest {stage} {missing}", model_parts="never"), rest)
        assert in_order(parts_asked(server)) == asked
    assert end.item_missing == ()
    said: Any = end.contents[0]
    if stage is CAST:
        assert [one["name"] for one in said["characters"]] == [one["name"] for one in partial["characters"]]
    elif stage is WORLD:
        assert said["locations"]
        assert {**said, "locations": []} == partial
    else:
        assert [one["n"] for one in said["chapters"]] == list(range(1, int(missing[-1].rpartition("/")[2]) + 2))
        assert said["chapters"][: len(partial["chapters"])] == partial["chapters"]


@pytest.mark.parametrize(
    ("more", "parts"),
    [
        ({"model_profile": "lean"}, True),
        ({"model_profile": "full"}, False),
        ({"model_profile": "full", "model_context_tokens": 16_384}, True),
        ({"model_profile": "full", "model_max_output_tokens": 8_192}, True),
        ({"model_profile": "lean", "model_parts": "never"}, False),
        ({"model_profile": "full", "model_parts": "always"}, True),
    ],
    ids=["small", "large", "small context", "short answers", "never", "always"],
)
async def test_small_models_are_asked_in_parts_and_large_ones_are_not(more: dict[str, Any], parts: bool) -> None:
    with OpenAIServer(well()) as server:
        await written(ModelWriter(settings(server, model=f"openai:rule {more}", **more)), large(CAST))
        asked = parts_asked(server)
    assert (asked[0] != "whole") is parts
    assert parts or len(asked) <= REQUESTS
