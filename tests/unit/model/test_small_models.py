"""What small real models answered (tests/data): what a person would keep is kept, nothing invented, nothing broken."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from genesis_types.enums import GenesisStage

from infrastructure.writers.model.shapes import Shape
from tests.support.writers import request

ANSWERS = [
    json.loads(line)
    for line in (Path(__file__).parents[2] / "data" / "small_model_answers.jsonl").read_text("utf-8").splitlines()
]
TITLE = "A Stranger on Orrin's Stair"
"""The title of the concept that was confirmed: a conception without one of its own is called so."""

SPARK = "A lighthouse keeper collects the voices of drowned sailors"

KEPT = [
    ["The Lighthouse Keeper", "The Lost Voices Keeper", "The Keeper"],
    [],
    [TITLE],
    [],
    ["Lost Voices Keeper"],
    ["Lost Voices Keeper"],
    ["Lost Voices"],
    ["Lost Voices"],  # the second one was cut off
    [],
    [],  # without a theme it is no conception
    ["titlle"],  # the second one was cut off by the end of the context
    [SPARK, SPARK],  # the third is the second, word for word
    [SPARK],
]


def strings(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [part for item in value.values() for part in strings(item)]
    if isinstance(value, list):
        return [part for item in value for part in strings(item)]
    return [value] if isinstance(value, str) else []


@pytest.mark.parametrize("lean", [True, False])
@pytest.mark.parametrize(
    ("answer", "titles"), list(zip(ANSWERS, KEPT, strict=True)), ids=list(map(str, range(len(KEPT))))
)
def test_what_a_person_would_keep_is_kept(answer: dict[str, Any], titles: list[str], lean: bool) -> None:
    stage = GenesisStage(answer["stage"])
    concept = {GenesisStage.CONCEPT_SELECTION: {"title": TITLE}} if stage is GenesisStage.STORY_CONCEPTION else {}
    shape = Shape(request(stage, count=answer["asked_for"], confirmed=dict(concept)), lean=lean)
    items = shape.read(answer["text"])
    assert [item.content.get("title") or item.content.get("working_title") for item in items] == titles
    said = re.sub(r"\W", "", answer["text"]) + re.sub(r"\W", "", TITLE) + "three_act"
    for item in items:
        for text in strings(item.content):
            assert re.sub(r"\W", "", text) in said, "nothing is invented"
