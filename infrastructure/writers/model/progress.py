"""What has been heard of a model so far, as it is shown: contents, a percentage, and words on what is going on."""

import asyncio
import math
from collections.abc import Callable

from application.writers import Attempt, Draft, WriterRequest
from domain.genesis.proposals import Content
from infrastructure.writers.limits import REQUESTS
from infrastructure.writers.model.parts.step import Step
from infrastructure.writers.model.shapes import Shape
from infrastructure.writers.model.wording import said, said_again, said_part

_USUAL_LENGTH = {
    "ConceptVariant": 1_800,
    "StoryConception": 4_500,
    "Characters": 9_000,
    "Worldview": 8_000,
    "CastList": 900,
    "Person": 1_800,
    "Beats": 3_500,
    "Chapters": 3_000,
    "Contradictions": 2_500,
    "WorldFrame": 2_500,
    "Places": 2_000,
    "Factions": 1_500,
    "History": 2_000,
    "Concerns": 150,
}
_LONG = 16_000
_RAW = 1_200
"""Characters of text without shape that are shown, the newest."""


class Progress:
    """What has been heard of the model so far. Partial JSON is parsed only when a draft is shown."""

    def __init__(self, request: WriterRequest) -> None:
        self.clock = asyncio.get_running_loop().time
        self.news = asyncio.Event()
        self.last_alive = self.clock()
        self.waits_for_first = True
        self._language = request.premise.language
        self._shape: Shape | None = None
        self._text = ""
        self._thoughts = ""
        self._attempt: Attempt | None = None
        self._contents: tuple[Content, ...] = ()
        self._percent = 1.0
        self._again = ""
        self._begun = False
        self._step: Step | None = None
        self._around: Callable[[tuple[Content, ...]], tuple[Content, ...]] = lambda contents: contents

    def alive(self) -> None:
        """A byte came: of the answer, of a thought, or of a comment that keeps the line open."""
        self.last_alive = self.clock()
        self.waits_for_first = False

    def tries(self, number: int, why: str | None) -> None:
        self.last_alive = self.clock()
        self.waits_for_first = True
        self._attempt = Attempt(number, REQUESTS, why)
        if number > 1:
            self._again = said_again(self._language, number, REQUESTS, why)
            self._text, self._thoughts, self._begun = "", "", False
            self.news.set()

    def begins(self, step: Step, around: Callable[[tuple[Content, ...]], tuple[Content, ...]]) -> None:
        """A part of a large content begins; `around` puts what is heard of it to the parts that are there."""
        self._step, self._around = step, around
        self._again, self._text, self._thoughts, self._begun, self._shape = "", "", "", False, None
        self._contents = around(())
        self.news.set()

    def heard(self, shape: Shape, text: str, thoughts: str) -> None:
        """All of the answer so far, its text "" while the model thinks."""
        self._begun = True
        self._shape, self._text, self._thoughts = shape, text, thoughts
        self.news.set()

    def draft(self, message: str | None = None) -> Draft:
        phase = "writing" if self._text else "thinking" if self._begun else "reading"
        if self._shape is not None:
            # Nobody knows how long the answer will be: the share nears its end as the usual length is passed.
            usual = _USUAL_LENGTH.get(self._shape.content_name, _LONG) * self._shape.count
            share = 1 - math.exp(-1.5 * len(self._text) / usual)
            if self._step is not None:
                share = (self._step.number - 1 + share) / self._step.of
            self._percent = max(self._percent, round(3 + 92 * share, 1))
            self._contents = self._around(self._shape.drafts(self._text)) or self._contents
        part = said_part(self._language, self._step.number, self._step.of) if self._step is not None else ""
        words = message or " ".join(filter(None, (part, self._again, said(self._language, phase))))
        return Draft(self._contents, self._percent, phase, words, self._attempt, self._raw())

    def _raw(self) -> str:
        """What can be read before anything has its place: the end of the thoughts, or of an answer without shape."""
        return (self._text if self._text.strip() else self._thoughts)[-_RAW:] if not any(self._contents) else ""
