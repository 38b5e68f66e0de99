"""Declares what the use cases need from outside, as protocols. Adapters: infrastructure/; no technology is named."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from genesis_types.enums import CommandStatus
from pydantic import JsonValue

from domain.aggregate import Aggregate, CompletedWork, DomainEvent, State


class Clock(Protocol):
    def __call__(self) -> datetime:
        """The current time, aware, UTC."""


# --- the write path --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class InboxRow:
    """What is kept of a command: who, what, the hash of the request, and the first answer, which never changes."""

    command_id: UUID
    session_id: UUID
    user_id: UUID | None
    command_type: str
    request_hash: str
    status: CommandStatus
    response: Mapping[str, JsonValue]
    correlation_id: UUID | None = None
    deadline_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class StreamAppend:
    """What one stream gets: events after `expected_version`, `after` being the state that they lead to.

    Without events the stream is only guarded: nothing is written unless it still stands at `expected_version`.
    """

    aggregate: Aggregate
    stream_id: UUID
    expected_version: int
    events: tuple[DomainEvent, ...]
    after: State | None


@dataclass(frozen=True, slots=True)
class Append:
    """One transaction: inbox rows (the command's own first), the events of its streams, their outbox rows.

    Raises ValueError when it names one stream twice, or has no events at all.
    """

    inbox: tuple[InboxRow, ...]
    streams: tuple[StreamAppend, ...]
    correlation_id: UUID
    causation_id: UUID
    completes: CompletedWork | None = None

    def __post_init__(self) -> None:
        if len({stream.stream_id for stream in self.streams}) < len(self.streams):
            raise ValueError("An append names one stream twice.")
        if not any(stream.events for stream in self.streams):
            raise ValueError("An append without events writes nothing.")


class AppendFailed(Exception):
    """Nothing was written. Why is found out by looking (the command id first, then the head)."""


class VersionTaken(AppendFailed):
    """A stream is not at the expected version."""


class CommandIdTaken(AppendFailed):
    """The inbox holds this command id already."""


class CommandTypeActive(AppendFailed):
    """Another command of this type is still active in the session (A2)."""


class StoreUnavailable(Exception):
    """The store cannot be reached, or the connection was lost on the way: an append may or may not have happened."""


class RateLimited(Exception):
    """Enough for now: this account has started as much work as it may. `retry_after`: seconds."""

    def __init__(self, retry_after: float) -> None:
        super().__init__(f"Again in {retry_after:.0f} s.")
        self.retry_after = retry_after


class Allowance(Protocol):
    async def __call__(self, user_id: UUID) -> None:
        """Count one piece of work that costs money. Raises RateLimited."""


class EventTooNew(Exception):
    """A stream holds an event that this build cannot read: a newer one wrote it."""


class EventStore(Protocol):
    """The log with its inbox and outbox. Safe to use from many tasks at once. Everything may raise StoreUnavailable."""

    async def load(self, aggregate: Aggregate, stream_id: UUID, at_version: int | None = None) -> Any:
        """The state from the log, never from a cache, or None; `at_version`: as it was then. Raises EventTooNew."""

    async def load_cached(self, aggregate: Aggregate, stream_id: UUID) -> Any:
        """The state as last known here, which may be behind; loads when nothing is known. Raises EventTooNew."""

    async def append(self, append: Append) -> None:
        """Write all of it or nothing. The states after it may be cached.

        Raises AppendFailed, or StoreUnavailable when it is not known whether it was written.
        """

    async def find_command(self, command_id: UUID) -> InboxRow | None:
        """What the inbox holds of this command."""
