"""Commands over HTTP: answers, throughput beside the same statement under pgbench, and how soon a stream shows them.

Everything is on: accounts (half of the clients by Bearer token, half by cookie), limits, idempotency, metrics. The API
is a uvicorn process of its own; the clients are in this one, as lean as they can be, so that they are not what
is measured.
"""

import asyncio
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from statistics import quantiles
from uuid import uuid4

import orjson
import uvloop

from benchmarks.append import STAGES, statement_rate
from benchmarks.floor import Row, figure, interleaved, say, server, show
from domain.genesis.events import StageEntered
from infrastructure.bootstrap import utc_now
from infrastructure.identity.authentication import Authentication
from infrastructure.postgres.pool import make_pool, opened
from tests.support.redis import RedisServer

WARM_UP = 30

Command = Callable[[], Awaitable[int]]


class Connection:
    """One keep-alive connection: a request's bytes out, an answer's body back."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, sign: str) -> None:
        self._reader = reader
        self._writer = writer
        self._head = f"Host: 127.0.0.1\r\n{sign}\r\n"

    @classmethod
    async def open(cls, port: int, sign: str) -> "Connection":
        return cls(*await asyncio.open_connection("127.0.0.1", port), sign)

    async def post(self, body: bytes) -> bytes:
        head = f"POST /api/v1/genesis/commands HTTP/1.1\r\n{self._head}Content-Length: {len(body)}\r\n\r\n"
        self._writer.write(head.encode() + body)
        head_back = (await self._reader.readuntil(b"\r\n\r\n")).lower()
        length = int(head_back.split(b"content-length: ", 1)[1].split(b"\r\n", 1)[0])
        answer = await self._reader.readexactly(length)
        if not head_back.startswith(b"http/1.1 20"):
            raise RuntimeError(answer.decode())
        return answer

    async def states(self, session_id: str) -> asyncio.Queue[tuple[int, float]]:
        """(version, when it came) of each state that the session's stream sends."""
        self._writer.write(
            f"GET /api/v1/genesis/{session_id}/events/stream?min_version=1 HTTP/1.1\r\n{self._head}\r\n".encode()
        )
        found: asyncio.Queue[tuple[int, float]] = asyncio.Queue()

        async def listen() -> None:
            event = b""
            while line := await self._reader.readline():
                if line.startswith(b"event: "):
                    event = line[7:].strip()
                elif line.startswith(b"data: ") and event == b"state":
                    came = time.perf_counter()
                    found.put_nowait((orjson.loads(line[6:])["version"], came))

        self._listening = asyncio.create_task(listen())
        return found

    def close(self) -> None:
        self._writer.close()


class Writer:
    """One session, navigated to and fro."""

    def __init__(self, connection: Connection, session_id: str) -> None:
        self.connection = connection
        self.session_id = session_id
        self._turn = 0

    @classmethod
    async def begin(cls, port: int, sign: str) -> "Writer":
        connection = await Connection.open(port, sign)
        body = orjson.dumps({"command_type": "START_GENESIS", "payload": {"mode": "free_form"}})
        writer = cls(connection, orjson.loads(await connection.post(body))["session_id"])
        for _ in range(WARM_UP):
            await writer.command()
        return writer

    async def command(self) -> int:
        """The version that the answer names."""
        self._turn += 1
        body = {
            "command_type": "NAVIGATE_TO_STAGE",
            "command_id": str(uuid4()),
            "session_id": self.session_id,
            "payload": {"stage": STAGES[self._turn % 2]},
        }
        return int(orjson.loads(await self.connection.post(orjson.dumps(body)))["version"])


async def _answers(port: int, signs: Sequence[str], seconds: float, clients: int) -> list[float]:
    """Seconds of each answer, all clients together, each sending its next command when it has an answer."""
    writers = [await Writer.begin(port, signs[number % len(signs)]) for number in range(clients)]
    took: list[float] = []
    ends = time.perf_counter() + seconds

    async def work(writer: Writer) -> None:
        while (began := time.perf_counter()) < ends:
            await writer.command()
            took.append(time.perf_counter() - began)

    await asyncio.gather(*(work(writer) for writer in writers))
    for writer in writers:
        writer.connection.close()
    return took


