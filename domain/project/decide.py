"""Decisions: a command and a project in, facts out. Pure: ids are derived from the command's, the time is given."""

from datetime import datetime
from typing import assert_never, cast
from uuid import uuid5

from genesis_types.enums import GenesisStage, GenesisStatus

from domain.aggregate import Command
from domain.genesis.session import Session
from domain.project import rejections
from domain.project.commands import (
    AddEntry,
    CreateProject,
    MoveEntry,
    OrderingBody,
    PlanChapter,
    ProjectBody,
    ProjectInternalBody,
    RemoveEntry,
    RenameEntry,
    RenameProject,
    RestoreEntry,
    UnwaiveFinding,
    WaiveFinding,
)
from domain.project.contents_commands import (
    AcceptContents,
    CancelContents,
    ContentsInternalBody,
    FailContents,
    RecordChapterOutline,
    RecordContents,
    RefuseContents,
    UnwaiveContentsFinding,
    WaiveContentsFinding,
    WriteContents,
)
from domain.project.decide_accepting import accepted, refused, unwaived, waived
from domain.project.decide_contents import cancelled, failed, outlined, recorded, requested
from domain.project.decide_import import imported
from domain.project.decide_initiation import decide_initiation, initiated, record_initiation
from domain.project.events import (
    ChapterPlanned,
    EntryAdded,
    EntryMoved,
    EntryRemoved,
    EntryRenamed,
    EntryRestored,
    Event,
    FindingUnwaived,
    FindingWaived,
    ProjectCreated,
    ProjectRenamed,
)
from domain.project.first_contents import confirmed, first_contents
from domain.project.import_command import ImportProject
from domain.project.initiation_commands import InitiateProject, InitiationBody, InitiationInternalBody
from domain.project.matter_command import DescribeBook
from domain.project.matter_event import BookDescribed
from domain.project.project import Project
from domain.project.rules import fits, place, room
from domain.project.style_commands import SetStyle, style_set
from domain.project.titles import LONGEST_TITLE
from domain.rejections import NotFound, Refused

SOURCE = "source"
"""The need's name: the session that a project is made from."""

MOST_WAIVERS = 5_000


def decide(command: Command, project: Project | None, now: datetime) -> tuple[Event, ...]:
    """The facts that follow from `command`; none when all is as it asks for already.

    Raises Rejection when the command is refused; nothing may be written then.
    """
    body = cast(ProjectBody | ProjectInternalBody, command.body)
    if isinstance(body, CreateProject):
        return (_created(command, body, project, now),)
    if isinstance(body, ImportProject):
        return (imported(command, body, project, now),)
    if isinstance(body, InitiateProject):
        return initiated(command, body, project, now)
    ours = isinstance(body, ProjectInternalBody) and command.user_id is None
    if project is None or not (ours or command.user_id == project.user_id):
        raise NotFound("project")
    if isinstance(body, InitiationInternalBody):
        return record_initiation(body, project, now)
    if isinstance(body, InitiationBody):
        return decide_initiation(command, body, project, now)
    return _ordered(command, body, project, now)


def _ordered(
    command: Command, body: OrderingBody | ContentsInternalBody, project: Project, now: datetime
) -> tuple[Event, ...]:
    match body:
        case RenameProject():
            return () if body.title == project.title else (ProjectRenamed(occurred_at=now, title=body.title),)
        case AddEntry():
            return (_added(command, body, project, now),)
        case RenameEntry():
            place(project, body.entry_id)
            same = project.entries[body.entry_id].title == body.title
            return () if same else (EntryRenamed(occurred_at=now, entry_id=body.entry_id, title=body.title),)
        case MoveEntry():
            return _moved(body, project, now)
        case RemoveEntry():
            place(project, body.entry_id)
            return (EntryRemoved(occurred_at=now, entry_id=body.entry_id),)
        case RestoreEntry():
            return (_restored(body, project, now),)
        case PlanChapter():
            place(project, body.entry_id)
            if project.entries[body.entry_id].kind != "chapter":
                raise Refused(rejections.NOT_A_CHAPTER, "Only a chapter has a plan.")
            return (ChapterPlanned(occurred_at=now, entry_id=body.entry_id, plan=body.plan),)
        case WriteContents():
            return requested(command, body, project, now)
        case CancelContents():
            return cancelled(project, now)
        case AcceptContents():
            return accepted(body, project, now)
        case RefuseContents():
            return refused(body, project, now)
        case WaiveContentsFinding():
            return waived(body, project, now)
        case UnwaiveContentsFinding():
            return unwaived(body, project, now)
        case RecordChapterOutline():
            return outlined(body, project, now)
        case RecordContents():
            return recorded(body, project, now)
        case FailContents():
            return failed(body, project, now)
        case WaiveFinding():
            return _waived(body, project, now)
        case UnwaiveFinding():
            known = body.finding_id in project.waived
            return (FindingUnwaived(occurred_at=now, finding_id=body.finding_id),) if known else ()
        case DescribeBook():
            same = body.matter == project.matter
            return () if same else (BookDescribed(occurred_at=now, matter=body.matter),)
        case SetStyle():
            return style_set(body, project.style, now)
        case _:
            assert_never(body)


