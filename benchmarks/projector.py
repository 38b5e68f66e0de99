"""The read side: how fast the projector and a rebuild go through the log, and how soon a command can be read."""

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from uuid import uuid4

import psutil
import psycopg
from genesis_types.enums import GenesisMode

from application.wakeups import CHANGES, LOG
from benchmarks.append import STAGES, started
from benchmarks.catching_up import rates, write_log
from benchmarks.floor import Row, figure, say, server, show
from benchmarks.streams import WRITE
from domain.genesis.commands import NavigateToStage
from domain.genesis.events import StageEntered
from domain.genesis.stages import STAGE_ORDER
from infrastructure.bootstrap import utc_now
from infrastructure.concurrency.cancellation import end
from infrastructure.event_store.codec import CODEC
from infrastructure.event_store.store import PostgresEventStore
from infrastructure.postgres.pool import make_pool, opened
from infrastructure.read_side.change_feed import ChangeFeed
from infrastructure.redis.wakeups import RedisHints
from projections.engine.changes import Moved
from projections.genesis.queries import Queries
from tests.support.commands import Desk
from tests.support.reading import eventually
from tests.support.redis import RedisServer

_RATE, _AT_ONCE = 500, 10


@contextmanager
def projector_process(url: str, redis_url: str) -> Iterator[psutil.Process]:
    environment = os.environ | {
        "GENESIS_DATABASE_URL": url,
        "GENESIS_REDIS_URL": redis_url,
        "GENESIS_LOG_LEVEL": "ERROR",
    }
    child = subprocess.Popen([sys.executable, "-m", "cli.main", "process", "projector"], env=environment)
    try:
        yield psutil.Process(child.pid)
    finally:
        child.terminate()
        child.wait(10)


async def latency(url: str, redis_url: str, process: psutil.Process, rounds: int) -> list[Row]:
    hints = RedisHints(redis_url)
    async with opened(make_pool(url, "bench")) as pool:
        desk = Desk(PostgresEventStore(pool, "genesis.events"), hints=hints)
        feed, queries = ChangeFeed(pool, hints), Queries(pool)
        appended, visible = [], []
        async with feed.running(), feed.subscribe(owner=desk.user_id) as changes:
            await desk.start(mode=GenesisMode.FREE_FORM)
            for turn in range(rounds):
                began = time.perf_counter()
                answer = await desk.do(NavigateToStage(stage=STAGE_ORDER[(turn + 1) % 5]))
                done = time.perf_counter()
                while True:
                    change = await changes.next(30)
                    assert change is not None, "the projector did not answer"
                    if isinstance(change, Moved) and change.version >= answer.version:
                        break
                state = await queries.state(desk.session_id, desk.user_id)
                assert state is not None
                assert state.version >= answer.version
                if turn >= 10:
                    appended.append(time.perf_counter() - done)
                    visible.append(time.perf_counter() - began)
                await asyncio.sleep(0.005)
        busy = sum(process.cpu_times()[:2])
        await asyncio.sleep(5)
        idle = (sum(process.cpu_times()[:2]) - busy) / 5 * 100
    await hints.close()
    return [
        figure("append -> state read anew, p50", _ms(appended, 0.5), "ms", bar="< 40"),
        figure("append -> state read anew, p95", _ms(appended, 0.95), "ms", bar="< 120"),
        figure("command -> state read anew, p50", _ms(visible, 0.5), "ms", bar="< 40"),
        figure("projector, idle", round(idle, 1), "% of a core", bar="< 3"),
    ]


async def live(url: str, redis_url: str, seconds: float) -> list[Row]:
    """500 events a second, 10 at a time: from their commit to the news that the projection has committed them too."""
    late, written = await live_lag(url, redis_url, lambda turn: turn >= round((seconds + 2) * _RATE / _AT_ONCE))
    name = f"live, {_RATE} events/s: commit -> projection committed and announced"
    return [
        figure(f"{name}, p50", _ms(late, 0.5), "ms"),
        figure(f"{name}, p95", _ms(late, 0.95), "ms", bar="< 50"),
        figure(f"live, {_RATE} events/s: announced", len(late) / written * 100, "%", bar=">= 100"),
    ]


