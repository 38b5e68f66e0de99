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
from domain.project.outline import Outline
from domain.project.plan import EntryKind
from domain.project.style import NO_STYLE, Style, fold_style


class Entry(NamedTuple):
    """What decisions ask of a part, a chapter or a section; plans are for readers."""

    kind: EntryKind
    title: str


@dataclass(frozen=True, slots=True)
class Project:
    """State of one project after `version` events. `entries`: all that there ever were, removed ones as well.

    `waived`: findings of the check that are meant, with the reason.
    """

    project_id: UUID
    version: int
    user_id: UUID
    title: str
    outline: Outline
    entries: Mapping[UUID, Entry]
    waived: Mapping[UUID, str] = field(default_factory=dict)
    style: Style = NO_STYLE


def evolve(project: Project | None, event: Event, project_id: UUID) -> Project:
    """The state after `event`. The first event of a stream is ProjectCreated."""
    if isinstance(event, ProjectCreated):
        entries = {one.entry_id: Entry(one.kind, one.title) for one in event.contents}
        return Project(project_id, 1, event.user_id, event.title, fold_outline(Outline(), event), entries)
    assert project is not None, f"{type(event).__name__} cannot be the first event of a project"
    project = replace(project, version=project.version + 1, outline=fold_outline(project.outline, event))
    project = replace(project, style=fold_style(project.style, event))
    match event:
        case ProjectRenamed():
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
