"""The one loop of tries: at most three requests for a click, each different from the one before.

What a request teaches decides the next: a refused part is left out, an answer without shape is asked for in another
way, with fewer fields and another temperature, and a server that asks for a pause gets it. The broken answer is never
sent back; a finding is sent back once, as a sentence. Good proposals of a batch are kept whatever else happened.
"""

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import structlog
from pydantic_ai.exceptions import ModelAPIError

from application.writers import WriterRequest
from domain.genesis.proposals import Content
from infrastructure.writers.limits import REQUESTS
from infrastructure.writers.model import errors, ladder
from infrastructure.writers.model.asking import Answer, Meter, Question, ask
from infrastructure.writers.model.checks import findings, notes, reason
from infrastructure.writers.model.connections import Connection
from infrastructure.writers.model.http import Seen
from infrastructure.writers.model.ladder import Rung, Way
from infrastructure.writers.model.parts.step import Step
from infrastructure.writers.model.prompts import Part, prompt
from infrastructure.writers.model.schemas import with_any_of
from infrastructure.writers.model.search import shape_of
from infrastructure.writers.model.sent import SentLog
from infrastructure.writers.model.shapes import Item, Shape
from infrastructure.writers.model.wording import kept_note, left_out_notes, schema_words

log = structlog.get_logger(__name__)

_TEMPERATURES = (0.7, 0.9, 0.4)
"""For servers of one's own. The large providers' newest models refuse sampling parameters, and need none."""


@dataclass
class Result:
    """The proposals, what has to be said about each (`item_notes`), and about them all (`notes`).

    `few`: that not all of them came, None when they did; `missing`: JSON pointers to what of the first did not come.
    """

    items: list[Item]
    few: str | None = None
    notes: tuple[str, ...] = ()
    item_notes: tuple[tuple[str, ...], ...] = ()
    missing: tuple[str, ...] = ()


