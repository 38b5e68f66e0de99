"""Tokens of the requests in parts: each part of a first proposal and of a refinement, its schema included."""

import json
from collections.abc import Iterator
from typing import Any

from application.writers import WriterRequest
from domain.genesis.proposals import Content
from infrastructure.writers.model.budget import Budget
from infrastructure.writers.model.parts.plans import plan_for
from infrastructure.writers.model.parts.step import Step
from infrastructure.writers.model.prompts import prompt
from infrastructure.writers.model.shapes import Shape
from infrastructure.writers.model.tokens import tokens

_ROOM = Budget(context=1_000_000)


def part_tokens(asked: WriterRequest, whole: Content, model: str = "gpt-4o") -> list[tuple[str, int]]:
    """(key, tokens) of each request of the lean profile, when every part comes as it stands in `whole`.

    Of a refinement everything that is there is chosen to be changed, so that its last parts are told of all the others.
    """
    return [(step.key, _size(asked, step, model)) for step in steps(asked, whole)]


def steps(asked: WriterRequest, whole: Content) -> Iterator[Step]:
    plan = plan_for(asked, lean=True)
    assert plan is not None
    kept: dict[str, Content] = {}
    while (step := plan.next(kept, ())) is not None:
        yield step
        found = step.picked(_answer(step, whole))
        assert found is not None, step.key
        kept[step.key] = found


def _answer(step: Step, whole: Content) -> Content:
    if step.key == "concerns":
        return {"change": [label for label in step.told[0][1] if not label.startswith("a new ")]}
    given: Any = {name: value for name, value in whole.items() if name in step.kind.model_fields}
    return step.fitted(given) if step.fitted is not None else given


def _size(asked: WriterRequest, step: Step, model: str) -> int:
    told = prompt(asked, _ROOM, step)
    schema = json.dumps(Shape(asked, lean=True, step=step).schema())
    return tokens("\n".join((told.instructions, told.question, schema)), model)
