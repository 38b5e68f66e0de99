"""Decides how a project begins with a text that exists: its contents are the text's, its chapters other streams."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID, uuid5

from domain.aggregate import Command
from domain.project import rejections
from domain.project.events import FirstEntry, ProjectCreated
from domain.project.import_command import ImportedEntry, ImportProject
from domain.project.plan import NO_PLAN
from domain.project.project import Project
from domain.project.rules import MOST_CHAPTERS
from domain.rejections import Refused


def entry_id(command_id: UUID, number: int) -> UUID:
    """The id of the entry that is `number` in an import, from 0: derived, so that a repetition gives the same."""
    return uuid5(command_id, f"entry:{number}")


def imported(command: Command, body: ImportProject, project: Project | None, now: datetime) -> ProjectCreated:
    """The project with its contents. Raises Refused."""
    assert command.user_id is not None, "a project has an owner"
    if project is not None:
        raise Refused(rejections.PROJECT_EXISTS, "This project was created before.")
    chapters = [one for one in body.entries if one.kind == "chapter"]
    if len(chapters) > MOST_CHAPTERS:
        raise Refused(rejections.CONTENTS_FULL, f"A book has at most {MOST_CHAPTERS:,} chapters.")
    if not any(one.paragraphs for one in chapters):
        raise Refused(rejections.NOTHING_TO_IMPORT, "There is no text in these chapters.")
    if any(one.paragraphs for one in body.entries if one.kind == "part"):
        raise Refused(rejections.NOT_A_CHAPTER, "Only a chapter has text: a part has chapters.")
    return ProjectCreated(
        occurred_at=now,
        user_id=command.user_id,
        title=body.title,
        logline="",
        language=body.language,
        session_id=None,
        novel_id=None,
        contents=tuple(_contents(command.command_id, body.entries)),
    )


def _contents(command_id: UUID, entries: tuple[ImportedEntry, ...]) -> Iterator[FirstEntry]:
    open_parts: list[tuple[int, UUID]] = []
    for number, one in enumerate(entries):
        while open_parts and open_parts[-1][0] >= one.depth:
            open_parts.pop()
        made = FirstEntry(
            entry_id=entry_id(command_id, number),
            parent_id=open_parts[-1][1] if open_parts else None,
            kind=one.kind,
            title=one.title,
            plan=NO_PLAN,
        )
        if one.kind == "part":
            open_parts.append((one.depth, made.entry_id))
        yield made
