"""Rebuilds a projection under live reads and writes: shadow, catch-up, comparison, switch; and the way back."""

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import AsyncConnection, sql

from infrastructure.event_store import log_reader
from infrastructure.read_side import rebuild_plan as plans
from infrastructure.read_side import shadow_tables as shadows
from infrastructure.read_side.batch import BATCH, standing
from infrastructure.read_side.pace import Pace, look
from infrastructure.read_side.rebuild_progress import Meter, RebuildProgress
from infrastructure.read_side.rebuild_turn import alone, take_other
from infrastructure.read_side.shadow_fill import cuts, fill
from infrastructure.read_side.shadow_tables import Shadow
from infrastructure.read_side.table_switch import check_columns, drop_kept, kept, switch
from infrastructure.read_side.unapplied import unapplied
from infrastructure.read_side.verification import Comparison, compare
from projections.engine.projection import Projection, schema_of

_ROUNDS = 5
"""How often streams that moved while they were compared are looked at again."""


class NewerVersion(Exception):
    """The database has a newer version of the projection than this build knows."""


class NothingKept(Exception):
    """There are no tables from before a switch to go back to."""


@dataclass(frozen=True, slots=True)
class Report:
    """`events`: what this run has read. `resumed`: what an earlier one had, that was interrupted."""

    events: int
    seconds: float
    comparison: Comparison
    switched: bool
    generation: int
    resumed: int = 0


@dataclass(frozen=True, slots=True)
class Options:
    """switch: asked, with the comparison in hand, whether to switch.

    keep: keep the old tables for a way back. schema_sql: other SQL for the tables than the projection's.
    compare_only: nothing is switched, and nothing of it stays. afresh: what an interrupted rebuild left is not gone
    on with. workers: processes that fill the shadow. rate: events a second at most. tell: hears what a person should.
    """

    on_progress: Callable[[RebuildProgress], None] = lambda _progress: None
    switch: Callable[[Comparison], bool] = lambda _comparison: True
    keep: bool = True
    schema_sql: str | None = None
    compare_only: bool = False
    afresh: bool = False
    workers: int = 1
    rate: float | None = None
    tell: Callable[[str], None] = lambda _sentence: None


async def rebuild(database_url: str, projection: Projection, options: Options | None = None) -> Report:
    """Build the projection's tables anew from the log and, if `switch` agrees, put them in place at once.

    Readers and writers go on meanwhile. An interrupted rebuild changes nothing, and the next one goes on where it was.
    Raises NewerVersion, RebuildRunning, SwitchFailed, WorkerFailed, Overtaken.
    """
    options = options or Options()
    begun = time.monotonic()
    async with alone(database_url, projection) as connection:
        if not options.compare_only:
            await refuse_older(connection, projection)
        kind = "verify" if options.compare_only else "rebuild"
        shadow = Shadow(projection, f"{kind}_{projection.name}_v{projection.version}")
        meter = Meter(options.on_progress)
        kept_for_next = not options.compare_only
        try:
            await _begin(connection, shadow, options)
            comparison = await _build(database_url, connection, shadow, meter, options)
            switched = not options.compare_only and options.switch(comparison)
            if switched:
                meter.phase("switch")
                now = await switch(connection, shadow)
                if not options.keep:
                    await drop_kept(connection, projection)
            else:
                now = await standing(connection, projection)
            kept_for_next = False
        finally:
            if not kept_for_next:
                with suppress(psycopg.Error):  # what is left then, the next run drops
                    await shadows.drop(connection, shadow)
        meter.phase("done")
        seconds = time.monotonic() - begun
        return Report(meter.done - meter.resumed, seconds, comparison, switched, now.generation, meter.resumed)


async def _begin(connection: AsyncConnection[Any], shadow: Shadow, options: Options) -> None:
    """A shadow to fill: the one that an interrupted rebuild of the same left, or a new one."""
    projection = shadow.projection
    text = options.schema_sql or projection.create()
    until = await log_reader.horizon(connection)
    if not options.compare_only:
        await shadows.drop(connection, Shadow(projection, f"verify_{projection.name}_v{projection.version}"))
        await _drop_of_other_versions(connection, shadow, options)
        there, note = await plans.read_note(connection, shadow.schema)
        if there and not options.afresh:
            why = plans.why_anew(note, plans.identity(projection, text), until)
            if why is None and note is not None:
                options.tell(f"The interrupted rebuild of {projection.name} goes on where it was.")
                shadow.position = log_reader.Checkpoint(note.pop("tx_id"), note.pop("position"))
                shadow.note = note
                return
            options.tell(f"The interrupted rebuild of {projection.name} begins anew: {why}.")
    bounds = await cuts(connection, projection.reads, options.workers) if projection.by_stream else []
    await shadows.create(connection, shadow, text, until, bounds)


