"""Has a scene that is whole read, written again where something is wrong with it, and keeps the best version."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace
from typing import Literal, TypeVar

import structlog

from application.chapter_writers import ChapterRequest, Scene, SceneDraft
from application.writers import WriterError
from domain.prose.critique import Finding, SceneCritique, findings
from infrastructure.concurrency.cancellation import end
from infrastructure.writers.model.asking import Answer
from infrastructure.writers.model.budget import Budget
from infrastructure.writers.model.chapter import critique, judging
from infrastructure.writers.model.chapter.limits import (
    CRITICAL_REVISIONS,
    CRITIQUE_TOKENS,
    MORE_TOKENS,
    REVISIONS,
    WORD_TOKENS,
)
from infrastructure.writers.model.chapter.prompting import ChapterPrompts, FirstVersion
from infrastructure.writers.model.chapter.step import StepUse
from infrastructure.writers.model.chapter.tries import Tries, Verdict
from infrastructure.writers.model.prompts import Prompt
from infrastructure.writers.model.schemas import Json

log = structlog.get_logger(__name__)

T = TypeVar("T")

_MOST_TOLD = 20

_TOLD = {
    "WORN_PHRASE": "A worn phrase: {about}",
    "UNIFORM_SENTENCES": "Many sentences of one length, from: {about}",
    "SUMMING_UP": "It ends by summing up: {about}",
    "SAME_OPENING": "It opens as a passage before it did: {about}",
    "SAME_ENDING": "It ends as a passage before it did: {about}",
    "CONTRAST": "“Not this, but that” as a habit: {about}",
    "DASHES": "Far too many dashes.",
    "TRIADS": "Far too many lists of three.",
    "BANNED": "The novelist has banned: {about}",
    "SENTENCE_WORDS": "Words a sentence, here / in the novelist's sample: {about}",
    "SENTENCE_SPREAD": "Sentences too alike in length; deviation over mean, here / in the sample: {about}",
    "PARAGRAPH_WORDS": "Words a paragraph, here / in the novelist's sample: {about}",
    "DIALOGUE_SHARE": "Share of dialogue, here / in the novelist's sample: {about}",
    "PLAN": "Not as planned: {about}",
    "STYLE": "Against the novelist's style: {about}",
    "CONTINUITY": "Against what the book has established: {about}",
    "VOCABULARY": "Different words in 200, here / in the novelist's sample: {about}",
}


class Mending:
    """One scene's critique, by code and where it is asked for by the model, and its revisions.

    `kept` and `critique` are known once it has run: the version with the fewest findings, the first of several. A
    revision that leaves as many ends it.
    """

    kept: judging.Judged
    critique: SceneCritique | None

    def __init__(  # noqa: PLR0917  (all of it is what one scene is written with)
        self,
        request: ChapterRequest,
        use: StepUse,
        prompts: ChapterPrompts,
        before: Sequence[Scene],
        empty: Scene,
        words: int,
    ) -> None:
        self._request, self._use, self._prompts, self._before = request, use, prompts, before
        self._empty, self._words = empty, words
        self._earlier = [paragraph for scene in before for paragraph in scene.paragraphs]

    async def run(self, first: judging.Judged) -> AsyncIterator[SceneDraft]:
        """The version that stands meanwhile, as long as it is read and written again. Raises nothing."""
        most = CRITICAL_REVISIONS if self._request.critique else REVISIONS
        self.kept, self.critique = first, None
        async for draft in self._read(first):
            yield draft
        found = left = self._found
        rounds = 0
        while left and rounds < most:
            rounds += 1
            async for draft in self._again(self.kept, left):
                yield draft
            again = self._mended
            if again is None:
                break
            async for draft in self._read(again):
                yield draft
            if self._unread or len(self._found) >= len(left):  # what nobody has read is not known to be better
                break
            self.kept, left = again, self._found
        if found:
            kept: Literal["first", "revision"] = "first" if self.kept is first else "revision"
            self.critique = SceneCritique(found=found, revised=True, kept=kept, left=left, rounds=rounds)

    async def _read(self, version: judging.Judged) -> AsyncIterator[SceneDraft]:
        """Sets `_found`: what code finds, and what the model finds that holds; `_unread`: the model did not say."""
        book = self._request.book
        self._unread = False
        self._found = findings(version.paragraphs, self._earlier, book.style, book.language)
        if not self._request.critique:
            return
        number, aim = self._empty.number, self._empty.aim
        tries: Tries[tuple[Finding, ...]] = self._tries(
            lambda budget: self._prompts.critique(number, version.paragraphs, self._before, budget),
            lambda answer: critique.read(answer, version.paragraphs, self._request, aim, self._earlier),
            CRITIQUE_TOKENS,
            critique.schema(),
        )
        asking = asyncio.create_task(tries.run())
        try:
            async for _ in self._use.news(asking):
                yield self._shown(version, "checking")
            self._found += asking.result()
        except WriterError as error:  # what code has found is all that is known then
            self._unread = True
            log.info("scene_not_read", code=error.code, correlation_id=self._use.correlation)
        finally:
            await end(asking)

    async def _again(self, version: judging.Judged, found: Sequence[Finding]) -> AsyncIterator[SceneDraft]:
        """Sets `_mended`: another version, told what was found; None where none came that can be taken."""
        told = tuple(_said(one) for one in found[:_MOST_TOLD])
        first = FirstVersion(self._empty.number, self._words, version.paragraphs, told)
        tries: Tries[judging.Judged] = self._tries(
            lambda budget: self._prompts.revision(first, self._before, budget),
            lambda answer: self._judge(answer, version),
            self._words * WORD_TOKENS + MORE_TOKENS,
        )
        self._mended: judging.Judged | None = None
        asking = asyncio.create_task(tries.run())
        try:
            async for _ in self._use.news(asking):
                yield self._shown(version, "revising")
            self._mended = judging.shortened(asking.result(), self._words)
        except WriterError as error:
            log.info("scene_not_revised", code=error.code, correlation_id=self._use.correlation)
        finally:
            await end(asking)

    def _tries(
        self,
        made: Callable[[Budget], Prompt],
        judge: Callable[[Answer], Verdict[T]],
        tokens: int,
        schema: Json | None = None,
    ) -> Tries[T]:
        """One request."""
        use = self._use
        return Tries(
            use.connection,
            use.meter,
            use.sent,
            use.watch,
            lambda longest: made(use.connection.budget(longest)),
            judge,
            tokens,
            use.clock(),
            schema=schema,
            most=1,
            patient=False,
            part=(self._empty.number, self._empty.of),
        )

    def _shown(self, version: judging.Judged, phase: str) -> SceneDraft:
        percent = round(min(99.0, 100 * (self._empty.number - 0.03) / self._empty.of), 1)
        return SceneDraft(replace(self._empty, paragraphs=version.paragraphs), percent, phase)

    def _judge(self, answer: Answer, version: judging.Judged) -> Verdict[judging.Judged]:
        found = judging.judged(
            answer.text,
            words=self._words,
            language=self._request.book.language,
            earlier=self._earlier,
            cut=answer.stopped,
        )
        bad = found.refused or found.fatal is not None or set(found.flaws) - set(version.flaws)
        return Verdict(None, found.fatal or "BROKEN_ANSWER", final=True) if bad else Verdict(found)


def _said(finding: Finding) -> str:
    told = _TOLD[finding.code].format(about=finding.about)
    return " ".join(
        filter(
            None,
            (told, finding.quote and f"Here: “{finding.quote}”", finding.against and f"There: “{finding.against}”"),
        )
    )