def _created(command: Command, body: CreateProject, project: Project | None, now: datetime) -> ProjectCreated:
    assert command.user_id is not None, "a project has an owner"
    if project is not None:
        raise Refused(rejections.PROJECT_EXISTS, "This project was created before.")
    if body.from_session_id is None:
        if body.title is None:
            raise Refused(rejections.TITLE_NEEDED, "A project needs a title, or a finished session to be made from.")
        return ProjectCreated(
            occurred_at=now,
            user_id=command.user_id,
            title=body.title,
            logline="",
            language=body.language or "en",
            session_id=None,
            novel_id=None,
            contents=(),
        )
    session = cast(Session | None, command.needed[SOURCE])
    if session is None or session.user_id != command.user_id:
        raise NotFound("session")
    if session.status is not GenesisStatus.COMPLETED:
        raise Refused(rejections.SESSION_NOT_FINISHED, "Finish this session first: its plot becomes the contents.")
    story = confirmed(session, GenesisStage.STORY_CONCEPTION).get("working_title")
    concept = confirmed(session, GenesisStage.CONCEPT_SELECTION)
    title = body.title or session.premise.title or str(story or concept.get("title") or "")
    return ProjectCreated(
        occurred_at=now,
        user_id=command.user_id,
        title=" ".join(title.split())[:LONGEST_TITLE] or str(session.session_id),
        logline=str(concept.get("logline") or ""),
        language=body.language or session.premise.language,
        session_id=session.session_id,
        novel_id=session.novel_id,
        contents=first_contents(session, command.command_id),
    )


def _waived(body: WaiveFinding, project: Project, now: datetime) -> tuple[FindingWaived, ...]:
    """Findings are the read side's: an id that none has waives nothing, and does no harm."""
    if project.waived.get(body.finding_id) == body.reason:
        return ()
    if body.finding_id not in project.waived and len(project.waived) >= MOST_WAIVERS:
        raise Refused(rejections.TOO_MANY_WAIVERS, f"At most {MOST_WAIVERS:,} findings can be waived in a book.")
    return (FindingWaived(occurred_at=now, finding_id=body.finding_id, reason=body.reason),)


def _added(command: Command, body: AddEntry, project: Project, now: datetime) -> EntryAdded:
    fits(project, body.kind, body.parent_id, height=1)
    room(project, entries=1, chapters=body.kind == "chapter")
    end = len(project.outline.children(body.parent_id))
    return EntryAdded(
        occurred_at=now,
        entry_id=uuid5(command.command_id, "entry"),
        parent_id=body.parent_id,
        position=end if body.position is None else min(body.position, end),
        kind=body.kind,
        title=body.title,
    )


def _moved(body: MoveEntry, project: Project, now: datetime) -> tuple[EntryMoved, ...]:
    outline, entry_id = project.outline, body.entry_id
    before = place(project, entry_id)
    if body.parent_id is not None and body.parent_id in outline.subtree(entry_id):
        raise Refused(rejections.ENTRY_IN_ITSELF, "An entry cannot stand under itself, or under what is under it.")
    fits(project, project.entries[entry_id].kind, body.parent_id, height=outline.height(entry_id))
    neighbours = [one for one in outline.children(body.parent_id) if one != entry_id]
    position = min(body.position, len(neighbours))
    if (body.parent_id, position) == (before.parent_id, before.position):
        return ()
    return (EntryMoved(occurred_at=now, entry_id=entry_id, parent_id=body.parent_id, position=position),)


def _restored(body: RestoreEntry, project: Project, now: datetime) -> EntryRestored:
    removed = project.outline.removal(body.entry_id)
    if removed is None:
        if body.entry_id not in project.entries:
            raise rejections.unknown_entry()
        raise Refused(rejections.ENTRY_NOT_REMOVED, "This entry was not removed, or went with one above it.")
    places = project.outline.places()
    if removed.parent_id is not None and removed.parent_id not in places:
        title = project.entries[removed.parent_id].title
        raise Refused(rejections.ENTRY_REMOVED, f"It stood under “{title}”, which was removed. Restore that first.")
    kind = project.entries[body.entry_id].kind
    fits(project, kind, removed.parent_id, height=project.outline.height(body.entry_id))
    back = project.outline.subtree(body.entry_id)
    room(project, entries=len(back), chapters=sum(project.entries[one].kind == "chapter" for one in back))
    return EntryRestored(
        occurred_at=now,
        entry_id=body.entry_id,
        parent_id=removed.parent_id,
        position=min(removed.position, len(project.outline.children(removed.parent_id))),
    )
