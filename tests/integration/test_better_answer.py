"""A small model that is told of a flaw may answer with a worse one: then the first answer is the proposal."""

import json
from typing import Any

from infrastructure.writers.model.writer import ModelWriter
from tests.support.model_answers import muse_answer, settings
from tests.support.openai_server import Behaviour, OpenAIServer
from tests.support.writers import request, written


def changed(**fields: str) -> Behaviour:
    """The muse's answer with these fields."""

    def answer(body: dict[str, Any]) -> str:
        found = json.loads(muse_answer(body))
        one = found["proposals"][0] if "proposals" in found else found
        one.update(fields)
        return json.dumps(found)

    return Behaviour(answer=answer)


async def titles(*behaviours: Behaviour, name: str) -> tuple[list[str], list[int], int]:
    """Of one click: the titles, how many notes each has, and the requests."""
    with OpenAIServer(*behaviours) as server:
        writer = ModelWriter(settings(server, model=f"openai:{name}"), pause_seconds=0)
        _, end = await written(writer, request(count=1))
        return [content["title"] for content in end.contents], [*map(len, end.item_notes)], len(server.requests)


FLAWED = changed(title="The Bell", stakes="TBD")


async def test_what_was_to_be_mended_is_kept_where_the_mending_is_worse() -> None:
    # as it was seen: the words of the complaint come back as the text
    worse = changed(title="Proposal 1", stakes="TBD", hook="...")
    assert await titles(FLAWED, worse, name="worsens") == (["The Bell"], [1], 2)


async def test_what_is_as_good_or_better_is_taken() -> None:
    assert await titles(FLAWED, changed(title="The Tide", stakes="TBD"), name="tries") == (["The Tide"], [1], 2)
    assert await titles(FLAWED, changed(title="The Tide"), name="mends") == (["The Tide"], [0], 2)