async def _shown(port: int, signs: Sequence[str], seconds: float, clients: int) -> list[float]:
    """Seconds from sending a command to its state on the session's stream; the next command follows the state."""
    took: list[float] = []

    async def work(sign: str) -> None:
        writer, listener = await Writer.begin(port, sign), await Connection.open(port, sign)
        states = await listener.states(writer.session_id)
        ends = time.perf_counter() + seconds
        while (began := time.perf_counter()) < ends:
            version = await writer.command()
            while (state := await states.get())[0] < version:
                pass
            took.append(state[1] - began)
        writer.connection.close()
        listener.close()

    async with asyncio.timeout(seconds + 60):
        await asyncio.gather(*(work(signs[number % len(signs)]) for number in range(clients)))
    return took


def _percentiles(took: list[float]) -> tuple[float, float]:
    """(p50, p95) in ms."""
    cuts = quantiles(took, n=20, method="inclusive")
    return cuts[9] * 1000, cuts[18] * 1000


@contextmanager
def process(name: str, environment: dict[str, str]) -> Iterator["subprocess.Popen[bytes]"]:
    """`genesis process NAME` as a child, stopped in order."""
    child = subprocess.Popen([sys.executable, "-m", "cli.process", name], env={**os.environ, **environment})
    try:
        yield child
    finally:
        child.terminate()
        child.wait(timeout=15)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_for_port(port: int) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 0.2).close()
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return


async def _signs(url: str, port: int) -> tuple[str, ...]:
    """What says who is asking, of a program and of a browser: half of the clients are the one, half the other."""
    async with opened(make_pool(url, "bench", min_size=1, max_size=1)) as pool:
        accounts = Authentication(pool)
        owner = (await accounts.ensure_owner()).id
        bearer, session = await accounts.issue_bearer(owner, "bench"), await accounts.open_session(owner, "bench")
        browser = f"Cookie: genesis_session_{port}={session}\r\nSec-Fetch-Site: same-origin"
        return f"Authorization: Bearer {bearer}", browser


def run(quick: bool) -> list[Row]:
    rounds, seconds = (3, 2.0) if quick else (5, 3.0)
    rows: list[Row] = []
    with server() as cluster, cluster.database() as url, tempfile.TemporaryDirectory(prefix="genesis-bench-") as folder:
        redis, port = RedisServer(Path(folder)), free_port()
        environment = {
            "GENESIS_DATABASE_URL": url,
            "GENESIS_REDIS_URL": redis.url,
            "GENESIS_PORT": str(port),
            "GENESIS_LOG_LEVEL": "WARNING",
            "GENESIS_LIMIT_GENERATIONS": "1000000/minute",  # on, and out of the way
        }
        signs = uvloop.run(_signs(url, port))
        event = StageEntered(occurred_at=utc_now(), stage=STAGES[0])
        try:
            with process("api", environment):
                wait_for_port(port)
                with process("projector", environment):
                    say("answers, and how soon a stream shows them")
                    took = uvloop.run(_answers(port, signs, rounds * seconds, 8))
                    shown = uvloop.run(_shown(port, signs, rounds * seconds, 8))
                rates = {
                    clients: interleaved(
                        rounds,
                        {
                            "ours": partial(_rate, port, signs, seconds, clients),
                            "pgbench": partial(statement_rate, url, event, seconds, clients),
                        },
                        f"HTTP, {clients} at once",
                    )
                    for clients in (1, 8, 32)
                }
        finally:
            redis.stop()
    for name, values, bars in (
        ("answer to a command, 8 at once", took, ("< 10", "< 30")),
        ("command to stream, 8 at once", shown, ("< 40", "< 120")),
    ):
        for label, value, bar in zip(("p50", "p95"), _percentiles(values), bars, strict=True):
            rows.append(figure(f"{name}, {label}", value, "ms", bar=bar))
    for clients, bar in ((1, ""), (8, ">= 0.25"), (32, ">= 0.2")):
        name = f"HTTP commands, {clients} at once: beside the statement in pgbench"
        rows.append(rates[clients].beside(name, "/s", "ours", "pgbench", bar=bar))
    return rows


def _rate(port: int, signs: Sequence[str], seconds: float, clients: int) -> float:
    return len(uvloop.run(_answers(port, signs, seconds, clients))) / seconds


if __name__ == "__main__":
    show("Commands over HTTP", run(quick="--quick" in sys.argv))
