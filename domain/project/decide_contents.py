"""Decisions about contents by a writer: how they are asked for, come chapter by chapter, fail, and are stopped."""

from datetime import datetime
from math import ceil
from uuid import UUID, uuid5

from genesis_types.enums import DraftStatus

from domain.aggregate import Command
from domain.project import rejections
from domain.project.contents_commands import (
    MOST_PROPOSED,
    FailContents,
    RecordChapterOutline,
    RecordContents,
    WriteContents,
)
from domain.project.contents_events import (
    ChapterOutlined,
    ContentsCancelled,
    ContentsFailed,
    ContentsRequested,
    ContentsWritten,
)
from domain.project.project import Project
from domain.project.rules import room
from domain.rejections import WORK_NOT_ACTIVE, CommandActive, Refused
from domain.work import told

CHAPTERS_A_GENERATION = 10
"""How many chapters have the time of one generation; a longer range has it as often again."""

USUAL_CHAPTERS = 10
STILL_WRITING = "Something is being written for this project. Wait for it, or stop it first."


def contents_work(command_id: UUID) -> UUID:
    """The correlation id of the contents that a command asks for."""
    return uuid5(command_id, "contents")


def requested(command: Command, body: WriteContents, project: Project, now: datetime) -> tuple[ContentsRequested]:
    if project.work is not None:
        raise CommandActive(STILL_WRITING)
    work_id = contents_work(command.command_id)
    if body.go_on:
        proposed = project.proposed
        if proposed is None or proposed.status is DraftStatus.WRITTEN:
            said = "No proposal of chapters has ended early: ask for a range of them."
            raise Refused(rejections.NOTHING_TO_GO_ON_FROM, said)
        contents_id, kept, after = proposed.contents_id, proposed.came, proposed.after
        first, last = proposed.from_chapter, proposed.to_chapter
        instructions = body.instructions or proposed.instructions
    else:
        contents_id, kept, instructions = work_id, 0, body.instructions
        first, last, after = _range(body, project)
    left = last - first + 1 - kept
    return (
        ContentsRequested(
            occurred_at=now,
            correlation_id=work_id,
            command_id=command.command_id,
            contents_id=contents_id,
            from_chapter=first,
            to_chapter=last,
            after=after,
            instructions=instructions,
            writer=body.writer,
            kept=kept,
            project_version=project.version,
            turn=project.turn + 1,
            deadline_at=now + command.limits.generation * max(1, ceil(left / CHAPTERS_A_GENERATION)),
        ),
    )


def _range(body: WriteContents, project: Project) -> tuple[int, int, UUID | None]:
    """(first, last, the chapter that the first follows). Raises Refused."""
    places = project.outline.places()
    chapters = [one for one in places if project.entries[one].kind == "chapter"]
    first = body.from_chapter or len(chapters) + 1
    last = body.to_chapter or first + USUAL_CHAPTERS - 1
    if first > len(chapters) + 1:
        said = f"There are {len(chapters)} chapters, so the next is {len(chapters) + 1}: begin there, or before."
        raise Refused(rejections.INVALID_RANGE, said)
    if not first <= last < first + MOST_PROPOSED:
        said = f"A range has 1 to {MOST_PROPOSED} chapters, and its last is not before its first."
        raise Refused(rejections.INVALID_RANGE, said)
    room(project, entries=last - first + 1, chapters=last - first + 1)
    return first, last, chapters[first - 2] if first > 1 else None


def outlined(body: RecordChapterOutline, project: Project, now: datetime) -> tuple[ChapterOutlined, ...]:
    """The chapter; none when it was recorded before."""
    work = _active(body.correlation_id, project)
    following = work.from_chapter + len(project.outlined)
    if body.number < following:
        return ()
    if body.number > following or body.number > work.to_chapter:
        said = f"Chapter {body.number} is not the next one of {work.from_chapter} to {work.to_chapter}."
        raise Refused(rejections.UNKNOWN_CHAPTER, said)
    return (
        ChapterOutlined(
            occurred_at=now,
            contents_id=work.contents_id,
            number=body.number,
            part_title=" ".join(body.part.split()),
            title=body.title,
            plan=body.plan,
            **told(body),
        ),
    )


def recorded(body: RecordContents, project: Project, now: datetime) -> tuple[ContentsWritten]:
    """Whatever the writer says of having finished: a range is whole when all its chapters are there."""
    work = _active(body.correlation_id, project)
    if len(project.outlined) < work.to_chapter - work.from_chapter + 1:
        raise Refused(rejections.UNKNOWN_CHAPTER, "Not all chapters of this range have come.")
    return (
        ContentsWritten(
            occurred_at=now,
            contents_id=work.contents_id,
            **told(body),
        ),
    )


def failed(body: FailContents, project: Project, now: datetime) -> tuple[ContentsFailed]:
    work = _active(body.correlation_id, project)
    return (
        ContentsFailed(
            occurred_at=now,
            contents_id=work.contents_id,
            **told(body),
        ),
    )


def cancelled(project: Project, now: datetime) -> tuple[ContentsCancelled]:
    work = project.work
    if not isinstance(work, ContentsRequested):
        raise Refused(WORK_NOT_ACTIVE, "No chapters are being proposed.")
    return (ContentsCancelled(occurred_at=now, correlation_id=work.correlation_id, contents_id=work.contents_id),)


def _active(correlation_id: UUID, project: Project) -> ContentsRequested:
    work = project.work
    if not isinstance(work, ContentsRequested) or work.correlation_id != correlation_id:
        raise Refused(WORK_NOT_ACTIVE, "These contents are not being written any more.")
    return work
