"""One row per session and stage for analytics: when it was reached, proposed and accepted, and in how many rounds."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from genesis_types.enums import GenesisStage

from domain.genesis.events import (
    ContentCorrected,
    ContentEdited,
    GenerationRequested,
    GenesisBranched,
    GenesisStarted,
    ProposalsRecorded,
    StageConfirmed,
)
from projections.engine.projection import ApplyValues, Key, Row, StoredEvent


class AnalyticsStageRow(Row):
    """Accepted is what was confirmed for the first time in its session; positions and ids are those of the events.

    `rounds` counts generations that ended with proposals, `rounds_to_acceptance` those before the acceptance.
    `edits_after`: edits by hand and corrections after it.
    """

    session_id: UUID
    stage: GenesisStage
    reached_at: datetime
    reached_position: int
    reached_event_id: UUID
    first_requested_at: datetime | None = None
    first_proposed_at: datetime | None = None
    proposed_position: int | None = None
    proposed_event_id: UUID | None = None
    accepted_at: datetime | None = None
    accepted_position: int | None = None
    accepted_event_id: UUID | None = None
    rounds: int = 0
    rounds_to_acceptance: int | None = None
    edits: int = 0
    edits_after: int = 0
    confirmations: int = 0


def stage_keys(stored: StoredEvent) -> Sequence[Key]:
    """Every event that names a stage, however it calls it."""
    event = stored.event
    match event:
        case GenesisStarted():
            stage: GenesisStage | None = event.first_stage
        case GenesisBranched():
            stage = event.current_stage
        case _:
            stage = vars(event).get("stage")
    return () if stage is None else ((stored.stream_id, stage),)


_COUNTED = frozenset((GenerationRequested, ProposalsRecorded, ContentEdited, ContentCorrected, StageConfirmed))
"""Of all that name a stage, what says more than that it was reached."""

_NEW = {name: field.get_default() for name, field in AnalyticsStageRow.model_fields.items() if not field.is_required()}


def _values(before: Mapping[str, Any] | None, events: Sequence[StoredEvent], key: Key) -> dict[str, Any]:
    """The row's values after several events."""
    if before is None:
        reached = events[0]
        before = {
            "session_id": key[0],
            "stage": key[1],
            "reached_at": reached.event.occurred_at,
            "reached_position": reached.position,
            "reached_event_id": reached.event_id,
            **_NEW,
        }
    draft: Any = SimpleNamespace(**before)
    values: dict[str, Any] = vars(draft)
    for stored in events:
        if type(stored.event) in _COUNTED:
            values.update(_changes(draft, stored))
    return values


apply_stage = ApplyValues(AnalyticsStageRow, _values)


def _changes(row: AnalyticsStageRow, stored: StoredEvent) -> dict[str, Any]:
    event = stored.event
    match event:
        case GenerationRequested() if row.first_requested_at is None and event.kind != "agreement":
            return {"first_requested_at": event.occurred_at}
        case ProposalsRecorded() if row.first_proposed_at is None:
            return {
                "rounds": row.rounds + 1,
                "first_proposed_at": event.occurred_at,
                "proposed_position": stored.position,
                "proposed_event_id": stored.event_id,
            }
        case ProposalsRecorded():
            return {"rounds": row.rounds + 1}
        case ContentEdited():
            return {"edits": row.edits + 1, "edits_after": row.edits_after + (row.accepted_at is not None)}
        case ContentCorrected():
            return {"edits_after": row.edits_after + (row.accepted_at is not None)}
        case StageConfirmed() if row.accepted_at is None:
            return {
                "confirmations": 1,
                "accepted_at": event.occurred_at,
                "accepted_position": stored.position,
                "accepted_event_id": stored.event_id,
                "rounds_to_acceptance": row.rounds,
            }
        case StageConfirmed():
            return {"confirmations": row.confirmations + 1}
        case _:
            return {}
