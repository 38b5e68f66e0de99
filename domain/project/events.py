"""The facts of a project, in the past tense. An entry is a part, a chapter or a section of its contents."""

from typing import ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from domain.aggregate import DomainEvent
from domain.project.contents_events import ContentsAccepted, ContentsEvent
from domain.project.initiation_events import InitiationEvent
from domain.project.matter_event import BookDescribed
from domain.project.outline import Outline
from domain.project.plan import ChapterPlan, EntryKind


class FirstEntry(BaseModel):
    """An entry that a project begins with. Each comes after the one that it stands under."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    entry_id: UUID
    parent_id: UUID | None
    kind: EntryKind
    title: str
    plan: ChapterPlan


class ProjectCreated(DomainEvent):
    """`session_id`, `novel_id`: the finished session that it was made from, and its novel; None for an empty one."""

    schema_version: ClassVar[int] = 2

    user_id: UUID
    title: str
    logline: str
    language: str
    session_id: UUID | None
    novel_id: UUID | None
    contents: tuple[FirstEntry, ...]


class ProjectRenamed(DomainEvent):
    title: str


class EntryAdded(DomainEvent):
    """`position` among the entries under `parent_id` (None: at the top), from 0."""

    entry_id: UUID
    parent_id: UUID | None
    position: int
    kind: EntryKind
    title: str


class EntryRenamed(DomainEvent):
    entry_id: UUID
    title: str


class EntryMoved(DomainEvent):
    """To where it stands now; `position` as in EntryAdded."""

    entry_id: UUID
    parent_id: UUID | None
    position: int


class EntryRemoved(DomainEvent):
    """Taken out with all under it. Nothing of it is lost: it can be restored."""

    entry_id: UUID


class EntryRestored(DomainEvent):
    entry_id: UUID
    parent_id: UUID | None
    position: int


class ChapterPlanned(DomainEvent):
    """`plan` takes the place of the one before."""

    schema_version: ClassVar[int] = 2

    entry_id: UUID
    plan: ChapterPlan


class FindingWaived(DomainEvent):
    """What the check of the book found is meant so. `finding_id`: of its sentences. `reason`: may be empty."""

    finding_id: UUID
    reason: str


class FindingUnwaived(DomainEvent):
    finding_id: UUID


Event = (
    ProjectCreated
    | ProjectRenamed
    | EntryAdded
    | EntryRenamed
    | EntryMoved
    | EntryRemoved
    | EntryRestored
    | ChapterPlanned
    | ContentsEvent
    | FindingWaived
    | FindingUnwaived
    | BookDescribed
    | InitiationEvent
)


def fold_outline(outline: Outline, event: Event) -> Outline:
    """The order of the contents after `event`. One fold, used by the aggregate and by the read side; never refuses."""
    match event:
        case ProjectCreated():
            return _first(event)
        case EntryAdded():
            return outline.placed(event.entry_id, event.parent_id, event.position)
        case EntryMoved():
            return outline.moved(event.entry_id, event.parent_id, event.position)
        case EntryRemoved():
            return outline.taken(event.entry_id)
        case EntryRestored():
            return outline.restored(event.entry_id, event.parent_id, event.position)
        case ContentsAccepted():
            for one in event.entries:
                outline = outline.placed(one.entry_id, one.parent_id, one.position)
            return outline
        case _:
            return outline


def _first(event: ProjectCreated) -> Outline:
    top: list[UUID] = []
    under: dict[UUID, list[UUID]] = {}
    for entry in event.contents:
        (top if entry.parent_id is None else under.setdefault(entry.parent_id, [])).append(entry.entry_id)
    return Outline(top=tuple(top), under={parent: tuple(children) for parent, children in under.items()})
