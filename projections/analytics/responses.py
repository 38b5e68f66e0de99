"""One row per response of a writer to what was proposed: feedback, edits by hand, locks, choices."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from genesis_types.enums import GenesisStage

from domain.aggregate import DomainEvent
from domain.genesis.events import (
    ConceptsShortlisted,
    ContentCorrected,
    ContentEdited,
    ContradictionsDismissed,
    FeedbackGiven,
    LocksChanged,
)
from projections.engine.projection import ApplyValues, Key, Row, StoredEvent

ResponseKind = Literal[
    "feedback", "feedback_on_passage", "edit", "lock", "unlock", "shortlist", "correction", "dismissal"
]


class AnalyticsResponseRow(Row):
    session_id: UUID
    version: int
    stage: GenesisStage
    kind: ResponseKind
    position: int
    event_id: UUID
    occurred_at: datetime


RESPONSES: frozenset[type[DomainEvent]] = frozenset(
    (
        *(FeedbackGiven, ContentEdited, LocksChanged, ConceptsShortlisted),
        *(ContentCorrected, ContradictionsDismissed),
    )
)


def response_kind(stored: StoredEvent) -> ResponseKind | None:
    """None: the event is no response."""
    match stored.event:
        case FeedbackGiven(path=path):
            return "feedback" if path is None else "feedback_on_passage"
        case ContentEdited():
            return "edit"
        case LocksChanged(locked_paths=paths):
            return "lock" if paths else "unlock"
        case ConceptsShortlisted():
            return "shortlist"
        case ContentCorrected():
            return "correction"
        case ContradictionsDismissed():
            return "dismissal"
        case _:
            return None


def response_keys(stored: StoredEvent) -> Sequence[Key]:
    return ((stored.stream_id, stored.version),) if type(stored.event) in RESPONSES else ()


def _values(before: Mapping[str, Any] | None, events: Sequence[StoredEvent], key: Key) -> dict[str, Any] | None:
    """There is one event for each key."""
    stored = events[-1]
    kind = response_kind(stored)
    if kind is None:
        return None if before is None else dict(before)
    return {
        "session_id": key[0],
        "version": key[1],
        "stage": vars(stored.event)["stage"],
        "kind": kind,
        "position": stored.position,
        "event_id": stored.event_id,
        "occurred_at": stored.event.occurred_at,
    }


apply_response = ApplyValues(AnalyticsResponseRow, _values)
