"""Decisions about a session's life: its beginning, its time, its waits, its end."""

from datetime import datetime, timedelta
from uuid import uuid5

from genesis_types.enums import GenesisStage, GenesisStatus

from domain.aggregate import Command
from domain.genesis import rejections
from domain.genesis.commands import AbandonGenesis, BranchGenesis, ExpireWait, ExtendSession, StartGenesis
from domain.genesis.decide_work import cancelled, requested
from domain.genesis.events import (
    Event,
    GenesisAbandoned,
    GenesisBranched,
    GenesisCompleted,
    GenesisStarted,
    SessionExtended,
    SessionPaused,
    WaitExpired,
)
from domain.genesis.premise import Premise
from domain.genesis.rejections import SessionNotFound
from domain.genesis.session import Session
from domain.genesis.stages import MODES, STAGE_ORDER
from domain.rejections import Refused

SOURCE = "source"
"""The name under which a branch needs the session that it comes from."""


def start(command: Command, body: StartGenesis, state: Session | None, now: datetime) -> tuple[Event, ...]:
    assert command.user_id is not None
    if state is not None:
        raise Refused(rejections.SESSION_EXISTS, "This session has begun already.")
    started = GenesisStarted(
        occurred_at=now,
        user_id=command.user_id,
        mode=body.mode,
        **{name: said.strip() for name, said in Premise.parts(body).items()},
        first_stage=STAGE_ORDER[0],
        expires_at=now + command.limits.session,
    )
    if not (MODES[body.mode].auto_advance and started.seed):
        return (started,)
    return (started, requested(command, None, now, started.first_stage))


def branch(command: Command, body: BranchGenesis, state: Session | None, now: datetime) -> tuple[Event, ...]:
    """A session of whoever asks, with all that the source held then. The source may be somebody else's, who is told."""
    assert command.user_id is not None
    source: Session | None = command.needed.get(SOURCE)
    if source is None or source.user_id not in (command.user_id, command.reads_of):
        raise SessionNotFound
    if state is not None:
        raise Refused(rejections.SESSION_EXISTS, "This session has begun already.")
    if source.version != body.at_version:
        raise Refused(rejections.UNKNOWN_VERSION, f"The session has no version {body.at_version}.")
    return (
        GenesisBranched(
            occurred_at=now,
            user_id=command.user_id,
            source_session_id=body.from_session_id,
            source_version=body.at_version,
            mode=source.mode,
            **Premise.parts(source.premise),
            current_stage=source.current_stage if source.current_stage in STAGE_ORDER else STAGE_ORDER[-1],
            stages=source.stages,
            expires_at=now + command.limits.session,
        ),
    )


def extend(body: ExtendSession, state: Session, now: datetime) -> tuple[Event, ...]:
    until = max(state.expires_at, now) + timedelta(hours=body.hours)
    return (SessionExtended(occurred_at=now, hours=body.hours, expires_at=until),)


def pause(state: Session, now: datetime) -> tuple[Event, ...]:
    if state.status is not GenesisStatus.IN_PROGRESS or now < state.expires_at:
        raise Refused(rejections.NOT_READY, "The session's time is not up.")
    stopped = (cancelled(state, now),) if state.pending else ()
    return (*stopped, SessionPaused(occurred_at=now, reason="expired", turn=state.turn + 1 + len(stopped)))


def expire_wait(body: ExpireWait, state: Session, now: datetime) -> tuple[Event, ...]:
    """Only what still waits can time out: the turn is the next one, nothing is at work, and it is said once."""
    waits = state.status is GenesisStatus.IN_PROGRESS and state.pending is None and body.turn == state.turn + 1
    if not waits or state.expired_turn == body.turn:
        raise Refused(rejections.WAIT_OVER, "The session has moved on.")
    return (WaitExpired(occurred_at=now, turn=body.turn),)


def completed(command: Command, state: Session, now: datetime) -> GenesisCompleted:
    content = {stage: record.confirmed for stage, record in state.stages.items() if record.confirmed is not None}
    story = content[GenesisStage.STORY_CONCEPTION].get("working_title")
    concept = content[GenesisStage.CONCEPT_SELECTION].get("title")
    return GenesisCompleted(
        occurred_at=now,
        novel_id=uuid5(command.command_id, "novel"),
        user_id=state.user_id,
        language=state.premise.language,
        title=state.premise.title or str(story or concept),
        content=content,
        turn=state.turn + 1,
    )


def abandoned(body: AbandonGenesis, state: Session, now: datetime) -> tuple[Event, ...]:
    stopped = (cancelled(state, now),) if state.pending else ()
    turn = state.turn + 1 + len(stopped)
    return (*stopped, GenesisAbandoned(occurred_at=now, reason=body.reason, turn=turn))
