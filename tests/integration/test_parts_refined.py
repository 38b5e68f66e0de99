"""Refinements of large stages: what a note concerns is asked for, and everything else stays byte for byte."""

import json
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from typing import Any

import pytest
from genesis_types.enums import GenesisStage

from application.writers import PartsCame, Proposed, WriterError, WriterRequest
from domain.genesis.proposals import Content, Incomplete, Proposal
from domain.genesis.stages import STAGE_BY_KEY
from infrastructure.writers.limits import REQUESTS
from infrastructure.writers.model.writer import ModelWriter
from infrastructure.writers.muse.proposing import propose
from tests.support.model_answers import piece
from tests.support.openai_server import Behaviour
from tests.support.parts import (
    CAST,
    PLOT,
    WORLD,
    PartServer,
    broken,
    large,
    part_of,
    parts_asked,
    settings,
    small_model,
)
from tests.support.writers import proposal

LIST = {CAST: "characters", WORLD: "locations", PLOT: "chapters"}
TEXT = {CAST: "want", WORLD: "description", PLOT: "summary"}
NEW = "The sea takes what was promised to it, and gives nothing back."
CHANGED = ["What the sea takes is told now."]


@lru_cache
def refined(stage: GenesisStage) -> Proposal:
    """A proposal in the full shape, as a large model or the writer may have made it."""
    made = propose(large(stage))[0][0]
    return proposal(stage, STAGE_BY_KEY[stage].content.model_validate(made).model_dump(mode="json", by_alias=True))


def items(content: Content, stage: GenesisStage) -> list[dict[str, Any]]:
    found: Any = content[LIST[stage]]
    return list(found)


def changed(stage: GenesisStage) -> Content:
    """What a model would answer to all of it: in every item another text."""
    content: Any = json.loads(json.dumps(refined(stage).content))
    for one in content[LIST[stage]]:
        one[TEXT[stage]] = f"{one.get('name') or one['title']}. {NEW}"
    return dict(content)


def server_for(stage: GenesisStage, choose: Callable[[list[str]], list[str]], **failing: Any) -> PartServer:
    """`choose`: what a model says that the note concerns, of the labels that it may choose from."""

    def answer(body: dict[str, Any]) -> str:
        if part_of(body) == "concerns":
            return json.dumps({"change": choose(piece(body, "can_change"))})
        return json.dumps({"content": changed(stage), "adjustments": CHANGED})

    class Refining(PartServer):
        def behaviour(self, body: dict[str, Any]) -> Behaviour:
            own = self.failing.get(part_of(body))
            if own:
                return own.pop(0) if len(own) > 1 else own[0]
            return Behaviour(answer=answer, chunk=4_000)

    return Refining(failing)


async def done(writer: ModelWriter, asked: WriterRequest) -> tuple[list[PartsCame], Proposed]:
    found = [item async for item in writer.write(asked)]
    end = found[-1]
    assert isinstance(end, Proposed)
    return [item for item in found if isinstance(item, PartsCame)], end


def noted(stage: GenesisStage, said: str = "Let the sea take more.", path: str | None = None) -> WriterRequest:
    return large(stage, target=refined(stage), said=said, path=path)


def same_but(stage: GenesisStage, content: Content, *but: int) -> None:
    """Everything else is as it was, to the byte but for the order of fields, which the log does not keep."""
    before: Any = json.loads(json.dumps(refined(stage).content))
    after: Any = json.loads(json.dumps(content))
    for at in but:
        assert NEW in after[LIST[stage]][at][TEXT[stage]]
        before[LIST[stage]][at].pop(TEXT[stage])
        after[LIST[stage]][at].pop(TEXT[stage])
    written = [json.dumps(one, ensure_ascii=False, sort_keys=True) for one in (after, before)]
    assert written[0] == written[1]


@pytest.mark.parametrize("profile", ["lean", "full"])
@pytest.mark.parametrize("stage", LIST, ids=str)
async def test_a_note_on_one_item_asks_for_that_item_alone(stage: GenesisStage, profile: str) -> None:
    one = items(refined(stage).content, stage)[1]
    key = one.get("id", "1")
    with server_for(stage, lambda _: []) as server:
        writer = small_model(server, f"one item {stage} {profile}")
        if profile == "full":  # it costs a large model a small part of the whole as well
            writer = ModelWriter(settings(server, model=f"openai:one item {stage}", model_profile="full"))
        kept, end = await done(writer, noted(stage, path=f"/{LIST[stage]}/{key}/{TEXT[stage]}"))
        assert parts_asked(server) == [f"“{one.get('name') or one['title']}”"]
    assert [list(came.parts) for came in kept] == [[f"{LIST[stage]}:1"]]
    same_but(stage, end.contents[0], 1)
    assert end.adjustments == (tuple(CHANGED),)


