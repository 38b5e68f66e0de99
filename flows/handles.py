"""flow_resume_handles: where a flow's wait and a writer's decision meet, whichever comes first.

One row waits per correlation id (a partial unique index). PENDING_PAUSE: opened by a flow that is about to suspend, or
by a signal that came first. PAUSED: Prefect has confirmed. RESUMED and EXPIRED: over.
"""

from dataclasses import dataclass
from typing import Any, LiteralString, TypeGuard
from uuid import UUID, uuid4, uuid5

from genesis_types.enums import HandleStatus
from psycopg.rows import class_row
from psycopg.types.json import Jsonb
from pydantic import JsonValue

from infrastructure.postgres import Pool

# Opening a wait closes the waits of earlier turns: the flow has seen them. A wait of another run is left alone.
_OPEN = """
WITH seen AS (
    UPDATE flow_resume_handles SET status = 'RESUMED', resumed_at = clock_timestamp()
    WHERE session_id = %(session_id)s AND turn < %(turn)s AND status IN ('PENDING_PAUSE', 'PAUSED')
), over AS (
    SELECT id, correlation_id, session_id, turn, flow_run_id, attempt, status, resume_payload
    FROM flow_resume_handles WHERE correlation_id = %(correlation_id)s
        AND (status = 'RESUMED' OR (status = 'EXPIRED' AND flow_run_id = %(flow_run_id)s)) LIMIT 1
), opened AS (
    INSERT INTO flow_resume_handles AS h
        (id, correlation_id, session_id, turn, flow_run_id, timeout_seconds, expires_at)
    SELECT %(id)s, %(correlation_id)s, %(session_id)s, %(turn)s, %(flow_run_id)s, %(timeout)s,
        clock_timestamp() + make_interval(secs => %(timeout)s)
    WHERE NOT EXISTS (SELECT FROM over)
    ON CONFLICT (correlation_id) WHERE status IN ('PENDING_PAUSE', 'PAUSED') DO UPDATE
        SET flow_run_id = EXCLUDED.flow_run_id, attempt = h.attempt + 1, status = 'PENDING_PAUSE',
            timeout_seconds = EXCLUDED.timeout_seconds, expires_at = coalesce(h.expires_at, EXCLUDED.expires_at)
        WHERE h.flow_run_id IS NULL OR h.flow_run_id = EXCLUDED.flow_run_id
    RETURNING id, correlation_id, session_id, turn, flow_run_id, attempt, status, resume_payload
)
SELECT * FROM over UNION ALL SELECT * FROM opened
"""
# A signal for a turn that a flow of the session has gone past is only remembered, so that it is not taken up twice.
_SIGNAL = """
INSERT INTO flow_resume_handles AS h (id, correlation_id, session_id, turn, status, resume_payload, resumed_at)
SELECT %(id)s, %(correlation_id)s, %(session_id)s, %(turn)s,
    CASE WHEN past THEN 'RESUMED' ELSE 'PENDING_PAUSE' END::handle_status, %(payload)s,
    CASE WHEN past THEN clock_timestamp() END
FROM (SELECT EXISTS (SELECT FROM flow_resume_handles
    WHERE session_id = %(session_id)s AND turn > %(turn)s AND flow_run_id IS NOT NULL) AS past) AS seen
WHERE NOT EXISTS (
    SELECT FROM flow_resume_handles WHERE correlation_id = %(correlation_id)s AND status = 'RESUMED')
ON CONFLICT (correlation_id) WHERE status IN ('PENDING_PAUSE', 'PAUSED') DO UPDATE
    SET resume_payload = coalesce(h.resume_payload, EXCLUDED.resume_payload)
RETURNING id, correlation_id, session_id, turn, flow_run_id, attempt, status, resume_payload
"""
_PAUSED = """
UPDATE flow_resume_handles SET status = 'PAUSED', paused_at = clock_timestamp()
WHERE id = %(id)s AND status = 'PENDING_PAUSE' AND flow_run_id = %(flow_run_id)s
RETURNING id, correlation_id, session_id, turn, flow_run_id, attempt, status, resume_payload
"""
_CLOSE = "UPDATE flow_resume_handles SET status = 'RESUMED', resumed_at = clock_timestamp() WHERE id = %(id)s"
# The run is due from the moment that its wait is over: both facts in one statement. `taken`: Prefect has just accepted
# the resume, so an execution that still holds the lease is only unwinding.
_RESUMED = """
WITH over AS (
    UPDATE flow_resume_handles SET resumed_at = clock_timestamp(),
        status = CASE WHEN status = 'EXPIRED' THEN status ELSE 'RESUMED' END
    WHERE id = %(id)s RETURNING session_id, flow_run_id
)
INSERT INTO flow_run_leases AS l (session_id, flow_run_id)
SELECT session_id, flow_run_id FROM over WHERE flow_run_id IS NOT NULL
ON CONFLICT (session_id) DO UPDATE
    SET lease_owner = NULL, lease_expires_at = clock_timestamp()
    WHERE %(taken)s AND l.flow_run_id = EXCLUDED.flow_run_id
"""
_CLOSE_ALL = """
UPDATE flow_resume_handles SET status = 'RESUMED', resumed_at = clock_timestamp()
WHERE session_id = %(session_id)s AND status IN ('PENDING_PAUSE', 'PAUSED')
"""
_FORGET_RUN = """
UPDATE flow_resume_handles SET flow_run_id = NULL, status = 'PENDING_PAUSE', paused_at = NULL
WHERE id = %(id)s AND flow_run_id = %(flow_run_id)s AND status IN ('PENDING_PAUSE', 'PAUSED', 'EXPIRED')
RETURNING id, correlation_id, session_id, turn, flow_run_id, attempt, status, resume_payload
"""


