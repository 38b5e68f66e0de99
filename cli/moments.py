"""What commands that look back share: which session at which moment, read from the log over a read-only connection."""

import re
from collections.abc import Awaitable, Callable
from contextlib import nullcontext
from datetime import UTC, datetime
from typing import Annotated, TypeVar
from uuid import UUID

import typer
from psycopg import errors

from application.moments import LAST_VERSION, Moment, parse_time
from application.ports import EventTooNew
from application.replay import LogDamaged, NoSuchMoment, NoSuchStream, Replay, Shown
from cli.connection import with_connection
from infrastructure.event_store.stream_history import StreamHistory
from infrastructure.operator_error import OperatorError
from infrastructure.postgres.pool import Connection
from projections.engine.projection import StoredEvent
from projections.genesis.replay import replayed_state
from projections.genesis.session import SESSION_TYPE
from projections.genesis.views import SessionState

Result = TypeVar("Result")
Looking = Replay[StoredEvent, SessionState]

AtVersion = Annotated[int | None, typer.Option(min=1, max=LAST_VERSION, help="As it was after so many events.")]
AtTime = Annotated[str | None, typer.Option("--at", help="As it was at this time (ISO 8601; UTC if it names no zone).")]
AsJson = Annotated[bool, typer.Option("--json", help="As JSON, for programs.")]

_REFERENCE = re.compile(r"([^@]+)(?:@(.*))?", re.DOTALL)


def looking_back(connection: Connection) -> Looking:
    """The replay of sessions, over one connection."""
    history = StreamHistory(lambda: nullcontext(connection), SESSION_TYPE)
    return Replay(history, replayed_state, lambda: datetime.now(UTC))


def read(work: Callable[[Connection], Awaitable[Result]]) -> Result:
    """What `work` reads. The server refuses whatever would write. Raises OperatorError."""

    async def explained(connection: Connection) -> Result:
        try:
            return await work(connection)
        except NoSuchStream as error:
            raise OperatorError(
                "There is no such session.", "`genesis sessions list` names those that there are."
            ) from error
        except NoSuchMoment as error:
            raise OperatorError(str(error)) from error
        except EventTooNew as error:
            raise OperatorError(str(error)) from error
        except LogDamaged as error:
            raise OperatorError(str(error), "A backup from before may have it: `genesis restore`.") from error
        except (errors.UndefinedTable, errors.InvalidSchemaName) as error:
            raise OperatorError(
                "The database has no tables of this build yet.", "Start the studio once, or run `genesis migrate`."
            ) from error

    return with_connection(explained, read_only=True)


def shown_at(session: UUID, moment: Moment) -> Shown[SessionState]:
    """A session at a moment. Raises OperatorError."""
    return read(lambda connection: looking_back(connection).at(session, moment))


def moment_of(version: int | None, at: str | None) -> Moment:
    """From the two options; neither: now. Raises OperatorError for both, or for what is no time."""
    if version is not None and at is not None:
        raise OperatorError("Name a version or a time, not both.", code=2)
    return Moment(version=version, at=time_of(at) if at is not None else None)


def time_of(said: str) -> datetime:
    """Raises OperatorError for what is no time."""
    try:
        return parse_time(said)
    except ValueError:
        raise OperatorError(
            f"“{said}” is not a time.",
            "Write it as 2026-03-01T09:00:00Z, or as 2026-03-01 for its first moment.",
            code=2,
        ) from None


def reference(said: str) -> tuple[UUID, Moment]:
    """SESSION, SESSION@VERSION or SESSION@TIME. Raises OperatorError."""
    found = _REFERENCE.fullmatch(said)
    name, moment = found.groups() if found else (said, None)
    try:
        session = UUID(name)
    except ValueError:
        raise OperatorError(
            f"“{name[:60]}” is not the id of a session.",
            "Write ID, ID@VERSION, or ID@TIME; `genesis sessions list` has the ids.",
            code=2,
        ) from None
    if moment is None:
        return session, Moment()
    if re.fullmatch(r"[-+]?\d+", moment, re.ASCII):
        version = int(moment) if len(moment) < len(str(LAST_VERSION)) + 2 else LAST_VERSION + 1
        if not 1 <= version <= LAST_VERSION:
            raise OperatorError(f"There is no version {moment[:40]}: the first one is 1.", code=2)
        return session, Moment(version=version)
    try:
        return session, Moment(at=parse_time(moment))
    except ValueError:
        raise OperatorError(
            f"“{moment[:60]}” is neither a version nor a time.",
            "Write a version as ID@9, a time as ID@2026-03-01T09:00:00Z.",
            code=2,
        ) from None