async def test_a_note_on_a_beat_asks_for_that_beat_alone() -> None:
    with server_for(PLOT, lambda _: []) as server:
        _, end = await done(small_model(server, "one beat"), noted(PLOT, path="/beats/2/summary"))
        assert len(server.requests) == 1
        schema = json.dumps(server.requests[0][2]["response_format"])
    beats: Any = refined(PLOT).content["beats"]
    asked = [one["key"] for one in beats if f'"{one["key"]}"' in schema]
    assert asked == [beats[2]["key"]]
    assert end.contents[0] == refined(PLOT).content, "the server has told of chapters, which nobody had asked for"


@pytest.mark.parametrize("stage", LIST, ids=str)
async def test_a_note_on_the_whole_asks_first_what_it_concerns_and_then_for_that(stage: GenesisStage) -> None:
    names = [str(one.get("name") or one["title"]) for one in items(refined(stage).content, stage)]
    with server_for(stage, lambda labels: [one for one in labels if one.endswith(f": {names[2]}")]) as server:
        kept, end = await done(small_model(server, f"what it concerns {stage}"), noted(stage))
        assert parts_asked(server) == ["concerns", f"“{names[2]}”"]
    assert [list(came.parts) for came in kept] == [["concerns"], ["concerns", f"{LIST[stage]}:2"]]
    same_but(stage, end.contents[0], 2)
    assert end.adjustments == (tuple(CHANGED),)
    assert end.item_missing == ()


async def test_a_large_model_is_asked_for_a_refinement_of_the_whole_at_once() -> None:
    with server_for(CAST, lambda _: []) as server:
        named = settings(server, model="openai:large and at once", model_profile="full")
        await done(ModelWriter(named, pause_seconds=0), noted(CAST))
        assert set(parts_asked(server)) == {"whole"}


async def test_somebody_new_is_asked_for_when_a_note_wants_them() -> None:
    stranger = {"name": "Ilse Brandt", "role": "foil", "one_line_storyline": "She asks for what the sea owes her."}
    with server_for(CAST, lambda labels: [one for one in labels if one.startswith("a new")]) as server:
        server.failing["a new person"] = [
            Behaviour(
                answer=lambda _: json.dumps({"content": {"characters": [stranger]}, "adjustments": ["She is new."]})
            )
        ]
        _, end = await done(small_model(server, "somebody new"), noted(CAST, "There should be a creditor."))
        assert parts_asked(server) == ["concerns", "a new person"]
    people = items(end.contents[0], CAST)
    before = items(refined(CAST).content, CAST)
    assert people[: len(before)] == before
    assert people[-1]["name"] == "Ilse Brandt"


async def test_where_it_cannot_say_what_a_note_concerns_everything_is_gone_through() -> None:
    with server_for(WORLD, lambda _: [], concerns=[broken()]) as server:
        _, end = await done(small_model(server, "cannot choose"), noted(WORLD))
        asked = parts_asked(server)
    assert asked.count("concerns") <= REQUESTS
    assert len(asked) == len(set(asked)) + 2, "no other part has a second try"
    same_but(WORLD, end.contents[0], *range(len(items(refined(WORLD).content, WORLD))))


async def test_a_part_of_a_refinement_that_fails_leaves_its_item_as_it_was_and_is_told() -> None:
    people = items(refined(CAST).content, CAST)
    failing: Any = {f"“{people[3]['name']}”": [broken()]}
    with server_for(CAST, lambda labels: [labels[1], labels[3]], **failing) as server:
        _, end = await done(small_model(server, "one of two"), noted(CAST))
        asked = parts_asked(server)
    assert len(asked) <= 3 + REQUESTS - 1
    assert asked.count(f"“{people[3]['name']}”") <= REQUESTS
    same_but(CAST, end.contents[0], 1)
    assert people[3]["name"] in end.notes[0]
    assert (end.item_missing, end.item_unchanged) == ((), (("/characters/3",),))


