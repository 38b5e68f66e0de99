"""`genesis projections watch`: where every projection stands, again and again."""

import asyncio
import time
from dataclasses import dataclass
from typing import Annotated, Any

import typer
from psycopg import AsyncConnection
from rich.live import Live
from rich.table import Table

from cli.printing import make_console
from cli.projection_access import with_connection
from cli.rebuild_reporting import write_object
from infrastructure.event_store.log_reader import lag
from infrastructure.read_side.status import Standing, standings
from infrastructure.read_side.unfinished import unfinished_rebuilds

console = make_console()


@dataclass(frozen=True, slots=True)
class Seen:
    """One look at a version. `lag` in events, `rate` in events per second since the look before; None: the first."""

    at: float
    standing: Standing
    lag: int
    rate: float | None
    rebuilding: bool

    @property
    def state(self) -> str:
        if self.standing.misplaced:
            return "stands still"
        if not self.standing.built:
            return "building"
        return ("live" if self.standing.live else "another build's") + (", behind" if self.lag else "")


def watch(
    *,
    once: Annotated[bool, typer.Option("--once", help="One look, then end.")] = False,
    interval: Annotated[float, typer.Option(min=0.1, max=3600, help="Seconds between two looks.")] = 1.0,
    as_json: Annotated[bool, typer.Option("--json", help="For programs: an object on each line.")] = False,
) -> None:
    """Position, lag and rate of every projection, live. Ctrl+C ends it."""
    with_connection(lambda connection: _watch(connection, once=once, interval=interval, as_json=as_json))


async def _watch(connection: AsyncConnection[Any], *, once: bool, interval: float, as_json: bool) -> None:
    seen: dict[tuple[str, int], Seen] = {}
    if as_json or once or not console.is_terminal:
        while True:
            seen = await look(connection, seen)
            _tell(seen, as_json=as_json)
            if once:
                return
            await asyncio.sleep(interval)
    with Live(console=console, auto_refresh=False) as live:
        while True:
            seen = await look(connection, seen)
            live.update(_table(seen), refresh=True)
            await asyncio.sleep(interval)


async def look(connection: AsyncConnection[Any], before: dict[tuple[str, int], Seen]) -> dict[tuple[str, int], Seen]:
    """Every version as it stands now, with its rate since `before`."""
    rebuilding = {(one.projection, one.version) for one in await unfinished_rebuilds(connection) if one.running}
    found = {}
    for standing in await standings(connection):
        key, now = (standing.projection, standing.version), time.monotonic()
        last = before.get(key)
        moved = standing.checkpoint.position - last.standing.checkpoint.position if last else 0
        rate = max(0.0, moved / (now - last.at)) if last and now > last.at else None
        behind = await lag(connection, standing.checkpoint)
        found[key] = Seen(now, standing, behind, rate, key in rebuilding)
    return found


def _tell(seen: dict[tuple[str, int], Seen], *, as_json: bool) -> None:
    for one in seen.values():
        standing = one.standing
        rate = None if one.rate is None else round(one.rate)
        if as_json:
            write_object(
                projection=standing.projection,
                version=standing.version,
                position=standing.checkpoint.position,
                lag=one.lag,
                rate=rate,
                age_seconds=round(standing.age, 3),
                parked=standing.parked,
                state=one.state,
                generation=standing.generation,
                rebuilding=one.rebuilding,
            )
            continue
        speed = "" if rate is None else f", {rate:,} a second"
        parked = f", {standing.parked} parked" if standing.parked else ""
        rebuilding = ", a rebuild is under way" if one.rebuilding else ""
        console.print(
            f"{standing.projection} v{standing.version}: position {standing.checkpoint.position:,}, lag {one.lag:,}"
            f" events{speed}, {one.state}{parked}{rebuilding}",
            markup=False,
        )


def _table(seen: dict[tuple[str, int], Seen]) -> Table:
    columns = ("projection", "version", "position", "lag (events)", "a second", "parked", "state", "rebuild")
    table = Table(*columns)
    for one in seen.values():
        standing = one.standing
        facts = (standing.projection, str(standing.version), f"{standing.checkpoint.position:,}", f"{one.lag:,}")
        rate = "" if one.rate is None else f"{one.rate:,.0f}"
        table.add_row(*facts, rate, str(standing.parked), one.state, "under way" if one.rebuilding else "")
    return table
