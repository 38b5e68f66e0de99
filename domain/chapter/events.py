"""The facts of a chapter, in the past tense."""

from typing import ClassVar
from uuid import UUID

from genesis_types.enums import ChapterStatus

from domain.aggregate import DomainEvent
from domain.chapter.draft_events import (
    ChapterDraftCancelled,
    ChapterDrafted,
    ChapterDraftFailed,
    ChapterDraftRequested,
    DraftAccepted,
    DraftRefused,
    RewriteRequested,
    SceneDrafted,
)
from domain.chapter.edits import Edit
from domain.chapter.locks import BlocksLocked, BlocksUnlocked
from domain.chapter.sources import ChangesAcknowledged


class ChapterOpened(DomainEvent):
    """Its text can be written from now on. The stream's id is that of the chapter's entry in the contents."""

    user_id: UUID
    project_id: UUID


class ChapterEdited(DomainEvent):
    """What was changed, and nothing else. `words`: of the whole chapter, after it.

    `style_only`: its author says that nothing which happens has changed, only how it is told.
    """

    schema_version: ClassVar[int] = 2

    edits: tuple[Edit, ...]
    words: int
    style_only: bool = False


class ChapterStatusSet(DomainEvent):
    status: ChapterStatus


Event = (
    ChapterOpened
    | ChapterEdited
    | ChapterStatusSet
    | ChapterDraftRequested
    | RewriteRequested
    | SceneDrafted
    | ChapterDrafted
    | ChapterDraftFailed
    | ChapterDraftCancelled
    | DraftAccepted
    | DraftRefused
    | BlocksLocked
    | BlocksUnlocked
    | ChangesAcknowledged
)


def fold_status(status: ChapterStatus, event: Event) -> ChapterStatus:
    """How far the chapter is after `event`: the first text makes a draft or a planned one one in writing."""
    match event:
        case ChapterStatusSet():
            return event.status
        case ChapterEdited() | DraftAccepted() if (
            status in (ChapterStatus.DRAFT, ChapterStatus.PLANNED) and event.words
        ):
            return ChapterStatus.WRITING
        case _:
            return status
