"""The facts of contents by a writer: how a range of chapters is asked for, comes chapter by chapter, and ends up."""

from typing import ClassVar
from uuid import UUID

from genesis_types.enums import ProjectCommandType
from pydantic import BaseModel, ConfigDict

from domain.aggregate import DomainEvent
from domain.project.plan import ChapterPlan, EntryKind
from domain.work import PieceRecorded, WorkCancelled, WorkCompleted, WorkFailed, WorkRequested


class ContentsRequested(WorkRequested):
    """Work for a writer: chapters `from_chapter` to `to_chapter` of the book, both included, from 1.

    `contents_id`: that of an earlier request when it goes on with its chapters, of which `kept` have come. `after`:
    the chapter that the first of them follows; None: they begin the book. `project_version`: what it was asked with.
    """

    command_type: ClassVar = ProjectCommandType.WRITE_CONTENTS

    contents_id: UUID
    from_chapter: int
    to_chapter: int
    after: UUID | None
    instructions: str
    kept: int
    project_version: int


class ChapterOutlined(PieceRecorded):
    """A whole chapter of the proposal, `number` as the book counts. `part_title`: that of its part, "" for none."""

    contents_id: UUID
    number: int
    part_title: str
    title: str
    plan: ChapterPlan


class ContentsWritten(WorkCompleted):
    """All chapters of the range have come."""

    contents_id: UUID


class ContentsFailed(WorkFailed):
    """Chapters that came stay: they can be accepted, or gone on from."""

    contents_id: UUID


class ContentsCancelled(WorkCancelled):
    """The author has stopped it. Chapters that came stay."""

    contents_id: UUID


class PlacedEntry(BaseModel):
    """An entry as it was put into the contents: `position` among those under `parent_id`, when it was put there.

    `number`: the chapter's in its proposal; None for a part that one of them began.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    entry_id: UUID
    parent_id: UUID | None
    position: int
    kind: EntryKind
    title: str
    plan: ChapterPlan
    number: int | None


class ContentsAccepted(DomainEvent):
    """These chapters are in the contents now, with the parts that they began, placed one after the other."""

    contents_id: UUID
    entries: tuple[PlacedEntry, ...]


class ContentsRefused(DomainEvent):
    """The author wants nothing more of the proposal; what was accepted before stays in the contents."""

    contents_id: UUID


class ContentsFindingWaived(DomainEvent):
    """The author means it so. `finding_id` is made of what the finding is about: once that changes, it is another."""

    finding_id: UUID
    reason: str


class ContentsFindingUnwaived(DomainEvent):
    finding_id: UUID


ContentsEvent = (
    ContentsRequested
    | ChapterOutlined
    | ContentsWritten
    | ContentsFailed
    | ContentsCancelled
    | ContentsAccepted
    | ContentsRefused
    | ContentsFindingWaived
    | ContentsFindingUnwaived
)
