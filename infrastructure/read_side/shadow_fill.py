"""Fills a shadow with whole streams, chunk by chunk: read ahead, folded in memory, written with COPY.

A chunk is written in a few transactions, each with the note of how far it came, so that a killed rebuild repeats none.
With several workers each is a process that fills its own parts of the streams.
"""

import asyncio
import multiprocessing
import os
import signal
import sys
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection

from infrastructure.concurrency.cancellation import end
from infrastructure.concurrency.garbage import no_cycle_collection
from infrastructure.event_store.bulk_reader import StreamPlace, Streams, read_streams
from infrastructure.event_store.log_reader import Checkpoint
from infrastructure.postgres.pool import connection_options
from infrastructure.read_side import rebuild_plan as plans
from infrastructure.read_side import shadow_tables as shadows
from infrastructure.read_side.bulk_fold import Folded, Target, fold_stretches, stand_alone, write_folded
from infrastructure.read_side.pace import LATE, Pace, look
from projections.engine.fold import describe
from projections.engine.projection import Projection, Reads

# the log is walked along its indexes; without statistics the planner would sort all of it for every chunk. One process
# of the server for each connection: a parallel query would take the processors that live traffic needs
WALK = (
    "SET plan_cache_mode = auto; SET enable_sort = off; SET enable_bitmapscan = off;"
    " SET max_parallel_workers_per_gather = 0; SET max_parallel_maintenance_workers = 0"
)

_LOOK = 0.25
"""Seconds between two looks at what the workers have done."""

_COMPLETE = 2**31 - 1
"""The version at which a stream has been read, whatever its last one is."""

Advanced = Callable[[int, float | None], None]
"""Told of events that are written, and of how many seconds live events are late if the rebuild gives way to them."""


class WorkerFailed(Exception):
    """A worker's process has ended before its part was filled; what it had written is kept."""


@dataclass(frozen=True, slots=True)
class Filling:
    """What a worker has to know. `chunk`: events at once, at most. `rate`: of this worker alone, events per second."""

    database_url: str
    projection: Projection
    schema: str
    parking: str
    until: Checkpoint
    run: UUID
    chunk: int
    rate: float | None = None
    parent: int | None = None


async def fill(
    database_url: str,
    connection: AsyncConnection[Any],
    shadow: shadows.Shadow,
    *,
    workers: int = 1,
    rate: float | None = None,
    advanced: Advanced = lambda *_: None,
) -> None:
    """Fold everything up to the shadow's `until` into it.

    Raises WorkerFailed, Overtaken.
    """
    run, parts = await plans.take_parts(connection, shadow.schema)
    shares = [share for number in range(workers) if (share := parts[number::workers])]
    own = rate / len(shares) if rate is not None else None
    filling = Filling(
        database_url, shadow.projection, shadow.schema, shadow.parking, shadow.until, run, shadows.CHUNK, own
    )
    if len(shares) == 1:
        await fill_parts(filling, shares[0], advanced)
    else:
        await _in_processes(connection, filling, shares, advanced)
    await shadows.finish_fill(connection, shadow)


async def cuts(connection: AsyncConnection[Any], reads: Reads, workers: int) -> list[str]:
    """Ids of streams that cut the log into as many parts as there are workers, of about the same size."""
    if workers == 1:
        return []
    query = b"""
        SELECT percentile_disc(%s::float8[]) WITHIN GROUP (ORDER BY aggregate_id) FROM domain_events
        WHERE aggregate_type = ANY(%s)
    """
    shares = [number / workers for number in range(1, workers)]
    row = await (await connection.execute(query, (shares, list(reads)))).fetchone()
    return sorted(set(row[0])) if row and row[0] else []


async def fill_parts(filling: Filling, parts: Sequence[plans.Part], advanced: Advanced) -> None:
    """Fill these parts, one after the other, on two connections of their own. Raises Overtaken."""
    options = connection_options(filling.database_url, "genesis-rebuild-fill")
    pace = Pace(filling.rate, filling.chunk)
    async with (
        await AsyncConnection.connect(filling.database_url, **options) as reader,
        await AsyncConnection.connect(filling.database_url, **options) as writer,
    ):
        await reader.execute(WALK.encode())
        # nobody reads these rows yet, and they are lost together with their place, from which the next run goes on;
        # the switch is written to the disk, and with it everything before it
        await writer.execute("SET synchronous_commit = off")
        with no_cycle_collection():
            for part in parts:
                await _fill_part(reader, writer, filling, part, pace=pace, advanced=advanced)