async def _drop_of_other_versions(connection: AsyncConnection[Any], shadow: Shadow, options: Options) -> None:
    """What an interrupted rebuild of an older version left. One that is under way is left alone."""
    projection = shadow.projection
    for version in range(1, projection.version):
        other = Shadow(projection, f"rebuild_{projection.name}_v{version}")
        there, _ = await plans.read_note(connection, other.schema)
        if there and await take_other(connection, schema_of(projection.name, version)):
            query = sql.SQL("DROP SCHEMA {} CASCADE").format(sql.Identifier(other.schema))
            await connection.execute(query)
            parked = b"DELETE FROM projection_parked WHERE projection = %s"
            await connection.execute(parked, (other.parking,))
            options.tell(
                f"An interrupted rebuild of {projection.name} was of version {version}; this build has version"
                f" {projection.version}: it begins anew."
            )


async def _build(
    database_url: str, connection: AsyncConnection[Any], shadow: Shadow, meter: Meter, options: Options
) -> Comparison:
    """Fill the shadow, let it catch up, compare it."""
    by_stream = shadow.projection.by_stream
    reads = list(shadow.projection.reads) if by_stream else None
    total = await log_reader.count_until(connection, shadow.until, reads)
    if shadow.note["filled"]:
        done = total if by_stream else await log_reader.count_until(connection, shadow.position)
        meter.begin(total, done)
    elif by_stream:
        meter.begin(total, await plans.filled_events(connection, shadow.schema))
        await fill(database_url, connection, shadow, workers=options.workers, rate=options.rate, advanced=meter.advance)
    else:
        meter.begin(total)
        await shadows.finish_fill(connection, shadow)  # it is filled in the order of the log, as it follows it
    await _follow(connection, shadow, meter, options.rate)
    for table in shadow.projection.tables:
        await connection.execute(f'ANALYZE "{shadow.schema}"."{table.name}"'.encode())
    meter.phase("compare")
    comparison = await _compare(connection, shadow)
    comparison.unapplied = await unapplied(connection, shadow)
    return comparison


async def verify(
    database_url: str, projection: Projection, on_progress: Callable[[RebuildProgress], None] = lambda _progress: None
) -> Report:
    """Rebuild, compare, and throw the shadow away: whether the live tables are what the log says."""
    return await rebuild(database_url, projection, Options(on_progress=on_progress, compare_only=True))


async def go_back(database_url: str, projection: Projection) -> int:
    """Bring the tables from before the last switch up to date and put them in place again; the new generation.

    Raises NewerVersion, NothingKept, KeptTablesDiffer, RebuildRunning, SwitchFailed.
    """
    async with alone(database_url, projection) as connection:
        await refuse_older(connection, projection)
        now = await switch(connection, await earlier(connection, projection))
        return now.generation


async def earlier(connection: AsyncConnection[Any], projection: Projection) -> Shadow:
    """The tables from before the last switch. Raises NothingKept, KeptTablesDiffer."""
    old = await kept(connection, projection)
    if old is None:
        raise NothingKept(f"No earlier tables of {projection.name} are kept.")
    await check_columns(connection, old)
    return old


async def refuse_older(connection: AsyncConnection[Any], projection: Projection) -> None:
    """Raises NewerVersion when this build is the older one: its tables are not what newer readers see."""
    query = b"SELECT max(version) FROM projection_checkpoints WHERE projection = %s"
    row = await (await connection.execute(query, (projection.name,))).fetchone()
    if row is not None and row[0] is not None and row[0] > projection.version:
        raise NewerVersion(
            f"This build knows version {projection.version} of {projection.name}, and the database has version"
            f" {row[0]}: a newer build is in use. Nothing has changed."
        )


async def _follow(connection: AsyncConnection[Any], shadow: Shadow, meter: Meter, rate: float | None) -> None:
    meter.phase("catch up")
    pace, read, asked = Pace(rate, shadows.CHUNK), BATCH, BATCH
    while read >= min(BATCH, asked):
        asked = pace.chunk
        read, seconds = await shadows.follow_far(connection, shadow, asked)
        await pace.spend(read, seconds, lambda: look(connection))
        meter.advance(read, pace.late)


async def _compare(connection: AsyncConnection[Any], shadow: Shadow) -> Comparison:
    """All streams; those that moved meanwhile again, until they stand still or are left out."""
    found = await compare(connection, shadow)
    for _ in range(_ROUNDS):
        if not found.skipped and not found.left_out:
            break
        while await shadows.follow(connection, shadow) == BATCH:
            pass
        again = await compare(connection, shadow, sorted(found.skipped), found.left_out)
        found.rows += again.rows
        found.differences += again.differences
        found.samples += again.samples
        found.skipped &= again.skipped
        found.left_out &= again.left_out
    return found
