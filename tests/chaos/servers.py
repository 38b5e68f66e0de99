"""The servers that a studio leans on, each its own child behind a proxy, so that each can be broken alone."""

import asyncio
import signal
import subprocess
from contextlib import suppress
from pathlib import Path

import httpx
import psutil

from infrastructure.embedded import children
from infrastructure.embedded.postgres import Postgres
from infrastructure.embedded.redis import EmbeddedRedis
from tests.chaos.proxy import Proxies
from tests.support.kafka import Broker
from tests.support.prefect import PrefectServer

_READY_SECONDS = 60.0
_PREFECT_SECONDS = 120.0


class PostgresServer:
    """The embedded server, started by us. `direct` is for the monkey and the auditor, `url` for the studio."""

    def __init__(self, home: Path, proxies: Proxies, major: int) -> None:
        self._server = Postgres.of(home, major)
        self._log = home / "logs" / "postgres.log"
        self._process: subprocess.Popen[bytes] | None = None
        self.account = self._server.account
        self.direct = self._server.url()
        self.proxy = proxies.add(str(self._server.sockets / ".s.PGSQL.5432"))
        self.url = f"postgresql://postgres@127.0.0.1:{self.proxy.port}/genesis"

    def database(self, name: str) -> str:
        return self._server.url(name)

    async def start(self) -> None:
        await asyncio.to_thread(self._server.prepare)
        self._process = children.start(self._server.command(), self._log)  # of the main thread: it ends with it
        async with asyncio.timeout(_READY_SECONDS):
            while not await asyncio.to_thread(self._server.is_ready):  # noqa: ASYNC110  (another process)
                await asyncio.sleep(0.05)

    async def stop(self, number: signal.Signals) -> None:
        """SIGINT: fast, SIGQUIT: immediate, SIGKILL: as when the machine's memory runs out."""
        if self._process is not None:
            process, self._process = self._process, None
            await asyncio.to_thread(children.stop, process, number, 20.0)


class RedisServer:
    """Keeps nothing, like the studio's own."""

    def __init__(self, home: Path, proxies: Proxies) -> None:
        server = EmbeddedRedis.of(home)
        assert server is not None, "chaos needs a Redis server"
        self._server = server
        self._log = home / "logs" / "redis.log"
        self._process: subprocess.Popen[bytes] | None = None
        self.direct = self._server.url
        self.proxy = proxies.add(str(self._server.sockets / "redis.sock"))
        self.url = f"redis://127.0.0.1:{self.proxy.port}/0"

    async def start(self) -> None:
        self._process = children.start(self._server.command(), self._log)
        async with asyncio.timeout(_READY_SECONDS):
            while not await asyncio.to_thread(self._server.is_ready):  # noqa: ASYNC110  (another process)
                await asyncio.sleep(0.05)

    async def stop(self) -> None:
        if self._process is not None:
            process, self._process = self._process, None
            await asyncio.to_thread(children.stop, process, signal.SIGKILL, 5.0)


class Kafka:
    """A broker that tells its clients to come by the proxy."""

    def __init__(self, folder: Path, proxies: Proxies) -> None:
        folder.mkdir()
        self.broker = Broker(folder)
        host, port = self.broker.bootstrap.split(":")
        self.proxy = proxies.add((host, int(port)))
        self.url = f"127.0.0.1:{self.proxy.port}"
        properties = folder / "server.properties"
        listener = "advertised.listeners=PLAINTEXT://127.0.0.1"
        properties.write_text(properties.read_text().replace(f"{listener}:{port}", f"{listener}:{self.proxy.port}"))

    async def start(self) -> None:
        await asyncio.to_thread(self.broker.start)

    async def stop(self) -> None:
        """As a crash."""
        await asyncio.to_thread(self.broker.stop)


class Prefect:
    def __init__(self, folder: Path, proxies: Proxies) -> None:
        folder.mkdir()
        self._server = PrefectServer(folder)
        self.direct = self._server.url
        self.proxy = proxies.add(("127.0.0.1", self._server.port))
        self.url = f"http://127.0.0.1:{self.proxy.port}/api"

    async def start(self) -> None:
        """On a crowded machine it may take minutes; it is given them as long as it lives."""
        try:
            await asyncio.to_thread(self._server.start)
        except RuntimeError as slow:
            if "exit code None" not in str(slow):
                raise
            async with asyncio.timeout(_PREFECT_SECONDS), httpx.AsyncClient(timeout=5) as http:
                while True:
                    with suppress(httpx.TransportError):
                        if (await http.get(f"{self.direct}/health")).is_success:
                            return
                    await asyncio.sleep(0.5)

    async def stop(self) -> None:
        """As a crash."""
        await asyncio.to_thread(self._server.stop, kill=True)


def signal_child(pid: int, started: float, number: signal.Signals) -> bool:
    """Signal this very process, and none that got its number later. False: it is gone."""
    try:
        process = psutil.Process(pid)
        if abs(process.create_time() - started) > 1.0:
            return False
        process.send_signal(number)
    except psutil.Error:
        return False
    return True
