"""A model behind the port of contents' writers: some chapters at a time, each given as soon as its batch is read."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import structlog

from application.contents_writers import (
    ChapterInMaking,
    ChapterPlanned,
    ContentsDone,
    ContentsRequest,
    OutlinedChapter,
)
from application.writers import Sent, WriterError
from infrastructure.concurrency.cancellation import end
from infrastructure.settings import Settings
from infrastructure.writers.contents_batches import BATCH, CHAPTER_TOKENS
from infrastructure.writers.limits import REQUESTS, TimeLimits
from infrastructure.writers.model import contents_answers
from infrastructure.writers.model.asking import Meter
from infrastructure.writers.model.chapter.tries import Tries
from infrastructure.writers.model.chapter.watch import Watch
from infrastructure.writers.model.connections import Connection
from infrastructure.writers.model.contents_prompts import ContentsPrompts
from infrastructure.writers.model.errors import problem
from infrastructure.writers.model.prompts import stored_prompt
from infrastructure.writers.model.providers import connect_to
from infrastructure.writers.model.sent import SentLog
from infrastructure.writers.model.targets import Target, target_of
from infrastructure.writers.model.wording import left_out_notes

log = structlog.get_logger(__name__)

_MORE_TOKENS = 1_500
"""What a model thinks before its answer."""

Items = AsyncIterator[ChapterInMaking | ChapterPlanned | ContentsDone]


class ModelContents:
    """A writer of contents that asks a model. `limits` replace those that suit its place."""

    def __init__(
        self, named: Settings | Target, *, limits: TimeLimits | None = None, pause_seconds: float = 2.0
    ) -> None:
        self._connection = connect_to(target_of(named) if isinstance(named, Settings) else named)
        if limits is not None:
            self._connection = replace(self._connection, limits=limits)
        self._pause = pause_seconds

    async def write_contents(self, request: ContentsRequest, *, most: int = REQUESTS, patient: bool = True) -> Items:
        """`most` requests at most for each batch. A batch that comes short is followed by one that begins behind it.

        What a batch has used stands with its first chapter; what a failure has used is that of the batch that failed.
        """
        following = request.first + len(request.kept)
        while following <= request.last:
            batch = _Batch(request, following, min(following + BATCH - 1, request.last), self._connection)
            try:
                async for draft in batch.write(most=most, patient=patient, pause=self._pause):
                    yield draft
            except WriterError as error:
                raise batch.failed(error) from None
            except Exception as error:
                # Neither its text nor the cause is kept: a provider's error quotes what it was sent.
                facts = {"correlation_id": str(request.correlation_id), "error": type(error).__name__}
                log.warning("model_failed", **facts)
                raise batch.failed(problem("MODEL_FAILED")) from None
            for piece in batch.pieces():
                yield piece
            request = replace(request, kept=(*request.kept, *batch.chapters))
            following += len(batch.chapters)
        yield ContentsDone("model", self._connection.name, prompt_version())


class _Batch:
    """Chapters `first` to `last`, as far as they have come: `chapters`, at least one once it is written."""

    def __init__(self, request: ContentsRequest, first: int, last: int, connection: Connection) -> None:
        self.request, self.first, self.last, self.connection = request, first, last, connection
        self.meter = Meter(connection.base_url, connection.prices)
        self.sent = SentLog()
        self.watch = Watch()
        self.chapters: tuple[OutlinedChapter, ...] = ()

    async def write(self, *, most: int, patient: bool, pause: float) -> AsyncIterator[ChapterInMaking]:
        request, count = self.request, self.last - self.first + 1
        prompts = ContentsPrompts(request)
        deadline = self.watch.clock() + self.connection.limits.total
        tries: Tries[tuple[OutlinedChapter, ...]] = Tries(
            self.connection,
            self.meter,
            self.sent,
            self.watch,
            lambda tokens: prompts.batch(self.first, self.last, self.connection.budget(tokens)),
            lambda answer: contents_answers.read(answer, request, self.first, count),
            count * CHAPTER_TOKENS + _MORE_TOKENS,
            lambda: deadline - self.watch.clock(),
            schema=contents_answers.schema(count),
            most=most,
            patient=patient,
            pause_seconds=pause,
        )
        # The model's stream lives in a task of its own: its scopes must not be left open across our yields.
        asking: asyncio.Task[Any] = asyncio.create_task(tries.run())
        of = request.last - request.first + 1
        try:
            async for _ in self.watch.until_done(asking, deadline, self.connection.limits):
                seen = contents_answers.shown(self.watch.text, request, self.first, count)
                done = self.first - request.first + min(len(seen), count)
                number = min(self.first + len(seen), self.last)
                percent = round(min(99.0, 100 * done / of), 1)
                title = seen[-1].title if seen else ""
                yield ChapterInMaking(number, percent, self.watch.phase, title, self.watch.attempt)
            self.chapters = asking.result()
        except WriterError:
            if tries.best is None or tries.best.value is None:
                raise
            self.chapters = tries.best.value  # no time for more: what came before is whole
        finally:
            await end(asking)

    def pieces(self) -> tuple[ChapterPlanned, ...]:
        notes = left_out_notes(self.request.book.language, self.sent.left_out)
        first, *rest = self.chapters
        paid = ChapterPlanned(first, self.meter.spent(), self.sent.asked, self.sent.texts, notes)
        return (paid, *map(ChapterPlanned, rest))

    def failed(self, error: WriterError) -> WriterError:
        """The same, with what it used and had asked."""
        self.sent.stopped(error.code, self.meter.last)
        error.spent, error.tries = self.meter.spent(), self.meter.requests
        error.sent = Sent(self.connection.name, prompt_version(), self.sent.asked, self.sent.texts)
        facts = {"code": error.code, "model": self.connection.name, "requests": self.meter.requests}
        log.warning("model_failed", correlation_id=str(self.request.correlation_id), **facts)
        return error


def prompt_version() -> str:
    return f"contents-{stored_prompt('contents')[0]}"