async def live_lag(
    url: str,
    redis_url: str,
    over: Callable[[int], bool],
    *,
    rate: int = _RATE,
    begun: Callable[[], None] = lambda: None,
) -> tuple[list[float], int]:
    """(seconds from commit to news, of each event that was announced; how many were written), until `over` a turn of
    10 events. `begun` is told when the sessions are there."""
    hints, late = RedisHints(redis_url), list[float]()
    sessions = [str(uuid4()) for _ in range(rate)]
    committed: dict[str, dict[int, float]] = {session: {} for session in sessions}  # not announced yet
    first = CODEC.encode(started(uuid4()))
    others = [CODEC.encode(StageEntered(occurred_at=utc_now(), stage=stage)) for stage in STAGES]

    async def listen(ready: asyncio.Event) -> None:
        async with hints.listen(CHANGES) as listener:
            await listener.next(0.5)
            ready.set()
            while True:
                hint = await listener.next(5)
                now = time.perf_counter()
                for moved in hint.message["moved"] if hint is not None else ():
                    if moved["projection"] == "novels" or moved["stream_id"] not in committed:
                        continue
                    own = committed[moved["stream_id"]]
                    # a projection that is behind announces only the newest of several: the others came with it
                    late.extend(now - own.pop(version) for version in [old for old in own if old <= moved["version"]])

    ready = asyncio.Event()
    listening = asyncio.create_task(listen(ready))
    await ready.wait()
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
        values = (first.event_type, first.payload, first.payload_hash, sessions, [1] * len(sessions))
        await connection.execute(WRITE, values)

        async def projected() -> bool:
            query = b"SELECT count(*) FROM genesis_sessions WHERE id = ANY(%s::uuid[])"
            return await (await connection.execute(query, (sessions,))).fetchone() == (rate,)

        await eventually(projected, within=120)  # the projector's own start is not what is measured
        begun()
        version, written, turns, began = 1, 0, rate // _AT_ONCE, time.perf_counter()
        for turn in count():
            if over(turn):
                break
            if turn % turns == 0:
                version += 1
            event = others[version % 2]
            own = sessions[turn % turns :: turns]
            values = (event.event_type, event.payload, event.payload_hash, own, [version] * len(own))
            await connection.execute(WRITE, values)
            if turn > 2 * turns:  # the first two seconds warm up
                written += len(own)
                done = time.perf_counter()
                for session in own:
                    committed[session][version] = done
            await hints.publish(LOG)
            await asyncio.sleep(max(0.0, began + (turn + 1) / turns - time.perf_counter()))
        await asyncio.sleep(3)  # whatever is late by more than that is missing below
    await end(listening)
    await hints.close()
    return late, written


def _ms(samples: list[float], share: float) -> float:
    return round(sorted(samples)[int(len(samples) * share)] * 1000, 1)


def run(quick: bool = False) -> list[Row]:
    with server() as cluster, tempfile.TemporaryDirectory(prefix="genesis-bench-redis-") as folder:
        redis = RedisServer(Path(folder))
        try:
            say("catching up and rebuilding")
            with cluster.database() as url, cluster.database() as mixed, cluster.database() as old:
                sessions = 400 if quick else 1_000
                events = write_log(url, sessions)
                write_log(mixed, sessions, at_once=200)
                write_log(old, sessions, older=True)
                rows = rates(url, mixed, old, events, 1 if quick else 3)
            say("latency of single commands")
            with cluster.database() as url, projector_process(url, redis.url) as process:
                rows += asyncio.run(latency(url, redis.url, process, 60 if quick else 300))
            say(f"live, {_RATE} events a second")
            with cluster.database() as url, projector_process(url, redis.url):
                rows += asyncio.run(live(url, redis.url, 4 if quick else 15))
        finally:
            redis.stop()
    return rows


if __name__ == "__main__":
    show(__doc__ or "", run("--quick" in sys.argv))
