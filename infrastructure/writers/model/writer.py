"""A model behind the writers' port: asked through pydantic-ai, shown as it writes, taken only when whole and valid."""

import asyncio
import math
from collections.abc import AsyncIterator, Callable

import structlog
from pydantic_ai.models import Model

from application.writers import Draft, Proposed, Writer, WriterError, WriterRequest
from domain.genesis.proposals import Content
from infrastructure.concurrency.cancellation import end
from infrastructure.settings import Settings
from infrastructure.writers.model.checks import mended
from infrastructure.writers.model.errors import problem, understood
from infrastructure.writers.model.prompts import prompt_version
from infrastructure.writers.model.providers import connect
from infrastructure.writers.model.request import Meter, ModelAnswer, ask
from infrastructure.writers.model.shapes import Shape

log = structlog.get_logger(__name__)

SILENCE_SECONDS = 60.0
"""How long a model that has begun may say nothing. Before its first word only the overall time-out counts."""

_DRAFT_SECONDS = 0.1
_USUAL_LENGTH = {"ConceptVariant": 1_800, "StoryConception": 4_500, "Characters": 9_000, "Worldview": 8_000}
_LONG = 16_000

_MESSAGES = {
    "en": {
        "reading": "The model is reading.",
        "thinking": "The model is thinking.",
        "writing": "The model is writing.",
    },
    "zh": {"reading": "模型正在阅读。", "thinking": "模型正在思考。", "writing": "模型正在写作。"},
}


def make_model_writer(settings: Settings) -> Writer:
    """Raises WriterError when the model cannot be understood or lacks its key."""
    return ModelWriter(settings)


class ModelWriter:
    """A writer that asks a model. `model` replaces the one that the settings name."""

    def __init__(
        self, settings: Settings, *, model: Model | None = None, silence_seconds: float = SILENCE_SECONDS
    ) -> None:
        self._model = model if model is not None else connect(settings)
        self._base_url = settings.model_base_url
        self._timeout = settings.model_timeout_seconds
        self._output_tokens = settings.output_tokens
        self._silence = silence_seconds

    async def write(self, request: WriterRequest) -> AsyncIterator[Draft | Proposed]:
        shape = Shape(request)
        progress = _Progress(shape, request)
        yield progress.first()
        # The model's stream lives in a task of its own: its scopes must not be left open across our yields.
        meter = Meter(self._base_url)
        asking = asyncio.create_task(
            ask(
                self._model,
                request,
                shape,
                progress.heard,
                base_url=self._base_url,
                meter=meter,
                output_tokens=self._output_tokens,
            )
        )
        try:
            async for draft in self._until_done(asking, progress):
                yield draft
            yield self._proposed(request, shape, asking.result())
        except WriterError as error:
            error.spent = meter.spent()
            raise
        except Exception as error:
            # Neither its text nor the cause is kept: a provider's error quotes what it was sent.
            known = understood(error, heard=progress.characters > 0)
            facts = {"code": known.code, "error": type(error).__name__, "model": self._model.model_name}
            log.warning("model_failed", correlation_id=str(request.work.correlation_id), **facts)
            known.spent = meter.spent()
            raise known from None
        finally:
            await end(asking)

    async def _until_done(self, asking: "asyncio.Task[ModelAnswer]", progress: "_Progress") -> AsyncIterator[Draft]:
        clock = asyncio.get_running_loop().time
        deadline = clock() + self._timeout
        shown_at = -math.inf
        while not asking.done():
            silent_at = progress.last_heard + self._silence if progress.last_heard is not None else math.inf
            left = min(deadline, silent_at) - clock()
            if left <= 0:
                raise problem("TIMED_OUT" if deadline <= silent_at else "WENT_SILENT")
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

    def _proposed(self, request: WriterRequest, shape: Shape, answer: ModelAnswer) -> Proposed:
        contents, adjustments = shape.result(answer.content)
        return Proposed(
            contents=tuple(mended(request, content) for content in contents),
            adjustments=adjustments,
            writer="model",
            model=self._model.model_name,
            prompt_version=prompt_version(request.work.stage),
            usage=answer.usage,
            cost_usd=answer.cost_usd,
            price_source=answer.price_source,
        )


class _Progress:
    """What has been heard of the model so far. Partial JSON is parsed only when a draft is shown."""

    def __init__(self, shape: Shape, request: WriterRequest) -> None:
        self.news = asyncio.Event()
        self.last_heard: float | None = None
        self.characters = 0
        self._shape = shape
        self._usual = _USUAL_LENGTH.get(shape.content_name, _LONG) * shape.count
        self._messages = _MESSAGES["zh" if request.premise.language.lower().startswith("zh") else "en"]
        self._raw: Callable[[], str] = str
        self._contents: tuple[Content, ...] = ()
        self._percent = 1.0

    def first(self) -> Draft:
        return Draft((), self._percent, "reading", self._messages["reading"])

    def heard(self, characters: int, raw: Callable[[], str]) -> None:
        """A sign of life: how much of the answer is there, 0 while the model thinks, and how to get at it."""
        self.last_heard = asyncio.get_running_loop().time()
        self.characters, self._raw = characters, raw
        self.news.set()

    def draft(self) -> Draft:
        phase = "writing" if self.characters else "thinking"
        # Nobody knows how long the answer will be: the share nears its end as the usual length is passed.
        share = 1 - math.exp(-1.5 * self.characters / self._usual)
        self._percent = max(self._percent, round(3 + 92 * share, 1))
        self._contents = self._shape.drafts(self._raw()) or self._contents
        return Draft(self._contents, self._percent, phase, self._messages[phase])
