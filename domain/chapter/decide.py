"""Decisions: a command and a chapter in, facts out. Pure: the time is given."""

from datetime import datetime
from typing import assert_never, cast

from domain.aggregate import Command
from domain.chapter import rejections
from domain.chapter.chapter import Chapter, evolve
from domain.chapter.commands import (
    AcceptDraft,
    AcknowledgeChanges,
    CancelDraft,
    ChapterBody,
    ChapterInternalBody,
    DraftChapter,
    EditChapter,
    FailDraft,
    LockBlocks,
    OpenChapter,
    RecordDraft,
    RecordScene,
    RefuseDraft,
    RewriteSelection,
    SetChapterStatus,
    UnlockBlocks,
)
from domain.chapter.decide_accepting import accepted, refused
from domain.chapter.decide_draft import cancelled, failed, recorded, requested, scene_recorded
from domain.chapter.decide_edits import changed
from domain.chapter.decide_locks import lock, unlock
from domain.chapter.decide_rewriting import rewrite
from domain.chapter.decide_sources import acknowledged
from domain.chapter.events import ChapterOpened, ChapterStatusSet, Event
from domain.project.project import Project
from domain.rejections import NotFound, Refused

PROJECT = "project"
"""The need's name: the project whose contents the chapter is in."""


def decide(command: Command, chapter: Chapter | None, now: datetime) -> tuple[Event, ...]:
    """The facts that follow from `command`; none when all is as it asks for already.

    Raises Rejection when the command is refused; nothing may be written then.
    """
    body = cast(ChapterBody | ChapterInternalBody, command.body)
    project = cast(Project | None, command.needed.get(PROJECT))
    if isinstance(body, OpenChapter):
        return _opened(command, body, chapter, now)
    if isinstance(body, DraftChapter) and chapter is None:
        opened = _opened(command, OpenChapter(project_id=body.project_id), None, now)
        chapter = evolve(None, opened[0], command.stream_id)
        return (*opened, *requested(command, body, chapter, project, now))
    if chapter is None or command.user_id not in (None, chapter.user_id):
        raise NotFound("chapter")
    match body:
        case EditChapter():
            return changed(body, chapter, now)
        case DraftChapter():
            return requested(command, body, chapter, project, now)
        case CancelDraft():
            return cancelled(chapter, now)
        case AcceptDraft():
            return accepted(body, chapter, now)
        case RefuseDraft():
            return refused(body, chapter, now)
        case RecordScene():
            return scene_recorded(body, chapter, project, now)
        case RecordDraft():
            return recorded(body, chapter, now)
        case FailDraft():
            return failed(body, chapter, now)
        case LockBlocks():
            return lock(body, chapter, now)
        case UnlockBlocks():
            return unlock(body, chapter, now)
        case RewriteSelection():
            return rewrite(command, body, chapter, project, now)
        case AcknowledgeChanges():
            return acknowledged(body, chapter, now)
        case SetChapterStatus():
            same = body.status is chapter.status
            return () if same else (ChapterStatusSet(occurred_at=now, status=body.status),)
        case _:
            assert_never(body)


def _opened(command: Command, body: OpenChapter, chapter: Chapter | None, now: datetime) -> tuple[Event, ...]:
    """Opened twice is opened once: two tabs may both be first."""
    project = cast(Project | None, command.needed[PROJECT])
    if project is None or command.user_id is None or project.user_id != command.user_id:
        raise NotFound("chapter")
    entry = project.entries.get(command.stream_id)
    if entry is None or (chapter is not None and chapter.user_id != command.user_id):
        raise NotFound("chapter")
    if entry.kind != "chapter":
        raise Refused(rejections.NOT_A_CHAPTER, f"“{entry.title}” is a {entry.kind}; text is written in chapters.")
    if chapter is not None:
        return ()
    return (ChapterOpened(occurred_at=now, user_id=command.user_id, project_id=body.project_id),)
