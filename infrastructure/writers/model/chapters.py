"""A model behind the port of chapters' writers: scenes are planned, written one by one as prose, and summed up."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import structlog

from application.chapter_writers import ChapterRequest, ChapterWritten, Passages, Scene, SceneDraft, SceneWritten
from application.writers import WriterError
from infrastructure.concurrency.cancellation import end
from infrastructure.settings import Settings
from infrastructure.writers import scene_lengths
from infrastructure.writers.limits import REQUESTS, TimeLimits
from infrastructure.writers.model.asking import Answer
from infrastructure.writers.model.chapter import judging, planned, planning
from infrastructure.writers.model.chapter.limits import (
    MORE_TOKENS,
    PLAN_TOKENS,
    PLAN_TRIES,
    SUMMARY_TOKENS,
    SUMMARY_WORDS,
    WORD_TOKENS,
)
from infrastructure.writers.model.chapter.prompting import ChapterPrompts
from infrastructure.writers.model.chapter.revising import Mending
from infrastructure.writers.model.chapter.rewriting import Rewriting, passage_version
from infrastructure.writers.model.chapter.step import StepUse, version_of
from infrastructure.writers.model.chapter.stopping import Stop
from infrastructure.writers.model.chapter.tries import Tries, Verdict
from infrastructure.writers.model.chapter.verdicts import verdict_of
from infrastructure.writers.model.connections import Connection
from infrastructure.writers.model.errors import problem
from infrastructure.writers.model.providers import connect_to
from infrastructure.writers.model.targets import Target, target_of
from infrastructure.writers.model.wording import left_out_notes

log = structlog.get_logger(__name__)

Items = AsyncIterator[SceneDraft | SceneWritten | ChapterWritten]


class ModelChapters:
    """A writer of chapters that asks a model. `limits` replace those that suit its place."""

    def __init__(
        self, named: Settings | Target, *, limits: TimeLimits | None = None, pause_seconds: float = 2.0
    ) -> None:
        self._connection = connect_to(target_of(named) if isinstance(named, Settings) else named)
        if limits is not None:
            self._connection = replace(self._connection, limits=limits)
        self._pause = pause_seconds

    async def write_chapter(self, request: ChapterRequest, *, most: int = REQUESTS, patient: bool = True) -> Items:
        """`most` requests at most for each scene, and one or two for the plan of all of them and for the summary.

        What a scene has used stands with it, the plan's with the first one that is written; what a failure has used is
        that of the scene that failed.
        """
        if request.passages is not None:
            async for item in self._passages(request, request.passages, most, patient=patient):
                yield item
            return
        scenes = list(request.kept)
        work = StepUse(self._connection, str(request.correlation_id), prompt_version())
        run = _Run(request, self._connection, self._pause, most, patient)
        try:
            async for draft in run.plan(work):
                yield draft
            for number in range(len(scenes) + 1, run.of + 1):
                async for item in run.scene(number, scenes, work):
                    yield item
                    if isinstance(item, SceneWritten):
                        scenes.append(item.scene)
                work = StepUse(self._connection, str(request.correlation_id), prompt_version())
            yield await run.summed_up(scenes, work)
        except WriterError as error:
            raise work.failed(error) from None
        except Exception as error:
            # Neither its text nor the cause is kept: a provider's error quotes what it was sent.
            log.warning("model_failed", correlation_id=str(request.correlation_id), error=type(error).__name__)
            raise work.failed(problem("MODEL_FAILED")) from None

    async def _passages(self, request: ChapterRequest, passages: Passages, most: int, *, patient: bool) -> Items:
        use = StepUse(self._connection, str(request.correlation_id), passage_version())
        writing = Rewriting(request, passages, self._connection, most)
        try:
            async for item in writing.write(use, patient=patient, pause=self._pause):
                yield item
        except WriterError as error:
            raise use.failed(error) from None
        except Exception as error:
            # as above: neither its text nor the cause is kept
            log.warning("model_failed", correlation_id=use.correlation, error=type(error).__name__)
            raise use.failed(problem("MODEL_FAILED")) from None


class _Run:
    """One chapter as it is written. `of` and `aims` are known once it is planned."""

    def __init__(self, request: ChapterRequest, connection: Connection, pause: float, most: int, patient: bool) -> None:
        self.request, self.connection, self.pause = request, connection, pause
        self.most, self.patient = most, patient
        kept = request.kept
        self.of = max(kept[0].of, len(kept)) if kept else scene_lengths.scenes_of(request)
        self.aims: tuple[str, ...] = ()

    async def plan(self, work: StepUse) -> AsyncIterator[SceneDraft]:
        """Sets `aims`. What was planned once is not planned again; a model that cannot plan writes all the same."""
        request, of, kept = self.request, self.of, self.request.kept
        if kept:
            usual = planning.composed(request, of)
            ahead = kept[-1].ahead
            known = (*(scene.aim for scene in kept), *ahead)
            self.aims = known if len(known) == of else (*known[: len(kept)], *usual[len(kept) :])
            return
        self.aims = planning.composed(request, of)
        if not scene_lengths.is_detailed(request):
            prompts = ChapterPrompts(request)
            tries: Tries[tuple[str, ...]] = Tries(
                self.connection,
                work.meter,
                work.sent,
                work.watch,
                lambda tokens: prompts.plan(of, self.connection.budget(tokens)),
                lambda answer: planned.read(answer, of),
                PLAN_TOKENS,
                work.clock(),
                schema=planned.schema(of),
                most=min(self.most, PLAN_TRIES),
                patient=self.patient,
                pause_seconds=self.pause,
            )
            # The model's stream lives in a task of its own: its scopes must not be left open across our yields.
            asking = asyncio.create_task(tries.run())
            try:
                async for _ in work.news(asking):
                    yield SceneDraft(Scene(1, of, "", ()), 0.0, "planning", work.watch.attempt)
                self.aims = asking.result()
            except WriterError as error:
                if error.code not in ("BROKEN_ANSWER", "EMPTY", "TRUNCATED", "REPEATED_ITSELF", "REQUEST_REFUSED"):
                    raise
            finally:
                await end(asking)

    async def scene(self, number: int, before: list[Scene], work: StepUse) -> AsyncIterator[SceneDraft | SceneWritten]:
        request, language = self.request, self.request.book.language
        written = sum(planning.written_words(scene.paragraphs) for scene in before)
        words = scene_lengths.words_for(request, written, self.of - number + 1)
        earlier = (*request.before, *(paragraph for scene in before for paragraph in scene.paragraphs))
        empty = Scene(number, self.of, self.aims[number - 1], (), self.aims[number:])
        prompts = ChapterPrompts(request, self.aims)
        most = words * judging.STOPPED_AT + 60
        stop = Stop(most)

        def judge(answer: Answer) -> Verdict[judging.Judged]:
            found = judging.judged(
                answer.text, words=words, language=language, earlier=earlier, cut=answer.stopped and not stop.circled
            )
            return verdict_of(found)

        tries: Tries[judging.Judged] = Tries(
            self.connection,
            work.meter,
            work.sent,
            work.watch,
            lambda tokens: prompts.scene(number, words, before, self.connection.budget(tokens)),
            judge,
            words * WORD_TOKENS + MORE_TOKENS,
            work.clock(),
            enough=stop,
            most=self.most,
            patient=self.patient,
            pause_seconds=self.pause,
            part=(number, self.of),
        )
        asking = asyncio.create_task(tries.run())
        try:
            async for _ in work.news(asking):
                shown = judging.paragraphs_of(work.watch.text)
                share = min(0.97, planning.written_words(shown) / words)
                percent = round(min(99.0, 100 * (number - 1 + share) / self.of), 1)
                yield SceneDraft(replace(empty, paragraphs=shown), percent, work.watch.phase, work.watch.attempt)
            found = asking.result()
        except WriterError:
            if tries.best is None or tries.best.value is None:
                raise
            found = tries.best.value  # no time for more: what came before is whole
        finally:
            await end(asking)
        found = judging.shortened(found, words)
        mending = Mending(request, work, prompts, before, empty, words)
        async for draft in mending.run(found):
            yield draft
        found, critique = mending.kept, mending.critique
        notes = judging.notes(found, number, words, language) + left_out_notes(language, work.sent.left_out)
        yield SceneWritten(
            replace(empty, paragraphs=found.paragraphs),
            work.meter.spent(),
            work.sent.asked,
            work.sent.texts,
            notes,
            critique,
        )

    async def summed_up(self, scenes: list[Scene], work: StepUse) -> ChapterWritten:
        """The end. A summary that nobody can write is made of what the scenes were for."""
        language = self.request.book.language
        prompts = ChapterPrompts(self.request)
        told = tuple(paragraph for scene in scenes for paragraph in scene.paragraphs)

        def judge(answer: Answer) -> Verdict[str]:
            found = judging.judged(answer.text, words=SUMMARY_WORDS // 4, language=language, earlier=())
            bad = found.refused or found.fatal is not None or found.words > SUMMARY_WORDS or "UNENDED" in found.flaws
            return (
                Verdict(None, found.fatal or "BROKEN_ANSWER", final=True)
                if bad
                else Verdict(" ".join(found.paragraphs))
            )

        tries: Tries[str] = Tries(
            self.connection,
            work.meter,
            work.sent,
            work.watch,
            lambda tokens: prompts.summary(scenes, self.connection.budget(tokens)),
            judge,
            SUMMARY_TOKENS,
            work.clock(),
            most=1,
            patient=False,
        )
        asking = asyncio.create_task(tries.run())
        try:
            async for _ in work.news(asking):
                pass
            summary = asking.result()
        except WriterError as error:
            log.info("chapter_not_summed_up", code=error.code, correlation_id=work.correlation)
            summary = " ".join(dict.fromkeys(self.aims))
        finally:
            await end(asking)
        return ChapterWritten(
            "model", self.connection.name, prompt_version(), summary, work.meter.spent(), self._length_note(told)
        )

    def _length_note(self, told: tuple[str, ...]) -> tuple[str, ...]:
        wanted, words = self.request.target_words or 0, planning.written_words(told)
        if not wanted or abs(words - wanted) <= wanted * 0.15:
            return ()
        zh = self.request.book.language.lower().startswith("zh")
        return (
            f"这一章有 {words} 字，要求是 {wanted} 字。"
            if zh
            else f"The chapter has {words} words; {wanted} were asked for.",
        )


def prompt_version() -> str:
    return version_of("chapter", "chapter", "chapter_scenes", "chapter_summary")
