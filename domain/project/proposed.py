"""Proposed contents without their plans: how far they are, and what they cost. Both sides fold them."""

from datetime import datetime
from uuid import UUID

from genesis_types.enums import DraftStatus
from pydantic import BaseModel, ConfigDict

from domain.aggregate import DomainEvent
from domain.genesis.asked import WriterChoice
from domain.project.contents_events import (
    ChapterOutlined,
    ContentsAccepted,
    ContentsCancelled,
    ContentsFailed,
    ContentsRefused,
    ContentsRequested,
    ContentsWritten,
)


class ProposedContents(BaseModel):
    """`correlation_id`: of the last request. `came`: how many chapters are recorded, from `from_chapter` on.

    `accepted`: the entries that accepted chapters have become, by their numbers. `code`, `message`: why a failed one
    failed. `cost_usd` None: unknown.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    contents_id: UUID
    correlation_id: UUID
    status: DraftStatus
    from_chapter: int
    to_chapter: int
    after: UUID | None
    instructions: str
    writer: WriterChoice | None
    requested_at: datetime
    deadline_at: datetime
    came: int = 0
    accepted: dict[int, UUID] = {}
    model: str = ""
    notes: tuple[str, ...] = ()
    code: str = ""
    message: str = ""
    cost_usd: float | None = 0.0

    @property
    def of(self) -> int:
        """How many chapters the range has."""
        return self.to_chapter - self.from_chapter + 1

    @property
    def active(self) -> bool:
        return self.status is DraftStatus.WRITING


def fold_proposed(proposed: ProposedContents | None, event: DomainEvent) -> ProposedContents | None:
    """The proposal after `event`; None: there is none, or all of it has been accepted. It never refuses."""
    if isinstance(event, ContentsRequested):
        return _requested(proposed, event)
    if proposed is None:
        return None
    match event:
        case ChapterOutlined():
            return _changed(proposed, event, came=proposed.came + 1, notes=(*proposed.notes, *event.notes))
        case ContentsWritten():
            notes = (*proposed.notes, *event.notes)
            return _changed(proposed, event, status=DraftStatus.WRITTEN, model=event.model, notes=notes)
        case ContentsFailed():
            return _changed(proposed, event, status=DraftStatus.FAILED, code=event.code, message=event.message)
        case ContentsCancelled():
            return proposed.model_copy(update={"status": DraftStatus.CANCELLED})
        case ContentsAccepted():
            placed = {one.number: one.entry_id for one in event.entries if one.number is not None}
            accepted = {**proposed.accepted, **placed}
            if proposed.status is DraftStatus.WRITTEN and len(accepted) == proposed.came:
                return None
            return proposed.model_copy(update={"accepted": accepted})
        case ContentsRefused():
            return None
        case _:
            return proposed


def _requested(before: ProposedContents | None, event: ContentsRequested) -> ProposedContents:
    asked = {
        "correlation_id": event.correlation_id,
        "status": DraftStatus.WRITING,
        "instructions": event.instructions,
        "writer": event.writer,
        "requested_at": event.occurred_at,
        "deadline_at": event.deadline_at,
    }
    if before is not None and before.contents_id == event.contents_id:
        return before.model_copy(update=asked | {"code": "", "message": ""})
    new = {name: getattr(event, name) for name in ("contents_id", "from_chapter", "to_chapter", "after")}
    return ProposedContents.model_validate(asked | new)


def _changed(
    proposed: ProposedContents, event: ChapterOutlined | ContentsWritten | ContentsFailed, **update: object
) -> ProposedContents:
    """With what was used for it: nothing at all adds nothing, something of an unknown price makes all unknown."""
    cost = proposed.cost_usd
    if event.cost_usd is not None or event.usage:
        cost = None if cost is None or event.cost_usd is None else round(cost + event.cost_usd, 9)
    return proposed.model_copy(update=update | {"cost_usd": cost})
