"""What can be asked of a chapter, in the imperative. Decisions on them are in decide.py."""

from typing import Annotated, ClassVar
from uuid import UUID

from genesis_types.enums import ChapterCommandType, ChapterStatus, InternalCommandType
from genesis_types.text import CleanText
from pydantic import Field

from domain.aggregate import Body
from domain.chapter.edits import BlockText, Edit
from domain.chapter.selection import MOST_SELECTED, Selected, Wish
from domain.chapter.sources import Source
from domain.genesis.commands import Instead, Note
from domain.project.plan import Line
from domain.prose.critique import SceneCritique
from domain.work import CompleteWork, FailWork, RecordPiece

MOST_SCENES = 60

Reason = Annotated[str, Field(max_length=500), CleanText]
BlockIds = Annotated[tuple[UUID, ...], Field(min_length=1, max_length=1_000)]


class OpenChapter(Body):
    """Before the first edit: the chapter is named by its entry in the contents of `project_id`."""

    command_type: ClassVar = ChapterCommandType.OPEN_CHAPTER
    project_id: UUID


class EditChapter(Body):
    """All of the edits, in this order, or none. Edits of different blocks never conflict, whoever made them."""

    command_type: ClassVar = ChapterCommandType.EDIT_CHAPTER
    edits: Annotated[tuple[Edit, ...], Field(min_length=1, max_length=1_000)]
    style_only: Annotated[
        bool,
        Field(description="Nothing that happens has changed, only how it is told: no later chapter is stale by it."),
    ] = False


class SetChapterStatus(Body):
    command_type: ClassVar = ChapterCommandType.SET_CHAPTER_STATUS
    status: ChapterStatus


class DraftChapter(Body):
    """Has the chapter written, scene by scene. Nothing of it is in the text before it is accepted."""

    command_type: ClassVar = ChapterCommandType.DRAFT_CHAPTER
    project_id: UUID
    instructions: Note = ""
    target_words: Annotated[int, Field(ge=100, le=20_000, description="Null: as long as the plan says.")] | None = None
    writer: Instead = None
    go_on: Annotated[bool, Field(description="With the scenes that a failed or stopped draft has: only the rest.")] = (
        False
    )
    critique: Annotated[
        bool,
        Field(description="A model reads each scene it has written against plan, style and continuity, and mends it."),
    ] = False
    anew: Annotated[bool, Field(description="As if no text stood in the chapter; it does not go on from it.")] = False


class CancelDraft(Body):
    """Stops the writer. The scenes that came stay."""

    command_type: ClassVar = ChapterCommandType.CANCEL_DRAFT


class AcceptDraft(Body):
    """Puts scenes of the draft into the text: all that are not there yet, or these."""

    command_type: ClassVar = ChapterCommandType.ACCEPT_DRAFT
    draft_id: UUID
    scenes: Annotated[tuple[Annotated[int, Field(ge=1)], ...], Field(min_length=1, max_length=MOST_SCENES)] | None = (
        None
    )
    after_block: Annotated[
        UUID | None, Field(description="The block that they follow; null: by their order, else at the end.")
    ] = None
    replace: Annotated[
        bool, Field(description="In place of all paragraphs that are neither locked nor of this draft, which go.")
    ] = False


class RewriteSelection(Body):
    """Has chosen paragraphs written otherwise, or what comes behind them. They stay as they are until it is accepted.

    It is a draft whose scenes are passages: ACCEPT_DRAFT, REFUSE_DRAFT and CANCEL_DRAFT are for it, too.
    """

    command_type: ClassVar = ChapterCommandType.REWRITE_SELECTION
    project_id: UUID
    wish: Wish
    blocks: Annotated[tuple[Selected, ...], Field(min_length=1, max_length=MOST_SELECTED)]
    person: Annotated[Line, Field(description="In whose voice, for the wish `voice`.")] = ""
    instructions: Note = ""
    writer: Instead = None


class AcknowledgeChanges(Body):
    """What the chapter rests on has changed so, and it is fine as it is. A later change is another."""

    command_type: ClassVar = ChapterCommandType.ACKNOWLEDGE_CHANGES
    change_ids: Annotated[tuple[UUID, ...], Field(min_length=1, max_length=1_000)]
    reason: Reason = ""


class RefuseDraft(Body):
    command_type: ClassVar = ChapterCommandType.REFUSE_DRAFT
    draft_id: UUID


class LockBlocks(Body):
    """Nothing changes, moves or deletes these paragraphs before they are unlocked."""

    command_type: ClassVar = ChapterCommandType.LOCK_BLOCKS
    block_ids: BlockIds


class UnlockBlocks(Body):
    command_type: ClassVar = ChapterCommandType.UNLOCK_BLOCKS
    block_ids: BlockIds


class RecordScene(RecordPiece):
    """Internal: a whole scene of the draft. `project_id`: its chapter's, which may have been removed meanwhile."""

    command_type: ClassVar = InternalCommandType.RECORD_SCENE
    project_id: UUID
    number: Annotated[int, Field(ge=1, le=MOST_SCENES)]
    of: Annotated[int, Field(ge=1, le=MOST_SCENES)]
    aim: Annotated[str, Field(max_length=8_000)]
    paragraphs: Annotated[tuple[BlockText, ...], Field(min_length=1, max_length=1_000)]
    ahead: Annotated[tuple[str, ...], Field(max_length=MOST_SCENES)] = ()
    critique: SceneCritique | None = None
    sources: Annotated[tuple[Source, ...], Field(max_length=2_000)] | None = None


class RecordDraft(CompleteWork):
    """Internal: all scenes have been recorded."""

    command_type: ClassVar = InternalCommandType.RECORD_DRAFT
    summary: Annotated[str, Field(max_length=20_000)]


class FailDraft(FailWork):
    """Internal: the draft has ended before its last scene."""

    command_type: ClassVar = InternalCommandType.FAIL_DRAFT


ChapterBody = (
    OpenChapter
    | EditChapter
    | SetChapterStatus
    | DraftChapter
    | CancelDraft
    | AcceptDraft
    | RefuseDraft
    | LockBlocks
    | UnlockBlocks
    | RewriteSelection
    | AcknowledgeChanges
)
ChapterInternalBody = RecordScene | RecordDraft | FailDraft
