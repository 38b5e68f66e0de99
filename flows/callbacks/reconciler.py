"""The sweep: compares facts and does what a lost message, a dead process or an absent Prefect left undone.

Cheap SQL first; Prefect is asked only about the rows that need it. Every step can be repeated, and by several at once.
A row that cannot be dealt with is set back and holds up no other; a step that fails holds up no other step, but a
Prefect that does not answer is left alone until the next look.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, LiteralString, TypeVar
from uuid import UUID

import httpx
import psycopg
import structlog
from prefect.client.schemas.objects import FlowRun, StateType
from psycopg_pool import PoolClosed, PoolTimeout

from application.ports import StoreUnavailable
from flows.callbacks import reconciler_sql
from flows.callbacks.reactions import REQUESTS, STARTS, Reactions
from flows.execution.leases import Leases
from flows.prefect_server.client import UNREACHABLE, Runs, said
from flows.wait.expiry import Expiry
from flows.wait.handles import Handle, Handles
from flows.wait.handles_sql import CLOSE_PASSED
from flows.wait.resume import Resumer
from infrastructure.postgres.pool import Pool
from infrastructure.work.task_store import Tasks

LOOK_AT_PREFECT_SECONDS = 10.0
"""How often Prefect itself is asked for due runs that nobody here knows of: made by hand, or by a process that died."""

LIMIT = 200
AT_ONCE = 8

STORE_AWAY = (
    psycopg.OperationalError,
    psycopg.InterfaceError,
    psycopg.errors.ReadOnlySqlTransaction,
    PoolTimeout,
    PoolClosed,
    StoreUnavailable,
)

Row = TypeVar("Row")
Step = Callable[[], Awaitable[None]]

log = structlog.get_logger(__name__)


class Sweep:
    def __init__(
        self, pool: Pool, *, runs: Runs, resumer: Resumer, reactions: Reactions, expiry: Expiry, handles: Handles
    ) -> None:
        self._pool = pool
        self._tasks = Tasks(pool)
        self._handles = handles
        self._leases = Leases(pool)
        self._runs = runs
        self._resumer = resumer
        self._reactions = reactions
        self._expiry = expiry
        self._prefect_looked_at = float("-inf")

    async def sweep(self) -> None:
        """One look at everything; what one step cannot do now, the next look does."""
        in_postgres: tuple[Step, ...] = (self._settle, self._close_passed, self._expire, self._tell, self._hear)
        with_prefect: tuple[Step, ...] = (
            self._confirm,
            self._resume,
            self._wake_expired,
            self._create,
            self._find_due,
        )
        for step in in_postgres:
            await self._try(step)
        for step in with_prefect:
            if not await self._try(step):
                return

    async def _try(self, step: Step) -> bool:
        """False: Prefect does not answer."""
        try:
            await step()
        except STORE_AWAY as error:
            log.info("sweep_interrupted", step=step.__name__, error=type(error).__name__)
        except UNREACHABLE as error:
            log.info("sweep_without_prefect", step=step.__name__, error=said(error))
            return False
        except Exception:
            log.exception("sweep_step_failed", step=step.__name__)
        return True

    async def _settle(self) -> None:
        await self._tasks.settle()

    async def _close_passed(self) -> None:
        await self._execute(CLOSE_PASSED)

    async def _expire(self) -> None:
        await self._execute(reconciler_sql.EXPIRE)

    async def _tell(self) -> None:
        await self._each(await self._handles.these(reconciler_sql.UNTOLD, LIMIT), self._expiry.tell)
        await self._execute(reconciler_sql.CLOSE_EXPIRED)

    async def _hear(self) -> None:
        async def hear(row: tuple[Any, ...]) -> None:
            session_id, turn = row
            await self._handles.signal(session_id, turn, {"turn": turn})

        await self._each(await self._rows(reconciler_sql.UNHEARD), hear)

    async def _confirm(self) -> None:
        async def confirm(handle: Handle) -> None:
            assert handle.flow_run_id is not None
            state = await self._runs.state(handle.flow_run_id)
            if state is None or state.is_final():
                await self._handles.forget_run(handle)
            elif state.type == StateType.PAUSED:
                await self._resumer.confirm(handle)
            else:  # scheduled, or left by an executor that died: it is to be executed
                await self._leases.due(handle.session_id, handle.flow_run_id)

        await self._each(await self._handles.these(reconciler_sql.UNCONFIRMED, LIMIT), confirm)

    async def _resume(self) -> None:
        await self._each(await self._handles.these(reconciler_sql.TO_RESUME, LIMIT), self._resumer.resume)

    async def _wake_expired(self) -> None:
        """A run whose wait has expired is woken to end. The session goes on with the next decision, in a new run."""
        await self._each(await self._handles.these(reconciler_sql.EXPIRED_ASLEEP, LIMIT), self._resumer.resume)

    async def _create(self) -> None:
        async def create(row: tuple[Any, ...]) -> None:
            session_id, turn = row
            if turn is not None:
                await self._reactions.ensure_run(session_id, turn)

        await self._each(await self._rows(reconciler_sql.WITHOUT_RUN), create)
        await self._each(await self._rows(reconciler_sql.UNATTENDED), create)

    async def _find_due(self) -> None:
        if time.monotonic() < self._prefect_looked_at + LOOK_AT_PREFECT_SECONDS:
            return

        async def due(flow_run: FlowRun) -> None:
            await self._leases.due(UUID(str(flow_run.parameters["session_id"])), flow_run.id)

        await self._each(await self._runs.scheduled(LIMIT), due)
        self._prefect_looked_at = time.monotonic()

    async def _each(self, rows: Sequence[Row], act: Callable[[Row], Awaitable[object]]) -> None:
        """A few side by side. Raises when a store or Prefect as a whole does not answer; a row's trouble is its own."""
        gate = asyncio.Semaphore(AT_ONCE)
        away: list[Exception] = []

        async def one(row: Row) -> None:
            async with gate:
                if away:
                    return
                try:
                    await act(row)
                except Exception as error:
                    await self._set_back(row)
                    if isinstance(error, STORE_AWAY) or _prefect_is_away(error):
                        away.append(error)
                    elif isinstance(error, UNREACHABLE):
                        log.info("sweep_row_refused", error=said(error), **_facts(row))
                    else:
                        log.exception("sweep_row_failed", **_facts(row))

        async with asyncio.TaskGroup() as group:
            for row in rows:
                group.create_task(one(row))
        if away:
            raise away[0]

    async def _set_back(self, row: object) -> None:
        if isinstance(row, Handle):
            try:
                await self._handles.set_back(row)
            except (psycopg.Error, PoolTimeout, PoolClosed) as error:
                log.info("not_set_back", error=type(error).__name__)

    async def _execute(self, statement: LiteralString) -> None:
        async with self._pool.connection() as connection:
            await connection.execute(statement)

    async def _rows(self, query: LiteralString) -> list[tuple[Any, ...]]:
        async with self._pool.connection() as connection:
            return await (
                await connection.execute(query, {"limit": LIMIT, "requests": [*REQUESTS, *STARTS]})
            ).fetchall()


def _prefect_is_away(error: Exception) -> bool:
    """Not an answer that refuses one run: no answer."""
    return isinstance(error, UNREACHABLE) and not isinstance(error, httpx.HTTPStatusError)


def _facts(row: object) -> dict[str, str]:
    match row:
        case Handle():
            return {"session_id": str(row.session_id)}
        case FlowRun():
            return {"flow_run_id": str(row.id)}
        case tuple():
            return {"session_id": str(row[0])}
        case _:
            return {}
