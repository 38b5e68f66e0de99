"""Decisions about a chapter's draft: how it is asked for, comes scene by scene, fails, and is stopped."""

from datetime import datetime
from math import ceil
from uuid import UUID, uuid5

from genesis_types.enums import DraftStatus

from domain.aggregate import Command
from domain.chapter import rejections
from domain.chapter.chapter import Chapter
from domain.chapter.commands import DraftChapter, FailDraft, RecordDraft, RecordScene
from domain.chapter.draft_events import (
    ChapterDraftCancelled,
    ChapterDrafted,
    ChapterDraftFailed,
    ChapterDraftRequested,
    SceneDrafted,
)
from domain.chapter.sources import Source
from domain.project.project import Project
from domain.rejections import WORK_NOT_ACTIVE, CommandActive, NotFound, Refused
from domain.work import told

WORDS_A_GENERATION = 2_000
"""How many words have the time of one generation; a longer chapter has it as often again."""

REMOVED = "The chapter was removed from the contents. What was written is kept; restore the chapter to go on."
STILL_WRITING = "This chapter is being written. Wait for it, or stop it first."


def draft_work(command_id: UUID) -> UUID:
    """The correlation id of the draft that a command asks for."""
    return uuid5(command_id, "draft")


def ready_for_work(chapter: Chapter, chapter_id: UUID, project_id: UUID, project: Project | None) -> Project:
    """The project, where a writer can be asked for this chapter of it. Raises NotFound, CommandActive, Refused."""
    if project is None or project_id != chapter.project_id:
        raise NotFound("chapter")
    if chapter.work is not None:
        raise CommandActive(STILL_WRITING)
    if not stands_in(project, chapter_id):
        raise Refused(rejections.CHAPTER_REMOVED, "This chapter was removed from the contents. Restore it first.")
    return project


def requested(
    command: Command, body: DraftChapter, chapter: Chapter, project: Project | None, now: datetime
) -> tuple[ChapterDraftRequested]:
    project = ready_for_work(chapter, command.stream_id, body.project_id, project)
    work_id = draft_work(command.command_id)
    draft_id, kept, anew, critique = work_id, 0, body.anew, body.critique
    instructions, target_words = body.instructions, body.target_words or 0
    if body.go_on:
        draft = chapter.draft
        if draft is None or draft.status is DraftStatus.WRITTEN or not chapter.scenes or draft.selection is not None:
            raise Refused(rejections.NOTHING_TO_GO_ON_FROM, "No draft of this chapter has ended early: ask for one.")
        draft_id, kept, anew, critique = draft.draft_id, len(chapter.scenes), draft.anew, draft.critique
        instructions, target_words = instructions or draft.instructions, draft.target_words
    return (
        ChapterDraftRequested(
            occurred_at=now,
            correlation_id=work_id,
            command_id=command.command_id,
            draft_id=draft_id,
            instructions=instructions,
            target_words=target_words,
            writer=body.writer,
            kept=kept,
            project_version=project.version,
            anew=anew,
            critique=critique,
            turn=chapter.turn + 1,
            deadline_at=now + command.limits.generation * max(1, ceil(target_words / WORDS_A_GENERATION)),
        ),
    )


def scene_recorded(
    body: RecordScene, chapter: Chapter, project: Project | None, now: datetime
) -> tuple[SceneDrafted | ChapterDraftFailed, ...]:
    """The scene; none when it was recorded before. Of a chapter that was removed meanwhile it is the last."""
    work = _active(body.correlation_id, chapter)
    if body.number <= len(chapter.scenes):
        return ()
    parts = chapter.draft.selection.parts if chapter.draft and chapter.draft.selection else body.of
    if body.number > len(chapter.scenes) + 1 or body.number > body.of or body.of != parts:
        said = f"Scene {body.number} of {body.of} does not follow scene {len(chapter.scenes)}."
        raise Refused(rejections.UNKNOWN_SCENE, said)
    scene = SceneDrafted(
        occurred_at=now,
        draft_id=work.draft_id,
        number=body.number,
        of=body.of,
        aim=body.aim,
        paragraphs=body.paragraphs,
        **told(body),
        ahead=body.ahead,
        critique=body.critique,
        sources=body.sources if body.sources != told_before(chapter.scenes) else None,
    )
    if stands_in(project, chapter.chapter_id):
        return (scene,)
    ended = FailDraft(correlation_id=work.correlation_id, code=rejections.CHAPTER_REMOVED, message=REMOVED)
    return (scene, *failed(ended, chapter, now))


def told_before(scenes: tuple[SceneDrafted, ...]) -> tuple[Source, ...] | None:
    """What the writer of the last scene was told, as far as it was recorded."""
    return next((scene.sources for scene in reversed(scenes) if scene.sources is not None), None)


def recorded(body: RecordDraft, chapter: Chapter, now: datetime) -> tuple[ChapterDrafted]:
    work = _active(body.correlation_id, chapter)
    assert chapter.draft is not None
    if not chapter.scenes or len(chapter.scenes) < chapter.draft.of:
        raise Refused(rejections.UNKNOWN_SCENE, "Not all scenes of this draft have come.")
    return (
        ChapterDrafted(
            occurred_at=now,
            draft_id=work.draft_id,
            summary=body.summary,
            **told(body),
        ),
    )


def failed(body: FailDraft, chapter: Chapter, now: datetime) -> tuple[ChapterDraftFailed]:
    work = _active(body.correlation_id, chapter)
    return (
        ChapterDraftFailed(
            occurred_at=now,
            draft_id=work.draft_id,
            **told(body),
        ),
    )


def cancelled(chapter: Chapter, now: datetime) -> tuple[ChapterDraftCancelled]:
    work = chapter.work
    if work is None:
        raise Refused(WORK_NOT_ACTIVE, "This chapter is not being written.")
    return (ChapterDraftCancelled(occurred_at=now, correlation_id=work.correlation_id, draft_id=work.draft_id),)


def _active(correlation_id: UUID, chapter: Chapter) -> ChapterDraftRequested:
    work = chapter.work
    if work is None or work.correlation_id != correlation_id:
        raise Refused(WORK_NOT_ACTIVE, "This draft is not under way any more.")
    return work


def stands_in(project: Project | None, chapter_id: UUID) -> bool:
    return project is not None and chapter_id in project.outline.places()
