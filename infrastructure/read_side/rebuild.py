"""Rebuilds a projection under live reads and writes: shadow, catch-up, comparison, switch; and the way back."""

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import AsyncConnection

from infrastructure.event_store import log_reader
from infrastructure.postgres.pool import connection_options
from infrastructure.read_side import shadow_tables as shadows
from infrastructure.read_side.batch import BATCH, standing
from infrastructure.read_side.schemas import ensure
from infrastructure.read_side.shadow_tables import Shadow
from infrastructure.read_side.table_switch import check_columns, drop_kept, kept, switch
from infrastructure.read_side.verification import Comparison, compare
from projections.engine.projection import Projection

_ROUNDS = 5
"""How often streams that moved while they were compared are looked at again."""


class RebuildRunning(Exception):
    """Another rebuild of the projection is under way."""


class NewerVersion(Exception):
    """The database has a newer version of the projection than this build knows."""


class NothingKept(Exception):
    """There are no tables from before a switch to go back to."""


@dataclass(frozen=True, slots=True)
class RebuildProgress:
    """`done` of `total` events; `eta` in seconds, None while nothing can be said."""

    phase: str
    done: int
    total: int
    eta: float | None


@dataclass(frozen=True, slots=True)
class Report:
    events: int
    seconds: float
    comparison: Comparison
    switched: bool
    generation: int


@dataclass(frozen=True, slots=True)
class Options:
    """switch: None asks nobody and switches; else it is asked, with the comparison in hand.

    keep: keep the old tables for a way back. schema_sql: other SQL for the tables than the projection's.
    compare_only: nothing is switched.
    """

    on_progress: Callable[[RebuildProgress], None] = lambda _progress: None
    switch: Callable[[Comparison], bool] = lambda _comparison: True
    keep: bool = True
    schema_sql: str | None = None
    compare_only: bool = False


async def rebuild(database_url: str, projection: Projection, options: Options | None = None) -> Report:
    """Build the projection's tables anew from the log and, if `switch` agrees, put them in place at once.

    Readers and writers go on meanwhile. An interrupted rebuild changes nothing, and the next one begins afresh.
    Raises NewerVersion, RebuildRunning, SwitchFailed.
    """
    options = options or Options()
    begun = time.monotonic()
    async with _alone(database_url, projection) as connection:
        if not options.compare_only:
            await refuse_older(connection, projection)
        shadow = Shadow(projection, f"rebuild_{projection.name}_v{projection.version}")
        meter = _Meter(options.on_progress)
        try:
            comparison = await _build(connection, shadow, meter, options.schema_sql)
            switched = not options.compare_only and options.switch(comparison)
            if switched:
                meter.phase("switch")
                now = await switch(connection, shadow)
                if not options.keep:
                    await drop_kept(connection, projection)
            else:
                now = await standing(connection, projection)
        finally:
            with suppress(psycopg.Error):  # what is left then, the next rebuild drops
                await shadows.drop(connection, shadow)
        meter.phase("done")
        return Report(meter.done, time.monotonic() - begun, comparison, switched, now.generation)


async def _build(
    connection: AsyncConnection[Any], shadow: Shadow, meter: "_Meter", schema_sql: str | None
) -> Comparison:
    """Fill the shadow, let it catch up, compare it."""
    await shadows.create(connection, shadow, schema_sql)
    until = await log_reader.horizon(connection)
    meter.begin(await shadows.count_until(connection, until))
    if shadow.projection.by_stream:
        await shadows.fill(connection, shadow, until, meter.advance)
    await _follow(connection, shadow, meter)
    for table in shadow.projection.tables:
        await connection.execute(f'ANALYZE "{shadow.schema}"."{table.name}"'.encode())
    meter.phase("compare")
    return await _compare(connection, shadow)


async def verify(
    database_url: str, projection: Projection, on_progress: Callable[[RebuildProgress], None] = lambda _progress: None
) -> Report:
    """Rebuild, compare, and throw the shadow away: whether the live tables are what the log says."""
    return await rebuild(database_url, projection, Options(on_progress=on_progress, compare_only=True))


async def go_back(database_url: str, projection: Projection) -> int:
    """Bring the tables from before the last switch up to date and put them in place again; the new generation.

    Raises NewerVersion, NothingKept, KeptTablesDiffer, RebuildRunning, SwitchFailed.
    """
    async with _alone(database_url, projection) as connection:
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


@asynccontextmanager
async def _alone(database_url: str, projection: Projection) -> AsyncIterator[AsyncConnection[Any]]:
    """A connection that is the only one to rebuild this projection. It holds no lock on any table."""
    options = connection_options(database_url, "genesis-rebuild")
    async with await AsyncConnection.connect(database_url, **options) as connection:
        # the log is walked along its indexes; without statistics the planner would sort all of it for every chunk
        await connection.execute("SET plan_cache_mode = auto; SET enable_sort = off; SET enable_bitmapscan = off")
        query = b"SELECT pg_try_advisory_lock(hashtextextended(%s, 0))"
        row = await (await connection.execute(query, (f"genesis:rebuild:{projection.schema}",))).fetchone()
        if row is None or not row[0]:
            raise RebuildRunning(f"A rebuild of {projection.name} is running already.")
        await ensure(connection, (projection,))
        yield connection


async def _follow(connection: AsyncConnection[Any], shadow: Shadow, meter: "_Meter") -> None:
    meter.phase("catch up")
    while (read := await shadows.follow(connection, shadow)) == BATCH:
        meter.advance(read)
    meter.advance(read)


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


class _Meter:
    """Counts events and says how long it will take, by the rate so far."""

    def __init__(self, on_progress: Callable[[RebuildProgress], None]) -> None:
        self.done = 0
        self._total = 0
        self._tell = on_progress
        self._phase = "prepare"
        self._begun = time.monotonic()

    def begin(self, total: int) -> None:
        self._total = total
        self._begun = time.monotonic()
        self.phase("copy")

    def advance(self, events: int) -> None:
        self.done += events
        self._total = max(self._total, self.done)
        self._report()

    def phase(self, name: str) -> None:
        self._phase = name
        self._report()

    def _report(self) -> None:
        elapsed = time.monotonic() - self._begun
        eta = elapsed / self.done * (self._total - self.done) if self.done else None
        self._tell(RebuildProgress(self._phase, self.done, self._total, eta))
