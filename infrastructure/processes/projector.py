"""The projector: keeps the read tables up with the log, woken by hints, looking every 250 ms as the safety net."""

import asyncio
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack, suppress
from uuid import UUID

import psycopg
import structlog
from psycopg import AsyncConnection
from pydantic import JsonValue

from application.ports import LOG, Hints
from infrastructure.bootstrap import NotConfigured
from infrastructure.concurrency.wakeup_bell import Bell, bell
from infrastructure.coordination.choice import make_hints
from infrastructure.event_store.log_reader import trail
from infrastructure.observability import tracing
from infrastructure.postgres.leader_lock import singleton
from infrastructure.postgres.pool import Connection, connection_options
from infrastructure.read_side.batch import BATCH, CheckpointRow, Projected, project_next, standing
from infrastructure.redis.wakeups import CHANGES
from infrastructure.settings import Settings
from projections.engine.changes import Moved
from projections.engine.projection import Projection
from projections.registry import PROJECTIONS

POLL = 0.25
_BACK_OFF = 1.0
_TOLD_AT_ONCE = 100

log = structlog.get_logger(__name__)


class Projector:
    """All projections on one connection, one batch each in turn. Not shared between tasks."""

    def __init__(
        self,
        connection: Connection,
        hints: Hints,
        projections: Sequence[Projection] = PROJECTIONS,
        *,
        batch: int = BATCH,
    ) -> None:
        self._connection = connection
        self._hints = hints
        self._projections = projections
        self._batch = batch
        self._standings: dict[str, CheckpointRow] = {}

    async def step(self) -> int:
        """One batch of each projection; how many events were read."""
        read = 0
        for projection in self._projections:
            known = self._standings.get(projection.name) or await standing(self._connection, projection.name)
            began = time.perf_counter()
            done = await project_next(self._connection, projection, known, self._batch)
            if done.standing.generation != known.generation:
                log.info("projection_switched", projection=projection.name, generation=done.standing.generation)
            self._standings[projection.name] = done.standing
            if done.read and (tracing.on() or logging.getLogger(__name__).isEnabledFor(logging.DEBUG)):
                seconds = time.perf_counter() - began
                for event in await trail(self._connection, known.checkpoint, done.standing.checkpoint):
                    log.debug("event_projected", projection=projection.name, **event)
                    _trace(projection.name, event, seconds)
            read += done.read
            await self._announce(projection, done)
        return read

    async def catch_up(self) -> int:
        """Until nothing is left to read; how many events were read."""
        total = 0
        while read := await self.step():
            total += read
        return total

    async def _announce(self, projection: Projection, done: Projected) -> None:
        for parked in done.parked:
            log.error(
                "projection_parked",
                projection=projection.name,
                session_id=str(parked.session_id),
                position=parked.position,
                error=parked.error,
            )
        await announce(self._hints, done.moved)


def _trace(projection: str, event: Mapping[str, str], seconds: float) -> None:
    """The event as a span, of the batch's length."""
    tracing.record(
        "project",
        UUID(event["correlation_id"]),
        seconds,
        projection=projection,
        session_id=event["session_id"],
        event_id=event["event_id"],
        event_type=event["event_type"],
    )


async def announce(hints: Hints, moved: Sequence[Moved]) -> None:
    """Tell the readers, after the commit: many in one message, because each costs every reader as much as ten more."""
    for first in range(0, len(moved), _TOLD_AT_ONCE):
        told: list[JsonValue] = [
            {
                "session_id": str(change.session_id),
                "user_id": str(change.user_id),
                "version": change.version,
                "projection": change.projection,
            }
            for change in moved[first : first + _TOLD_AT_ONCE]
        ]
        await hints.publish(CHANGES, {"moved": told})


async def run(settings: Settings, stop: asyncio.Event) -> None:
    """Project until `stop` is set. Of several projectors one works and the others stand by."""
    if settings.database_url is None:
        raise NotConfigured("No database: set GENESIS_DATABASE_URL, or let `make run` start one.")
    url = settings.database_url.get_secret_value()
    hints = make_hints(settings)
    async with AsyncExitStack() as stack, bell(hints, stop, LOG) as rung:
        stack.push_async_callback(hints.close)
        while not stop.is_set():
            try:
                async with singleton(url, "projector", stop) as turn:
                    if turn is not None:
                        await _project(url, hints, rung, lambda: stop.is_set() or turn.over)
            except (psycopg.Error, OSError) as error:
                log.warning("projector_interrupted", error=type(error).__name__)
                with suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), _BACK_OFF)


async def _project(url: str, hints: Hints, rung: Bell, over: Callable[[], bool]) -> None:
    options = connection_options(url, "genesis-projector")
    # Not with synchronous_commit off, though rows and checkpoint would be lost together and made again from the log:
    # readers have been told of them, and would see a session go back after a crash of the server.
    async with await AsyncConnection.connect(url, **options) as connection:
        projector = Projector(connection, hints)
        while not over():
            rung.heed()
            if await projector.step():
                rung.found()
            else:
                await rung.wait(POLL)
