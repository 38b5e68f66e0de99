"""What can be asked of a chapter, in the imperative. Decisions on them are in decide.py."""

from typing import Annotated, ClassVar
from uuid import UUID

from genesis_types.enums import ChapterCommandType, ChapterStatus
from pydantic import Field

from domain.aggregate import Body
from domain.chapter.edits import Edit


class OpenChapter(Body):
    """Before the first edit: the chapter is named by its entry in the contents of `project_id`."""

    command_type: ClassVar = ChapterCommandType.OPEN_CHAPTER
    project_id: UUID


class EditChapter(Body):
    """All of the edits, in this order, or none. Edits of different blocks never conflict, whoever made them."""

    command_type: ClassVar = ChapterCommandType.EDIT_CHAPTER
    edits: Annotated[tuple[Edit, ...], Field(min_length=1, max_length=1_000)]


class SetChapterStatus(Body):
    command_type: ClassVar = ChapterCommandType.SET_CHAPTER_STATUS
    status: ChapterStatus


ChapterBody = OpenChapter | EditChapter | SetChapterStatus