def rest_of_a_note(stage: GenesisStage, content: Content, *unchanged: str) -> WriterRequest:
    """The rest of a refinement of which all came but `unchanged`."""
    asked = noted(stage)
    partial = proposal(stage, content)
    lacking = Incomplete(proposal_id=partial.id, unchanged=unchanged, feedback_id=asked.work.feedback_id)
    work = asked.work.model_copy(update={"rest_of": partial.id, "proposal_id": partial.id})
    record = asked.record.model_copy(update={"proposals": (partial,), "incomplete": (lacking,)})
    return replace(asked, work=work, target=partial, record=record)


async def test_the_rest_of_a_refinement_is_what_its_note_has_not_reached() -> None:
    people = items(refined(CAST).content, CAST)
    failing: Any = {f"“{people[3]['name']}”": [broken()]}
    with server_for(CAST, lambda labels: [labels[1], labels[3]], **failing) as server:
        _, partial = await done(small_model(server, "the first of two"), noted(CAST))
    rest = rest_of_a_note(CAST, partial.contents[0], *partial.item_unchanged[0])
    with server_for(CAST, lambda _: []) as server:
        # whatever the settings say: what came in parts goes on in parts
        kept, end = await done(small_model(server, "the other of two", model_parts="never"), rest)
        assert parts_asked(server) == [f"“{people[3]['name']}”"]
        assert "Let the sea take more." in json.dumps(server.requests[0][2])
    same_but(CAST, end.contents[0], 1, 3)
    assert (end.item_missing, end.item_unchanged) == ((), ())
    with server_for(CAST, lambda _: []) as server:  # killed after the part came, before its outcome was recorded
        _, again = await done(small_model(server, "killed"), replace(rest, kept=kept[-1].parts))
        assert parts_asked(server) == []
    assert again.contents == end.contents


async def test_the_rest_of_a_refinement_may_be_somebody_new() -> None:
    stranger = {"name": "Ilse Brandt", "role": "foil", "one_line_storyline": "She asks for what the sea owes her."}
    answer = Behaviour(answer=lambda _: json.dumps({"content": {"characters": [stranger]}, "adjustments": ["New."]}))
    with server_for(CAST, lambda _: []) as server:
        server.failing["a new person"] = [answer]
        rest = rest_of_a_note(CAST, refined(CAST).content, "/characters/-")
        _, end = await done(small_model(server, "new in the rest"), rest)
        assert parts_asked(server) == ["a new person"]
    assert items(end.contents[0], CAST)[-1]["name"] == "Ilse Brandt"


async def test_a_refinement_of_what_is_not_whole_is_not_whole_either() -> None:
    asked = noted(CAST)
    assert asked.target is not None
    lacking = Incomplete(proposal_id=asked.target.id, missing=("/characters/1", "/characters/2"))
    record = asked.record.model_copy(update={"incomplete": (lacking,)})
    with server_for(CAST, lambda labels: [labels[1]]) as server:
        _, end = await done(small_model(server, "of a partial cast"), replace(asked, record=record))
    assert end.item_missing == (("/characters/2",),)


async def test_whoever_goes_on_with_a_refinement_asks_only_for_the_rest() -> None:
    def choose(labels: list[str]) -> list[str]:
        return [labels[0], labels[2]]

    people = items(refined(CAST).content, CAST)
    names = ["concerns", *(f"“{people[at]['name']}”" for at in (0, 2))]
    with server_for(CAST, choose) as server:
        kept, whole = await done(small_model(server, "first refined"), noted(CAST))
    for came in kept[:-1]:
        with server_for(CAST, choose) as server:
            again = small_model(server, f"goes on refined {len(came.parts)}")
            _, end = await done(again, replace(noted(CAST), kept=came.parts))
            assert list(dict.fromkeys(parts_asked(server))) == names[len(came.parts) :]
        assert end.contents == whole.contents


async def test_a_refinement_of_which_nothing_comes_fails() -> None:
    with server_for(CAST, lambda _: []) as server:
        server.failing[f"“{items(refined(CAST).content, CAST)[0]['name']}”"] = [broken()]
        with pytest.raises(WriterError) as caught:
            await done(small_model(server, "nothing refined"), noted(CAST, path="/characters/0"))
        assert len(server.requests) == REQUESTS
    assert caught.value.code == "BROKEN_ANSWER"
