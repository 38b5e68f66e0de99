"""One row per session for analytics: whose it is, when it began, how it ended and where it stood then."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from genesis_types.enums import GenesisMode, GenesisStage, GenesisStatus

from domain.aggregate import DomainEvent
from domain.genesis.events import (
    GenesisAbandoned,
    GenesisBranched,
    GenesisCompleted,
    GenesisStarted,
    SessionExtended,
    SessionPaused,
    StageEntered,
)
from projections.engine.projection import ApplyValues, Key, Row, StoredEvent


class AnalyticsSessionRow(Row):
    """`position`, `event_id`: of its first event. `ended_…`: of the event that completed or abandoned it."""

    session_id: UUID
    user_id: UUID
    mode: GenesisMode
    language: str
    branched: bool
    status: GenesisStatus = GenesisStatus.IN_PROGRESS
    current_stage: GenesisStage
    started_at: datetime
    position: int
    event_id: UUID
    ended_at: datetime | None = None
    ended_position: int | None = None
    ended_event_id: UUID | None = None


SESSION_EVENTS: frozenset[type[DomainEvent]] = frozenset(
    (
        *(GenesisStarted, GenesisBranched, StageEntered, SessionExtended, SessionPaused),
        *(GenesisCompleted, GenesisAbandoned),
    )
)


def session_keys(stored: StoredEvent) -> Sequence[Key]:
    return ((stored.stream_id,),) if type(stored.event) in SESSION_EVENTS else ()


_NEW = {"status": GenesisStatus.IN_PROGRESS, "ended_at": None, "ended_position": None, "ended_event_id": None}


def _values(before: Mapping[str, Any] | None, events: Sequence[StoredEvent], _key: Key) -> dict[str, Any] | None:
    values = None if before is None else dict(before)
    for stored in events:
        event = stored.event
        if isinstance(event, GenesisStarted | GenesisBranched):
            branched = isinstance(event, GenesisBranched)
            values = {
                "session_id": stored.stream_id,
                "user_id": event.user_id,
                "mode": event.mode,
                "language": event.language,
                "branched": branched,
                "current_stage": event.current_stage if isinstance(event, GenesisBranched) else event.first_stage,
                "started_at": event.occurred_at,
                "position": stored.position,
                "event_id": stored.event_id,
                **_NEW,
            }
        elif values is not None:
            values |= _changes(stored)
    return values


apply_session = ApplyValues(AnalyticsSessionRow, _values)


def _changes(stored: StoredEvent) -> dict[str, Any]:
    event = stored.event
    match event:
        case StageEntered():
            return {"current_stage": event.stage}
        case SessionPaused():
            return {"status": GenesisStatus.PAUSED}
        case SessionExtended():
            return {"status": GenesisStatus.IN_PROGRESS}
        case GenesisCompleted():
            return _ended(GenesisStatus.COMPLETED, stored)
        case GenesisAbandoned():
            return _ended(GenesisStatus.ABANDONED, stored)
        case _:
            return {}


def _ended(status: GenesisStatus, stored: StoredEvent) -> dict[str, Any]:
    return {
        "status": status,
        "ended_at": stored.event.occurred_at,
        "ended_position": stored.position,
        "ended_event_id": stored.event_id,
    }
