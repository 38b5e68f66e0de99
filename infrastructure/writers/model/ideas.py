"""A model behind the port of ideas' writers: one request for each step, tried again within the step's time."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace
from typing import Any

import structlog

from application.idea_writers import STEPS, IdeaDraft, IdeaRequest, IdeasWritten, Made, Step, StepWritten, with_step
from application.writers import Sent, WriterError
from infrastructure.concurrency.cancellation import end
from infrastructure.settings import Settings
from infrastructure.writers.limits import REQUESTS, TimeLimits
from infrastructure.writers.model import idea_forms
from infrastructure.writers.model.asking import Meter
from infrastructure.writers.model.budget import Budget
from infrastructure.writers.model.chapter.tries import Tries
from infrastructure.writers.model.chapter.watch import Watch
from infrastructure.writers.model.connections import Connection
from infrastructure.writers.model.errors import problem
from infrastructure.writers.model.idea_limits import ANSWER_TOKENS
from infrastructure.writers.model.prompts import Part, Prompt, message, quoted, stored_prompt
from infrastructure.writers.model.providers import connect_to
from infrastructure.writers.model.sent import SentLog
from infrastructure.writers.model.targets import Target, target_of
from infrastructure.writers.model.tokens import tokens

log = structlog.get_logger(__name__)

_TASKS: dict[Step, str] = {
    "landscape": "Lay out the landscape of <brief>: four to six topics, each with two to four angles.",
    "thesis": "Give the thesis of a book that <brief> could become, from the landscape.",
    "concepts": "Give three to five concepts of books that rest on <thesis>.",
}
_THESES = {"fiction": "It is a work of fiction.", "non_fiction": "It is a work of non-fiction."}

Items = AsyncIterator[IdeaDraft | StepWritten | IdeasWritten]


@dataclass
class _Use:
    """One step's use: requests that are counted together and told together."""

    connection: Connection

    def __post_init__(self) -> None:
        self.meter = Meter(self.connection.base_url, self.connection.prices)
        self.sent = SentLog()
        self.watch = Watch()

    def failed(self, error: WriterError, correlation: str) -> WriterError:
        """The same, with what it used and had asked."""
        self.sent.stopped(error.code, self.meter.last)
        error.spent, error.tries = self.meter.spent(), self.meter.requests
        error.sent = Sent(self.connection.name, prompt_version(), self.sent.asked, self.sent.texts)
        facts = {"code": error.code, "model": self.connection.name, "requests": self.meter.requests}
        log.warning("model_failed", correlation_id=correlation, **facts)
        return error


class ModelIdeas:
    """A writer of ideas that asks a model. `step_seconds`: the longest that a step may take, all its tries together."""

    def __init__(self, named: Settings | Target, *, step_seconds: float = 60.0, pause_seconds: float = 2.0) -> None:
        self._connection = connect_to(target_of(named) if isinstance(named, Settings) else named)
        limits = self._connection.limits
        within = TimeLimits(*(min(one, step_seconds) for one in (limits.first, limits.silence, limits.total)))
        self._connection = replace(self._connection, limits=within)
        self._pause = pause_seconds

    async def write_ideas(self, request: IdeaRequest, *, most: int = REQUESTS, patient: bool = True) -> Items:
        """`most` requests at most for each step; what a step has used stands with it, or with its failure."""
        use = _Use(self._connection)
        try:
            for step in request.left:
                use = _Use(self._connection)
                async for item in self._step(request, step, use, most=most, patient=patient):
                    yield item
                    if isinstance(item, StepWritten):
                        request = with_step(request, item)
            yield IdeasWritten("model", self._connection.name, prompt_version())
        except WriterError as error:
            raise use.failed(error, str(request.correlation_id)) from None
        except Exception as error:
            # Neither its text nor the cause is kept: a provider's error quotes what it was sent.
            log.warning("model_failed", correlation_id=str(request.correlation_id), error=type(error).__name__)
            raise use.failed(problem("MODEL_FAILED"), str(request.correlation_id)) from None

    async def _step(self, request: IdeaRequest, step: Step, use: _Use, *, most: int, patient: bool) -> Items:
        intent, limits, watch = request.brief.intent, self._connection.limits, use.watch
        deadline = watch.clock() + limits.total
        tries: Tries[Made] = Tries(
            self._connection,
            use.meter,
            use.sent,
            watch,
            lambda longest: prompt(request, step, self._connection.budget(longest)),
            lambda answer: idea_forms.read(answer, step, request),
            ANSWER_TOKENS,
            lambda: deadline - watch.clock(),
            schema=idea_forms.schema(step, intent),
            most=most,
            patient=patient,
            pause_seconds=self._pause,
        )
        # The model's stream lives in a task of its own: its scopes must not be left open across our yields.
        asking = asyncio.create_task(tries.run())
        began = 100 * STEPS.index(step) / len(STEPS)
        try:
            async for _ in watch.until_done(asking, deadline, limits):
                content = idea_forms.so_far(watch.text, step, intent)
                percent = began + min(0.9, len(watch.text) / 2_500) * 100 / len(STEPS)
                yield IdeaDraft(step, content, round(percent, 1), watch.phase, watch.attempt)
            made = asking.result()
        finally:
            await end(asking)
        yield StepWritten(step, made, use.meter.spent(), use.sent.asked, use.sent.texts)


def prompt(request: IdeaRequest, step: Step, budget: Budget) -> Prompt:
    """What a step is asked with: what all steps share first, so that a server reads it once for all of them."""
    parts = (
        Part("system", "ideas", stored_prompt("ideas")[1]),
        *_material(request),
        Part("user", "task", " ".join((_TASKS[step], _THESES[request.brief.intent], _language(request)))),
    )
    total = tokens(message(parts, "system") + "\n\n" + message(parts, "user"), budget.model)
    return Prompt(parts, total, (), total <= budget.most)


def _material(request: IdeaRequest) -> Iterator[Part]:
    known: dict[str, Any] = {"brief": request.brief, "landscape": request.landscape, "thesis": request.thesis}
    for name, value in known.items():
        if value is not None:
            said = {key: one for key, one in value.model_dump(mode="json").items() if one}
            yield Part("user", name, f"<{name}>\n{quoted(said)}\n</{name}>")


def _language(request: IdeaRequest) -> str:
    return f"Write in this language (BCP 47): {quoted(request.brief.language)}."


def prompt_version() -> str:
    return f"ideas-{stored_prompt('ideas')[0]}"
