"""Streams: 1,000 and 3,000 readers of one API process, each of whom is sent one event a second.

1,000 sessions; three readers of each make 3,000. The events are written into the log as a busy writer's would be, 20
times a second; from there on all is real: projector, announcement, API, stream. Measured from an event's own time,
taken before it is written, to the arrival of its frame in a third process.
"""

import asyncio
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles
from uuid import UUID, uuid4

import psutil
import psycopg

from application.wakeups import LOG
from benchmarks.append import STAGES, started
from benchmarks.floor import CannotRun, Row, figure, say, server, show
from benchmarks.http_commands import free_port, process, wait_for_port
from domain.genesis.events import StageEntered
from infrastructure.bootstrap import utc_now
from infrastructure.event_store.codec import CODEC
from infrastructure.identity.authentication import Authentication
from infrastructure.postgres.pool import make_pool, opened
from infrastructure.redis.wakeups import RedisHints
from tests.support.reading import eventually
from tests.support.redis import RedisServer

SESSIONS = 1_000
TICKS = 20
"""How often a second events are written: each time those of a twentieth of the sessions."""

WARM_UP = 3.0

WRITE = """
INSERT INTO domain_events (event_id, event_type, aggregate_type, aggregate_id, aggregate_version, payload, payload_hash)
SELECT gen_random_uuid(), %s, 'genesis_session', id, version, %s::jsonb, %s
FROM unnest(%s::text[], %s::int[]) AS new (id, version)
"""


@dataclass(frozen=True, slots=True)
class Found:
    """took: ms of each event. Processor times in percent of a core, memory (RSS) in MB."""

    took: list[float]
    sent: int
    api: float
    projector: float
    memory: float


class Log:
    """Writes into the log, and rings for it."""

    def __init__(self, url: str, redis_url: str, user_id: UUID) -> None:
        self._connection = psycopg.connect(url, autocommit=True)
        self._hints = RedisHints(redis_url)
        self.sessions = [str(uuid4()) for _ in range(SESSIONS)]
        self._version = 1
        encoded = CODEC.encode(started(user_id))
        self._write(encoded.event_type, encoded.payload, encoded.payload_hash, self.sessions)

    def _write(self, event_type: str, payload: str, payload_hash: str, sessions: list[str]) -> None:
        parameters = (event_type, payload, payload_hash, sessions, [self._version] * len(sessions))
        self._connection.execute(WRITE, parameters)

    async def projected(self) -> bool:
        return self._connection.execute("SELECT count(*) FROM genesis_sessions").fetchone() == (SESSIONS,)

    async def events(self, seconds: float) -> int:
        """One a second for each session, spread over the second. Returns how many."""
        began, turn = time.monotonic(), 0
        while turn < seconds * TICKS:
            part = turn % TICKS
            if part == 0:
                self._version += 1
            event = CODEC.encode(StageEntered(occurred_at=utc_now(), stage=STAGES[self._version % 2]))
            self._write(event.event_type, event.payload, event.payload_hash, self.sessions[part::TICKS])
            await self._hints.publish(LOG)
            turn += 1
            await asyncio.sleep(max(0.0, began + turn / TICKS - time.monotonic()))
        return turn * SESSIONS // TICKS

    async def close(self) -> None:
        await self._hints.close()
        self._connection.close()


@contextmanager
def readers(port: int, token: str, sessions: list[str], into: Path) -> Iterator["subprocess.Popen[str]"]:
    command = [sys.executable, "-m", "benchmarks.stream_clients", str(port), token, str(into)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdin
        assert child.stdout
        try:
            print(*sessions, file=child.stdin, flush=True)
            if child.stdout.readline() != "ready\n":
                raise RuntimeError("not every stream could be opened")
            yield child
        finally:
            child.terminate()


async def measure(
    log: Log, reading: "subprocess.Popen[str]", into: Path, processes: list[psutil.Process], seconds: float
) -> Found:
    """Warm up, then so many seconds of events, and a moment for the last ones to arrive."""
    early = await log.events(WARM_UP)
    before, began = [_busy(each) for each in processes], time.monotonic()
    sent = await log.events(seconds)
    took = time.monotonic() - began
    api, projector = ((_busy(each) - was) / took * 100 for each, was in zip(processes, before, strict=True))
    memory = processes[0].memory_info().rss / 1024**2
    await asyncio.sleep(1)
    assert reading.stdin
    assert reading.stdout
    print(file=reading.stdin, flush=True)
    if reading.stdout.readline() != "done\n":
        raise RuntimeError("the readers did not come to their end")
    return Found(_read(into), early + sent, api, projector, memory)


def _read(samples: Path) -> list[float]:
    found: list[float] = json.loads(samples.read_text(encoding="utf-8"))
    return found


def _busy(measured: psutil.Process) -> float:
    times = measured.cpu_times()
    return float(times.user + times.system)


def rows(streams: int, copies: int, found: Found) -> list[Row]:
    arrived = len(found.took) / (found.sent * copies) * 100
    late = found.took[int(len(found.took) * WARM_UP / 20) :]
    cuts = quantiles(late, n=100, method="inclusive")
    name = f"{streams} streams, one event a second each"
    return [
        figure(f"{name}: written -> arrived, p50", cuts[49], "ms"),
        figure(f"{name}: written -> arrived, p99", cuts[98], "ms", bar="< 150" if copies == 1 else ""),
        figure(f"{name}: arrived", arrived, "%", bar=">= 100"),
        figure(f"{name}: API", found.api, "% of a core"),
        figure(f"{name}: API, resident", found.memory, "MB"),
        figure(f"{name}: projector", found.projector, "% of a core"),
    ]


async def _account(url: str) -> tuple[UUID, str]:
    async with opened(make_pool(url, "bench", min_size=1, max_size=1)) as pool:
        accounts = Authentication(pool)
        owner = await accounts.ensure_owner()
        return owner.id, await accounts.issue_bearer(owner.id, "bench")


def run(quick: bool) -> list[Row]:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < 8_192:
        raise CannotRun(f"a process may open {hard} files only")
    resource.setrlimit(resource.RLIMIT_NOFILE, (8_192, hard))  # the API and the readers inherit it
    found: list[Row] = []
    with server() as cluster, tempfile.TemporaryDirectory(prefix="genesis-bench-") as folder:
        redis = RedisServer(Path(folder))
        try:
            for copies in (1, 3):
                say(f"{SESSIONS * copies} streams")
                with cluster.database() as url:
                    found += asyncio.run(_one(url, redis.url, copies, 5.0 if quick else 17.0))
        finally:
            redis.stop()
    return found


async def _one(url: str, redis_url: str, copies: int, seconds: float) -> list[Row]:
    user_id, token = await _account(url)
    port, log = free_port(), Log(url, redis_url, user_id)
    environment = {
        "GENESIS_DATABASE_URL": url,
        "GENESIS_REDIS_URL": redis_url,
        "GENESIS_PORT": str(port),
        "GENESIS_LOG_LEVEL": "WARNING",
    }
    with process("projector", environment) as projector, process("api", environment) as api:
        wait_for_port(port)
        await eventually(log.projected, within=30)
        with (
            tempfile.NamedTemporaryFile() as file,
            readers(port, token, log.sessions * copies, Path(file.name)) as reading,
        ):
            measured = [psutil.Process(api.pid), psutil.Process(projector.pid)]
            found = await measure(log, reading, Path(file.name), measured, seconds)
    await log.close()
    return rows(SESSIONS * copies, copies, found)


if __name__ == "__main__":
    show("Streams", run(quick="--quick" in sys.argv))
