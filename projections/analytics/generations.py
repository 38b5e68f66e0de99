"""One row per generation for analytics: who wrote, how it ended, what it used and what it cost, in whole numbers."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from genesis_types.enums import GenesisStage
from pydantic import Field, JsonValue

from domain.aggregate import DomainEvent
from domain.genesis.events import (
    ContradictionsFound,
    GenerationCancelled,
    GenerationFailed,
    GenerationRequested,
    ProposalsRecorded,
)
from projections.engine.projection import ApplyValues, Key, Row, StoredEvent

NANO = 1_000_000_000
"""The smallest unit of cost: a billionth of a US dollar, below the price of any token."""

_LARGEST = 2**63 - 1


class AnalyticsGenerationRow(Row):
    """`ended_at` None: it runs. `position`, `event_id`: of its end, or of its request while it runs.

    cost_nano_usd, tokens, attempts: None where nobody wrote them down, which is not zero. `causes`: what was wrong with
    the answers that were not taken.
    """

    session_id: UUID
    correlation_id: UUID
    stage: GenesisStage
    kind: Literal["inspiration", "refinement", "agreement"] | None = None
    requested_at: datetime | None = None
    ended_at: datetime | None = None
    outcome: Literal["proposed", "found", "failed", "cancelled"] | None = None
    code: str | None = None
    model: str = ""
    prompt_version: str = ""
    proposal_ids: list[UUID] = Field(default_factory=list)
    attempts: int | None = None
    causes: list[str] = Field(default_factory=list)
    input_tokens: int | None = None
    output_tokens: int | None = None
    cache_read_tokens: int | None = None
    cost_nano_usd: int | None = None
    position: int
    event_id: UUID


_WORK = (GenerationRequested, ProposalsRecorded, ContradictionsFound, GenerationFailed, GenerationCancelled)
WORK: frozenset[type[DomainEvent]] = frozenset(_WORK)


def generation_keys(stored: StoredEvent) -> Sequence[Key]:
    event = stored.event
    if isinstance(event, _WORK):
        return ((stored.stream_id, event.correlation_id),)
    return ()


_NEW = {
    name: field.get_default()
    for name, field in AnalyticsGenerationRow.model_fields.items()
    if not field.is_required() and field.default_factory is None
}


def _values(before: Mapping[str, Any] | None, events: Sequence[StoredEvent], key: Key) -> dict[str, Any]:
    """The row's values after several events."""
    if before is None:
        first: Any = events[0].event
        place = {"position": events[0].position, "event_id": events[0].event_id}
        facts = {"session_id": key[0], "correlation_id": key[1], "stage": first.stage, **_NEW, **place}
        facts |= {"proposal_ids": [], "causes": []}
    else:
        facts = dict(before)
    for stored in events:
        facts |= _facts(stored)
    return facts


apply_generation = ApplyValues(AnalyticsGenerationRow, _values)


def _facts(stored: StoredEvent) -> dict[str, Any]:
    match stored.event:
        case GenerationRequested() as asked:
            return {"kind": asked.kind, "requested_at": asked.occurred_at}
        case ProposalsRecorded() as recorded:
            ids = [proposal.id for proposal in recorded.proposals]
            return _ended(stored, {"outcome": "proposed", "proposal_ids": ids, **_used(recorded)})
        case ContradictionsFound() as searched:
            return _ended(stored, {"outcome": "found", **_used(searched)})
        case GenerationFailed() as failed:
            return _ended(stored, {"outcome": "failed", "code": failed.code, **_used(failed)})
        case GenerationCancelled():
            return _ended(stored, {"outcome": "cancelled"})
        case _:
            return {}


def _ended(stored: StoredEvent, facts: dict[str, Any]) -> dict[str, Any]:
    place = {"position": stored.position, "event_id": stored.event_id, "ended_at": stored.event.occurred_at}
    return place | facts


def _used(event: ProposalsRecorded | ContradictionsFound | GenerationFailed) -> dict[str, Any]:
    asked = event.asked
    return {
        "model": event.model,
        "prompt_version": event.prompt_version,
        "attempts": None if asked is None else len(asked.attempts),
        "causes": [] if asked is None else [one.cause for one in asked.attempts if one.cause is not None],
        "input_tokens": _whole(event.usage, "input_tokens"),
        "output_tokens": _whole(event.usage, "output_tokens"),
        "cache_read_tokens": _whole(event.usage, "cache_read_tokens"),
        "cost_nano_usd": nano_usd(event.cost_usd),
    }


def nano_usd(cost: float | None) -> int | None:
    """Dollars in the smallest unit: the double times 10^9, halves to the even number. None stays None."""
    if cost is None:
        return None
    scaled = cost * NANO
    return round(scaled) if abs(scaled) < _LARGEST else None


def _whole(usage: Mapping[str, JsonValue], name: str) -> int | None:
    value = usage.get(name)
    return value if type(value) is int and 0 <= value <= _LARGEST else None
