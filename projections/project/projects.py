"""The projects projection: books that are being written, the order of their contents, and each entry of these."""

from datetime import datetime
from pathlib import Path
from typing import cast
from uuid import UUID

from domain.project.events import (
    ChapterPlanned,
    EntryAdded,
    EntryRenamed,
    Event,
    ProjectCreated,
    ProjectRenamed,
    fold_outline,
)
from domain.project.outline import Outline
from domain.project.plan import NO_PLAN, ChapterPlan, EntryKind
from domain.project.style import NO_STYLE, Style, fold_style
from projections.engine.projection import Key, Projection, Row, StoredEvent, Table


class ProjectRow(Row):
    """`session_id`, `novel_id`: the session that it was made from, and its novel; None for one that began empty."""

    id: UUID
    user_id: UUID
    title: str
    logline: str
    language: str
    session_id: UUID | None
    novel_id: UUID | None
    outline: Outline
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
            session_id=event.session_id,
            novel_id=event.novel_id,
            outline=fold_outline(Outline(), event),
            style=NO_STYLE,
            version=stored.version,
            started_at=event.occurred_at,
            last_event_at=event.occurred_at,
        )
    assert row is not None, f"{type(event).__name__} cannot be the first event of a project"
    return row.model_copy(
        update={
            "title": event.title if isinstance(event, ProjectRenamed) else row.title,
            "outline": fold_outline(row.outline, event),
            "style": fold_style(row.style, event),
            "version": stored.version,
            "last_event_at": event.occurred_at,
        }
    )


def _entries(stored: StoredEvent) -> tuple[Key, ...]:
    match stored.event:
        case ProjectCreated() as event:
            return tuple((stored.stream_id, entry.entry_id) for entry in event.contents)
        case EntryAdded() | EntryRenamed() | ChapterPlanned() as event:
            return ((stored.stream_id, event.entry_id),)
        case _:
            return ()


def apply_entry(row: EntryRow | None, stored: StoredEvent, key: Key) -> EntryRow | None:
    match stored.event:
        case ProjectCreated() as event:
            first = next(entry for entry in event.contents if entry.entry_id == key[1])
            return _entry_row(key, first.kind, first.title, first.plan)
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
    ),
)
