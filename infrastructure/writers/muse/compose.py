"""One variant from its seed: the stage's maker, then what was rejected taken out."""

from collections.abc import Collection
from dataclasses import replace
from typing import Any, cast

import orjson
from genesis_types.enums import GenesisStage
from pydantic import ValidationError

from application.writers import WriterRequest
from domain.genesis.proposals import Content
from domain.genesis.stages import STAGE_BY_KEY
from infrastructure.writers.muse.bible import Bible
from infrastructure.writers.muse.build import build
from infrastructure.writers.muse.concepts import concept
from infrastructure.writers.muse.people import characters
from infrastructure.writers.muse.plot import outline
from infrastructure.writers.muse.scrub import scrubbed
from infrastructure.writers.muse.sources import StagedWishes
from infrastructure.writers.muse.story import conception
from infrastructure.writers.muse.world import worldview


def compose(
    request: WriterRequest, staged: StagedWishes, turn: int, used: Collection[str], *, again: int = 0
) -> tuple[Bible, Content]:
    """(Bible, content) of one variant. `used`: titles on the table already. `again`: same decisions, other words."""
    bible = build(request, staged, turn)
    bible = replace(bible, dice=bible.dice.turned(turn + again))
    pen = bible.pen()
    match request.work.stage:
        case GenesisStage.CONCEPT_SELECTION:
            content: Content = concept(bible, pen, used)
        case GenesisStage.STORY_CONCEPTION:
            content = conception(bible, pen, request.premise.title)
        case GenesisStage.CHARACTERS:
            content = characters(bible, pen)
        case GenesisStage.WORLDVIEW:
            content = worldview(bible, pen)
        case _:
            content = outline(bible, pen)
    return bible, scrubbed(full(request.work.stage, content), bible.wishes, bible.language)


def full(stage: GenesisStage, content: Content) -> Content:
    """`content` validated and in its full shape. Raises pydantic's ValidationError: a fault of ours."""
    shape = STAGE_BY_KEY[stage].content
    try:
        return shape.model_validate(content).model_dump(mode="json")
    except ValidationError as error:
        return shape.model_validate(_shortened(content, error)).model_dump(mode="json")


def _shortened(content: Content, error: ValidationError) -> Content:
    """`content` with what is too long cut, at a word where there is one: a spark may be one unbroken address."""
    result: Any = orjson.loads(orjson.dumps(content))
    for found in error.errors(include_url=False):
        if found["type"] == "string_too_long":
            holder = result
            for key in found["loc"][:-1]:
                holder = holder[key]
            limit = found["ctx"]["max_length"] - 1
            text = holder[found["loc"][-1]][:limit]
            holder[found["loc"][-1]] = (text.rsplit(" ", 1)[0] if " " in text[limit // 2 :] else text).rstrip() + "…"
    return cast(Content, result)
