"""What can be asked of a project, in the imperative. Decisions on them are in decide.py."""

from typing import Annotated, ClassVar
from uuid import UUID

from genesis_types.enums import ProjectCommandType
from genesis_types.text import CleanText
from pydantic import Field

from domain.aggregate import Body
from domain.genesis.commands import LanguageTag
from domain.project.contents_commands import ContentsBody, ContentsInternalBody
from domain.project.import_command import ImportProject
from domain.project.initiation_commands import InitiationBody, InitiationInternalBody
from domain.project.matter_command import DescribeBook
from domain.project.plan import ChapterPlan, EntryKind
from domain.project.style_commands import SetStyle
from domain.project.titles import Title

Position = Annotated[int, Field(ge=0, le=100_000, description="Among its neighbours, from 0; behind the end: last.")]
Parent = Annotated[UUID | None, Field(description="The entry that it stands under; null: none, at the top.")]


class CreateProject(Body):
    """From a finished session, which gives what is not said here and the contents; or empty, with a title."""

    command_type: ClassVar = ProjectCommandType.CREATE_PROJECT
    from_session_id: UUID | None = None
    title: Title | None = None
    language: LanguageTag | None = None


class RenameProject(Body):
    command_type: ClassVar = ProjectCommandType.RENAME_PROJECT
    title: Title


class AddEntry(Body):
    """A part, a chapter or a section. Without a position it is the last."""

    command_type: ClassVar = ProjectCommandType.ADD_ENTRY
    kind: EntryKind
    title: Title
    parent_id: Parent = None
    position: Position | None = None


class RenameEntry(Body):
    command_type: ClassVar = ProjectCommandType.RENAME_ENTRY
    entry_id: UUID
    title: Title


class MoveEntry(Body):
    """With all under it. Its position is counted among its new neighbours, itself left out."""

    command_type: ClassVar = ProjectCommandType.MOVE_ENTRY
    entry_id: UUID
    parent_id: Parent = None
    position: Position


class RemoveEntry(Body):
    """With all under it; RESTORE_ENTRY brings it back with what it had."""

    command_type: ClassVar = ProjectCommandType.REMOVE_ENTRY
    entry_id: UUID


class RestoreEntry(Body):
    command_type: ClassVar = ProjectCommandType.RESTORE_ENTRY
    entry_id: UUID


class PlanChapter(Body):
    """The whole plan: a field that is left out becomes empty."""

    command_type: ClassVar = ProjectCommandType.PLAN_CHAPTER
    entry_id: UUID
    plan: ChapterPlan


class WaiveFinding(Body):
    """What the check found is meant so. It stays waived while its two sentences stay as they are."""

    command_type: ClassVar = ProjectCommandType.WAIVE_FINDING
    finding_id: UUID
    reason: Annotated[str, Field(max_length=500), CleanText]


class UnwaiveFinding(Body):
    command_type: ClassVar = ProjectCommandType.UNWAIVE_FINDING
    finding_id: UUID


OrderingBody = (
    RenameProject
    | AddEntry
    | RenameEntry
    | MoveEntry
    | RemoveEntry
    | RestoreEntry
    | PlanChapter
    | ContentsBody
    | WaiveFinding
    | UnwaiveFinding
    | DescribeBook
    | SetStyle
)
ProjectBody = CreateProject | ImportProject | OrderingBody | InitiationBody
ProjectInternalBody = ContentsInternalBody | InitiationInternalBody
