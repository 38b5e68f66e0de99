"""Has a model write chosen paragraphs otherwise, one after the other, or what comes behind them."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

from application.chapter_writers import ChapterRequest, ChapterWritten, Passages, Scene, SceneDraft, SceneWritten
from infrastructure.concurrency.cancellation import end
from infrastructure.writers.model.asking import Answer
from infrastructure.writers.model.chapter import judging
from infrastructure.writers.model.chapter.limits import MORE_TOKENS, WORD_TOKENS
from infrastructure.writers.model.chapter.prompting import ChapterPrompts
from infrastructure.writers.model.chapter.step import StepUse, version_of
from infrastructure.writers.model.chapter.tries import Tries, Verdict
from infrastructure.writers.model.chapter.verdicts import verdict_of
from infrastructure.writers.model.connections import Connection
from infrastructure.writers.passage_lengths import passage_words


class Rewriting:
    """The passages of one request. `most` tries for each; what each has used stands with it."""

    def __init__(self, request: ChapterRequest, passages: Passages, connection: Connection, most: int) -> None:
        self.request, self.passages, self.connection, self.most = request, passages, connection, most

    async def write(
        self, use: StepUse, *, patient: bool, pause: float
    ) -> AsyncIterator[SceneDraft | SceneWritten | ChapterWritten]:
        """Those that are not kept. Raises WriterError; `use` has what the passage that failed has used."""
        written = list(self.request.kept)
        for number in range(len(written) + 1, self.passages.count + 1):
            async for item in self._passage(number, written, use, patient=patient, pause=pause):
                yield item
                if isinstance(item, SceneWritten):
                    written.append(item.scene)
            use.begin()
        yield ChapterWritten("model", self.connection.name, passage_version(), "")

    async def _passage(
        self, number: int, written: list[Scene], use: StepUse, *, patient: bool, pause: float
    ) -> AsyncIterator[SceneDraft | SceneWritten]:
        passages, language = self.passages, self.request.book.language
        words = passage_words(passages, number)
        empty = Scene(number, passages.count, passages.wish, ())
        prompts = ChapterPrompts(self.request)

        def judge(answer: Answer) -> Verdict[judging.Judged]:
            found = judging.judged(
                answer.text, words=words, language=language, earlier=passages.before, cut=answer.stopped
            )
            return verdict_of(found)

        tries: Tries[judging.Judged] = Tries(
            self.connection,
            use.meter,
            use.sent,
            use.watch,
            lambda tokens: prompts.passage(number, words, written, self.connection.budget(tokens)),
            judge,
            words * WORD_TOKENS + MORE_TOKENS,
            use.clock(),
            most=self.most,
            patient=patient,
            pause_seconds=pause,
            part=(number, passages.count),
        )
        asking = asyncio.create_task(tries.run())
        try:
            async for _ in use.news(asking):
                shown = judging.paragraphs_of(use.watch.text)
                percent = round(min(99.0, 100 * (number - 0.5) / passages.count), 1)
                yield SceneDraft(replace(empty, paragraphs=shown), percent, use.watch.phase, use.watch.attempt)
            found = asking.result()
        finally:
            await end(asking)
        yield SceneWritten(
            replace(empty, paragraphs=found.paragraphs), use.meter.spent(), use.sent.asked, use.sent.texts
        )


def passage_version() -> str:
    return version_of("passage", "passage")
