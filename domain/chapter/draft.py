"""The draft of a chapter without its words: how far it is, and what it cost. Both sides fold it."""

from datetime import datetime
from uuid import UUID

from genesis_types.enums import DraftStatus
from pydantic import BaseModel, ConfigDict

from domain.aggregate import DomainEvent
from domain.chapter.draft_events import (
    ChapterDraftCancelled,
    ChapterDrafted,
    ChapterDraftFailed,
    ChapterDraftRequested,
    DraftAccepted,
    DraftRefused,
    RewriteRequested,
    SceneDrafted,
)
from domain.chapter.selection import Selection
from domain.genesis.asked import WriterChoice


class Draft(BaseModel):
    """`correlation_id`: of the last request. `came` of `of` scenes are recorded; `of` 0: not planned yet.

    `anew`: it does not go on from the chapter's text. `selection`: the paragraphs of which its scenes are passages.
    `summary`, `model`: of a written one. `code`, `message`: why a failed one failed. `cost_usd` None: unknown.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    draft_id: UUID
    correlation_id: UUID
    status: DraftStatus
    instructions: str
    target_words: int
    writer: WriterChoice | None
    requested_at: datetime
    deadline_at: datetime
    anew: bool = False
    critique: bool = False
    selection: Selection | None = None
    of: int = 0
    came: int = 0
    accepted: tuple[int, ...] = ()
    summary: str = ""
    model: str = ""
    code: str = ""
    message: str = ""
    cost_usd: float | None = 0.0

    @property
    def active(self) -> bool:
        return self.status is DraftStatus.WRITING


def fold_draft(draft: Draft | None, event: DomainEvent) -> Draft | None:
    """The chapter's draft after `event`; None: there is none, or all of it has been accepted. It never refuses."""
    if isinstance(event, ChapterDraftRequested):
        return _requested(draft, event)
    if draft is None:
        return None
    match event:
        case SceneDrafted():
            return _changed(draft, event, of=event.of, came=event.number)
        case ChapterDrafted():
            return _changed(draft, event, status=DraftStatus.WRITTEN, summary=event.summary, model=event.model)
        case ChapterDraftFailed():
            return _changed(draft, event, status=DraftStatus.FAILED, code=event.code, message=event.message)
        case ChapterDraftCancelled():
            return draft.model_copy(update={"status": DraftStatus.CANCELLED})
        case DraftAccepted():
            accepted = tuple(sorted({*draft.accepted, *event.scenes}))
            if draft.status is DraftStatus.WRITTEN and len(accepted) == draft.came:
                return None
            return draft.model_copy(update={"accepted": accepted})
        case DraftRefused():
            return None
        case _:
            return draft


def _requested(before: Draft | None, event: ChapterDraftRequested) -> Draft:
    asked = {
        "correlation_id": event.correlation_id,
        "status": DraftStatus.WRITING,
        "instructions": event.instructions,
        "target_words": event.target_words,
        "writer": event.writer,
        "requested_at": event.occurred_at,
        "deadline_at": event.deadline_at,
        "anew": event.anew,
        "critique": event.critique,
        "selection": event.selection if isinstance(event, RewriteRequested) else None,
    }
    if before is not None and before.draft_id == event.draft_id:
        return before.model_copy(update=asked | {"code": "", "message": ""})
    return Draft.model_validate(asked | {"draft_id": event.draft_id})


def _changed(draft: Draft, event: SceneDrafted | ChapterDrafted | ChapterDraftFailed, **update: object) -> Draft:
    """With what was used for it: nothing at all adds nothing, something of an unknown price makes all unknown."""
    cost = draft.cost_usd
    if event.cost_usd is not None or event.usage:
        cost = None if cost is None or event.cost_usd is None else round(cost + event.cost_usd, 9)
    return draft.model_copy(update=update | {"cost_usd": cost})
