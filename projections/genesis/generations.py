"""The generations of a session that have ended: what was asked, by whose parts, and what it cost. One row for each."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, cast
from uuid import UUID

from genesis_types.enums import GenesisStage
from pydantic import JsonValue, SkipValidation

from domain.aggregate import DomainEvent
from domain.genesis.events import ContradictionsFound, GenerationFailed, ProposalsRecorded
from projections.engine.projection import ApplyValues, Key, Row, StoredEvent


class GenerationRow(Row):
    """`asked` as in the event (domain/genesis/asked.py); None where nothing was sent, or nobody wrote it down."""

    session_id: UUID
    correlation_id: UUID
    stage: GenesisStage
    proposal_ids: list[UUID]
    writer: str
    model: str
    prompt_version: str
    usage: dict[str, JsonValue]
    cost_usd: float | None
    price_source: str | None
    failure: str | None = None
    notes: list[str]
    asked: Annotated[dict[str, Any] | None, SkipValidation]  # made here, or read from a JSON column
    ended_at: datetime


_ENDINGS = (ProposalsRecorded, ContradictionsFound, GenerationFailed)  # a union would be made anew for every event
GENERATION_EVENTS: frozenset[type[DomainEvent]] = frozenset(_ENDINGS)


def generation_keys(stored: StoredEvent) -> Sequence[Key]:
    event = stored.event
    if isinstance(event, _ENDINGS):
        return ((stored.stream_id, event.correlation_id),)
    return ()


def _values(before: Mapping[str, Any] | None, events: Sequence[StoredEvent], _key: Key) -> dict[str, Any] | None:
    stored = next((one for one in reversed(events) if isinstance(one.event, _ENDINGS)), None)
    if stored is None:
        return None if before is None else dict(before)
    event = cast(ProposalsRecorded | ContradictionsFound | GenerationFailed, stored.event)
    recorded = event if isinstance(event, ProposalsRecorded) else None
    ended = None if isinstance(event, GenerationFailed) else event
    return {
        "session_id": stored.stream_id,
        "correlation_id": event.correlation_id,
        "stage": event.stage,
        "proposal_ids": [proposal.id for proposal in recorded.proposals] if recorded else [],
        "writer": ended.writer if ended else "model" if event.asked else "",
        "model": event.model,
        "prompt_version": event.prompt_version,
        "usage": event.usage,
        "cost_usd": event.cost_usd,
        "price_source": event.price_source,
        "failure": event.code if isinstance(event, GenerationFailed) else None,
        "notes": list(ended.notes) if ended else [],
        "asked": event.asked.model_dump(mode="json") if event.asked is not None else None,
        "ended_at": event.occurred_at,
    }


apply_generation = ApplyValues(GenerationRow, _values)
