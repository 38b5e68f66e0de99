"""The session projection: where a session stands, what lies in its stages, and its history. GET state joins them."""

from datetime import datetime
from typing import Any, assert_never
from uuid import UUID

from genesis_types.enums import GenesisMode, GenesisStage, GenesisStatus, StageStatus
from pydantic import Field, JsonValue

from domain.genesis.events import (
    ConceptsShortlisted,
    ContentEdited,
    FeedbackGiven,
    GenerationCancelled,
    GenerationFailed,
    GenerationRequested,
    GenesisAbandoned,
    GenesisBranched,
    GenesisCompleted,
    GenesisStarted,
    LocksChanged,
    ProposalsRecorded,
    SessionExtended,
    SessionPaused,
    StageConfirmed,
    StageEntered,
    WaitExpired,
)
from domain.genesis.premise import Premise
from domain.genesis.proposals import Content, StageRecord
from domain.genesis.stage_fold import fold_stage, touched_stages
from projections.engine.changes import Moved
from projections.engine.projection import Key, Projection, Row, StoredEvent, Table
from projections.genesis.timeline import TimelineRow, apply_timeline

WAIT_EXPIRED = "WAIT_EXPIRED"
WAITED_LONG = "The studio stopped waiting for your next step. Nothing is lost: go on whenever you like."


class SessionRow(Row):
    """`title` is what the writer chose, if anything: readers fall back to the story's, the concept's, the spark's.

    `last_failure`: what last went wrong, a generation (until the next is asked for) or a wait (until anything happens).
    """

    id: UUID
    user_id: UUID
    novel_id: UUID | None = None
    mode: GenesisMode
    status: GenesisStatus = GenesisStatus.IN_PROGRESS
    current_stage: GenesisStage
    title: str
    seed: str
    genre: str
    audience: str
    language: str
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


def apply_session(row: SessionRow | None, stored: StoredEvent, _key: Key) -> SessionRow:
    event = stored.event
    if isinstance(event, GenesisStarted | GenesisBranched):
        return _born(event, stored)
    assert row is not None, "a session's first event starts or branches it"
    assert stored.version == row.version + 1, "events come one by one"
    common: dict[str, Any] = {"version": stored.version, "last_event_at": event.occurred_at}
    if row.last_failure is not None and row.last_failure["code"] == WAIT_EXPIRED:
        common["last_failure"] = None  # whatever happens next, the session goes on
    return row.model_copy(update=common | _changes(row, stored))


def _changes(row: SessionRow, stored: StoredEvent) -> dict[str, Any]:
    event = stored.event
    match event:
        case GenesisStarted() | GenesisBranched():
            return {}
        case StageEntered():
            return {"current_stage": event.stage}
        case GenerationRequested():
            return {"is_pending": True, "pending": _pending(event), "last_failure": None, "turn": event.turn}
        case ProposalsRecorded():
            return {"is_pending": False, "pending": None}
        case GenerationFailed():
            return {"is_pending": False, "pending": None, "last_failure": _failure(event)}
        case GenerationCancelled():
            return {"is_pending": False, "pending": None, "turn": event.turn}
        case StageConfirmed():
            return {"confirmed_data": row.confirmed_data | {event.stage: event.content}}
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
        case FeedbackGiven() | ConceptsShortlisted() | ContentEdited() | LocksChanged():
            return {}  # what they change lies in the stage records
        case _:
            assert_never(event)


def _born(event: GenesisStarted | GenesisBranched, stored: StoredEvent) -> SessionRow:
    branch = event if isinstance(event, GenesisBranched) else None
    stages = branch.stages if branch else {}
    return SessionRow(
        id=stored.session_id,
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


def _stage_keys(stored: StoredEvent) -> tuple[Key, ...]:
    event = stored.event
    stages = tuple(event.stages) if isinstance(event, GenesisBranched) else touched_stages(event)
    return tuple((stored.session_id, stage) for stage in stages)


def apply_stage(row: StageRow | None, stored: StoredEvent, key: Key) -> StageRow | None:
    event, stage = stored.event, GenesisStage(key[1])
    if isinstance(event, GenesisBranched):
        record = event.stages[stage]
        if record == StageRecord():
            return None  # an untouched stage has no row
    else:
        record = fold_stage(row.record if row else StageRecord(), stage, event)
    return StageRow(session_id=stored.session_id, stage=stage, status=record.status, record=record)


GENESIS_SESSION = Projection(
    name="genesis_session",
    schema="read_genesis_session",
    tables=(
        Table(
            name="genesis_sessions",
            row=SessionRow,
            key=(("id", "uuid"),),
            session="id",
            keys=lambda stored: ((stored.session_id,),),
            apply=apply_session,
        ),
        Table(
            name="genesis_stage_records",
            row=StageRow,
            key=(("session_id", "uuid"), ("stage", "public.genesis_stage")),
            session="session_id",
            keys=_stage_keys,
            apply=apply_stage,
        ),
        Table(
            name="genesis_timeline",
            row=TimelineRow,
            key=(("session_id", "uuid"), ("version", "integer")),
            session="session_id",
            keys=lambda stored: ((stored.session_id, stored.version),),
            apply=apply_timeline,
            appends=True,
        ),
    ),
    event_types=None,
    moved=lambda row: Moved(row.id, row.user_id, row.version, "genesis_session"),
)
