"""What the projection `analytics` costs: processor time of the live projectors for each event, with it and without."""

import asyncio
import statistics
import sys
import time
from collections.abc import Sequence

import psutil
from psycopg import AsyncConnection

from benchmarks.catching_up import begin_again, write_log
from benchmarks.floor import Row, figure, say, server, show
from infrastructure.postgres.pool import connection_options
from infrastructure.processes.projector import Projector
from infrastructure.redis.wakeups import NoHints
from projections.analytics.projection import ANALYTICS
from projections.engine.projection import Projection
from projections.registry import PROJECTIONS

_NEVER = 10**12
_OTHERS = tuple(projection for projection in PROJECTIONS if projection is not ANALYTICS)


async def spent(url: str, projections: Sequence[Projection], events: int) -> tuple[float, float]:
    """Microseconds of processor time for each event: of the projector, and of its backend of the server."""
    await begin_again(url)
    async with await AsyncConnection.connect(url, **connection_options(url, "bench-projector")) as connection:
        backend = psutil.Process(connection.info.backend_pid)
        theirs, own = backend.cpu_times(), time.process_time()
        await Projector(connection, NoHints(), projections, database_url=url, far=_NEVER).catch_up()
        busy, now = time.process_time() - own, backend.cpu_times()
        served = now.user + now.system - theirs.user - theirs.system
    return busy / events * 1e6, served / events * 1e6


def run(quick: bool = False) -> list[Row]:
    sessions, rounds = (100, 3) if quick else (400, 7)
    found: dict[str, list[tuple[float, float]]] = {"with": [], "without": []}
    with server() as cluster, cluster.database() as url:
        say("writing the log")
        events = write_log(url, sessions, at_once=10)
        for number in range(rounds):
            pair = [("with", PROJECTIONS), ("without", _OTHERS)]
            for name, projections in pair if number % 2 == 0 else reversed(pair):
                found[name].append(asyncio.run(spent(url, projections, events)))
            say(f"round {number + 1} of {rounds}: {found['with'][-1]}, {found['without'][-1]}")
    rows = []
    for place, of in enumerate(("the projector", "its backend of the server")):
        with_it, without = ([pair[place] for pair in found[name]] for name in ("with", "without"))
        ratio = statistics.median(one / other for one, other in zip(with_it, without, strict=True))
        name = f"an event, all projections: processor time of {of}, beside all but analytics"
        rows.append(figure(name, statistics.median(with_it), "µs", floor=statistics.median(without), ratio=ratio))
    return rows


if __name__ == "__main__":
    show("Analytics", run("--quick" in sys.argv))
