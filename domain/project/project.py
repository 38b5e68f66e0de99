"""The project aggregate: its state and how facts change it. Evolving never refuses and never decides."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple
from uuid import UUID

from domain.project.events import (
    EntryAdded,
    EntryRenamed,
    Event,
    FindingUnwaived,
    FindingWaived,
    ProjectCreated,
    ProjectRenamed,
    fold_outline,
)
from domain.project.initiation import Initiation, fold_initiation
from domain.project.initiation_events import ConceptChosen, ProjectInitiated
from domain.project.outline import Outline
from domain.project.plan import EntryKind
from domain.work import PieceRecorded, WorkCancelled, WorkCompleted, WorkFailed, WorkRequested


class Entry(NamedTuple):
    """What decisions ask of a part, a chapter or a section; plans are for readers."""

    kind: EntryKind
    title: str


@dataclass(frozen=True, slots=True)
class Project:
    """State of one project after `version` events. `entries`: all that there ever were, removed ones as well.

    `work`: the request that is under way; `turn` counts requests; `recorded`: the pieces of the last one.
    `initiation`: of a project that began from a keyword.
    `waived`: findings of the check that are meant, with the reason.
    """

    project_id: UUID
    version: int
    user_id: UUID
    title: str
    outline: Outline
    entries: Mapping[UUID, Entry]
    waived: Mapping[UUID, str] = field(default_factory=dict)
    work: WorkRequested | None = None
    turn: int = 0
    recorded: tuple[PieceRecorded, ...] = ()
    initiation: Initiation | None = None

    def pieces(self, correlation_id: UUID) -> tuple[PieceRecorded, ...]:
        return tuple(piece for piece in self.recorded if piece.correlation_id == correlation_id)


def evolve(project: Project | None, event: Event, project_id: UUID) -> Project:
    """The state after `event`. The first event of a stream is ProjectCreated or ProjectInitiated."""
    if isinstance(event, ProjectCreated):
        entries = {one.entry_id: Entry(one.kind, one.title) for one in event.contents}
        return Project(project_id, 1, event.user_id, event.title, fold_outline(Outline(), event), entries)
    if isinstance(event, ProjectInitiated):
        begun = Project(project_id, 1, event.user_id, event.title, Outline(), {})
        return _with_work(replace(begun, initiation=fold_initiation(None, event)), event)
    assert project is not None, f"{type(event).__name__} cannot be the first event of a project"
    project = replace(
        _with_work(project, event),
        version=project.version + 1,
        outline=fold_outline(project.outline, event),
        initiation=fold_initiation(project.initiation, event),
    )
    match event:
        case ProjectRenamed() | ConceptChosen():
            return replace(project, title=event.title)
        case EntryAdded():
            return _with_entry(project, event.entry_id, Entry(event.kind, event.title))
        case EntryRenamed():
            kind = project.entries[event.entry_id].kind
            return _with_entry(project, event.entry_id, Entry(kind, event.title))
        case FindingWaived():
            return replace(project, waived={**project.waived, event.finding_id: event.reason})
        case FindingUnwaived():
            left = {one: reason for one, reason in project.waived.items() if one != event.finding_id}
            return replace(project, waived=left)
        case _:
            return project


def _with_entry(project: Project, entry_id: UUID, entry: Entry) -> Project:
    return replace(project, entries={**project.entries, entry_id: entry})


def _with_work(project: Project, event: Event) -> Project:
    match event:
        case WorkRequested():
            return replace(project, work=event, turn=event.turn, recorded=())
        case PieceRecorded():
            return replace(project, recorded=(*project.recorded, event))
        case WorkCompleted() | WorkFailed() | WorkCancelled():
            return replace(project, work=None)
        case _:
            return project
