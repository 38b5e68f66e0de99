"""Rebuilding: a long log made anew on one core beside its floor; and under live traffic, killed on the way.

`python -m benchmarks.rebuilding [--quick] [--traffic] [EVENTS]`: a million events if nothing is said, 50,000 with
`--quick`. `--traffic`: only the run under live traffic, which of a million events takes a quarter of an hour by itself
on a machine that others use.
"""

import asyncio
import json
import os
import signal
import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import orjson
import psycopg

from benchmarks.catching_up import journey, project, write_log
from benchmarks.floor import Row, figure, interleaved, say, server, show
from benchmarks.projector import live_lag, projector_process
from benchmarks.report import machine
from infrastructure.read_side.rebuild import Options, rebuild
from projections.genesis.session import GENESIS_SESSION
from tests.support.redis import RedisServer

_OUT = (
    b"COPY (SELECT aggregate_id, aggregate_version, event_type, payload FROM domain_events"
    b" ORDER BY aggregate_id, aggregate_version) TO STDOUT"
)
# A journey as many sessions have made it, made by the server: as parameters a million events would take as long as all
# that is measured. Nobody here follows the chain, which is left empty: it would ask for each event's predecessor.
_SEED = b"""
WITH journey AS MATERIALIZED (
    SELECT event_type, event_version, aggregate_type, aggregate_version, payload, payload_hash,
        position(%(novel)s in payload::text) > 0 AS names_novel
    FROM domain_events WHERE aggregate_id = %(session)s
), sessions AS MATERIALIZED (
    SELECT gen_random_uuid()::text AS id, gen_random_uuid()::text AS novel FROM generate_series(1, %(sessions)s)
)
INSERT INTO domain_events
    (event_id, event_type, event_version, aggregate_type, aggregate_id, aggregate_version, payload, payload_hash, chain)
SELECT gen_random_uuid(), event_type, event_version, aggregate_type, sessions.id, aggregate_version,
    CASE WHEN names_novel THEN replace(payload::text, %(novel)s, sessions.novel)::jsonb ELSE payload END,
    payload_hash, decode(repeat('00', 32), 'hex')
FROM sessions CROSS JOIN LATERAL (SELECT * FROM journey ORDER BY aggregate_version) AS events
"""
_RATE = 100
"""Live events a second, which a rebuild has to share the machine with."""

_READS = 500


def seed(url: str, sessions: int) -> int:
    """That journey, made by so many sessions one after the other; how many events that are."""
    events = write_log(url, 1)
    with psycopg.connect(url) as connection:
        query = (
            "SELECT aggregate_id, payload ->> 'novel_id' FROM domain_events"
            " WHERE payload ? 'novel_id' AND payload ->> 'novel_id' IS NOT NULL"
        )
        ((session, novel),) = connection.execute(query).fetchall()
        connection.execute(_SEED, {"session": session, "novel": novel, "sessions": sessions - 1})
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM (ANALYZE) domain_events")
    return events * sessions


def passed_over(url: str) -> None:
    """Every other projection is taken to have read the log: what is not measured here need not be made."""
    with psycopg.connect(url) as connection:
        connection.execute(
            "UPDATE projection_checkpoints SET (tx_id, position) ="
            " (SELECT tx_id, id FROM domain_events ORDER BY domain_events.tx_id DESC, id DESC LIMIT 1)"
            " WHERE projection <> %s",
            (GENESIS_SESSION.name,),
        )


def floor(url: str, events: int) -> float:
    """COPY, fold, COPY: what any rebuild has to do, and nothing else. One row per event, as the history has it."""
    began = time.perf_counter()
    with psycopg.connect(url) as reader, psycopg.connect(url) as writer:
        writer.execute("CREATE TEMP TABLE made (id TEXT, version INTEGER, kind TEXT, payload JSONB)")
        with reader.cursor().copy(_OUT) as rows, writer.cursor().copy("COPY made FROM STDIN") as made:
            lines: list[bytes] = []
            for data in rows:
                line = bytes(data)
                orjson.loads(line.split(b"\t", 3)[3].replace(b"\\\\", b"\\"))
                lines.append(line)
                if len(lines) == 1_000:
                    made.write(b"".join(lines))
                    lines = []
            made.write(b"".join(lines))
        writer.rollback()
    return events / (time.perf_counter() - began)


def rebuilt(url: str, events: int, spent: list[float], workers: int = 1) -> float:
    """The whole rebuild, with validation, upcasting, comparison and switch."""
    began, busy = time.perf_counter(), time.process_time()
    report = asyncio.run(rebuild(url, GENESIS_SESSION, Options(workers=workers)))
    assert report.comparison.equal
    assert report.events == events
    spent.append(events / (time.process_time() - busy))
    return events / (time.perf_counter() - began)


