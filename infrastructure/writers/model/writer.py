"""A model behind the writers' port: asked at most three times, shown as it writes, within its limits of time."""

import asyncio
import math
from collections.abc import AsyncIterator
from dataclasses import replace

import structlog
from pydantic_ai.models import Model

from application.writers import Attempt, Draft, Proposed, Sent, WriterError, WriterRequest
from domain.genesis.proposals import Content
from infrastructure.concurrency.cancellation import end
from infrastructure.settings import Settings
from infrastructure.writers.limits import REMOTE, REQUESTS, TimeLimits
from infrastructure.writers.model.asking import Meter
from infrastructure.writers.model.attempts import Attempts, Result
from infrastructure.writers.model.checks import mended
from infrastructure.writers.model.connections import Connection
from infrastructure.writers.model.errors import problem
from infrastructure.writers.model.prompts import prompt_version
from infrastructure.writers.model.providers import connect_to
from infrastructure.writers.model.sent import SentLog
from infrastructure.writers.model.shapes import Shape
from infrastructure.writers.model.targets import Target, target_of
from infrastructure.writers.model.wording import said, said_again

log = structlog.get_logger(__name__)

_DRAFT_SECONDS = 0.1
_USUAL_LENGTH = {"ConceptVariant": 1_800, "StoryConception": 4_500, "Characters": 9_000, "Worldview": 8_000}
_LONG = 16_000
_RAW = 1_200
"""Characters of text without shape that are shown, the newest."""


class ModelWriter:
    """A writer that asks a model. `model` replaces the one that is named, `limits` those that suit it."""

    def __init__(
        self,
        named: Settings | Target,
        *,
        model: Model | None = None,
        limits: TimeLimits | None = None,
        pause_seconds: float = 2.0,
    ) -> None:
        target = target_of(named) if isinstance(named, Settings) else named
        if model is not None:
            self._connection = Connection(model, "", None, "full", REMOTE, target.longest, target.context)
        else:
            self._connection = connect_to(target)
        if limits is not None:
            self._connection = replace(self._connection, limits=limits)
        self._pause = pause_seconds

    async def write(
        self, request: WriterRequest, *, most: int = REQUESTS, patient: bool = True
    ) -> AsyncIterator[Draft | Proposed]:
        """`most` requests at most; with another model in reserve not `patient`: it does not wait for this one."""
        connection = self._connection
        progress = _Progress(request)
        deadline = progress.clock() + connection.limits.total
        yield progress.draft()
        meter = Meter(connection.base_url, connection.prices)
        attempts = Attempts(
            connection,
            request,
            meter,
            alive=progress.alive,
            listen=progress.heard,
            tries=progress.tries,
            seconds_left=lambda: deadline - progress.clock(),
            pause_seconds=self._pause,
            most=most,
            patient=patient,
        )
        # The model's stream lives in a task of its own: its scopes must not be left open across our yields.
        asking = asyncio.create_task(attempts.run())
        try:
            try:
                async for draft in self._until_done(asking, progress, deadline):
                    yield draft
                result = asking.result()
            except WriterError:
                await end(asking)
                kept = attempts.salvaged()
                if kept is None:
                    raise
                result = kept
                attempts.sent.stopped("TIMED_OUT", meter.last)
            for note in filter(None, (*result.notes, result.few)):
                yield progress.draft(note)
            yield self._proposed(request, result, meter, attempts.sent)
        except WriterError as error:
            error.spent = meter.spent()
            error.tries = meter.requests
            attempts.sent.stopped(error.code, meter.last)
            error.sent = self._sent(request, attempts.sent)
            facts = {"code": error.code, "model": connection.name, "requests": meter.requests}
            log.warning("model_failed", correlation_id=str(request.work.correlation_id), **facts)
            raise
        except Exception as error:
            # Neither its text nor the cause is kept: a provider's error quotes what it was sent.
            known = problem("MODEL_FAILED")
            known.spent, known.tries = meter.spent(), meter.requests
            attempts.sent.stopped(known.code, meter.last)
            known.sent = self._sent(request, attempts.sent)
            facts = {"error": type(error).__name__, "model": connection.name}
            log.warning("model_failed", correlation_id=str(request.work.correlation_id), **facts)
            raise known from None
        finally:
            await end(asking)

    async def _until_done(
        self, asking: "asyncio.Task[Result]", progress: "_Progress", deadline: float
    ) -> AsyncIterator[Draft]:
        limits, clock = self._connection.limits, progress.clock
        shown_at = -math.inf
        while not asking.done():
            quiet = limits.first if progress.waits_for_first else limits.silence
            silent_at = progress.last_alive + quiet
            left = min(deadline, silent_at) - clock()
            if left <= 0:
                late = "NO_FIRST_WORD" if progress.waits_for_first else "WENT_SILENT"
                raise problem("TIMED_OUT" if deadline <= silent_at else late)
            news = asyncio.ensure_future(progress.news.wait())
            try:
                await asyncio.wait({asking, news}, timeout=left, return_when=asyncio.FIRST_COMPLETED)
            finally:
                news.cancel()
            if not progress.news.is_set():
                continue
            pause = shown_at + _DRAFT_SECONDS - clock()
            if pause > 0:
                await asyncio.wait({asking}, timeout=pause)
            progress.news.clear()
            shown_at = clock()
            yield progress.draft()

    def _sent(self, request: WriterRequest, sent: SentLog) -> Sent:
        return Sent(self._connection.name, prompt_version(request.work.stage), sent.asked, sent.texts)

    def _proposed(self, request: WriterRequest, result: Result, meter: Meter, sent: SentLog) -> Proposed:
        spent = meter.spent()
        return Proposed(
            contents=tuple(mended(request, item.content) for item in result.items),
            adjustments=tuple(item.adjustments for item in result.items),
            writer="model",
            model=self._connection.name,
            prompt_version=prompt_version(request.work.stage),
            usage=spent.usage if spent else {"requests": meter.requests},
            cost_usd=spent.cost_usd if spent else None,
            price_source=spent.price_source if spent else None,
            notes=result.notes,
            item_notes=result.item_notes,
            asked=sent.asked,
            texts=sent.texts,
        )


class _Progress:
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
            self._percent = max(self._percent, round(3 + 92 * share, 1))
            self._contents = self._shape.drafts(self._text) or self._contents
        words = message or " ".join(filter(None, (self._again, said(self._language, phase))))
        return Draft(self._contents, self._percent, phase, words, self._attempt, self._raw())

    def _raw(self) -> str:
        """What can be read before anything has its place: the end of the thoughts, or of an answer without shape."""
        return (self._text if self._text.strip() else self._thoughts)[-_RAW:] if not any(self._contents) else ""
