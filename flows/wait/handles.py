"""Keeps flow_resume_handles: the rows in which a flow's wait and a writer's decision meet, whichever comes first.

One row waits per correlation id (a partial unique index). PENDING_PAUSE: opened by a flow that is about to suspend, or
by a signal that came first. PAUSED: Prefect has confirmed. RESUMED and EXPIRED: over.
"""

from dataclasses import dataclass
from typing import Any, LiteralString, TypeGuard
from uuid import UUID, uuid4, uuid5

import structlog
from genesis_types.enums import HandleStatus
from psycopg.rows import class_row
from psycopg.types.json import Jsonb
from pydantic import JsonValue

from flows.wait import handles_sql as statements
from infrastructure.postgres.pool import Pool

log = structlog.get_logger(__name__)

RESUMING_SECONDS = 12.0
"""How long one that wakes a run keeps others from it: longer than Prefect may take to answer."""


def correlation_of(session_id: UUID, turn: int) -> UUID:
    """The id under which the wait for `turn` and the decision of `turn` meet."""
    return uuid5(session_id, str(turn))


def is_turn(value: object) -> TypeGuard[int]:
    """Whether something from outside can be a turn: the column holds 32 bits, and the first decision is 1."""
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value < 2**31


@dataclass(frozen=True, slots=True)
class Handle:
    """One wait. `attempt` counts how often a run came to it; `flow_run_id` None: nobody waits yet.

    `resume_payload` is whatever was stored: any JSON value. None: no signal has come.
    """

    id: UUID
    correlation_id: UUID
    session_id: UUID
    turn: int
    flow_run_id: UUID | None
    attempt: int
    status: HandleStatus
    resume_payload: JsonValue

    def __post_init__(self) -> None:
        object.__setattr__(self, "status", HandleStatus(self.status))

    @property
    def signalled(self) -> bool:
        return self.resume_payload is not None


def payload_of(handle: Handle) -> dict[str, Any]:
    """What the wait is resumed with when it has its shape, {"turn": the handle's}; else nothing, and the log says why.

    It is a wake-up only: whatever stands there, the event log says what was decided.
    """
    payload = handle.resume_payload
    if not isinstance(payload, dict):
        problem = "too large" if payload == "too large" else f"a {type(payload).__name__}, not an object"
    elif payload.get("turn") != handle.turn:
        problem = "not of this turn"
    else:
        return payload
    log.warning("resume_payload_ignored", session_id=str(handle.session_id), turn=handle.turn, problem=problem)
    return {}


class Handles:
    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def open(self, session_id: UUID, turn: int, flow_run_id: UUID, timeout_seconds: int) -> Handle | None:
        """The wait of `flow_run_id` for `turn`, and every earlier wait of the session closed.

        RESUMED or EXPIRED: it is over already. None: another run waits for this turn.
        """
        return await self._of_turn(
            statements.OPEN, session_id, turn, id=uuid4(), flow_run_id=flow_run_id, timeout=timeout_seconds
        )

    async def reopen(self, session_id: UUID, turn: int, flow_run_id: UUID, timeout_seconds: int) -> Handle | None:
        """The wait that was called over though nobody decided, as a new attempt. None: there is no such wait."""
        return await self._of_turn(
            statements.REOPEN, session_id, turn, flow_run_id=flow_run_id, timeout=timeout_seconds
        )

    async def expect(self, session_id: UUID) -> None:
        """The session has begun: a run is to wait for its first decision. Nothing happens when there was a wait."""
        first = {"id": uuid4(), "session_id": session_id, "turn": 1, "correlation_id": correlation_of(session_id, 1)}
        await self._execute(statements.EXPECT, first)

    async def signal(self, session_id: UUID, turn: int, payload: dict[str, JsonValue]) -> Handle | None:
        """Store what a wait for `turn` is resumed with; the first payload wins. None: that wait is over."""
        return await self._of_turn(statements.SIGNAL, session_id, turn, id=uuid4(), payload=Jsonb(payload))

    async def paused(self, handle: Handle) -> Handle | None:
        """Prefect has confirmed the pause. None: the wait is no longer this attempt's, or is over."""
        return await self._one(statements.PAUSED, _row(handle))

    async def take(self, handle: Handle) -> bool:
        """Whether it is for us to wake the run of this attempt: it still waits, and nobody else is at it."""
        return await self._found(statements.TAKE, _row(handle) | {"seconds": RESUMING_SECONDS})

    async def let_go(self, handle: Handle) -> None:
        """What we took, for anybody: Prefect could not be asked."""
        await self._execute(statements.LET_GO, _row(handle))

    async def close(self, handle: Handle) -> None:
        """The flow has taken the payload itself."""
        await self._execute(statements.CLOSE, _row(handle))

    async def resumed(self, handle: Handle, *, accepted: bool) -> None:
        """The run waits no more and is due: Prefect has just accepted the resume, or had done so before."""
        await self._execute(statements.RESUMED, _row(handle) | {"taken": accepted})

    async def close_all(self, session_id: UUID, flow_run_id: UUID) -> None:
        """The session's flow ends, in this run: nobody waits any more."""
        await self._execute(statements.CLOSE_ALL, {"session_id": session_id, "flow_run_id": flow_run_id})

    async def forget_run(self, handle: Handle) -> Handle | None:
        """The run that waited is gone from Prefect: the wait is open for another."""
        return await self._one(statements.FORGET_RUN, _row(handle))

    async def noticed(self, handle: Handle) -> None:
        """The writer has been told of the expiry, or there was nothing to tell."""
        await self._execute(statements.NOTICED, _row(handle))

    async def set_back(self, handle: Handle) -> None:
        """What could not be done for this wait is tried again after all others."""
        await self._execute(statements.SET_BACK, _row(handle))

    async def these(self, where: LiteralString, limit: int) -> list[Handle]:
        """Those that a condition names, the longest untouched first; `h` is the handle."""
        async with self._pool.connection() as connection, connection.cursor(row_factory=class_row(Handle)) as cursor:
            await cursor.execute(statements.SELECT + where + " ORDER BY h.updated_at LIMIT %(limit)s", {"limit": limit})
            return await cursor.fetchall()

    async def _of_turn(self, statement: LiteralString, session_id: UUID, turn: int, **values: Any) -> Handle | None:
        values |= {"session_id": session_id, "turn": turn, "correlation_id": correlation_of(session_id, turn)}
        return await self._one(statement, values)

    async def _one(self, statement: LiteralString, values: dict[str, Any]) -> Handle | None:
        async with self._pool.connection() as connection, connection.cursor(row_factory=class_row(Handle)) as cursor:
            await cursor.execute(statement, values)
            return await cursor.fetchone()

    async def _found(self, statement: LiteralString, values: dict[str, Any]) -> bool:
        async with self._pool.connection() as connection:
            return await (await connection.execute(statement, values)).fetchone() is not None

    async def _execute(self, statement: LiteralString, values: dict[str, Any]) -> None:
        async with self._pool.connection() as connection:
            await connection.execute(statement, values)


def _row(handle: Handle) -> dict[str, Any]:
    return {"id": handle.id, "flow_run_id": handle.flow_run_id, "attempt": handle.attempt}
