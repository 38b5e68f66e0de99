"""The descriptor of an aggregate: all that the write path has to know of one, as a value.

Each `domain/<name>/` exports one; `domain/aggregates.py` lists them. After Emmett's Decider (decide, evolve, initial
state) and Commanded's router (which command goes to which stream).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, ClassVar, Protocol
from uuid import UUID

from genesis_types.enums import CommandStatus
from pydantic import BaseModel, ConfigDict, JsonValue


class DomainEvent(BaseModel):
    """A fact. Its stored name is the class's; `schema_version` rises when the payload changes shape."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    schema_version: ClassVar[int] = 1

    occurred_at: datetime


class Body(BaseModel):
    """What a command says, beside who says it and to which stream."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    command_type: ClassVar[str]


@dataclass(frozen=True, slots=True)
class Limits:
    """Durations that the installation decides."""

    session: timedelta = timedelta(days=14)
    generation: timedelta = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Command:
    """One command: who asks what of which stream. `user_id` None: one of our own processes.

    `needed`: the states that the aggregate's `needs` asked for, by name; filled in by the use case.
    `reads_of`: somebody else whose streams `user_id` may read, as an analyst; what is taken from there is recorded.
    """

    command_id: UUID
    stream_id: UUID
    user_id: UUID | None
    body: Body
    limits: Limits = field(default=Limits())
    needed: Mapping[str, Any] = field(default_factory=dict)
    reads_of: UUID | None = None


class State(Protocol):
    """What a fold gives: immutable, and at `version` after so many events."""

    @property
    def version(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Need:
    """Another stream that a decision reads: as it is now (the append then also checks that it has not moved), or as
    it was at `at_version`."""

    name: str
    aggregate: str
    stream_id: UUID
    at_version: int | None = None


@dataclass(frozen=True, slots=True)
class Work:
    """Work that events begin: its inbox row stays PROCESSING until an outcome, or until `deadline_at`.

    `command_id` is the inbox row: the command's own, or one of the work's.
    """

    correlation_id: UUID
    command_id: UUID
    command_type: str
    deadline_at: datetime


@dataclass(frozen=True, slots=True)
class CompletedWork:
    """Work that events end: the PROCESSING inbox row with this correlation id becomes `status`."""

    correlation_id: UUID
    status: CommandStatus
    error_message: str | None = None


Upcaster = Callable[[dict[str, Any]], dict[str, Any]]
"""A payload of one schema version -> the payload one version later."""


def as_it_is(payload: dict[str, Any]) -> dict[str, Any]:
    """The upcaster where only fields with a default were added: such an event is read as one of the later version."""
    return payload


def _nothing(*_: object) -> Any:
    return None


def _no_needs(_: Command) -> tuple[Need, ...]:
    return ()


def _no_result(*_: object) -> dict[str, JsonValue]:
    return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Aggregate:
    """One kind of stream.

    aggregate_type: the stored name of the kind. source: the CloudEvents source. name: how refusals name it to a person.
    events: every event class; stored names are unique over all aggregates. upcasters: (name, version) -> one later.
    commands: bodies that may be asked for over HTTP, in the order of the interface's document; internal: bodies that
        only our own processes give. Body classes are unique over all aggregates: they route a command.
    decide: (command, state or None, now) -> events, possibly none for an internal command. Pure. Raises Rejection.
    evolve: (state or None, event, stream id) -> state. Pure, never refuses.
    owner: whose the stream is. creates: bodies that begin a stream. needs: the streams that a decision reads besides.
    openings: events that carry the whole state as it is after them, so that a fold may begin at the last of them.
    begun, ended: the work that events begin, and end. late: (command type, correlation id) -> what ends work that is
        past its deadline. result: what the answer to a command carries.
    """

    aggregate_type: str
    source: str
    name: str
    events: tuple[type[DomainEvent], ...]
    commands: tuple[type[Body], ...]
    internal: tuple[type[Body], ...] = ()
    decide: Callable[[Command, Any, datetime], tuple[Any, ...]]
    evolve: Callable[[Any, Any, UUID], Any]
    owner: Callable[[Any], UUID]
    creates: frozenset[type[Body]] = frozenset()
    upcasters: Mapping[tuple[str, int], Upcaster] = field(default_factory=dict)
    openings: frozenset[type[DomainEvent]] = frozenset()
    needs: Callable[[Command], tuple[Need, ...]] = _no_needs
    begun: Callable[[tuple[Any, ...]], Work | None] = _nothing
    ended: Callable[[tuple[Any, ...]], CompletedWork | None] = _nothing
    late: Callable[[str, UUID], Body | None] = _nothing
    result: Callable[[Command, tuple[Any, ...]], dict[str, JsonValue]] = _no_result

    def fold(self, stream_id: UUID, events: tuple[Any, ...], state: Any = None) -> Any:
        """`state` after `events`, in order; None when there are none and no state."""
        for event in events:
            state = self.evolve(state, event, stream_id)
        return state