@dataclass
class Attempts:
    """One generation. `listen` is told of every text and thought so far, `tries` of each request that begins, and why.

    `sent` has written down each request by then.
    """

    connection: Connection
    request: WriterRequest
    meter: Meter
    alive: Callable[[], None]
    listen: Callable[[Shape, str, str], None]
    tries: Callable[[int, str | None], None]
    seconds_left: Callable[[], float]
    pause_seconds: float = 2.0
    most: int = REQUESTS
    step: Step | None = None
    """The part that is asked for; None: all at once."""
    mend: bool = True
    """Whether an answer with flaws is sent back."""
    patient: bool = True
    """Whether it waits and asks again when the server cannot answer just now; else another model is asked."""
    causes: list[str] = field(default_factory=list)
    sent: SentLog = field(default_factory=SentLog)
    _count: int = 0
    _said: str | None = None
    _best: Result | None = None
    _shape: Shape | None = None
    _text: str = ""
    _longer: int = 1

    async def run(self) -> Result:
        """Raises WriterError: of all causes the most frequent one, the last of equally frequent ones."""
        self._count = max(1, self.request.work.count)
        way = ladder.known_way(self.connection.base_url, self.connection.name, self.connection.first_way)
        way = replace(way, lean=self.is_lean())
        for number in range(1, self.most + 1):
            if number == self.most > 1 and len(self.causes) == number - 1 and set(self.causes) == {"REQUEST_REFUSED"}:
                way = way.last
            found = await self._try(way, number)
            if isinstance(found, Result):
                return found
            if found is None or number == self.most:
                break
            way = found
        if self._best is not None:
            return self._best
        most = Counter(self.causes).most_common(1)[0][1]
        raise errors.problem([code for code in self.causes if self.causes.count(code) == most][-1])

    def salvaged(self) -> Result | None:
        """What is whole of all that came so far, when there is no time for more."""
        if self._best is not None:
            return self._best
        items = self._shape.read(self._text) if self._shape is not None and self._shape.keeps_whole else []
        return self._result(items) if items else None

    async def _try(self, way: Way, number: int) -> Result | Way | None:
        """The result, or the way to ask next, or None: asking again would not help."""
        work = self.request.work.model_copy(update={"count": self._count})
        asked = replace(self.request, work=work)
        whole = self.step is None
        shape = self._shape = shape_of(asked, lean=way.lean) if whole else Shape(asked, lean=way.lean, step=self.step)
        self._text = ""
        seen = Seen(alive=self.alive)

        def heard(text: str, thoughts: str) -> None:
            self._text = text
            self.listen(shape, text, thoughts)

        wanted = self._question(asked, shape, way, number)
        if wanted is None:
            self.causes.append("DOES_NOT_FIT")
            return None
        self.tries(number, self.causes[-1] if self.causes else None)
        part = (self.step.number, self.step.of) if self.step else None
        self.sent.begins(wanted, way, count=self._count, part=part)
        known = len(self.causes)
        try:
            answer = await ask(self.connection.model, wanted, way, seen=seen, meter=self.meter, heard=heard)
        except Exception as error:
            # Neither its text nor the cause is kept: a provider's error quotes what it was sent.
            code = errors.cause(error, seen, heard=bool(self._text))
            log.info("model_request_failed", code=code, error=type(error).__name__, status=seen.status, rung=way.rung)
            self.sent.ended(code, self.meter.last)
            return await self._after_failure(way, code, seen, error, number)
        found = self._judged(way, answer, shape, number)
        self.sent.ended(self.causes[-1] if len(self.causes) > known else None, self.meter.last)
        return found

    async def _after_failure(
        self, way: Way, code: str, seen: Seen, error: Exception, number: int
    ) -> Result | Way | None:
        if (kept := self._kept_of_batch()) is not None:
            return kept
        words = seen.words or f"{error}".lower()
        lower = (
            None if seen.page or not isinstance(error, ModelAPIError) else ladder.after_refusal(way, seen.status, words)
        )
        if lower is not None and code not in errors.PLAIN:
            self.causes.append("REQUEST_REFUSED" if code in ("WRONG_ADDRESS", "REQUEST_REFUSED") else code)
            return lower
        self.causes.append(code)
        if code in errors.OF_THE_ANSWER:
            return self._otherwise(way, ignored=False)
        if code not in errors.PASSING or number == self.most or not self.patient:
            return None
        pause = asked_pause(seen.retry_after)
        pause = self.pause_seconds * 2 ** (number - 1) if pause is None else pause
        if pause >= self.seconds_left():
            return None
        await self._paused(pause)
        return way

    async def _paused(self, seconds: float) -> None:
        """A pause that was asked for is no silence."""
        while seconds > 0:
            self.alive()
            step = min(seconds, 5.0)
            await asyncio.sleep(step)
            seconds -= step
        self.alive()

    def _judged(self, way: Way, answer: Answer, shape: Shape, number: int) -> Result | Way | None:
        if answer.finish_reason == "content_filter":
            self.causes.append("CONTENT_FILTERED")
            return None
        items = shape.read(answer.text) or (shape.read(answer.thoughts) if not answer.text.strip() else [])
        # what was cut off is never taken, not even when it happens to be valid; whole ones of a batch are
        if answer.finish_reason == "length" and not shape.keeps_whole:
            items = []
        if not items:
            return self._after_unfit(way, answer)
        ladder.remember(self.connection.base_url, self.connection.name, replace(way, lean=self._is_lean()))
        contents = [self._judgeable(item.content) for item in items]
        found = findings(self.request, contents, parts=self.step is not None)
        each = tuple(notes(one for one in found if one.proposal == at) for at in range(len(items)))
        result = self._result(items, each)
        again = reason(found, several=len(items) > 1)
        if (
            again is None or not self.mend or self._said is not None or number == self.most
        ):  # sent back once: now the writer hears of it
            return result
        self._said, self._best = again, result
        self.causes.append("WRONG_LANGUAGE" if any(one.code == "LANGUAGE" for one in found) else "FLAWED")
        return way

    def _after_unfit(self, way: Way, answer: Answer) -> Way | None:
        if answer.endless:
            code = "REPEATED_ITSELF"
        elif answer.finish_reason == "length":
            code = "TRUNCATED"
        elif not answer.text.strip():
            code = "EMPTY"
        elif errors.declines(answer.text):
            self.causes.append("REFUSED")
            return None
        else:
            code = "BROKEN_ANSWER" if answer.ended else "CONNECTION_LOST"
        self.causes.append(code)
        if code == "TRUNCATED" and answer.thoughts:
            self._longer = 3
        return self._otherwise(way, ignored="{" not in answer.text and code in ("BROKEN_ANSWER", "EMPTY"))

    def _otherwise(self, way: Way, *, ignored: bool) -> Way:
        """Fewer fields; where there are no fewer, fewer proposals. A form that was ignored is told in words."""
        if way.lean and len(self.causes) > 1:
            self._count = 1
        return replace(ladder.after_ignoring(way) if ignored else way, lean=True)

    def _question(self, asked: WriterRequest, shape: Shape, way: Way, number: int) -> Question | None:
        """What is asked this time; None: it is more than the model can read."""
        schema = shape.schema(texts=not way.plain and self.connection.provider != "openai")
        if self.connection.provider == "anthropic":
            schema = with_any_of(schema)
        longest = self.connection.max_tokens(shape.content_name, shape.count, lean=way.lean, times=self._longer)
        longest = longest if way.longest is None else min(longest, way.longest)
        budget = self.connection.budget(longest)
        told = prompt(asked, budget, self.step)
        if not told.fits:
            return None
        self.sent.left_out = told.left_out
        parts = list(told.parts)
        if way.rung in (Rung.OBJECT, Rung.TEXT):
            parts.append(Part("user", "form", schema_words(schema)))
        if self._said is not None:
            parts.append(Part("user", "mend", self._said))
        room = budget.answer_after(told.tokens)
        return Question(
            tuple(parts),
            schema,
            _TEMPERATURES[number - 1] if self.connection.provider == "own-server" else None,
            longest if room is None else min(longest, room),
        )

    def _judgeable(self, content: Content) -> Content:
        """A part in the place that it has in its stage's content: a person is one of a cast."""
        return {"characters": [content]} if self.step is not None and self.step.person is not None else content

    def is_lean(self) -> bool:
        """Whether only the core is asked for from the start."""
        return self._is_lean() or self.request.work.fewer_details

    def _is_lean(self) -> bool:
        return self.connection.profile == "lean"

    def _kept_of_batch(self) -> Result | None:
        found = self.salvaged()
        return found if found is not None and found is not self._best else None

    def _result(self, items: list[Item], each: tuple[tuple[str, ...], ...] = ()) -> Result:
        wanted, language = max(1, self.request.work.count), self.request.premise.language
        few = kept_note(language, len(items), wanted) if len(items) < wanted else None
        return Result(items, few, left_out_notes(language, self.sent.left_out), each)


def asked_pause(header: str | None) -> float | None:
    """Seconds that a Retry-After (RFC 9110) asks for, None where there is none."""
    if header is None:
        return None
    try:
        return max(0.0, float(header))
    except ValueError:
        pass
    try:
        return max(0.0, (parsedate_to_datetime(header) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return None
