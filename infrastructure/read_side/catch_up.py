"""Brings projections that are far behind up to the log: long windows, read once for all at the same place."""

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from typing import Any

from psycopg import AsyncConnection

from infrastructure.concurrency.cancellation import end
from infrastructure.concurrency.garbage import no_cycle_collection
from infrastructure.event_store.bulk_reader import Window, read_window
from infrastructure.event_store.log_reader import Checkpoint
from infrastructure.postgres.pool import connection_options
from infrastructure.read_side.batch import CheckpointRow, Projected
from infrastructure.read_side.bulk_fold import fold_window, write_window
from projections.engine.projection import Projection, Reads

FAR = 20_000
"""Behind by more positions than this, windows pay; nearer than that, readers are served sooner by small batches."""

_WORK_MEM = "64MB"
"""For the reader's connection: it sorts each window by stream, and should not do so on disk."""

_TURN = 3.0
"""Seconds after which the caller gets its turn: to stop, or to hand the projections over."""


def is_far(standing: CheckpointRow, horizon: Checkpoint, far: int = FAR) -> bool:
    """By positions, which costs no query: a few of them were never used."""
    return horizon.position - standing.checkpoint.position > far


async def catch_up(
    connection: AsyncConnection[Any],
    database_url: str | None,
    standings: Sequence[tuple[Projection, CheckpointRow]],
    horizon: Checkpoint,
) -> AsyncGenerator[tuple[Projection, CheckpointRow, Projected]]:
    """Apply windows for some seconds; yields what each did to each projection, and where that had stood before.

    The projections that are furthest behind come first, as far as the next ones, which then join them. With a
    `database_url` there are two more connections: the next window is read, and the next projection's rows are folded,
    while one is being written. Nothing is being written while the caller has its turn.
    """
    rows = {projection.name: standing for projection, standing in standings}
    began = time.monotonic()
    first = min(standing.checkpoint for standing in rows.values())
    group = [projection for projection, _ in standings if rows[projection.name].checkpoint == first]
    until = min((row.checkpoint for row in rows.values() if row.checkpoint > first), default=horizon)
    writing: _Writing | None = None
    async with _windows(connection, database_url, first, together(group), until) as (windows, loader):
        with no_cycle_collection():
            try:
                async for window in windows:
                    for projection in group:
                        if writing is not None and writing.projection is projection:  # its rows are to be gone on with
                            yield await writing.settled(rows)
                            writing = None
                        before = rows[projection.name]
                        folded = await fold_window(loader, projection, before, window)
                        if writing is not None:
                            yield await writing.settled(rows)
                        writing = _Writing(
                            projection, before, asyncio.create_task(write_window(connection, projection, folded))
                        )
                        if loader is connection:
                            yield await writing.settled(rows)
                            writing = None
                    settled = [one for one in group if writing is None or one is not writing.projection]
                    if any(rows[one.name].checkpoint != window.end for one in settled):
                        break  # another projector was active, or a rebuild has switched: the caller looks again
                    if time.monotonic() > began + _TURN:
                        break
                if writing is not None:
                    yield await writing.settled(rows)
                    writing = None
            finally:
                if writing is not None:
                    await end(writing.task)


@dataclass(frozen=True, slots=True)
class _Writing:
    """A window that is being written for a projection, which stood at `before`."""

    projection: Projection
    before: CheckpointRow
    task: asyncio.Task[Projected]

    async def settled(self, rows: dict[str, CheckpointRow]) -> tuple[Projection, CheckpointRow, Projected]:
        """What it did, once it is written; notes in `rows` where the projection stands then."""
        done = await self.task
        rows[self.projection.name] = done.standing
        return self.projection, self.before, done


def together(projections: Sequence[Projection]) -> Reads:
    """What several projections read, to be read once."""
    found: dict[str, frozenset[str] | None] = {}
    for projection in projections:
        for aggregate_type, events in projection.reads.items():
            before = found.get(aggregate_type, frozenset())
            found[aggregate_type] = None if before is None or events is None else before | events
    return found


@asynccontextmanager
async def _windows(
    connection: AsyncConnection[Any], database_url: str | None, after: Checkpoint, reads: Reads, until: Checkpoint
) -> AsyncIterator[tuple[AsyncIterator[Window], AsyncConnection[Any]]]:
    """Windows one after the other, and a connection for rows that are there already; without a `database_url` it is
    `connection`, else the next window is read while one is worked on."""
    if database_url is None:
        yield _one_by_one(connection, after, reads, until), connection
        return
    options = connection_options(database_url, "genesis-projector-reader")
    options["options"] += f" -c work_mem={_WORK_MEM}"
    async with (
        await AsyncConnection.connect(database_url, **options) as reader,
        await AsyncConnection.connect(
            database_url, **connection_options(database_url, "genesis-projector-loader")
        ) as loader,
    ):
        windows = _ahead(reader, after, reads, until)
        async with aclosing(windows):
            yield windows, loader


async def _one_by_one(
    connection: AsyncConnection[Any], after: Checkpoint, reads: Reads, until: Checkpoint
) -> AsyncIterator[Window]:
    while (window := await read_window(connection, after, reads, until=until)).read:
        yield window
        after = window.end


async def _ahead(
    reader: AsyncConnection[Any], after: Checkpoint, reads: Reads, until: Checkpoint
) -> AsyncGenerator[Window]:
    task = asyncio.create_task(read_window(reader, after, reads, until=until))
    try:
        while (window := await task).read:
            task = asyncio.create_task(read_window(reader, window.end, reads, until=until))
            yield window
    finally:
        await end(task)
