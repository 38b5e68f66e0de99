"""Executes flow runs in one warm interpreter, several at once: the process `worker`.

Prefect's own `serve()` starts an interpreter per run and polls every few seconds: 8 to 9 s from callback to work. Here
a hint wakes the executor, PostgreSQL says which runs are due and whose they are, Prefect what state they are in.
"""

import asyncio
import os
import socket
import threading
import time
from collections.abc import Callable
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import uuid4

import psycopg
import structlog
import uvloop
from prefect.exceptions import Abort, Pause
from prefect.flow_engine import run_flow_async
from psycopg_pool import PoolClosed, PoolTimeout

from application.chapter_writers import ChapterWriter
from application.contents_writers import ContentsWriter
from application.idea_writers import IdeaWriter
from application.wakeups import RUNS, Hint, Hints
from application.writers import Writer
from flows.execution.leases import Lease, Leases
from flows.prefect_server.client import UNREACHABLE, Runs, prefect_runs, said
from flows.workflow.context import (
    SERVICES,
    Services,
    Writers,
    build_services,
    configured_chapter_writer,
    configured_contents_writer,
    configured_idea_writer,
    configured_writer,
    prefect_url,
)
from flows.workflow.genesis import genesis
from flows.workflow.lease_guard import LeaseGuard, LeaseLost
from infrastructure.bootstrap import Studio, studio
from infrastructure.concurrency import hint_listener
from infrastructure.concurrency.supervised import supervised
from infrastructure.settings import Settings

log = structlog.get_logger(__name__)

CONCURRENCY = 8
POLL_SECONDS = 1.0
UNREACHABLE_SECONDS = 2.0
LONGEST_BACKOFF_SECONDS = 60.0
GIVE_UP_AFTER = 12
"""Failures in a row after which a run is left to the sweep, which asks whether there is still work for it."""

FINISH_SECONDS, CANCEL_SECONDS = 0.5, 3.0

DATABASE_ERRORS = (psycopg.Error, PoolTimeout, PoolClosed)


async def run(
    settings: Settings,
    stop: asyncio.Event,
    *,
    writer: Writer | None = None,
    chapters: ChapterWriter | None = None,
    contents: ContentsWriter | None = None,
    ideas: IdeaWriter | None = None,
) -> None:
    """Execute flow runs until `stop` is set; then give back what is unfinished and return within 5 s.

    The work has a thread and an event loop of its own: in the main thread Prefect's engine would put its own SIGTERM
    handler over the process's, and raise out of whatever runs when the signal comes.
    """
    loop = asyncio.get_running_loop()
    over: asyncio.Future[None] = loop.create_future()
    inner: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = []
    started = threading.Event()

    def writers(built: Studio) -> Writers:
        return Writers(
            proposals=writer or configured_writer(built),
            chapters=chapters or configured_chapter_writer(built),
            contents=contents or configured_contents_writer(built),
            ideas=ideas or configured_idea_writer(built),
        )

    async def body() -> None:
        inner_stop = asyncio.Event()
        inner.append((asyncio.get_running_loop(), inner_stop))
        started.set()
        await _run(settings, inner_stop, writers)

    def report(error: BaseException | None) -> None:
        if not over.done():
            over.set_exception(error) if error is not None else over.set_result(None)

    def thread() -> None:
        error: BaseException | None = None
        try:
            with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                runner.run(body())
        except BaseException as raised:
            error = raised
        finally:
            started.set()
            with suppress(RuntimeError):  # the outer loop has gone already
                loop.call_soon_threadsafe(report, error)

    threading.Thread(target=thread, name="executor", daemon=True).start()
    await asyncio.to_thread(started.wait)
    stopping = asyncio.ensure_future(stop.wait())
    waited: set[asyncio.Future[Any]] = {stopping, over}
    try:
        await asyncio.wait(waited, return_when=asyncio.FIRST_COMPLETED)
    finally:
        stopping.cancel()
        for inner_loop, inner_stop in inner:
            with suppress(RuntimeError):
                inner_loop.call_soon_threadsafe(inner_stop.set)
    await over


async def _run(settings: Settings, stop: asyncio.Event, writers: Callable[[Studio], Writers]) -> None:
    async with AsyncExitStack() as stack:
        built = await stack.enter_async_context(studio(settings, application_name="genesis-worker", pool_size=12))
        runs = await stack.enter_async_context(prefect_runs(prefect_url(settings)))
        executor = Executor(Leases(built.pool), runs, build_services(built, runs, writers(built)), built.hints)
        await executor.work(stop)


@dataclass(frozen=True, slots=True)
class Execution:
    task: asyncio.Task[None]
    guard: LeaseGuard


