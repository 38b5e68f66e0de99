"""Describes the genesis session to the write path."""

from typing import get_args
from uuid import UUID

from genesis_types.enums import CommandStatus
from pydantic import JsonValue

from domain.aggregate import Aggregate, Command, CompletedWork, Need, Work
from domain.genesis.commands import BranchGenesis, FailGeneration, InternalBody, PublicBody, StartGenesis
from domain.genesis.decide import decide
from domain.genesis.decide_lifetime import SOURCE
from domain.genesis.events import (
    ContradictionsFound,
    Event,
    GenerationCancelled,
    GenerationFailed,
    GenerationRequested,
    GenesisBranched,
    GenesisCompleted,
    GenesisStarted,
    ProposalsRecorded,
)
from domain.genesis.session import evolve
from domain.genesis.upcasters import UPCASTERS

SESSION_TYPE = "genesis_session"
LATE = "The proposals took too long, so this round was given up. Nothing of yours is lost; ask again."


def requested_work(events: tuple[Event, ...]) -> GenerationRequested | None:
    """The generation that begins with `events`."""
    return next((event for event in events if isinstance(event, GenerationRequested)), None)


def _begun(events: tuple[Event, ...]) -> Work | None:
    work = requested_work(events)
    if work is None:
        return None
    return Work(work.correlation_id, work.command_id, work.command_type, work.deadline_at)


def _ended(events: tuple[Event, ...]) -> CompletedWork | None:
    for event in events:
        match event:
            case ProposalsRecorded() | ContradictionsFound():
                return CompletedWork(event.correlation_id, CommandStatus.COMPLETED)
            case GenerationFailed():
                return CompletedWork(event.correlation_id, CommandStatus.FAILED, event.code)
            case GenerationCancelled():
                return CompletedWork(event.correlation_id, CommandStatus.FAILED, "CANCELLED")
            case _:
                continue
    return None


def _late(_: str, correlation_id: UUID) -> FailGeneration:
    return FailGeneration(correlation_id=correlation_id, code="DEADLINE_PASSED", message=LATE)


def _needs(command: Command) -> tuple[Need, ...]:
    body = command.body
    if isinstance(body, BranchGenesis):
        return (Need(SOURCE, SESSION_TYPE, body.from_session_id, body.at_version),)
    return ()


def _result(command: Command, events: tuple[Event, ...]) -> dict[str, JsonValue]:
    for event in events:
        match event:
            case GenesisStarted() | GenesisBranched():
                return {"session_id": str(command.stream_id)}
            case GenesisCompleted():
                return {"novel_id": str(event.novel_id)}
            case _:
                continue
    return {}


GENESIS_SESSION = Aggregate(
    aggregate_type=SESSION_TYPE,
    source="/genesis/sessions",
    name="session",
    events=get_args(Event),
    commands=get_args(PublicBody),
    internal=get_args(InternalBody),
    decide=decide,
    evolve=evolve,
    owner=lambda session: session.user_id,
    creates=frozenset({StartGenesis, BranchGenesis}),
    upcasters=UPCASTERS,
    needs=_needs,
    begun=_begun,
    ended=_ended,
    late=_late,
    result=_result,
)
