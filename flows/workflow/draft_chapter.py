"""Carries out the draft of one chapter, scene by scene. Safe to run again at any point: what is recorded is not asked.

A scene is recorded as soon as it is whole, so it is the unit of resume; what was written of the next one is shown from
the task's row until then.
"""

import asyncio
from uuid import uuid5

import structlog
from genesis_types.enums import TaskStatus
from genesis_types.text import clean
from pydantic import JsonValue, ValidationError

from application.chapter_request import Material, chapter_request
from application.chapter_writers import ChapterRequest, ChapterWritten, SceneDraft, SceneWritten
from application.writers import Spent, WriterError
from domain.chapter.aggregate import CHAPTER
from domain.chapter.chapter import Chapter
from domain.chapter.commands import FailDraft, RecordDraft, RecordScene
from domain.chapter.draft_events import ChapterDraftRequested
from domain.rejections import Refused
from flows.workflow.context import Services
from flows.workflow.draft_stream import DraftStream, WorkEnded
from flows.workflow.task import Retries, carry_out, record
from flows.workflow.usage import Earlier
from infrastructure.observability.tracing import span
from infrastructure.work.task_store import Claimed, Task

log = structlog.get_logger(__name__)

TOO_LATE = "The writer took too long. The scenes that came are kept: go on from them."
MISSHAPEN = "The writer's text had no shape of a scene. The scenes that came are kept: go on from them."

READ_AGAIN_SECONDS = 0.1


async def draft_chapter(given: Services, chapter: Chapter, work: ChapterDraftRequested) -> None:
    """Bring `work` to its end: all scenes and the draft recorded, a failure recorded, or no longer wanted."""
    facts: dict[str, JsonValue] = {"kind": "chapter", "kept": work.kept, "turn": work.turn}
    task = Task(work.correlation_id, chapter.chapter_id, chapter.user_id, work.command_id, "DRAFT_CHAPTER", facts)
    await carry_out(given, task, work.deadline_at, lambda claimed: _attempts(given, chapter, work, task, claimed))


async def _attempts(
    given: Services, chapter: Chapter, work: ChapterDraftRequested, task: Task, claimed: Claimed
) -> None:
    drafts = DraftStream(given, task, claimed, _content)
    retries = Retries.of(given, task, work.deadline_at, claimed)
    earlier = Earlier.kept(claimed.error_data)
    while True:
        before = len(chapter.scenes)
        try:
            written = await _write(given, chapter, work, drafts)
            await _record_end(given, chapter, work, written, earlier)
        except WriterError as error:
            problem = error
        else:
            await given.tasks.finish(work.correlation_id, given.owner, TaskStatus.COMPLETED)
            return
        earlier = earlier.with_spent(problem.spent)
        if problem.sent is not None:
            earlier = earlier.with_asked(problem.sent.asked)
            await given.sent.keep(chapter.chapter_id, problem.sent.texts)
        chapter = await given.store.load(CHAPTER, chapter.chapter_id)
        if chapter.work is None or chapter.work.correlation_id != work.correlation_id:
            raise WorkEnded
        if len(chapter.scenes) > before:
            retries.count = 0  # each scene has its own
        error_data = await retries.wait(problem, earlier, drafts)
        if error_data is None:
            continue
        used = earlier.used.spent
        body = FailDraft(
            correlation_id=work.correlation_id,
            code=problem.code,
            message=problem.message,
            usage=clean(dict(used.usage)),
            cost_usd=used.cost_usd,
            price_source=used.price_source,
            asked=earlier.asked,
        )
        await record(given, uuid5(work.correlation_id, "outcome"), chapter.chapter_id, body)
        await given.tasks.finish(
            work.correlation_id,
            given.owner,
            TaskStatus.FAILED,
            error=error_data,
            message=problem.message,
            spent=used,
            label=problem.label,
        )
        return


