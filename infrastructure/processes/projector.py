"""The projector: keeps the read tables up with the log, woken by hints, looking every 250 ms as the safety net."""

import asyncio
import logging
import time
from collections.abc import Collection, Mapping, Sequence
from contextlib import AsyncExitStack, aclosing, suppress
from uuid import UUID

import psycopg
import structlog
from psycopg import AsyncConnection
from pydantic import JsonValue

from application.wakeups import CHANGES, LOG, Hints
from infrastructure.adapters import make_hints
from infrastructure.bootstrap import NotConfigured
from infrastructure.concurrency.wakeup_bell import Bell, bell
from infrastructure.event_store import log_reader
from infrastructure.observability import tracing
from infrastructure.postgres.leadership import Turns, several_turns, wait_for_first
from infrastructure.postgres.pool import Connection, connection_options
from infrastructure.read_side.batch import BATCH, CheckpointRow, Projected, mark_built, project_next, standing
from infrastructure.read_side.catch_up import FAR, catch_up, is_far
from infrastructure.read_side.schemas import ensure
from infrastructure.read_side.status import checked
from infrastructure.settings import Settings
from projections.engine.changes import Moved
from projections.engine.projection import Projection, turn_of
from projections.registry import PROJECTIONS

POLL = 0.25
_BACK_OFF = 1.0
_CHECK = 1.0
"""Seconds between two looks at the checkpoints while there is nothing to read."""

_TOLD_AT_ONCE = 100

log = structlog.get_logger(__name__)


class Projector:
    """The projections that this process keeps, on one connection, one batch each in turn. Not shared between tasks."""

    def __init__(
        self,
        connection: Connection,
        hints: Hints,
        projections: Sequence[Projection] = PROJECTIONS,
        *,
        batch: int = BATCH,
        far: int = FAR,
        database_url: str | None = None,
    ) -> None:
        """`far`: behind by more events, a projection takes long windows instead of batches. `database_url`: for a
        connection on which these are read ahead."""
        self._connection = connection
        self._far = far
        self._database_url = database_url
        self._hints = hints
        self._projections = projections
        self._batch = batch
        self._standings: dict[str, CheckpointRow] = {}
        self._checked_at = float("-inf")

    async def step(self, keeping: Collection[str] | None = None) -> int:
        """One batch of each projection, or of those in `keeping`; how many events were read. Raises OperatorError."""
        mine = [projection for projection in self._projections if keeping is None or projection.name in keeping]
        if time.monotonic() >= self._checked_at + _CHECK:
            await self._check(mine)
        horizon = await log_reader.horizon(self._connection)
        read = await self._catch_up_far(mine, horizon)
        for projection in mine:
            known = await self._known(projection)
            if known.checkpoint < horizon:
                known, events = await self._project(projection, known)
                read += events
            if known.checkpoint >= horizon and not known.built:
                known = await mark_built(self._connection, projection, known)
                log.info("projection_built", projection=projection.name, version=projection.version)
            self._standings[projection.name] = known
        if read:
            self._checked_at = time.monotonic()  # each batch has looked at its checkpoint under the lock
        return read

    async def _known(self, projection: Projection) -> CheckpointRow:
        return self._standings.get(projection.name) or await standing(self._connection, projection)

    async def _catch_up_far(self, mine: Sequence[Projection], horizon: log_reader.Checkpoint) -> int:
        """Long windows for those that are far behind, for some seconds; how many events were read."""
        known = [(projection, await self._known(projection)) for projection in mine]
        far = [(projection, at) for projection, at in known if is_far(at, horizon, self._far)]
        read, began = 0, time.perf_counter()
        if far:
            async with aclosing(catch_up(self._connection, self._database_url, far, horizon)) as windows:
                async for projection, before, done in windows:
                    self._standings[projection.name] = done.standing
                    await self._tell(projection, before, done, time.perf_counter() - began)
                    read += done.read
        return read

    async def _project(self, projection: Projection, known: CheckpointRow) -> tuple[CheckpointRow, int]:
        began = time.perf_counter()
        done = await project_next(self._connection, projection, known, self._batch)
        await self._tell(projection, known, done, time.perf_counter() - began)
        return done.standing, done.read

    async def _tell(self, projection: Projection, known: CheckpointRow, done: Projected, seconds: float) -> None:
        if done.standing.generation != known.generation:
            log.info("projection_switched", projection=projection.name, generation=done.standing.generation)
        if done.read and (tracing.on() or logging.getLogger(__name__).isEnabledFor(logging.DEBUG)):
            for event in await log_reader.trail(self._connection, known.checkpoint, done.standing.checkpoint):
                log.debug("event_projected", projection=projection.name, **event)
                _trace(projection.name, event, seconds)
        await self._announce(projection, done)

    async def catch_up(self) -> int:
        """Until nothing is left to read; how many events were read."""
        total = 0
        while read := await self.step():
            total += read
        return total

    async def _check(self, mine: Sequence[Projection]) -> None:
        """Whether the log and the checkpoints still fit together, and the checkpoints are where they were.

        A rebuild, a repair or a restored backup moves a checkpoint while nothing is written, so nothing else shows it.
        """
        for name, found in (await checked(self._connection, mine)).items():
            now = CheckpointRow(found.checkpoint, found.generation, found.built)
            if self._standings.get(name, now) != now:
                log.info("checkpoint_moved", projection=name, position=now.checkpoint.position)
            self._standings[name] = now
        self._checked_at = time.monotonic()

    async def _announce(self, projection: Projection, done: Projected) -> None:
        for parked in done.parked:
            log.error(
                "projection_parked",
                projection=projection.name,
                stream_id=str(parked.stream_id),
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
        stream_id=event["stream_id"],
        event_id=event["event_id"],
        event_type=event["event_type"],
    )


