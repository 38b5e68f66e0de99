"""The process `callbacks` (PrefectCallbackService): events from the bus become resumed waits and new flow runs.

What a message says is first written down in PostgreSQL, then done in Prefect. A Prefect server that is not there yet
loses nothing: the sweep, in this same process, does later what could not be done at once.
"""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from contextlib import AsyncExitStack, suppress

import psycopg
import structlog
from genesis_types.enums import HandleStatus
from genesis_types.envelope import Message
from prefect.exceptions import PrefectException
from psycopg_pool import PoolClosed, PoolTimeout

from flows.callbacks.reactions import BEGINNINGS, DECISIONS, REQUESTS, STARTS, Reactions
from flows.callbacks.reconciler import Sweep
from flows.execution.leases import Leases
from flows.prefect_server.client import UNREACHABLE, Runs, prefect_runs, said
from flows.wait.expiry import Expiry
from flows.wait.handles import Handle, Handles, is_turn
from flows.wait.resume import Resumer
from flows.workflow.context import prefect_url
from infrastructure.bootstrap import Studio, studio
from infrastructure.concurrency.supervised import supervised
from infrastructure.messaging.bus import make_consumer
from infrastructure.messaging.errors import BusUnreachable
from infrastructure.observability.tracing import Fact, span
from infrastructure.settings import Settings

GROUP = "callbacks"
AT_ONCE = 16
"""Sessions dealt with side by side: more would only queue for connections, and time out in Prefect's own queue."""

FETCH_SECONDS = 0.5
AGAIN_SECONDS = 1.0

INTERRUPTIONS = (psycopg.Error, PoolTimeout, PoolClosed, OSError, BusUnreachable)

log = structlog.get_logger(__name__)


class PrefectCallbackService:
    """Every step can be repeated: a handle takes its first payload, a run has its idempotency key."""

    def __init__(self, handles: Handles, resumer: Resumer, reactions: Reactions) -> None:
        self._handles = handles
        self._resumer = resumer
        self._reactions = reactions
        self._at_once = asyncio.Semaphore(AT_ONCE)

    async def take_all(self, messages: Sequence[Message]) -> None:
        """In order within a session, sessions side by side."""
        by_session: dict[object, list[Message]] = defaultdict(list)
        for message in messages:
            by_session[message.session_id].append(message)
        async with asyncio.TaskGroup() as group:
            for several in by_session.values():
                group.create_task(self._take_in_order(several))

    async def _take_in_order(self, messages: Sequence[Message]) -> None:
        async with self._at_once:
            for message in messages:
                await self.take(message)

    async def take(self, message: Message) -> None:
        """Returns when what the message says is in PostgreSQL; what Prefect did not do by then, the sweep does."""
        with structlog.contextvars.bound_contextvars(
            session_id=str(message.session_id),
            correlation_id=str(message.correlation_id),
            causation_id=str(message.causation_id),
        ):
            log.debug("message_taken", event_type=message.event_type, event_id=str(message.event_id))
            facts: dict[str, Fact] = {"event_id": message.event_id, "event_type": message.event_type}
            with span("callback", message.correlation_id, session_id=message.session_id, **facts):
                await self._take(message)

    async def _take(self, message: Message) -> None:
        turn = message.payload.get("turn")
        handle: Handle | None = None
        if message.event_type in DECISIONS and is_turn(turn):
            handle = await self._handles.signal(message.session_id, turn, {"turn": turn})
        if message.event_type in BEGINNINGS:
            await self._handles.expect(message.session_id)
        try:
            if message.event_type in BEGINNINGS:
                await self._reactions.ensure_run(message.session_id, 0)
            elif message.event_type in STARTS and is_turn(turn):
                await self._reactions.ensure_run(message.session_id, turn)
            elif handle is not None:
                await self._wake(message, handle)
        except UNREACHABLE as error:
            log.info("left_to_the_sweep", error=said(error))
        except PrefectException:  # an answer that nobody expects must not come again with its message, for ever
            log.exception("left_to_the_sweep")

    async def _wake(self, message: Message, handle: Handle) -> None:
        if handle.status is HandleStatus.PAUSED and await self._resumer.resume(handle):
            return
        open_ended = handle.status is not HandleStatus.RESUMED and message.event_type in REQUESTS
        if open_ended and (handle.flow_run_id is None or handle.status is HandleStatus.PAUSED):
            await self._reactions.ensure_run(handle.session_id, handle.turn)


async def run(settings: Settings, stop: asyncio.Event) -> None:
    """Consume and sweep until `stop` is set."""
    async with AsyncExitStack() as stack:
        made = await stack.enter_async_context(studio(settings, application_name="genesis-callbacks", pool_size=6))
        runs = await stack.enter_async_context(prefect_runs(prefect_url(settings)))
        service, sweep = build(made, runs)
        group = await stack.enter_async_context(supervised(stop))
        group.start("callbacks: messages", lambda: _consume(made, service, stop))
        group.start("callbacks: sweep", lambda: _keep_sweeping(sweep, settings.sweep_seconds))
        await stop.wait()


def build(made: Studio, runs: Runs) -> tuple[PrefectCallbackService, Sweep]:
    handles, leases = Handles(made.pool), Leases(made.pool)
    resumer = Resumer(handles, runs, made.hints)
    reactions = Reactions(leases, runs, made.hints)
    expiry = Expiry(handles, made.commands)
    sweep = Sweep(made.pool, runs=runs, resumer=resumer, reactions=reactions, expiry=expiry, handles=handles)
    return PrefectCallbackService(handles, resumer, reactions), sweep


async def _consume(made: Studio, service: PrefectCallbackService, stop: asyncio.Event) -> None:
    while not stop.is_set():
        try:
            async with make_consumer(made.settings, made.pool, made.hints, GROUP, stop) as consumer:
                while not stop.is_set():
                    messages = await consumer.fetch(FETCH_SECONDS)
                    if messages:
                        await service.take_all(messages)
                        await consumer.commit()
        except* INTERRUPTIONS as errors:
            log.warning("callbacks_interrupted", errors=[type(error).__name__ for error in errors.exceptions])
        with suppress(TimeoutError):
            async with asyncio.timeout(AGAIN_SECONDS):
                await stop.wait()


async def _keep_sweeping(sweep: Sweep, seconds: float) -> None:
    while True:
        await asyncio.sleep(seconds)
        await sweep.sweep()
