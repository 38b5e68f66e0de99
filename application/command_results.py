"""What a command is answered: the same every time it is asked, because it is stored with what the command wrote."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID, uuid5

from genesis_types.enums import CommandStatus
from pydantic import JsonValue

from domain.aggregate import Aggregate, Command, DomainEvent


class CommandIdReused(Exception):
    """The command id is taken: by another account, or with another body."""


class VersionConflict(Exception):
    """The session is not at the version that the command expects; `current_version` is where it is."""

    def __init__(self, current_version: int) -> None:
        super().__init__(f"The session is at version {current_version}.")
        self.current_version = current_version


@dataclass(frozen=True, slots=True)
class CommandOutcome:
    """COMPLETED: done. PROCESSING: work has begun, known by `correlation_id`. `version` is the session's, after it."""

    command_id: UUID
    session_id: UUID
    status: CommandStatus
    version: int
    correlation_id: UUID | None = None
    result: Mapping[str, JsonValue] = field(default_factory=dict)
    repeated: bool = field(default=False, compare=False)
    """Whether it was given before: nothing was done for it this time."""

    def stored(self) -> dict[str, JsonValue]:
        """As JSON, for the inbox."""
        return {
            "command_id": str(self.command_id),
            "session_id": str(self.session_id),
            "status": self.status.value,
            "version": self.version,
            "correlation_id": str(self.correlation_id) if self.correlation_id else None,
            "result": dict(self.result),
        }

    @classmethod
    def from_stored(cls, response: Mapping[str, JsonValue]) -> "CommandOutcome":
        correlation_id = response["correlation_id"]
        result = response["result"]
        assert isinstance(result, dict)
        return cls(
            command_id=UUID(str(response["command_id"])),
            session_id=UUID(str(response["session_id"])),
            status=CommandStatus(str(response["status"])),
            version=int(str(response["version"])),
            correlation_id=UUID(str(correlation_id)) if correlation_id else None,
            result=result,
            repeated=True,
        )


def new_stream_id(command_id: UUID) -> UUID:
    """The stream that a creating command makes: derived, so that asking again means the same one."""
    return uuid5(command_id, "session")


def outcome_of(command: Command, aggregate: Aggregate, version: int, events: tuple[DomainEvent, ...]) -> CommandOutcome:
    """The answer to `command`, which brought its stream to `version` by `events`."""
    work = aggregate.begun(events)
    own_work = work is not None and work.command_id == command.command_id
    return CommandOutcome(
        command_id=command.command_id,
        session_id=command.stream_id,
        status=CommandStatus.PROCESSING if own_work else CommandStatus.COMPLETED,
        version=version,
        correlation_id=work.correlation_id if work else None,
        result=aggregate.result(command, events),
    )