async def _write(
    given: Services, chapter: Chapter, work: ChapterDraftRequested, drafts: DraftStream[SceneDraft]
) -> ChapterWritten:
    """The writer's end, each scene recorded before it. Raises WriterError, WorkEnded."""

    async def keep(came: SceneWritten) -> None:
        await given.sent.keep(chapter.chapter_id, came.texts)
        await _record_scene(given, chapter, work, came)

    left = (work.deadline_at - given.clock()).total_seconds()
    try:
        async with asyncio.timeout(max(left, 0)):
            with span("write", work.correlation_id, stage="chapter"):
                request = await _request(given, chapter, work)
                return await drafts.follow(given.chapters.write_chapter(request), SceneWritten, ChapterWritten, keep)
    except TimeoutError:
        raise WriterError("TIMED_OUT", TOO_LATE, retryable=False) from None


async def _request(given: Services, chapter: Chapter, work: ChapterDraftRequested) -> ChapterRequest:
    """From the read side, once it knows what was known when the draft was asked for. Raises WriterError."""
    while True:
        material = await given.materials.of(chapter.project_id, chapter.chapter_id, chapter.user_id)
        if material is not None and _is_new_enough(material, chapter, work):
            return chapter_request(material, chapter, work)
        await asyncio.sleep(READ_AGAIN_SECONDS)


def _is_new_enough(material: Material, chapter: Chapter, work: ChapterDraftRequested) -> bool:
    return material.project_version >= work.project_version and material.chapter_version >= chapter.version


async def _record_scene(given: Services, chapter: Chapter, work: ChapterDraftRequested, came: SceneWritten) -> None:
    """Raises WriterError for what is no scene, or not the next one; WorkEnded."""
    scene, spent = came.scene, came.spent or Spent()
    try:
        body = RecordScene(
            correlation_id=work.correlation_id,
            project_id=chapter.project_id,
            number=scene.number,
            of=scene.of,
            aim=clean(scene.aim),
            paragraphs=tuple(clean(list(scene.paragraphs))),
            ahead=tuple(clean(list(scene.ahead))),
            usage=clean(dict(spent.usage)),
            cost_usd=spent.cost_usd,
            price_source=spent.price_source,
            notes=tuple(clean(list(came.notes))),
            asked=came.asked,
        )
        await record(given, uuid5(work.correlation_id, f"scene:{scene.number}"), chapter.chapter_id, body)
    except (ValidationError, Refused) as error:
        log.info("scene_refused", number=scene.number, error=type(error).__name__)
        problem = WriterError("INVALID_CONTENT", MISSHAPEN, retryable=True)
        problem.spent = came.spent
        raise problem from None


async def _record_end(
    given: Services, chapter: Chapter, work: ChapterDraftRequested, written: ChapterWritten, earlier: Earlier
) -> None:
    """With what was used beside the scenes: for the summary, and in vain. Raises WriterError, WorkEnded."""
    used = earlier.with_spent(written.spent).used.spent
    try:
        body = RecordDraft(
            correlation_id=work.correlation_id,
            summary=clean(written.summary),
            writer=written.writer,
            model=written.model,
            prompt_version=written.prompt_version,
            usage=clean(dict(used.usage)),
            cost_usd=used.cost_usd,
            price_source=used.price_source,
            notes=tuple(clean(list(written.notes))),
        )
        await record(given, uuid5(work.correlation_id, "outcome"), chapter.chapter_id, body)
    except (ValidationError, Refused) as error:
        log.info("draft_refused", error=type(error).__name__)
        problem = WriterError("INVALID_CONTENT", MISSHAPEN, retryable=True)
        problem.spent = written.spent
        raise problem from None


def _content(draft: SceneDraft) -> dict[str, JsonValue]:
    """As it is shown: the scene so far, and which attempt it is of."""
    scene = draft.scene
    content: dict[str, JsonValue] = {
        "scene": {
            "number": scene.number,
            "of": scene.of,
            "aim": clean(scene.aim),
            "paragraphs": clean(list(scene.paragraphs)),
        }
    }
    if draft.attempt is not None:
        content["attempt"] = {"number": draft.attempt.number, "of": draft.attempt.of, "why": draft.attempt.why}
    return content
