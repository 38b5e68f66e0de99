"""A model plans contents over real HTTP: batch by batch, each by its form, short or broken answers included."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from application.chapter_writers import Book
from application.contents_writers import ChapterPlanned, ContentsDone, ContentsRequest, Standing
from application.writers import WriterError
from infrastructure.writers.contents_batches import BATCH
from infrastructure.writers.limits import TimeLimits
from infrastructure.writers.model.contents import ModelContents
from tests.support.model_answers import settings
from tests.support.openai_server import Behaviour, OpenAIServer

ID = UUID(int=5)
LIMITS = TimeLimits(first=30, silence=5, total=60)
REQUEST = ContentsRequest(ID, ID, Book("A Book", "en"), 1, 7, 7, 1_200)
USAGE = {"prompt_tokens": 1_200, "completion_tokens": 800}


def chapter(number: int) -> dict[str, Any]:
    return {"title": f"No. {number}", "part": "", "purpose": f"Purpose {number} of its own.", "goal": "To cross.",
            "who": ["Mara"], "plants": [], "pays": "The door", "tension": 40, "target_words": 0}  # fmt: skip


def says(*numbers: int, cut: bool = False) -> Behaviour:
    text = json.dumps({"chapters": [chapter(number) for number in numbers]})
    text = text[: text.rindex('"purpose"') + 14] if cut else text
    return Behaviour(answer=lambda _: text, as_text=True, usage=USAGE)


def write(behaviours: Sequence[Behaviour], request: ContentsRequest = REQUEST) -> tuple[list[Any], Any, list[Any]]:
    """(what came but drafts, how it failed, the requests)."""

    async def run() -> tuple[list[Any], Any, list[Any]]:
        with OpenAIServer(*behaviours) as server:
            writer = ModelContents(settings(server, model="openai:gpt-4o"), limits=LIMITS, pause_seconds=0)
            items: list[Any] = []
            try:
                async for item in writer.write_contents(request):
                    items += [item] if isinstance(item, ChapterPlanned | ContentsDone) else []
            except WriterError as error:
                return items, error, [body for _, _, body in server.requests]
            return items, None, [body for _, _, body in server.requests]

    return asyncio.run(run())


def numbers(items: list[Any]) -> list[int]:
    return [item.chapter.number for item in items if isinstance(item, ChapterPlanned)]


def test_a_range_comes_in_batches_and_each_is_paid_once() -> None:
    items, error, requests = write([says(*range(1, BATCH + 1)), says(6, 7)])
    assert error is None
    assert numbers(items) == list(range(1, 8))
    assert isinstance(items[-1], ContentsDone)
    assert [item.spent is not None for item in items[:-1]] == [True, *[False] * (BATCH - 1), True, False]
    plan = items[0].chapter.plan
    assert (plan.tension, plan.target_words, plan.pays, plan.who) == (10, 1_200, ("The door",), ("Mara",))
    assert len(requests) == 2


def test_an_answer_that_is_cut_off_is_worth_its_whole_chapters() -> None:
    items, error, requests = write([says(1, 2, 3, cut=True), says(3, 4, 5, 6, 7)])
    assert error is None
    assert numbers(items) == list(range(1, 8))
    assert [item.chapter.title for item in items[:-1]] == [f"No. {number}" for number in range(1, 8)]
    assert "exactly 5 chapters, 3 to 7" in json.dumps(requests[1])


def test_chapters_that_were_told_before_are_asked_again_and_at_last_it_fails() -> None:
    standing = tuple(Standing(one, "", f"No. {one}", f"Purpose {one} of its own.") for one in (1, 2))
    asked = replace(REQUEST, first=3, last=4, standing=standing)
    items, error, requests = write([says(1, 2), says(3, 4)], asked)
    assert (error, numbers(items), len(requests)) == (None, [3, 4], 2)
    items, error, requests = write([says(1, 2)] * 3, asked)
    assert (items, error.code, len(requests)) == ([], "REPEATED_ITSELF", 3)


def test_what_a_failing_batch_used_is_told_and_earlier_ones_stay() -> None:
    broken = Behaviour(answer=lambda _: "I would rather not.", as_text=True, usage=USAGE)
    items, error, _ = write([says(*range(1, 6)), broken, broken, broken])
    assert numbers(items) == [1, 2, 3, 4, 5]
    assert (error.code, error.tries, error.spent.usage["requests"]) == ("BROKEN_ANSWER", 3, 3)
