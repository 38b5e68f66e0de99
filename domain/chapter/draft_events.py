"""The facts of a chapter's draft: how it is asked for, comes scene by scene, ends, and is accepted or refused."""

from datetime import datetime
from uuid import UUID

from pydantic import JsonValue

from domain.aggregate import DomainEvent
from domain.chapter.edits import Edit
from domain.genesis.asked import Asked, WriterChoice


class ChapterDraftRequested(DomainEvent):
    """Work for a writer. `command_id` is the inbox row that stays PROCESSING until the draft ends.

    `draft_id`: that of an earlier request when it goes on with its scenes, of which `kept` have come. `target_words`
    0: the plan's. `writer`: who is to write instead of the configured one. `project_version`: whose contents and plans
    it was asked with.
    """

    correlation_id: UUID
    command_id: UUID
    draft_id: UUID
    instructions: str
    target_words: int
    writer: WriterChoice | None
    kept: int
    project_version: int
    turn: int
    deadline_at: datetime


class SceneDrafted(DomainEvent):
    """A whole scene, `number` from 1 of `of`, with what it cost. `cost_usd` None: unknown, or nothing was used.

    `ahead`: the aims of the scenes after it, as they are planned, so that a chapter is planned once.
    """

    correlation_id: UUID
    draft_id: UUID
    number: int
    of: int
    aim: str
    paragraphs: tuple[str, ...]
    usage: dict[str, JsonValue]
    cost_usd: float | None
    price_source: str | None
    notes: tuple[str, ...] = ()
    asked: Asked | None = None
    ahead: tuple[str, ...] = ()


class ChapterDrafted(DomainEvent):
    """All scenes have come. `summary`: what happens in the chapter. The costs are those beside the scenes'."""

    correlation_id: UUID
    draft_id: UUID
    summary: str
    writer: str
    model: str
    prompt_version: str
    usage: dict[str, JsonValue]
    cost_usd: float | None
    price_source: str | None
    notes: tuple[str, ...] = ()


class ChapterDraftFailed(DomainEvent):
    """Scenes that came stay: they can be accepted, or gone on from. The costs are of what brought no scene."""

    correlation_id: UUID
    draft_id: UUID
    code: str
    message: str
    usage: dict[str, JsonValue]
    cost_usd: float | None
    price_source: str | None
    asked: Asked | None = None


class ChapterDraftCancelled(DomainEvent):
    """The author has stopped it. Scenes that came stay."""

    correlation_id: UUID
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
    | SceneDrafted
    | ChapterDrafted
    | ChapterDraftFailed
    | ChapterDraftCancelled
    | DraftAccepted
    | DraftRefused
)
EndOfDraft = ChapterDrafted | ChapterDraftFailed | ChapterDraftCancelled
