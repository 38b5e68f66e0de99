"""The projects projection: books that are being written, the order of their contents, and each entry of these."""

from datetime import datetime
from pathlib import Path
from typing import cast
from uuid import UUID

from genesis_types.enums import InitiationStatus

from domain.project.contents_events import (
    ChapterOutlined,
    ContentsAccepted,
    ContentsFindingUnwaived,
    ContentsFindingWaived,
)
from domain.project.events import (
    ChapterPlanned,
    EntryAdded,
    EntryRenamed,
    Event,
    ProjectCreated,
    ProjectRenamed,
    fold_outline,
)
from domain.project.initiation_events import (
    ConceptChosen,
    IdeationCompleted,
    InitiationCancelled,
    InitiationFailed,
    InitiationResumed,
    ProjectInitiated,
)
from domain.project.matter import NO_MATTER, BookMatter
from domain.project.matter_event import BookDescribed
from domain.project.outline import Outline
from domain.project.plan import NO_PLAN, ChapterPlan, EntryKind
from domain.project.proposed import ProposedContents, fold_proposed
from domain.project.style import NO_STYLE, Style, fold_style
from projections.engine.projection import Key, Projection, Row, StoredEvent, Table


class ProjectRow(Row):
    """`session_id`, `novel_id`: the session that it was made from, and its novel; None for one that began empty.

    `proposed`: as in domain/project/proposed.py, without plans. `waived`: the reason of each finding that is.
    `genre`, `audience`: as its author or its chosen concept says; empty where its session says so. `initiation`: how
    far it is, of one that began from a keyword.
    """

    id: UUID
    user_id: UUID
    title: str
    logline: str
    language: str
    genre: str
    audience: str
    initiation: str | None
    session_id: UUID | None
    novel_id: UUID | None
    outline: Outline
    matter: BookMatter
    proposed: ProposedContents | None
    waived: dict[str, str]
    style: Style
    version: int
    started_at: datetime
    last_event_at: datetime


class EntryRow(Row):
    """A part, a chapter or a section; where it stands, and whether it was removed, is in the project's outline."""

    project_id: UUID
    entry_id: UUID
    kind: EntryKind
    title: str
    plan: ChapterPlan
    planned: bool


def apply_project(row: ProjectRow | None, stored: StoredEvent, _key: Key) -> ProjectRow:
    event = cast(Event, stored.event)
    if isinstance(event, ProjectCreated):
        return ProjectRow(
            id=stored.stream_id,
            user_id=event.user_id,
            title=event.title,
            logline=event.logline,
            language=event.language,
            genre="",
            audience="",
            initiation=None,
            session_id=event.session_id,
            novel_id=event.novel_id,
            outline=fold_outline(Outline(), event),
            matter=NO_MATTER,
            proposed=None,
            waived={},
            style=NO_STYLE,
            version=stored.version,
            started_at=event.occurred_at,
            last_event_at=event.occurred_at,
        )
    if isinstance(event, ProjectInitiated):
        return ProjectRow(
            id=stored.stream_id,
            user_id=event.user_id,
            title=event.title,
            logline="",
            language=event.brief.language,
            genre=event.brief.genre,
            audience=event.brief.audience,
            initiation=InitiationStatus.WORKING,
            session_id=None,
            novel_id=None,
            outline=Outline(),
            matter=NO_MATTER,
            proposed=None,
            waived={},
            style=NO_STYLE,
            version=stored.version,
            started_at=event.occurred_at,
            last_event_at=event.occurred_at,
        )
    assert row is not None, f"{type(event).__name__} cannot be the first event of a project"
    return row.model_copy(
        update={
            **_told(row, event),
            "outline": fold_outline(row.outline, event),
            "matter": event.matter if isinstance(event, BookDescribed) else row.matter,
            "proposed": fold_proposed(row.proposed, event),
            "waived": _waived(row.waived, event),
            "style": fold_style(row.style, event),
            "version": stored.version,
            "last_event_at": event.occurred_at,
        }
    )


def _waived(waived: dict[str, str], event: Event) -> dict[str, str]:
    match event:
        case ContentsFindingWaived():
            return {**waived, str(event.finding_id): event.reason}
        case ContentsFindingUnwaived():
            return {key: reason for key, reason in waived.items() if key != str(event.finding_id)}
        case _:
            return waived


