"""Sessions that wait at once (120; 1,000 with --long): memory, one resume among them, waits and resumes a second."""

import asyncio
import random
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from uuid import uuid4

import psutil
import uvloop
from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.objects import State
from prefect.states import Pending, Running, Suspended

from benchmarks.floor import Row, figure, say, server, show
from flows.prefect_server.client import Runs, prefect_runs
from infrastructure.postgres.pool import make_pool, opened
from infrastructure.redis.wakeups import RedisHints
from tests.support.prefect import prefect_server
from tests.support.redis import RedisServer
from tests.support.soak import Soak, percentile, resumed_exactly_once, studio_processes

WARM_UP = 5
AT_ONCE = 4
"""Requests side by side at the floor: more of them, and a server on SQLite turns some away."""


def megabytes(processes: Mapping[str, psutil.Process]) -> dict[str, float]:
    """Of each process and its children: what it alone holds."""
    return {
        name: sum(each.memory_full_info().uss for each in (process, *process.children(recursive=True))) / 2**20
        for name, process in processes.items()
    }


def _cycle() -> tuple[State[Any], ...]:
    return Pending(), Running(), Suspended(timeout_seconds=None, pause_key=str(uuid4()))


async def bare(runs: Runs, cycles: int, at_once: int) -> tuple[float, float]:
    """(suspensions, resumes) a second of Prefect's own API, and nothing else done: the floor."""
    client: PrefectClient = runs.client
    await runs.deployment()
    gate = asyncio.Semaphore(at_once)

    async def timed(act: Callable[[int], object]) -> float:
        async def one(number: int) -> None:
            async with gate:
                await act(number)  # type: ignore[misc]

        began = time.monotonic()
        async with asyncio.TaskGroup() as group:
            for number in range(cycles):
                group.create_task(one(number))
        return cycles / (time.monotonic() - began)

    ids = []

    async def suspend(_: int) -> None:
        made = await runs.create(uuid4(), 0)
        for state in _cycle():
            await client.set_flow_run_state(made.id, state)
        ids.append(made.id)

    async def resume(number: int) -> None:
        await runs.resume(ids[number])
        for state in _cycle():
            await client.set_flow_run_state(ids[number], state)

    rates = await timed(suspend), await timed(resume)
    for run_id in ids:
        await client.delete_flow_run(run_id)
    return rates


async def measure(quick: bool) -> list[Row]:
    waiting, singles, cycles = (120, 40, 30) if quick else (1_000, 100, 60)
    folder_of = tempfile.TemporaryDirectory(prefix="genesis-bench-")
    with server() as cluster, cluster.database() as url, folder_of as folder:
        home = Path(folder)
        (home / "prefect").mkdir()
        redis = RedisServer(home)
        try:
            with prefect_server(home / "prefect") as prefect:
                say("Prefect alone")
                async with prefect_runs(prefect.url) as runs:
                    floor_waits, floor_resumes = await bare(runs, cycles, AT_ONCE)
                with studio_processes(url, redis.url, prefect, home) as processes:
                    seen = dict(processes) | {"prefect": psutil.Process(prefect.pid)}
                    async with opened(make_pool(url, "bench", max_size=6)) as pool:
                        soak = Soak(pool, RedisHints(redis.url))
                        rows = await _soak(soak, seen, waiting, singles)
                        await soak.hints.close()
                    resumed_exactly_once(url, prefect, [desk.session_id for desk in soak.desks])
        finally:
            redis.stop()
    rates = [
        figure("sessions brought to wait in Prefect", rows.waits, "/s", floor=floor_waits),
        figure("resumed, worked for, and waiting again", rows.resumes, "/s", floor=floor_resumes),
    ]
    return [*rows.rows, *rates]


class _Rows:
    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.waits = self.resumes = 0.0


async def _soak(soak: Soak, processes: Mapping[str, psutil.Process], waiting: int, singles: int) -> _Rows:
    found = _Rows()
    await soak.begin(WARM_UP)
    await soak.all_wait(1, soak.desks, 60)
    await soak.resume(soak.desks, within=0.1)
    await soak.all_wait(2, soak.desks, 60)
    warm = len(soak.desks)
    before = megabytes(processes)
    say(f"{waiting} sessions begin to wait")
    began = time.monotonic()
    await soak.begin(waiting)
    await soak.all_wait(1, soak.desks[warm:], 900)
    found.waits = waiting / (time.monotonic() - began)
    after = megabytes(processes)
    fresh = soak.desks[warm:]
    random.shuffle(fresh)
    say(f"{singles} resumed one by one")
    for desk in fresh[:singles]:
        await soak.decide(desk)
        await asyncio.sleep(random.uniform(0.3, 0.6))  # one among those that wait, not a crowd
    await soak.all_wait(2, fresh[:singles], 60)
    alone = await soak.latencies(fresh[:singles])
    rest = fresh[singles:]
    say(f"{len(rest)} resumed all over")
    began = time.monotonic()
    await soak.resume(rest, within=len(rest) / 50)
    await soak.all_wait(2, rest, 900)
    found.resumes = len(rest) / (time.monotonic() - began)
    crowd = await soak.latencies(rest)
    found.rows += [
        figure(f"one resume among {waiting} waiting, p50", percentile(alone, 0.5), "ms"),
        figure(f"one resume among {waiting} waiting, p95", percentile(alone, 0.95), "ms", bar="< 500"),
        figure(f"{len(rest)} resumed at random moments, all at work: p50", percentile(crowd, 0.5), "ms"),
    ]
    for name in processes:
        found.rows.append(
            figure(f"memory of {name}: with {waiting} waiting, over with none", after[name], "MB", floor=before[name])
        )
    return found


def run(quick: bool) -> list[Row]:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(measure(quick))


if __name__ == "__main__":
    import sys

    show("Waiting", run(quick="--quick" in sys.argv))
