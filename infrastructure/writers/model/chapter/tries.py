"""The loop of tries for one text of a chapter: at most three requests, each told what was wrong with the one before.

How a server is asked, what its refusals mean and what may be over after a pause are those of proposals (attempts.py).
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Generic, TypeVar

import structlog
from pydantic_ai.exceptions import ModelAPIError

from infrastructure.writers.limits import REQUESTS
from infrastructure.writers.model import errors, ladder
from infrastructure.writers.model.asking import Answer, Enough, Meter, Question, ask
from infrastructure.writers.model.attempts import asked_pause
from infrastructure.writers.model.chapter.watch import Watch
from infrastructure.writers.model.connections import Connection
from infrastructure.writers.model.http import Seen
from infrastructure.writers.model.ladder import Rung, Way
from infrastructure.writers.model.prompts import Part, Prompt
from infrastructure.writers.model.schemas import Json
from infrastructure.writers.model.sent import SentLog
from infrastructure.writers.model.wording import schema_words

log = structlog.get_logger(__name__)

_TEMPERATURES = (0.8, 0.9, 0.5)
"""For servers of one's own, as for proposals."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Verdict(Generic[T]):
    """What an answer is worth. `value` None: nothing of it can be taken. `code`: why to ask again, None for no reason.

    `reason` is what the model is told; `final`: asking again would not help; `rank`: of several the greatest is taken.
    """

    value: T | None
    code: str | None = None
    reason: str | None = None
    final: bool = False
    rank: int = 0


@dataclass
class Tries(Generic[T]):
    """One text. `made` gives the prompt for an answer of so many tokens; `judge` looks at each answer."""

    connection: Connection
    meter: Meter
    sent: SentLog
    watch: Watch
    made: Callable[[int], Prompt]
    judge: Callable[[Answer], Verdict[T]]
    answer_tokens: int
    seconds_left: Callable[[], float]
    schema: Json | None = None
    enough: Enough | None = None
    most: int = REQUESTS
    patient: bool = True
    pause_seconds: float = 2.0
    part: tuple[int, int] | None = None
    causes: list[str] = field(default_factory=list)
    best: Verdict[T] | None = None
    _reason: str | None = None
    _told: set[str] = field(default_factory=set)
    _longer: int = 1
    _over: bool = False

    async def run(self) -> T:
        """Raises WriterError: the cause of the last request that failed."""
        way = self._first_way()
        for number in range(1, self.most + 1):
            following = await self._try(way, number)
            if following is None or number == self.most:
                break
            way = following
        if self.best is not None and self.best.value is not None:
            return self.best.value
        raise errors.problem(self.causes[-1])

    def _first_way(self) -> Way:
        known = ladder.known_way(self.connection.base_url, self.connection.name, self.connection.first_way)
        return known if self.schema is not None else replace(known, rung=Rung.TEXT)

    async def _try(self, way: Way, number: int) -> Way | None:
        """The way to ask next; None: it is done, or asking again would not help."""
        wanted = self._question(way, number)
        if wanted is None:
            self.causes.append("DOES_NOT_FIT")
            return None
        self.watch.tries(number, self.causes[-1] if self.causes else None)
        self.sent.begins(wanted, way, count=1, part=self.part)
        seen = Seen(alive=self.watch.alive)
        try:
            answer = await ask(
                self.connection.model,
                wanted,
                way,
                seen=seen,
                meter=self.meter,
                heard=self.watch.heard,
                enough=self.enough,
            )
        except Exception as error:
            # Neither its text nor the cause is kept: a provider's error quotes what it was sent.
            code = errors.cause(error, seen, heard=bool(self.watch.text))
            log.info("model_request_failed", code=code, error=type(error).__name__, status=seen.status, rung=way.rung)
            self.sent.ended(code, self.meter.last)
            self.causes.append(code)
            return await self._after_failure(way, code, seen, error, number)
        flaw = self._taken(answer, way)
        self.sent.ended(flaw, self.meter.last)
        if flaw is None:
            return None
        self.causes.append(flaw)
        return None if self._over or flaw in ("CONTENT_FILTERED", "REFUSED") else way

    def _taken(self, answer: Answer, way: Way) -> str | None:
        """What was wrong with an answer, None when it is the one."""
        if answer.finish_reason == "content_filter":
            return "CONTENT_FILTERED"
        if answer.finish_reason == "length" and (answer.thoughts or not answer.text.strip()):
            self._longer = 3
        if not (answer.ended or answer.stopped or answer.endless):
            return "CONNECTION_LOST"
        verdict = self.judge(answer)
        if verdict.value is not None and (self.best is None or verdict.rank > self.best.rank):
            self.best = verdict
        if verdict.code is None:
            if self.schema is not None:
                ladder.remember(self.connection.base_url, self.connection.name, way)
            return None
        if verdict.final or (verdict.value is not None and verdict.reason in self._told):
            self._over = True  # sent back once: now the novelist hears of it
        if verdict.reason is not None:
            self._told.add(verdict.reason)
            self._reason = verdict.reason
        return verdict.code

    async def _after_failure(self, way: Way, code: str, seen: Seen, error: Exception, number: int) -> Way | None:
        words = seen.words or f"{error}".lower()
        told = not seen.page and isinstance(error, ModelAPIError)
        lower = ladder.after_refusal(way, seen.status, words) if told else None
        if lower is not None and code not in errors.PLAIN:
            # prose has no form that could be refused: only what stands beside it
            return lower if self.schema is not None else replace(lower, rung=Rung.TEXT)
        if code in errors.OF_THE_ANSWER:
            return way
        if code not in errors.PASSING or number == self.most or not self.patient:
            return None
        pause = asked_pause(seen.retry_after)
        pause = self.pause_seconds * 2 ** (number - 1) if pause is None else pause
        if pause >= self.seconds_left():
            return None
        while pause > 0:  # a pause that was asked for is no silence
            self.watch.alive()
            step = min(pause, 5.0)
            await asyncio.sleep(step)
            pause -= step
        self.watch.alive()
        return way

    def _question(self, way: Way, number: int) -> Question | None:
        """What is asked this time; None: it is more than the model can read."""
        connection = self.connection
        longest = self.answer_tokens * self._longer
        for most in (connection.longest, way.longest, (connection.context or 0) // 2 or None):
            longest = longest if most is None else min(longest, most)
        budget = connection.budget(longest)
        told = self.made(longest)
        if not told.fits:
            return None
        self.sent.left_out = told.left_out or self.sent.left_out
        parts = list(told.parts)
        if self.schema is not None and way.rung in (Rung.OBJECT, Rung.TEXT):
            parts.append(Part("user", "form", schema_words(self.schema)))
        if self._reason is not None:
            parts.append(Part("user", "mend", self._reason))
        room = budget.answer_after(told.tokens)
        temperature = _TEMPERATURES[(number - 1) % len(_TEMPERATURES)] if connection.provider == "own-server" else None
        return Question(tuple(parts), self.schema or {}, temperature, longest if room is None else min(longest, room))
