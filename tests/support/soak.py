"""Many sessions that wait at once in real processes, resumed one by one and all over; the facts afterwards."""

import asyncio
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import psutil
import psycopg

from domain.genesis.commands import GenerateInspiration
from infrastructure.event_store.store import PostgresEventStore
from infrastructure.postgres.pool import Pool
from infrastructure.redis.wakeups import RedisHints
from tests.support.commands import Desk
from tests.support.prefect import PrefectServer

ROOT = Path(__file__).parents[2]
PROCESSES = ("background", "callbacks", "worker")
AT_ONCE = 16


@contextmanager
def studio_processes(
    database_url: str, redis_url: str, prefect: PrefectServer, home: Path
) -> Iterator[dict[str, psutil.Process]]:
    """The processes of a studio that workflows need, with the muse at no pace. Ended afterwards."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("GENESIS_", "PREFECT_"))}
    given = {
        "GENESIS_DATABASE_URL": database_url,
        "GENESIS_REDIS_URL": redis_url,
        "PREFECT_API_URL": prefect.url,
        "GENESIS_HOME": str(home),
        "GENESIS_MUSE_PACE_SECONDS": "0",
        "GENESIS_LOG_LEVEL": "INFO",
    }
    children: dict[str, subprocess.Popen[bytes]] = {}
    try:
        for name in PROCESSES:
            with (home / f"{name}.log").open("ab") as log:
                children[name] = subprocess.Popen(
                    [sys.executable, "-m", "cli.process", name], cwd=ROOT, env=kept | given, stdout=log, stderr=log
                )
        yield {name: psutil.Process(child.pid) for name, child in children.items()}
    finally:
        for child in children.values():
            child.send_signal(signal.SIGTERM)
        for child in children.values():
            try:
                child.wait(15)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()


@dataclass
class Soak:
    pool: Pool
    hints: RedisHints
    desks: list[Desk] = field(default_factory=list)

    async def begin(self, count: int) -> None:
        """`count` free-form sessions, some side by side."""
        store = PostgresEventStore(self.pool, "genesis.events")
        desks = [Desk(store, hints=self.hints) for _ in range(count)]
        await self._side_by_side([self._start(desk) for desk in desks])
        self.desks += desks

    async def _start(self, desk: Desk) -> None:
        desk.clock.now = await self.now()
        await desk.start(mode="free_form", seed="a lamp")

    async def resume(self, desks: Sequence[Desk], *, within: float) -> None:
        """Every one at a random moment of the next `within` seconds."""

        async def one(desk: Desk) -> None:
            await asyncio.sleep(random.uniform(0, within))
            await self.decide(desk)

        await self._side_by_side([one(desk) for desk in desks], at_once=max(len(desks), 1))

    async def decide(self, desk: Desk) -> None:
        desk.clock.now = await self.now()
        await desk.do(GenerateInspiration(count=1))

    async def now(self) -> Any:
        async with self.pool.connection() as connection:
            row = await (await connection.execute("SELECT clock_timestamp()")).fetchone()
        assert row is not None
        return row[0]

    async def all_wait(self, turn: int, desks: Sequence[Desk], seconds: float) -> float:
        """Seconds until Prefect has confirmed for each that it waits for `turn`."""
        ids, began = [desk.session_id for desk in desks], time.monotonic()
        query = """SELECT count(*) FROM flow_resume_handles
            WHERE turn = %s AND status = 'PAUSED' AND session_id = ANY(%s)"""
        while True:
            async with self.pool.connection() as connection:
                row = await (await connection.execute(query, (turn, ids))).fetchone()
            assert row is not None
            if row[0] == len(ids):
                return time.monotonic() - began
            assert time.monotonic() - began < seconds, f"{row[0]} of {len(ids)} wait for turn {turn} after {seconds} s"
            await asyncio.sleep(0.1)

    async def latencies(self, desks: Sequence[Desk]) -> list[float]:
        """Milliseconds from a decision's commit to the first line of the work that it asked for, sorted."""
        query = """SELECT 1000 * extract(epoch FROM t.started_at - e.created_at)::float8
            FROM async_tasks AS t JOIN domain_events AS e
                ON e.aggregate_id = t.session_id::text AND e.event_type = 'GenerationRequested'
            WHERE t.session_id = ANY(%s) ORDER BY 1"""
        async with self.pool.connection() as connection:
            rows = await connection.execute(query, ([desk.session_id for desk in desks],))
            return [row[0] for row in await rows.fetchall()]

    async def _side_by_side(self, works: Sequence[Any], at_once: int = AT_ONCE) -> None:
        gate = asyncio.Semaphore(at_once)

        async def one(work: Any) -> None:
            async with gate:
                await work

        async with asyncio.TaskGroup() as group:
            for work in works:
                group.create_task(one(work))


def percentile(ordered: Sequence[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def resumed_exactly_once(database_url: str, prefect: PrefectServer, sessions: Sequence[UUID]) -> int:
    """Asserts it of each session by the log, the handles and Prefect's own history. How many states it read there."""
    with psycopg.connect(database_url) as connection:
        events = connection.execute(
            """SELECT aggregate_id, count(*) FILTER (WHERE event_type = 'ProposalsRecorded'), count(*)
            FROM domain_events WHERE aggregate_id = ANY(%s) GROUP BY 1""",
            ([str(session) for session in sessions],),
        ).fetchall()
        handles = connection.execute(
            """SELECT session_id, array_agg(status::text ORDER BY turn), array_agg(DISTINCT flow_run_id::text)
            FROM flow_resume_handles WHERE session_id = ANY(%s) GROUP BY 1""",
            (list(sessions),),
        ).fetchall()
        left = connection.execute("SELECT count(*) FROM command_inbox WHERE status = 'PROCESSING'").fetchone()
    assert left == (0,)
    assert len(events) == len(handles) == len(sessions)
    assert {(recorded, all_) for _, recorded, all_ in events} == {(1, 3)}, "one outcome each"
    assert {tuple(statuses) for _, statuses, _ in handles} == {("RESUMED", "PAUSED")}
    runs = {run for _, _, several in handles for run in several}
    assert len(runs) == len(sessions), "one run each"
    with sqlite3.connect(f"file:{prefect.home / 'prefect.db'}?mode=ro", uri=True) as history:
        rows = history.execute("SELECT flow_run_id, name FROM flow_run_state").fetchall()
    names: dict[str, list[str]] = {}
    for run, name in rows:
        names.setdefault(str(UUID(str(run))), []).append(name)
    for run in runs:
        # a resume whose answer was lost is sent again; where that comes late, the run looks once more, finds nothing to
        # do (the outcomes above are one each) and is suspended again. Each time is asked for, none comes by itself.
        resumed, suspended = names[run].count("Resuming"), names[run].count("Suspended")
        assert 2 <= suspended <= 1 + resumed, names[run]
    return sum(len(names[run]) for run in runs)
