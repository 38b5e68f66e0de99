"""The facts of a chapter's draft: how it is asked for, comes scene by scene, ends, and is accepted or refused."""

from typing import ClassVar
from uuid import UUID

from genesis_types.enums import ChapterCommandType

from domain.aggregate import DomainEvent
from domain.chapter.edits import Edit
from domain.chapter.selection import Selection
from domain.chapter.sources import Source
from domain.prose.critique import SceneCritique
from domain.work import PieceRecorded, WorkCancelled, WorkCompleted, WorkFailed, WorkRequested


class ChapterDraftRequested(WorkRequested):
    """Work for a writer.

    `draft_id`: that of an earlier request when it goes on with its scenes, of which `kept` have come. `target_words`
    0: the plan's. `project_version`: whose contents and plans it was asked with. `anew`: as if no text stood in the
    chapter. `critique`: its writer reads each scene itself before it is recorded.
    """

    schema_version: ClassVar[int] = 2
    command_type: ClassVar = ChapterCommandType.DRAFT_CHAPTER

    draft_id: UUID
    instructions: str
    target_words: int
    kept: int
    project_version: int
    anew: bool = False
    critique: bool = False


class RewriteRequested(ChapterDraftRequested):
    """Chosen paragraphs are to be written otherwise: a draft whose scenes are passages, one for each of them."""

    schema_version: ClassVar[int] = 1
    command_type: ClassVar = ChapterCommandType.REWRITE_SELECTION

    selection: Selection


class SceneDrafted(PieceRecorded):
    """A whole scene, `number` from 1 of `of`; of a selection, what is to stand in place of its block of that number.

    `ahead`: the aims of the scenes after it, as they are planned, so that a chapter is planned once. `critique`: what
    was found in it before it was recorded, and what became of that; None: nothing. `sources`: what its writer was told;
    None: the same as for the scene before it, or nobody has recorded it.
    """

    schema_version: ClassVar[int] = 3

    draft_id: UUID
    number: int
    of: int
    aim: str
    paragraphs: tuple[str, ...]
    ahead: tuple[str, ...] = ()
    critique: SceneCritique | None = None
    sources: tuple[Source, ...] | None = None


class ChapterDrafted(WorkCompleted):
    """All scenes have come. `summary`: what happens in the chapter."""

    draft_id: UUID
    summary: str


class ChapterDraftFailed(WorkFailed):
    """Scenes that came stay: they can be accepted, or gone on from."""

    draft_id: UUID


class ChapterDraftCancelled(WorkCancelled):
    """The author has stopped it. Scenes that came stay."""

    draft_id: UUID


class DraftAccepted(DomainEvent):
    """These scenes are in the text now, as `edits` have put them there; `words` as in ChapterEdited.

    `summary`: the draft's, once all of it has been accepted; it is the chapter's from then on. Empty: as it was.
    """

    draft_id: UUID
    scenes: tuple[int, ...]
    edits: tuple[Edit, ...]
    words: int
    summary: str = ""


class DraftRefused(DomainEvent):
    """The author wants nothing more of it; what was accepted before stays in the text."""

    draft_id: UUID


DraftEvent = (
    ChapterDraftRequested
    | RewriteRequested
    | SceneDrafted
    | ChapterDrafted
    | ChapterDraftFailed
    | ChapterDraftCancelled
    | DraftAccepted
    | DraftRefused
)