async def _fill_part(
    reader: AsyncConnection[Any],
    writer: AsyncConnection[Any],
    filling: Filling,
    part: plans.Part,
    *,
    pace: Pace,
    advanced: Advanced,
) -> None:
    """Chunk after chunk: while one is written, the next is folded, and the one after it is read.

    Not so while live events are late: then nothing else is done in this process while a write is open.
    """
    target = Target(filling.projection, filling.schema, filling.parking)
    writing: asyncio.Task[None] | None = None

    async def write(folded: Sequence[Folded], place: plans.Part, chunk: Streams) -> None:
        left = chunk.read
        for number, one in enumerate(folded, 1):
            last = number == len(folded)
            after, events = (chunk.end, left) if last else (StreamPlace(str(one.last), _COMPLETE), one.events)

            async def note(place: plans.Part = place, after: StreamPlace = after, events: int = events) -> None:
                await plans.move_part(writer, filling.schema, place, filling.run, after=after, events=events)

            seconds = await write_folded(writer, target, one, note)
            place, left = replace(place, place=after), left - events
            await pace.spend(events, seconds, lambda: look(writer))
            advanced(events, pace.late)  # after the pause, which is part of the rate

    try:
        async with aclosing(_ahead(reader, filling, part, pace)) as chunks:
            async for chunk in chunks:
                _end_with_parent(filling)
                if writing is not None and not stand_alone(filling.projection, chunk.stretches):
                    await writing
                folded = await fold_stretches(writer, target, chunk.stretches, at_once=pace.chunk)
                if writing is not None:
                    await writing
                writing = asyncio.create_task(write(folded, part, chunk))
                part = replace(part, place=chunk.end)  # the same part, further on
                if pace.gives_way:
                    await writing
            if writing is not None:
                await writing
    finally:
        if writing is not None:
            await end(writing)


async def _ahead(
    reader: AsyncConnection[Any], filling: Filling, part: plans.Part, pace: Pace
) -> AsyncGenerator[Streams]:
    """Chunk after chunk; the next is read while one is folded and written, unless the rebuild gives way."""

    def begin(after: StreamPlace) -> asyncio.Task[Streams]:
        reads, until = filling.projection.reads, filling.until
        return asyncio.create_task(read_streams(reader, after, until, reads, events=filling.chunk, before=part.high))

    task = begin(part.place)
    try:
        while (chunk := await task).read:
            if ahead := not pace.gives_way:
                task = begin(chunk.end)
            yield chunk
            if not ahead:
                task = begin(chunk.end)
    finally:
        await end(task)


def _end_with_parent(filling: Filling) -> None:
    if filling.parent is not None and os.getppid() != filling.parent:
        raise plans.Overtaken("The rebuild that had started this process is gone.")


async def _in_processes(
    connection: AsyncConnection[Any],
    filling: Filling,
    shares: Sequence[Sequence[plans.Part]],
    advanced: Advanced,
) -> None:
    told = sum(part.events for share in shares for part in share)
    context = multiprocessing.get_context("spawn")
    given = replace(filling, parent=os.getpid())
    processes = [
        context.Process(target=_work, args=(given, list(share)), name="genesis-rebuild", daemon=True)
        for share in shares
    ]
    for process in processes:
        process.start()
    try:
        while True:
            running = any(process.is_alive() for process in processes)
            done = await plans.filled_events(connection, filling.schema)
            late = (await look(connection)).late
            advanced(done - told, late if late > LATE else None)
            told = done
            broken = next((one for one in processes if one.exitcode not in (None, 0)), None)
            if broken is not None:
                raise WorkerFailed(
                    f"A worker of the rebuild of {filling.projection.name} ended with code {broken.exitcode}."
                )
            if not running:
                return
            await asyncio.sleep(_LOOK)
    finally:
        for process in processes:
            if process.is_alive():
                process.terminate()
            process.join(5)


def _work(filling: Filling, parts: list[plans.Part]) -> None:
    """A worker's process. An interrupt at the terminal is the parent's affair, which ends this one."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        asyncio.run(fill_parts(filling, parts, lambda *_: None))
    except plans.Overtaken:
        sys.exit(2)
    except Exception as error:
        # a traceback would show what is in a row
        code = getattr(error, "sqlstate", None) or ""
        name = filling.projection.name
        sys.stderr.write(f"A worker of the rebuild of {name}: {describe(error)} {code}".rstrip() + "\n")
        sys.exit(1)