def _told(row: ProjectRow, event: Event) -> dict[str, str | None]:
    match event:
        case ProjectRenamed():
            return {"title": event.title}
        case ConceptChosen():
            return {"title": event.title, "logline": event.logline, "audience": event.audience}
        case InitiationResumed():
            return {"initiation": InitiationStatus.WORKING}
        case IdeationCompleted():
            return {"initiation": InitiationStatus.READY}
        case InitiationFailed():
            return {"initiation": InitiationStatus.FAILED}
        case InitiationCancelled():
            return {"initiation": InitiationStatus.CANCELLED}
        case _:
            return {"title": row.title}


def _entries(stored: StoredEvent) -> tuple[Key, ...]:
    match stored.event:
        case ProjectCreated() as event:
            return tuple((stored.stream_id, entry.entry_id) for entry in event.contents)
        case ContentsAccepted() as event:
            return tuple((stored.stream_id, entry.entry_id) for entry in event.entries)
        case EntryAdded() | EntryRenamed() | ChapterPlanned() as event:
            return ((stored.stream_id, event.entry_id),)
        case _:
            return ()


def apply_entry(row: EntryRow | None, stored: StoredEvent, key: Key) -> EntryRow | None:
    match stored.event:
        case ProjectCreated() as event:
            first = next(entry for entry in event.contents if entry.entry_id == key[1])
            return _entry_row(key, first.kind, first.title, first.plan)
        case ContentsAccepted() as event:
            placed = next(entry for entry in event.entries if entry.entry_id == key[1])
            return _entry_row(key, placed.kind, placed.title, placed.plan)
        case EntryAdded() as event:
            return _entry_row(key, event.kind, event.title, NO_PLAN)
        case EntryRenamed() as event:
            assert row is not None, "an entry is added before it is renamed"
            return row.model_copy(update={"title": event.title})
        case ChapterPlanned() as event:
            assert row is not None, "a chapter is added before it is planned"
            return _entry_row(key, row.kind, row.title, event.plan)
        case _:
            return row


def _entry_row(key: Key, kind: EntryKind, title: str, plan: ChapterPlan) -> EntryRow:
    return EntryRow(project_id=key[0], entry_id=key[1], kind=kind, title=title, plan=plan, planned=plan != NO_PLAN)


class ProposedChapterRow(Row):
    """A chapter of proposed contents, whatever became of them. `entry_id`: once it is in the contents."""

    project_id: UUID
    contents_id: UUID
    number: int
    part: str
    title: str
    plan: ChapterPlan
    entry_id: UUID | None


def _proposed(stored: StoredEvent) -> tuple[Key, ...]:
    match stored.event:
        case ChapterOutlined() as event:
            return ((stored.stream_id, event.contents_id, event.number),)
        case ContentsAccepted() as event:
            numbers = (entry.number for entry in event.entries if entry.number is not None)
            return tuple((stored.stream_id, event.contents_id, number) for number in numbers)
        case _:
            return ()


def apply_proposed(row: ProposedChapterRow | None, stored: StoredEvent, key: Key) -> ProposedChapterRow | None:
    event = stored.event
    if isinstance(event, ChapterOutlined):
        return ProposedChapterRow(
            project_id=key[0],
            contents_id=key[1],
            number=key[2],
            part=event.part_title,
            title=event.title,
            plan=event.plan,
            entry_id=None,
        )
    assert isinstance(event, ContentsAccepted), "nothing else touches a proposed chapter"
    placed = next(entry.entry_id for entry in event.entries if entry.number == key[2])
    return row and row.model_copy(update={"entry_id": placed})


PROJECTS = Projection(
    name="projects",
    version=2,
    reads={"project": None},
    sql=Path(__file__).with_name("projects.sql"),
    tables=(
        Table(name="projects", row=ProjectRow, key=(("id", "uuid"),), stream="id", apply=apply_project),
        Table(
            name="project_entries",
            row=EntryRow,
            key=(("project_id", "uuid"), ("entry_id", "uuid")),
            stream="project_id",
            keys=_entries,
            apply=apply_entry,
        ),
        Table(
            name="project_proposed_chapters",
            row=ProposedChapterRow,
            key=(("project_id", "uuid"), ("contents_id", "uuid"), ("number", "int")),
            stream="project_id",
            keys=_proposed,
            apply=apply_proposed,
        ),
    ),
)
