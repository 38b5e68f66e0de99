"""The session aggregate: its state and how facts change it. Evolving never refuses and never decides."""

from dataclasses import dataclass, replace
from datetime import datetime
from functools import reduce
from typing import assert_never
from uuid import UUID

from genesis_types.enums import GenesisMode, GenesisStage, GenesisStatus

from domain.genesis.availability import SessionFacts
from domain.genesis.events import (
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
from domain.genesis.proposals import StageRecord
from domain.genesis.stage_fold import fold_stages
from domain.genesis.stages import STAGE_ORDER


@dataclass(frozen=True, slots=True)
class Session:
    """State of one genesis session after `version` events. `turn` counts the decisions that the workflow answers.

    `expired_turn`: the turn that a workflow last waited for in vain; 0 when none has.
    """

    session_id: UUID
    version: int
    user_id: UUID
    mode: GenesisMode
    status: GenesisStatus
    premise: Premise
    current_stage: GenesisStage
    stages: dict[GenesisStage, StageRecord]
    expires_at: datetime
    turn: int = 0
    expired_turn: int = 0
    pending: GenerationRequested | None = None
    novel_id: UUID | None = None

    @property
    def facts(self) -> SessionFacts:
        return SessionFacts(
            mode=self.mode,
            status=self.status,
            current_stage=self.current_stage,
            pending=self.pending is not None,
            stages={stage: record.status for stage, record in self.stages.items()},
        )


def evolve(session: Session | None, event: Event, session_id: UUID) -> Session:
    """The state after `event`. The first event of a stream is GenesisStarted or GenesisBranched."""
    if isinstance(event, GenesisStarted | GenesisBranched):
        return _born(event, session_id)
    assert session is not None, f"{type(event).__name__} cannot be the first event of a stream"
    session = replace(session, version=session.version + 1, stages=fold_stages(session.stages, event))
    match event:
        case StageEntered():
            return replace(session, current_stage=event.stage)
        case GenerationRequested():
            return replace(session, pending=event, turn=event.turn)
        case ProposalsRecorded() | ContradictionsFound() | GenerationFailed():
            return replace(session, pending=None)
        case GenerationCancelled():
            return replace(session, pending=None, turn=event.turn)
        case SessionExtended():
            return replace(session, expires_at=event.expires_at, status=GenesisStatus.IN_PROGRESS)
        case SessionPaused():
            return replace(session, status=GenesisStatus.PAUSED, turn=event.turn)
        case WaitExpired():
            return replace(session, expired_turn=event.turn)
        case GenesisCompleted():
            return replace(
                session,
                status=GenesisStatus.COMPLETED,
                current_stage=GenesisStage.FINISHED,
                novel_id=event.novel_id,
                turn=event.turn,
            )
        case GenesisAbandoned():
            return replace(session, status=GenesisStatus.ABANDONED, turn=event.turn)
        case StageEvent() | StageConfirmed():
            return session  # what they change lies in the stages, folded above
        case _:
            assert_never(event)


def fold(session_id: UUID, events: tuple[Event, ...], session: Session | None = None) -> Session | None:
    """`session` after all `events`, in order; None when there are none."""
    return reduce(lambda state, event: evolve(state, event, session_id), events, session)


def _born(event: GenesisStarted | GenesisBranched, session_id: UUID) -> Session:
    stages = {stage: StageRecord() for stage in STAGE_ORDER}
    if isinstance(event, GenesisBranched):
        stages |= event.stages
        current = event.current_stage
    else:
        current = event.first_stage
    return Session(
        session_id=session_id,
        version=1,
        user_id=event.user_id,
        mode=event.mode,
        status=GenesisStatus.IN_PROGRESS,
        premise=Premise.of(event),
        current_stage=current,
        stages=stages,
        expires_at=event.expires_at,
    )