def correlation_of(session_id: UUID, turn: int) -> UUID:
    """The id under which the wait for `turn` and the decision of `turn` meet."""
    return uuid5(session_id, str(turn))


def is_turn(value: object) -> TypeGuard[int]:
    """Whether something from outside can be a turn: the column holds 32 bits, and the first decision is 1."""
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value < 2**31


@dataclass(frozen=True, slots=True)
class Handle:
    """One wait. `attempt` counts how often a run came to it; `flow_run_id` None: nobody waits yet."""

    id: UUID
    correlation_id: UUID
    session_id: UUID
    turn: int
    flow_run_id: UUID | None
    attempt: int
    status: HandleStatus
    resume_payload: dict[str, Any] | None

    def __post_init__(self) -> None:
        object.__setattr__(self, "status", HandleStatus(self.status))


class Handles:
    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def open(self, session_id: UUID, turn: int, flow_run_id: UUID, timeout_seconds: int) -> Handle | None:
        """The wait of `flow_run_id` for `turn`, and every earlier wait of the session closed.

        RESUMED or EXPIRED: it is over already. None: another run waits for this turn.
        """
        return await self._one(
            _OPEN, session_id=session_id, turn=turn, flow_run_id=flow_run_id, timeout=timeout_seconds
        )

    async def signal(self, session_id: UUID, turn: int, payload: dict[str, JsonValue]) -> Handle | None:
        """Store what a wait for `turn` is resumed with; the first payload wins. None: that wait is over."""
        return await self._one(_SIGNAL, session_id=session_id, turn=turn, payload=Jsonb(payload))

    async def paused(self, handle: Handle) -> Handle | None:
        """Prefect has confirmed the pause. None: the wait is no longer this run's."""
        return await self._one(_PAUSED, row=handle.id, flow_run_id=handle.flow_run_id)

    async def close(self, handle: Handle) -> None:
        """The flow has taken the payload itself."""
        await self._execute(_CLOSE, {"id": handle.id})

    async def resumed(self, handle: Handle, *, accepted: bool) -> None:
        """The run waits no more and is due: Prefect has just accepted the resume, or had done so before."""
        await self._execute(_RESUMED, {"id": handle.id, "taken": accepted})

    async def close_all(self, session_id: UUID) -> None:
        """The session's flow ends: nobody waits any more."""
        await self._execute(_CLOSE_ALL, {"session_id": session_id})

    async def forget_run(self, handle: Handle) -> Handle | None:
        """The run that waited is gone from Prefect: the wait is open for another."""
        return await self._one(_FORGET_RUN, row=handle.id, flow_run_id=handle.flow_run_id)

    async def _one(self, statement: LiteralString, row: UUID | None = None, **values: Any) -> Handle | None:
        values["id"] = row or uuid4()
        if "turn" in values:
            values["correlation_id"] = correlation_of(values["session_id"], values["turn"])
        async with self._pool.connection() as connection, connection.cursor(row_factory=class_row(Handle)) as cursor:
            await cursor.execute(statement, values)
            return await cursor.fetchone()

    async def _execute(self, statement: LiteralString, values: dict[str, Any]) -> None:
        async with self._pool.connection() as connection:
            await connection.execute(statement, values)
