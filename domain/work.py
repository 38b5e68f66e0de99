"""Work in pieces: a writer is asked for something long, and each piece is recorded as soon as it is whole.

The facts and the outcomes that all such work has, whatever it makes; an aggregate that has some subclasses them, and
hands `begun` and `ended` to its descriptor. ADR 42 and 43.
"""

from datetime import datetime
from typing import Any, ClassVar, Protocol
from uuid import UUID

from genesis_types.enums import CommandStatus
from pydantic import Field, JsonValue

from domain.aggregate import Body, CompletedWork, DomainEvent, Work
from domain.genesis.asked import Asked, WriterChoice


class WorkRequested(DomainEvent):
    """`command_id`: the inbox row that stays PROCESSING until the work ends. `turn` counts the stream's requests.

    `writer`: who is to write instead of the configured one.
    """

    command_type: ClassVar[str]

    correlation_id: UUID
    command_id: UUID
    writer: WriterChoice | None
    turn: int
    deadline_at: datetime


class PieceRecorded(DomainEvent):
    """A whole piece, with what it cost. `cost_usd` None: unknown, or nothing was used."""

    correlation_id: UUID
    usage: dict[str, JsonValue]
    cost_usd: float | None
    price_source: str | None
    notes: tuple[str, ...] = ()
    asked: Asked | None = None


class WorkCompleted(DomainEvent):
    """All pieces have come. The costs are those beside the pieces'."""

    correlation_id: UUID
    writer: str
    model: str
    prompt_version: str
    usage: dict[str, JsonValue]
    cost_usd: float | None
    price_source: str | None
    notes: tuple[str, ...] = ()


class WorkFailed(DomainEvent):
    """Pieces that came stay. The costs are of what brought no piece."""

    correlation_id: UUID
    code: str
    message: str
    usage: dict[str, JsonValue]
    cost_usd: float | None
    price_source: str | None
    asked: Asked | None = None


class WorkCancelled(DomainEvent):
    """The author has stopped it. Pieces that came stay."""

    correlation_id: UUID


EndOfWork = WorkCompleted | WorkFailed | WorkCancelled


class RecordPiece(Body):
    """Internal: a whole piece has come."""

    correlation_id: UUID
    usage: dict[str, JsonValue] = Field(default_factory=dict)
    cost_usd: float | None = None
    price_source: str | None = None
    notes: tuple[str, ...] = ()
    asked: Asked | None = None


class CompleteWork(Body):
    """Internal: all pieces have been recorded."""

    correlation_id: UUID
    writer: str
    model: str
    prompt_version: str
    usage: dict[str, JsonValue] = Field(default_factory=dict)
    cost_usd: float | None = None
    price_source: str | None = None
    notes: tuple[str, ...] = ()


class FailWork(Body):
    """Internal: the work has ended before its last piece."""

    correlation_id: UUID
    code: str
    message: str
    usage: dict[str, JsonValue] = Field(default_factory=dict)
    cost_usd: float | None = None
    price_source: str | None = None
    asked: Asked | None = None


def told(body: RecordPiece | CompleteWork | FailWork) -> dict[str, Any]:
    """What the fact of an outcome takes from its body, whatever kind of work it is: the fields of the base."""
    base = next(one for one in (RecordPiece, CompleteWork, FailWork) if isinstance(body, one))
    return {name: getattr(body, name) for name in base.model_fields}


class Worked(Protocol):
    """The state of an aggregate that may have such work. `work`: the request that is under way."""

    @property
    def version(self) -> int: ...
    @property
    def user_id(self) -> UUID: ...
    @property
    def work(self) -> WorkRequested | None: ...
    def pieces(self, correlation_id: UUID) -> tuple[PieceRecorded, ...]:
        """What was recorded of this request, in order."""
        ...


def begun(facts: tuple[Any, ...]) -> Work | None:
    for fact in facts:
        if isinstance(fact, WorkRequested):
            return Work(fact.correlation_id, fact.command_id, fact.command_type, fact.deadline_at)
    return None


def ended(facts: tuple[Any, ...]) -> CompletedWork | None:
    for fact in facts:
        match fact:
            case WorkCompleted():
                return CompletedWork(fact.correlation_id, CommandStatus.COMPLETED)
            case WorkFailed():
                return CompletedWork(fact.correlation_id, CommandStatus.FAILED, fact.code)
            case WorkCancelled():
                return CompletedWork(fact.correlation_id, CommandStatus.FAILED, "CANCELLED")
            case _:
                continue
    return None