async def announce(hints: Hints, moved: Sequence[Moved]) -> None:
    """Tell the readers, after the commit: many in one message, because each costs every reader as much as ten more."""
    for first in range(0, len(moved), _TOLD_AT_ONCE):
        told: list[JsonValue] = [
            {
                "projection": change.projection,
                "stream_id": str(change.stream_id),
                "owner": str(change.owner) if change.owner else None,
                "version": change.version,
            }
            for change in moved[first : first + _TOLD_AT_ONCE]
        ]
        await hints.publish(CHANGES, {"moved": told})


async def run(settings: Settings, stop: asyncio.Event) -> None:
    """Project until `stop` is set. Of several projectors one keeps a projection's version and the others stand by.

    Raises OperatorError when the log and the checkpoints do not fit together.
    """
    if settings.database_url is None:
        raise NotConfigured("No database: set GENESIS_DATABASE_URL, or let `make run` start one.")
    url = settings.database_url.get_secret_value()
    hints = make_hints(settings)
    async with AsyncExitStack() as stack, bell(hints, stop, LOG) as rung:
        stack.push_async_callback(hints.close)
        while not stop.is_set():
            try:
                async with several_turns(
                    url, "projector", [turn_of(one.name, one.version) for one in PROJECTIONS]
                ) as turns:
                    await wait_for_first(turns, stop)
                    if not stop.is_set():
                        await _project(url, hints, rung, turns, stop)
            except (psycopg.Error, OSError) as error:
                log.warning("projector_interrupted", error=type(error).__name__)
                with suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), _BACK_OFF)


async def _project(url: str, hints: Hints, rung: Bell, turns: Turns, stop: asyncio.Event) -> None:
    options = connection_options(url, "genesis-projector")
    # Not with synchronous_commit off, though rows and checkpoint would be lost together and made again from the log:
    # readers have been told of them, and would see a session go back after a crash of the server.
    async with await AsyncConnection.connect(url, **options) as connection:
        await ensure(connection)
        projector = Projector(connection, hints, database_url=url)
        while not (stop.is_set() or turns.over):
            rung.heed()
            keeping = {one.name for one in PROJECTIONS if turn_of(one.name, one.version) in turns.held}
            if await projector.step(keeping):
                rung.found()
            else:
                await rung.wait(POLL)
