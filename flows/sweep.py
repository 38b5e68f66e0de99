"""The sweep: compares facts and does what a lost message, a dead process or an absent Prefect left undone.

Cheap SQL first; Prefect is asked only about the rows that need it. Every step can be repeated, and by several at once.
"""

import time
from collections.abc import Awaitable, Callable
from typing import Any, LiteralString
from uuid import UUID

import psycopg
import structlog
from prefect.client.schemas.objects import StateType
from psycopg.rows import class_row
from psycopg_pool import PoolClosed, PoolTimeout

from flows.handles import Handle, Handles
from flows.leases import Leases
from flows.reactions import Reactions
from flows.resuming import Resuming
from flows.runs import UNREACHABLE, Runs
from infrastructure.postgres import Pool
from infrastructure.tasks import Tasks

LOOK_AT_PREFECT_SECONDS = 15.0
"""How often Prefect itself is asked for due runs that nobody here knows of: made by hand, or by a process that died."""

LIMIT = 100

log = structlog.get_logger(__name__)

# Waits that a flow of their session has gone past, and signals that came when the session had ended.
_CLOSE_PASSED = """
UPDATE flow_resume_handles AS h SET status = 'RESUMED', resumed_at = clock_timestamp()
WHERE status IN ('PENDING_PAUSE', 'PAUSED') AND created_at < clock_timestamp() - interval '5 seconds'
    AND (EXISTS (SELECT FROM flow_resume_handles AS later
            WHERE later.session_id = h.session_id AND later.turn > h.turn AND later.flow_run_id IS NOT NULL)
        OR (flow_run_id IS NULL AND resume_payload IS NOT NULL
            AND NOT EXISTS (SELECT FROM flow_run_leases AS l WHERE l.session_id = h.session_id)
            AND NOT EXISTS (SELECT FROM command_inbox AS i
                WHERE i.session_id = h.session_id AND i.status = 'PROCESSING')))
"""
# The session has come to a turn that somebody still waits for: the message has been lost.
_UNHEARD = """
SELECT h.session_id, h.turn FROM flow_resume_handles AS h JOIN genesis_sessions AS s ON s.id = h.session_id
WHERE h.status IN ('PENDING_PAUSE', 'PAUSED') AND h.resume_payload IS NULL AND s.turn >= h.turn
    AND s.last_event_at < clock_timestamp() - interval '3 seconds' LIMIT %(limit)s
"""
_TO_RESUME = """
SELECT id, correlation_id, session_id, turn, flow_run_id, attempt, status, resume_payload FROM flow_resume_handles
WHERE status = 'PAUSED' AND flow_run_id IS NOT NULL AND resume_payload IS NOT NULL
    AND updated_at < clock_timestamp() - interval '1 second' ORDER BY updated_at LIMIT %(limit)s
"""
# Nobody executes the run, and its pause is not confirmed.
_UNCONFIRMED = """
SELECT id, correlation_id, session_id, turn, flow_run_id, attempt, status, resume_payload
FROM flow_resume_handles AS h
WHERE status = 'PENDING_PAUSE' AND flow_run_id IS NOT NULL AND updated_at < clock_timestamp() - interval '3 seconds'
    AND NOT EXISTS (SELECT FROM flow_run_leases AS l WHERE l.session_id = h.session_id)
ORDER BY updated_at LIMIT %(limit)s
"""
_EXPIRE = """
UPDATE flow_resume_handles SET status = 'EXPIRED'
WHERE status IN ('PENDING_PAUSE', 'PAUSED') AND expires_at < clock_timestamp() AND resume_payload IS NULL
"""
_EXPIRED_ASLEEP = """
SELECT id, correlation_id, session_id, turn, flow_run_id, attempt, status, resume_payload FROM flow_resume_handles
WHERE status = 'EXPIRED' AND resumed_at IS NULL AND flow_run_id IS NOT NULL LIMIT %(limit)s
"""
# Work that was requested and that no run of its session will come to.
_WITHOUT_RUN = """
SELECT i.session_id, (SELECT (payload->>'turn')::int FROM domain_events
    WHERE aggregate_id = i.session_id::text AND event_type = 'GenerationRequested'
    ORDER BY aggregate_version DESC LIMIT 1) AS turn
FROM command_inbox AS i
WHERE i.status = 'PROCESSING' AND i.created_at < clock_timestamp() - interval '3 seconds'
    AND i.deadline_at > clock_timestamp()
    AND NOT EXISTS (SELECT FROM flow_run_leases AS l WHERE l.session_id = i.session_id)
    AND NOT EXISTS (SELECT FROM flow_resume_handles AS h WHERE h.session_id = i.session_id
        AND h.status IN ('PENDING_PAUSE', 'PAUSED') AND h.flow_run_id IS NOT NULL)
LIMIT %(limit)s
"""


