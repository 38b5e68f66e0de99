"""The session projection: where a session stands, what lies in its stages, and its history. GET state joins them."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, assert_never, cast
from uuid import UUID

from genesis_types.enums import GenesisMode, GenesisStage, GenesisStatus, StageStatus
from pydantic import Field, JsonValue

from domain.genesis.events import (
    ContentCorrected,
    ContradictionsFound,
    Event,
    GenerationCancelled,
    GenerationFailed,
    GenerationRequested,
    GenesisAbandoned,
    GenesisBranched,
    GenesisCompleted,
    GenesisStarted,
    ProposalsRecorded,
    SessionExtended,
    SessionPaused,
    StageConfirmed,
    StageEntered,
    StageEvent,
    WaitExpired,
)
from domain.genesis.premise import Premise
from domain.genesis.proposals import Content, StageRecord
from domain.genesis.stage_fold import fold_stage_events, touched_stages
from projections.engine.projection import ApplyAll, Key, Projection, Row, StoredEvent, Table
from projections.genesis.generations import GENERATION_EVENTS, GenerationRow, apply_generation, generation_keys
from projections.genesis.timeline import TimelineRow, apply_timeline

SESSION_TYPE = "genesis_session"
"""The stored name of the streams that are read."""

WAIT_EXPIRED = "WAIT_EXPIRED"
WAITED_LONG = "The studio stopped waiting for your next step. Nothing is lost: go on whenever you like."


class SessionRow(Premise, Row):
    """`title` is what the writer chose, if anything: readers fall back to the story's, the concept's, the spark's.

    `last_failure`: what last went wrong, a generation (until the next is asked for) or a wait (until anything happens).
    """

    id: UUID
    user_id: UUID
    novel_id: UUID | None = None
    mode: GenesisMode
    status: GenesisStatus = GenesisStatus.IN_PROGRESS
    current_stage: GenesisStage
    is_pending: bool = False
    pending: dict[str, JsonValue] | None = None
    last_failure: dict[str, JsonValue] | None = None
    confirmed_data: dict[GenesisStage, Content] = Field(default_factory=dict)
    version: int
    turn: int = 0
    source_session_id: UUID | None = None
    source_version: int | None = None
    started_at: datetime
    last_event_at: datetime
    expires_at: datetime


class StageRow(Row):
    session_id: UUID
    stage: GenesisStage
    status: StageStatus
    record: StageRecord


_BEGINNINGS = (GenesisStarted, GenesisBranched)  # a union would be made anew for every event


def apply_session_events(row: SessionRow | None, events: Sequence[StoredEvent], _key: Key) -> SessionRow:
    """The row after several events, without one for each."""
    current: dict[str, Any] = {} if row is None else dict(vars(row))
    for stored in events:
        event = cast(Event, stored.event)
        if isinstance(event, _BEGINNINGS):
            row = _born(event, stored)
            current = dict(vars(row))
            continue
        assert row is not None, "a session's first event starts or branches it"
        assert stored.version == current["version"] + 1, "events come one by one"
        failure = current["last_failure"]
        if failure is not None and failure["code"] == WAIT_EXPIRED:
            current["last_failure"] = None  # whatever happens next, the session goes on
        current["version"] = stored.version
        current["last_event_at"] = event.occurred_at
        current.update(_changes(current["confirmed_data"], event))
    assert row is not None
    if isinstance(current["pending"], GenerationRequested):
        current["pending"] = _pending(current["pending"])  # only what still waits at the end is spelt out
    return row.model_copy(update=current)


def _changes(confirmed: dict[GenesisStage, Content], event: Event) -> dict[str, Any]:
    match event:
        case GenerationRequested():
            return {"is_pending": True, "pending": event, "last_failure": None, "turn": event.turn}
        case ProposalsRecorded() | ContradictionsFound():
            return {"is_pending": False, "pending": None}
        case StageConfirmed():
            return {"confirmed_data": confirmed | {event.stage: event.content}}
        case ContentCorrected():
            return {"confirmed_data": confirmed | {event.stage: event.proposal.content}}
        case StageEntered():
            return {"current_stage": event.stage}
        case StageEvent():
            return {}  # what they change lies in the stage records
        case GenesisStarted() | GenesisBranched():
            return {}
        case GenerationFailed():
            return {"is_pending": False, "pending": None, "last_failure": _failure(event)}
        case GenerationCancelled():
            return {"is_pending": False, "pending": None, "turn": event.turn}
        case SessionExtended():
            return {"expires_at": event.expires_at, "status": GenesisStatus.IN_PROGRESS}
        case SessionPaused():
            return {"status": GenesisStatus.PAUSED, "turn": event.turn}
        case WaitExpired():
            return {"last_failure": _expired(event)}
        case GenesisCompleted():
            finished = {"status": GenesisStatus.COMPLETED, "current_stage": GenesisStage.FINISHED}
            return {**finished, "novel_id": event.novel_id, "turn": event.turn}
        case GenesisAbandoned():
            return {"status": GenesisStatus.ABANDONED, "turn": event.turn}
        case _:
            assert_never(event)


def _born(event: GenesisStarted | GenesisBranched, stored: StoredEvent) -> SessionRow:
    branch = event if isinstance(event, GenesisBranched) else None
    stages = branch.stages if branch else {}
    return SessionRow(
        id=stored.stream_id,
        user_id=event.user_id,
        mode=event.mode,
        current_stage=event.current_stage if isinstance(event, GenesisBranched) else event.first_stage,
        **Premise.parts(event),
        confirmed_data={stage: record.confirmed for stage, record in stages.items() if record.confirmed is not None},
        version=stored.version,
        source_session_id=branch.source_session_id if branch else None,
        source_version=branch.source_version if branch else None,
        started_at=event.occurred_at,
        last_event_at=event.occurred_at,
        expires_at=event.expires_at,
    )


def _pending(event: GenerationRequested) -> dict[str, JsonValue]:
    return {
        "command_type": event.command_type.value,
        "correlation_id": str(event.correlation_id),
        "stage": event.stage.value,
        "since": event.occurred_at.isoformat(),
        "deadline_at": event.deadline_at.isoformat(),
    }


def _failure(event: GenerationFailed) -> dict[str, JsonValue]:
    return {
        "code": event.code,
        "message": event.message,
        "stage": event.stage.value,
        "correlation_id": str(event.correlation_id),
        "at": event.occurred_at.isoformat(),
    }


def _expired(event: WaitExpired) -> dict[str, JsonValue]:
    return {"code": WAIT_EXPIRED, "message": WAITED_LONG, "turn": event.turn, "at": event.occurred_at.isoformat()}


_OF_ONE_STAGE = (ProposalsRecorded, StageEvent)  # told apart first, because most events are


def _stage_keys(stored: StoredEvent) -> Sequence[Key]:
    event = cast(Event, stored.event)
    if isinstance(event, _OF_ONE_STAGE):
        return ((stored.stream_id, event.stage),)
    stages = tuple(event.stages) if isinstance(event, GenesisBranched) else touched_stages(event)
    return [(stored.stream_id, stage) for stage in stages]


def apply_stage_events(row: StageRow | None, events: Sequence[StoredEvent], key: Key) -> StageRow | None:
    """The row after several events, without one for each. A branch's own event is always its first."""
    stage, record = GenesisStage(key[1]), row.record if row else StageRecord()
    first = events[0].event
    if isinstance(first, GenesisBranched):
        record, events = first.stages[stage], events[1:]
        if not events and record == StageRecord():
            return None  # an untouched stage has no row
    record = fold_stage_events(record, stage, cast(list[Event], [stored.event for stored in events]))
    return StageRow(session_id=key[0], stage=stage, status=record.status, record=record)


apply_session, apply_stage = ApplyAll(apply_session_events), ApplyAll(apply_stage_events)

GENESIS_SESSION = Projection(
    name="genesis_session",
    version=6,
    reads={SESSION_TYPE: None},
    sql=Path(__file__).with_name("session.sql"),
    tables=(
        Table(
            name="genesis_sessions",
            row=SessionRow,
            key=(("id", "uuid"),),
            stream="id",
            apply=apply_session,
        ),
        Table(
            name="genesis_stage_records",
            row=StageRow,
            key=(("session_id", "uuid"), ("stage", "public.genesis_stage")),
            stream="session_id",
            keys=_stage_keys,
            apply=apply_stage,
        ),
        Table(
            name="genesis_timeline",
            row=TimelineRow,
            key=(("session_id", "uuid"), ("version", "integer")),
            stream="session_id",
            apply=apply_timeline,
        ),
        Table(
            name="genesis_generations",
            row=GenerationRow,
            key=(("session_id", "uuid"), ("correlation_id", "uuid")),
            stream="session_id",
            keys=generation_keys,
            events=GENERATION_EVENTS,
            apply=apply_generation,
        ),
    ),
)
