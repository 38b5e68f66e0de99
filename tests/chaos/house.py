"""A studio to be broken: `genesis run` in its own home, leaning on servers that stand behind proxies."""

import asyncio
import signal
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from tests.chaos.provider import Provider
from tests.chaos.proxy import Proxies
from tests.chaos.servers import Kafka, PostgresServer, Prefect, RedisServer, signal_child
from tests.chaos.small_disk import SmallDisk
from tests.support.studio import Studio, make_home

TOPIC = "genesis.chaos"
PROCESSES = ("api", "background", "callbacks", "worker")
_RESTART_SECONDS = 60.0
_ROOT = Path(__file__).resolve().parents[2]


class House:
    """Everything that runs, and how it is reached. `async with` starts it and leaves nothing behind."""

    def __init__(self, *, kafka: bool, disk: bool = False, major: int = 18) -> None:
        self.home = make_home()
        for name in ("logs", "run"):
            (self.home / name).mkdir(mode=0o700)
        self.proxies = Proxies()
        self.provider = Provider()
        self.postgres = PostgresServer(self.home, self.proxies, major)
        self.redis = RedisServer(self.home, self.proxies)
        self.prefect = Prefect(self.home / "prefect", self.proxies)
        self.kafka = Kafka(self.home / "kafka", self.proxies) if kafka else None
        self.disk = SmallDisk(self.postgres) if disk else None
        self.studio = Studio(self.home)
        self.token = ""
        self._extra: list[asyncio.subprocess.Process] = []

    async def __aenter__(self) -> "House":
        try:
            await self._start()
        except BaseException:
            await self.__aexit__()
            raise
        return self

    async def _start(self) -> None:
        self.provider.__enter__()
        starting: list[Any] = [self.postgres.start(), self.redis.start(), self.prefect.start()]
        if self.kafka is not None:
            starting.append(self.kafka.start())
        await asyncio.gather(*starting)
        environment = {
            "GENESIS_DATABASE_URL": self.postgres.url,
            "GENESIS_REDIS_URL": self.redis.url,
            "PREFECT_API_URL": self.prefect.url,
            "GENESIS_MODEL": "openai:gpt-4o",
            "GENESIS_MODEL_BASE_URL": self.provider.url(),
            "GENESIS_MODEL_API_KEY": "sk-loopback",
            "GENESIS_MODEL_TIMEOUT_SECONDS": "20",
            "GENESIS_LIMIT_GENERATIONS": "240/minute",
            "GENESIS_GENERATION_DEADLINE_SECONDS": "150",
            "GENESIS_CREDITS": "on",
            "GENESIS_CREDITS_INPUT_PRICE": "2",
            "GENESIS_CREDITS_OUTPUT_PRICE": "10",
        }
        if self.kafka is not None:
            environment |= {"GENESIS_KAFKA_BOOTSTRAP": self.kafka.url, "GENESIS_KAFKA_TOPIC": TOPIC}
        self.studio.environment = {**self.studio.environment, **environment}
        self.studio.start()
        await asyncio.to_thread(self.studio.wait_complete, 180)
        if self.disk is not None:
            await asyncio.to_thread(self.disk.move_in)
        self.token = await asyncio.to_thread(self.studio.token)
        granted = await asyncio.to_thread(self.studio.genesis, "credits", "grant", "owner", "1000000")
        assert granted.returncode == 0, granted.stderr

    async def second(self, name: str) -> None:
        """One more process of a kind, which stands by or shares the work; nobody starts it again."""
        with (self.home / "logs" / f"{name}-2.log").open("ab") as log:
            self._extra.append(
                await asyncio.create_subprocess_exec(
                    sys.executable,
                    "-m",
                    "cli.process",
                    name,
                    cwd=_ROOT,
                    env=dict(self.studio.environment),
                    stdin=asyncio.subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                )
            )

    def pid(self, name: str) -> tuple[int, float] | None:
        found = self.studio.runtime().get("pids", {}).get(name)
        return (int(found[0]), float(found[1])) if found else None

    def send(self, name: str, number: signal.Signals) -> bool:
        """Signal one of the studio's processes. False: it is not there just now."""
        known = self.pid(name)
        return known is not None and signal_child(*known, number)

    async def back(self, name: str, before: tuple[int, float] | None) -> None:
        """Until the supervisor has started it again."""
        async with asyncio.timeout(_RESTART_SECONDS):
            while (now := self.pid(name)) is None or now == before:  # noqa: ASYNC110  (a file of another process)
                await asyncio.sleep(0.1)

    async def __aexit__(self, *_: object) -> None:
        self.proxies.heal()
        for process in self._extra:
            with suppress(ProcessLookupError):
                process.send_signal(signal.SIGCONT)
                process.terminate()
        for process in self._extra:
            try:
                await asyncio.wait_for(process.wait(), 10)
            except TimeoutError:
                process.kill()
        if self.studio.process is not None:
            with suppress(Exception):
                await asyncio.to_thread(self.studio.stop)
        if self.disk is not None:
            self.disk.free()
        for end in (self.prefect.stop(), self.redis.stop(), self.postgres.stop(signal.SIGINT)):
            with suppress(Exception):
                await end
        if self.kafka is not None:
            await self.kafka.stop()
        if self.disk is not None:
            self.disk.unmount()
        self.provider.__exit__()
        self.proxies.close()
        await asyncio.to_thread(self.studio.remove)