class Sweep:
    def __init__(self, pool: Pool, *, runs: Runs, resuming: Resuming, reactions: Reactions) -> None:
        self._pool = pool
        self._tasks = Tasks(pool)
        self._handles = Handles(pool)
        self._leases = Leases(pool)
        self._runs = runs
        self._resuming = resuming
        self._reactions = reactions
        self._prefect_looked_at = 0.0

    async def sweep(self) -> None:
        """One look at everything; what one step cannot do now, the next look does."""
        in_postgres: tuple[Callable[[], Awaitable[None]], ...] = (self._settle, self._hear)
        with_prefect = (self._confirm, self._resume, self._wake_expired, self._create, self._find_due)
        try:
            for step in in_postgres:
                await step()
            for step in with_prefect:
                await step()
        except (psycopg.Error, PoolTimeout, PoolClosed, *UNREACHABLE) as error:
            log.info("sweep_interrupted", error=type(error).__name__)

    async def _settle(self) -> None:
        await self._tasks.settle()
        async with self._pool.connection() as connection:
            await connection.execute(_CLOSE_PASSED)
            await connection.execute(_EXPIRE)

    async def _hear(self) -> None:
        for session_id, turn in await self._rows(_UNHEARD):
            await self._handles.signal(session_id, turn, {"turn": turn})

    async def _confirm(self) -> None:
        for handle in await self._these(_UNCONFIRMED):
            assert handle.flow_run_id is not None
            state = await self._runs.state(handle.flow_run_id)
            if state is None or state.is_final():
                await self._handles.forget_run(handle)
            elif state.type == StateType.PAUSED:
                await self._handles.paused(handle)
            else:  # scheduled, or left by an executor that died: it is to be executed
                await self._leases.due(handle.session_id, handle.flow_run_id)

    async def _resume(self) -> None:
        for handle in await self._these(_TO_RESUME):
            await self._resuming.resume(handle)

    async def _wake_expired(self) -> None:
        """A run whose wait has expired is woken to end. The session goes on with the next decision, in a new run."""
        for handle in await self._these(_EXPIRED_ASLEEP):
            await self._resuming.resume(handle)

    async def _create(self) -> None:
        for session_id, turn in await self._rows(_WITHOUT_RUN):
            if turn is not None:
                await self._reactions.ensure_run(session_id, turn)

    async def _find_due(self) -> None:
        if time.monotonic() < self._prefect_looked_at + LOOK_AT_PREFECT_SECONDS:
            return
        self._prefect_looked_at = time.monotonic()
        for flow_run in await self._runs.scheduled(LIMIT):
            await self._leases.due(UUID(str(flow_run.parameters["session_id"])), flow_run.id)

    async def _rows(self, query: LiteralString) -> list[tuple[Any, ...]]:
        async with self._pool.connection() as connection:
            return await (await connection.execute(query, {"limit": LIMIT})).fetchall()

    async def _these(self, query: LiteralString) -> list[Handle]:
        async with self._pool.connection() as connection, connection.cursor(row_factory=class_row(Handle)) as cursor:
            await cursor.execute(query, {"limit": LIMIT})
            return await cursor.fetchall()
