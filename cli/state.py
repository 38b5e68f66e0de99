"""Prints the state of any stream, at any version or time, folded from the log through the eventsourcing library."""

from datetime import UTC, datetime
from uuid import UUID

import typer
from pydantic import TypeAdapter

from infrastructure.embedded.runtime import connected
from infrastructure.event_store.codec import UnreadableEvent
from infrastructure.event_store.eventsourcing_application import EventLog, StreamState
from infrastructure.operator_error import OperatorError
from infrastructure.settings import Settings


def state(stream: UUID, version: int | None, at: str | None) -> int:
    """Print it as JSON. Returns the exit code; raises OperatorError."""
    if version is not None and at is not None:
        raise OperatorError("Name a version or a time, not both.", code=2)
    moment = _moment(at) if at is not None else None
    with connected(Settings()) as settings:
        assert settings.database_url is not None
        with EventLog(settings.database_url.get_secret_value()) as log:
            try:
                found = log.state(stream, version, moment)
            except UnreadableEvent as error:
                raise OperatorError(str(error)) from error
            if found is None:
                raise _missing(log, stream, moment)
            if version is not None and found.state.version < version:
                raise OperatorError(f"The stream {stream} has {found.state.version} versions.", "Name one of them.")
    typer.echo(_as_json(found))
    return 0


def _missing(log: EventLog, stream: UUID, moment: datetime | None) -> OperatorError:
    if moment is not None and log.state(stream) is not None:
        return OperatorError(f"The stream {stream} had not begun at {moment.isoformat()}.", "Name a later time.")
    return OperatorError(f"There is no stream {stream}.", "A session's id stands in its address on the page.")


def _moment(said: str) -> datetime:
    try:
        moment = datetime.fromisoformat(said)
    except ValueError:
        raise OperatorError(
            f"“{said}” is not a time.",
            "Write it as 2026-03-01T09:00:00Z, or as 2026-03-01 for its first moment.",
            code=2,
        ) from None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


def _as_json(found: StreamState) -> str:
    state = TypeAdapter(type(found.state)).dump_python(found.state, mode="json")
    shown = {"aggregate_type": found.aggregate.aggregate_type, "stream_id": str(found.stream_id), "state": state}
    return TypeAdapter(dict).dump_json(shown, indent=2).decode()
