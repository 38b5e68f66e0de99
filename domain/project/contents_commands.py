"""What can be asked about contents by a writer, in the imperative. Decisions on them are in decide_contents.py."""

from typing import Annotated, ClassVar
from uuid import UUID

from genesis_types.enums import InternalCommandType, ProjectCommandType
from genesis_types.text import CleanText
from pydantic import AfterValidator, Field

from domain.aggregate import Body
from domain.genesis.commands import Instead, Note
from domain.project.plan import ChapterPlan
from domain.project.titles import Title, one_line
from domain.work import CompleteWork, FailWork, RecordPiece

MOST_PROPOSED = 200
"""Chapters that one request may ask for."""

Number = Annotated[int, Field(ge=1, le=1_000)]


class WriteContents(Body):
    """Has chapters proposed, from one number to another, both included. Nothing is in the contents before it is
    accepted; chapters that stand there already stay, and those behind the range are counted on."""

    command_type: ClassVar = ProjectCommandType.WRITE_CONTENTS
    from_chapter: Annotated[Number | None, Field(description="Null: the one after the last.")] = None
    to_chapter: Annotated[Number | None, Field(description="Null: ten of them.")] = None
    instructions: Note = ""
    writer: Instead = None
    go_on: Annotated[bool, Field(description="With the chapters of a failed or stopped proposal: only the rest.")] = (
        False
    )


class CancelContents(Body):
    """Stops the writer. The chapters that came stay."""

    command_type: ClassVar = ProjectCommandType.CANCEL_CONTENTS


class AcceptContents(Body):
    """Puts chapters of the proposal into the contents: all that are not there yet, or these."""

    command_type: ClassVar = ProjectCommandType.ACCEPT_CONTENTS
    contents_id: UUID
    chapters: Annotated[tuple[Number, ...], Field(min_length=1, max_length=MOST_PROPOSED)] | None = None


class RefuseContents(Body):
    command_type: ClassVar = ProjectCommandType.REFUSE_CONTENTS
    contents_id: UUID


class WaiveContentsFinding(Body):
    """Says that a finding about the contents is meant so. It stays waived while what it is about is unchanged."""

    command_type: ClassVar = ProjectCommandType.WAIVE_CONTENTS_FINDING
    finding_id: UUID
    reason: Annotated[str, Field(min_length=1, max_length=1_000), CleanText, AfterValidator(one_line)]


class UnwaiveContentsFinding(Body):
    command_type: ClassVar = ProjectCommandType.UNWAIVE_CONTENTS_FINDING
    finding_id: UUID


class RecordChapterOutline(RecordPiece):
    """Internal: a whole chapter of the proposal."""

    command_type: ClassVar = InternalCommandType.RECORD_CHAPTER_OUTLINE
    number: Number
    part: Annotated[str, Field(max_length=400)] = ""
    title: Title
    plan: ChapterPlan


class RecordContents(CompleteWork):
    """Internal: all chapters have been recorded."""

    command_type: ClassVar = InternalCommandType.RECORD_CONTENTS


class FailContents(FailWork):
    """Internal: the proposal has ended before its last chapter."""

    command_type: ClassVar = InternalCommandType.FAIL_CONTENTS


ContentsBody = (
    WriteContents | CancelContents | AcceptContents | RefuseContents | WaiveContentsFinding | UnwaiveContentsFinding
)
ContentsInternalBody = RecordChapterOutline | RecordContents | FailContents