def on_one_core(events: int, rounds: int) -> list[Row]:
    """Server and rebuild pinned to the same core."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(before)})
    spent: list[float] = []
    try:
        with server() as cluster, cluster.database() as url:
            events = write_log(url, events // len(journey().events))
            asyncio.run(project(url, far=0))
            measured = interleaved(
                rounds,
                {"floor": lambda: floor(url, events), "rebuild": lambda: rebuilt(url, events, spent)},
                "one core",
            )
    finally:
        os.sched_setaffinity(0, before)
    name = f"rebuild of {events:,} events, server on the same core"
    return [
        measured.beside(f"{name}, beside COPY, fold, COPY", "events/s", "rebuild", "floor"),
        figure(f"{name}: per second of the process's own time", sorted(spent)[rounds // 2], "events/s"),
    ]


def by_workers(url: str, events: int, rounds: int) -> list[Row]:
    measured = interleaved(
        rounds,
        {"one": lambda: rebuilt(url, events, []), "two": lambda: rebuilt(url, events, [], 2)},
        "workers",
    )
    return [measured.beside("rebuild by two workers, beside one", "events/s", "two", "one")]


class _Run:
    """`genesis projections rebuild`, as a process that says with `--json` how far it is."""

    def __init__(self, url: str) -> None:
        self._environment = os.environ | {"GENESIS_DATABASE_URL": url, "GENESIS_LOG_LEVEL": "ERROR"}
        self.phases: dict[str, float] = {}
        self.last: Mapping[str, Any] = {}
        self.looks = self.gave_way = 0

    async def until(self, share: float) -> bool:
        """Kill it when so much is done; whether it was killed. Above 1: let it end."""
        command = [sys.executable, "-m", "cli.main", "projections", "rebuild", "genesis_session", "--yes", "--json"]
        child = await asyncio.create_subprocess_exec(
            *command, env=self._environment, stdout=asyncio.subprocess.PIPE, limit=2**24
        )
        assert child.stdout is not None
        while line := await child.stdout.readline():
            said = json.loads(line)
            if "phase" in said:
                if said["phase"] not in self.phases:
                    say(f"{said['phase']}, {said['done']:,} of {said['total']:,} events")
                self.phases.setdefault(said["phase"], time.time())
                self.looks += 1
                self.gave_way += said["gives_way_to_ms"] is not None
                if said["total"] and said["done"] >= share * said["total"]:
                    os.kill(child.pid, signal.SIGKILL)
                    await child.wait()
                    return True
            self.last = said
        assert await child.wait() == 0, self.last
        return False


async def under_traffic(url: str, redis_url: str, events: int) -> list[Row]:
    over, begun = asyncio.Event(), asyncio.Event()
    reader = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "benchmarks.read_gaps", url, str(_READS)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=2**24,
    )
    turns = 8 * _RATE // 10  # eight seconds alone, two of them to warm up
    alone, _ = await live_lag(url, redis_url, lambda turn: turn >= turns, rate=_RATE)
    quiet_until = time.time()
    traffic = asyncio.create_task(live_lag(url, redis_url, lambda _turn: over.is_set(), rate=_RATE, begun=begun.set))
    await asyncio.wait({asyncio.create_task(begun.wait()), traffic}, return_when=asyncio.FIRST_COMPLETED)
    first, second = _Run(url), _Run(url)
    began = time.perf_counter()
    killed = await first.until(0.5)
    assert killed
    say("killed in the middle; started again")
    await second.until(2.0)
    took = time.perf_counter() - began
    over.set()
    late, written = await traffic
    gaps, _ = await reader.communicate(b"end\n")
    seen = json.loads(gaps)
    switched = second.phases["switch"]
    around = [gap for at, gap in seen if switched - 0.5 <= at <= second.phases.get("done", switched) + 1.0]
    late.sort()
    alone.sort()
    quiet = [gap for at, gap in seen if at < quiet_until] or [0.0]
    during = [gap for at, gap in seen if at >= quiet_until and gap not in around] or [0.0]
    given = 100 * (first.gave_way + second.gave_way) / max(1, first.looks + second.looks)
    lag = "live, commit -> announced"
    name = f"rebuild of {events:,} events under {_RATE} events/s and {_READS} reads/s, killed in the middle"
    return [
        figure(f"{name}: both runs, {second.last['resumed']:,} events not done again", events / took, "events/s"),
        figure(f"{lag}, before the rebuild, p50", alone[len(alone) // 2] * 1000, "ms"),
        figure(f"{lag}, before the rebuild, p95", alone[int(len(alone) * 0.95)] * 1000, "ms"),
        figure(f"{lag}, while rebuilding, p50", late[len(late) // 2] * 1000, "ms"),
        figure(f"{lag}, while rebuilding, p95", late[int(len(late) * 0.95)] * 1000, "ms", bar="< 200"),
        figure("share of the time in which the rebuild gave way", given, "%"),
        figure("live events announced while rebuilding", len(late) / written * 100, "%", bar=">= 100"),
        figure("longest gap between two reads, before the rebuild", max(quiet) * 1000, "ms"),
        figure("longest gap between two reads, while rebuilding", max(during) * 1000, "ms"),
        figure("longest gap between two reads, at the switch", max(around or [0.0]) * 1000, "ms", bar="< 50"),
    ]


def run(quick: bool = False, events: int | None = None, *, traffic: bool = False) -> list[Row]:
    wanted = events or (50_000 if quick else 1_000_000)
    rows = []
    if not traffic:
        say(f"{wanted:,} events on one core")
        rows += on_one_core(min(wanted, 100_000), 1 if quick else 3)
    with server() as cluster, tempfile.TemporaryDirectory(prefix="genesis-bench-redis-") as folder:
        redis = RedisServer(Path(folder))
        try:
            with cluster.database() as url:
                say(f"writing {wanted:,} events")
                written = seed(url, wanted // len(journey().events))
                passed_over(url)
                say("projecting them")
                asyncio.run(project(url, far=0))
                if written <= 200_000 and not traffic:
                    say("by workers")
                    rows += by_workers(url, written, 1 if quick else 2)
                say("under live traffic")
                with projector_process(url, redis.url):
                    rows += asyncio.run(under_traffic(url, redis.url, written))
        finally:
            with suppress(ProcessLookupError):
                redis.stop()
    say(f"{machine()}; all is done")
    return rows


if __name__ == "__main__":
    numbers = [int(one) for one in sys.argv[1:] if one.isdigit()]
    wanted = numbers[0] if numbers else None
    show(__doc__ or "", run("--quick" in sys.argv, wanted, traffic="--traffic" in sys.argv))
