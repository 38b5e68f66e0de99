"""The project aggregate: its state and how facts change it. Evolving never refuses and never decides."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple
from uuid import UUID

from domain.project.contents_events import (
    ChapterOutlined,
    ContentsAccepted,
    ContentsFindingUnwaived,
    ContentsFindingWaived,
    ContentsRefused,
    ContentsRequested,
)
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
from domain.project.matter import NO_MATTER, BookMatter
from domain.project.matter_event import BookDescribed
from domain.project.outline import Outline
from domain.project.plan import EntryKind
from domain.project.proposed import ProposedContents, fold_proposed
from domain.work import PieceRecorded, WorkCancelled, WorkCompleted, WorkFailed, WorkRequested


class Entry(NamedTuple):
    """What decisions ask of a part, a chapter or a section; plans are for readers."""

    kind: EntryKind
    title: str


@dataclass(frozen=True, slots=True)
class Project:
    """State of one project after `version` events. `entries`: all that there ever were, removed ones as well.

    `work`: the request that is under way, of whatever kind; `turn` counts requests; `recorded`: the pieces that came of
    the last ones. `proposed`: contents by a writer, until all is accepted or they are refused. `contents_waived`,
    `waived`: findings about the contents and of the check that are meant, with the reason. `initiation`: of a project
    that began from a keyword.
    """

    project_id: UUID
    version: int
    user_id: UUID
    title: str
    outline: Outline
    entries: Mapping[UUID, Entry]
    work: WorkRequested | None = None
    turn: int = 0
    recorded: tuple[PieceRecorded, ...] = ()
    proposed: ProposedContents | None = None
    contents_waived: Mapping[UUID, str] = field(default_factory=dict)
    waived: Mapping[UUID, str] = field(default_factory=dict)
    matter: BookMatter = NO_MATTER
    initiation: Initiation | None = None

    def pieces(self, correlation_id: UUID) -> tuple[PieceRecorded, ...]:
        return tuple(piece for piece in self.recorded if piece.correlation_id == correlation_id)

    @property
    def outlined(self) -> tuple[ChapterOutlined, ...]:
        """The chapters of the proposal that have come, in order."""
        return tuple(piece for piece in self.recorded if isinstance(piece, ChapterOutlined))


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
        case BookDescribed():
            return replace(project, matter=event.matter)
        case EntryAdded():
            return _with_entry(project, event.entry_id, Entry(event.kind, event.title))
        case EntryRenamed():
            kind = project.entries[event.entry_id].kind
            return _with_entry(project, event.entry_id, Entry(kind, event.title))
        case ContentsAccepted():
            placed = {one.entry_id: Entry(one.kind, one.title) for one in event.entries}
            return replace(project, entries={**project.entries, **placed})
        case ContentsFindingWaived():
            return replace(project, contents_waived={**project.contents_waived, event.finding_id: event.reason})
        case ContentsFindingUnwaived():
            left = {key: reason for key, reason in project.contents_waived.items() if key != event.finding_id}
            return replace(project, contents_waived=left)
        case FindingWaived():
            return replace(project, waived={**project.waived, event.finding_id: event.reason})
        case FindingUnwaived():
            left = {one: reason for one, reason in project.waived.items() if one != event.finding_id}
            return replace(project, waived=left)
        case _:
            return project


def _with_work(project: Project, event: Event) -> Project:
    """One work at a time, whatever kind it is; what came of the last contents stays until they are done with."""
    work, turn, recorded = project.work, project.turn, project.recorded
    proposed = fold_proposed(project.proposed, event)
    match event:
        case ContentsRequested():
            recorded = project.outlined[: event.kept]
            work, turn = event, event.turn
        case WorkRequested():
            work, turn, recorded = event, event.turn, project.outlined
        case PieceRecorded():
            recorded = (*recorded, event)
        case WorkCompleted() | WorkFailed() | WorkCancelled():
            work = None
        case ContentsAccepted() | ContentsRefused() if proposed is None:
            recorded = ()
        case _:
            pass
    return replace(project, work=work, turn=turn, recorded=recorded, proposed=proposed)


def _with_entry(project: Project, entry_id: UUID, entry: Entry) -> Project:
    return replace(project, entries={**project.entries, entry_id: entry})