class Executor:
    def __init__(
        self, leases: Leases, runs: Runs, services: Services, hints: Hints, *, concurrency: int = CONCURRENCY
    ) -> None:
        self._name = f"{socket.gethostname()}:{os.getpid()}:{uuid4().hex[:8]}"
        self._leases = leases
        self._runs = runs
        self._services = services
        self._hints = hints
        self._concurrency = concurrency
        self._executing: dict[str, Execution] = {}
        self._wake = asyncio.Event()

    async def work(self, stop: asyncio.Event) -> None:
        """Until `stop` is set. Runs that do not end soon after are given back, for any executor to go on with."""
        try:
            async with supervised(stop) as group:
                group.start("worker: claiming", self._claim_due)
                group.start("worker: leases", self._renew)
                group.start("worker: hints", lambda: hint_listener.listen(self._hints, (RUNS,), self._on_hint))
                await stop.wait()
        finally:
            await self._give_back()

    async def _give_back(self) -> None:
        executing = list(self._executing.values())
        if not executing:
            return
        tasks = {execution.task for execution in executing}
        await asyncio.wait(tasks, timeout=FINISH_SECONDS)
        for execution in executing:
            execution.guard.end()
        _, left = await asyncio.wait(tasks, timeout=CANCEL_SECONDS)
        for task in left:
            task.cancel()
        if left:
            await asyncio.wait(left, timeout=FINISH_SECONDS)

    def _on_hint(self, _: Hint) -> None:
        self._wake.set()

    async def _claim_due(self) -> None:
        while True:
            self._wake.clear()
            free = self._concurrency - len(self._executing)
            valid_until = time.monotonic() + self._leases.seconds
            try:
                for lease in await self._leases.claim(self._name, free) if free else []:
                    guard = LeaseGuard(valid_until)
                    task = asyncio.create_task(self._execute(lease, guard))
                    self._executing[lease.owner] = Execution(task, guard)
                    task.add_done_callback(partial(self._ended, lease.owner))
            except DATABASE_ERRORS as error:
                log.warning("cannot_claim", error=type(error).__name__)
            with suppress(TimeoutError):
                async with asyncio.timeout(POLL_SECONDS):  # wait_for may swallow the cancellation that ends this loop
                    await self._wake.wait()

    def _ended(self, owner: str, _: asyncio.Task[None]) -> None:
        self._executing.pop(owner, None)
        self._wake.set()

    async def _renew(self) -> None:
        while True:
            await asyncio.sleep(self._leases.seconds / 3)
            owners = dict(self._executing)
            if not owners:
                continue
            valid_until = time.monotonic() + self._leases.seconds
            try:
                held = await self._leases.renew(list(owners))
            except DATABASE_ERRORS as error:
                log.warning("cannot_renew", error=type(error).__name__)
                continue
            for owner, execution in owners.items():
                if owner in held:
                    execution.guard.valid_until = valid_until
                elif not execution.task.done():
                    log.warning("lease_lost", owner=owner)
                    execution.guard.end()

    async def _execute(self, lease: Lease, guard: LeaseGuard) -> None:
        """One run, until it waits or ends. Whatever happens, its lease says afterwards what is to be done."""
        facts = {"session_id": str(lease.session_id), "flow_run_id": str(lease.flow_run_id)}
        SERVICES.set(self._services.owned_by(lease.owner, guard))
        try:
            await self._engine(lease)
        except LeaseLost:
            await self._again(lease, 0, failed=False)  # given back, unless another has it already
        except asyncio.CancelledError:
            with suppress(*DATABASE_ERRORS):
                await asyncio.shield(self._leases.again(lease))
            raise
        except UNREACHABLE as error:
            log.info("prefect_not_reachable", error=said(error), **facts)
            await self._again(lease, UNREACHABLE_SECONDS, failed=False)
        except (Abort, Exception):
            if lease.failures + 1 >= GIVE_UP_AFTER:
                await self._drop(lease)
            else:
                await self._again(lease, min(2.0**lease.failures, LONGEST_BACKOFF_SECONDS), failed=True)
            log.exception("run_failed", failures=lease.failures + 1, **facts)
        else:
            await self._drop(lease)

    async def _engine(self, lease: Lease) -> None:
        flow_run = await self._runs.claim(lease.flow_run_id)
        if flow_run is None:
            return
        with suppress(Pause):  # it waits now
            await run_flow_async(genesis, flow_run=flow_run, parameters={"session_id": str(lease.session_id)})

    async def _drop(self, lease: Lease) -> None:
        try:
            await self._leases.drop(lease)
        except DATABASE_ERRORS as error:  # it runs out by itself; whoever claims the run then finds that it waits
            log.warning("cannot_drop_lease", error=type(error).__name__)

    async def _again(self, lease: Lease, delay: float, *, failed: bool) -> None:
        with suppress(*DATABASE_ERRORS):  # the lease runs out by itself
            await self._leases.again(lease, delay=delay, failed=failed)
