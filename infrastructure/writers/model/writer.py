"""A model behind the writers' port: asked at most three times, shown as it writes, within its limits of time."""

import asyncio
import math
from collections.abc import AsyncIterator
from dataclasses import replace

import structlog
from pydantic_ai.models import Model

from application.writers import Draft, PartsCame, Proposed, Sent, WriterError, WriterRequest
from domain.genesis.stages import STAGE_BY_KEY
from infrastructure.concurrency.cancellation import end
from infrastructure.settings import Settings
from infrastructure.writers.limits import REMOTE, REQUESTS, TimeLimits
from infrastructure.writers.model.asking import Meter
from infrastructure.writers.model.attempts import Attempts, Result
from infrastructure.writers.model.checks import mended
from infrastructure.writers.model.connections import Connection
from infrastructure.writers.model.errors import problem
from infrastructure.writers.model.parts.plans import plan_for
from infrastructure.writers.model.parts.refinements import aimed_at
from infrastructure.writers.model.parts_run import PartsRun
from infrastructure.writers.model.progress import Progress
from infrastructure.writers.model.prompts import prompt_version
from infrastructure.writers.model.providers import connect_to
from infrastructure.writers.model.search import is_search, pairs_of
from infrastructure.writers.model.sent import SentLog
from infrastructure.writers.model.targets import Target, target_of

log = structlog.get_logger(__name__)

_DRAFT_SECONDS = 0.1


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
    ) -> AsyncIterator[Draft | PartsCame | Proposed]:
        """`most` requests at most, and one more for each part beyond the first.

        With another model in reserve not `patient`: it does not wait for this one.
        """
        connection = self._connection
        progress = Progress(request)
        begun = progress.clock()
        yield progress.draft()
        meter = Meter(connection.base_url, connection.prices)
        sent = SentLog()
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
            sent=sent,
        )
        parts = self._in_parts(request, attempts, progress)
        deadline = begun + connection.limits.most(parts.open_parts if parts is not None else 1)
        work = parts or attempts
        # The model's stream lives in a task of its own: its scopes must not be left open across our yields.
        asking = asyncio.create_task(work.run())
        try:
            try:
                async for draft in self._until_done(asking, progress, deadline):
                    yield draft
                    if parts is not None and (came := parts.came()) is not None:
                        yield came
                        parts.taken()
                result = asking.result()
            except WriterError as error:
                await end(asking)
                sent.stopped(error.code, meter.last)
                if parts is not None and (came := parts.came()) is not None:
                    yield came
                kept = work.salvaged()
                if kept is None:
                    raise
                result = kept
            for note in filter(None, (*result.notes, result.few)):
                yield progress.draft(note)
            yield self._proposed(request, result, meter, sent)
        except WriterError as error:
            error.spent = meter.spent()
            error.tries = meter.requests if parts is None else parts.wasted
            sent.stopped(error.code, meter.last)
            error.sent = self._sent(request, sent)
            facts = {"code": error.code, "model": connection.name, "requests": meter.requests}
            log.warning("model_failed", correlation_id=str(request.work.correlation_id), **facts)
            raise
        except Exception as error:
            # Neither its text nor the cause is kept: a provider's error quotes what it was sent.
            known = problem("MODEL_FAILED")
            known.spent, known.tries = meter.spent(), meter.requests
            sent.stopped(known.code, meter.last)
            known.sent = self._sent(request, sent)
            facts = {"error": type(error).__name__, "model": connection.name}
            log.warning("model_failed", correlation_id=str(request.work.correlation_id), **facts)
            raise known from None
        finally:
            await end(asking)

    def _in_parts(self, request: WriterRequest, attempts: Attempts, progress: Progress) -> PartsRun | None:
        """The same, part by part, where this model is asked so; None: all at once."""
        if is_search(request):
            return None
        lean = attempts.is_lean()
        kind = STAGE_BY_KEY[request.work.stage].content.__name__
        begun = bool(request.kept) or request.work.rest_of is not None
        plan = plan_for(request, lean=lean)
        aimed = aimed_at(request) is not None
        if plan is None or not (begun or self._connection.in_parts(kind, lean=lean, aimed=aimed)):
            return None
        return PartsRun(plan, request, attempts, progress)

    async def _until_done(
        self, asking: "asyncio.Task[Result]", progress: Progress, deadline: float
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
        return Sent(self._connection.name, prompt_version(request.work), sent.asked, sent.texts)

    def _proposed(self, request: WriterRequest, result: Result, meter: Meter, sent: SentLog) -> Proposed:
        spent = meter.spent()
        search = is_search(request)
        return Proposed(
            contents=() if search else tuple(mended(request, item.content) for item in result.items),
            found=pairs_of([item.content for item in result.items]) if search else (),
            adjustments=tuple(item.adjustments for item in result.items),
            writer="model",
            model=self._connection.name,
            prompt_version=prompt_version(request.work),
            usage=spent.usage if spent else {"requests": meter.requests},
            cost_usd=spent.cost_usd if spent else None,
            price_source=spent.price_source if spent else None,
            notes=result.notes,
            item_notes=result.item_notes,
            item_missing=result.item_missing,
            item_unchanged=result.item_unchanged,
            asked=sent.asked,
            texts=sent.texts,
        )
