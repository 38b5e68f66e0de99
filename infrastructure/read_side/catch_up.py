"""Brings projections that are far behind up to the log: long windows, read once for all at the same place."""

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager
from typing import Any

from psycopg import AsyncConnection

from infrastructure.concurrency.cancellation import end
from infrastructure.concurrency.garbage import no_cycle_collection
from infrastructure.event_store.bulk_reader import Window, read_window
from infrastructure.event_store.log_reader import Checkpoint
from infrastructure.postgres.pool import connection_options
from infrastructure.read_side.batch import CheckpointRow, Projected
from infrastructure.read_side.bulk_fold import project_window
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
    `database_url` the next window is read on a connection of its own while one is being written.
    """
    rows = {projection.name: standing for projection, standing in standings}
    began = time.monotonic()
    first = min(standing.checkpoint for standing in rows.values())
    group = [projection for projection, _ in standings if rows[projection.name].checkpoint == first]
    until = min((row.checkpoint for row in rows.values() if row.checkpoint > first), default=horizon)
    async with _windows(connection, database_url, first, together(group), until) as windows:
        with no_cycle_collection():
            async for window in windows:
                for projection in group:
                    before = rows[projection.name]
                    done = await project_window(connection, projection, before, window)
                    rows[projection.name] = done.standing
                    yield projection, before, done
                if any(rows[projection.name].checkpoint != window.end for projection in group):
                    return  # another projector was active, or a rebuild has switched: the caller looks again
                if time.monotonic() > began + _TURN:
                    return


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
) -> AsyncIterator[AsyncIterator[Window]]:
    """Windows one after the other; with a second connection the next is read while one is worked on."""
    if database_url is None:
        yield _one_by_one(connection, after, reads, until)
        return
    options = connection_options(database_url, "genesis-projector-reader")
    options["options"] += f" -c work_mem={_WORK_MEM}"
    async with await AsyncConnection.connect(database_url, **options) as reader:
        windows = _ahead(reader, after, reads, until)
        async with aclosing(windows):
            yield windows


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
