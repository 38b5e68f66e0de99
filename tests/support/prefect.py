"""A real Prefect server for tests: one child process per test session, on its own SQLite file."""

import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError

from flows.prefect_server.embedded import READY_PATH, api_url, server_command
from tests.support.prefect_template import copy_into

START_SECONDS = 90


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class PrefectServer:
    """The child; can be stopped and started again on the same port and file."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.port = free_port()
        self.url = api_url(self.port)
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        assert self._child is not None
        return self._child.pid

    def start(self) -> None:
        copy_into(self.home)
        argv, environment = server_command(self.home, self.port)
        with (self.home / "server.log").open("ab") as log:
            self._child = subprocess.Popen(argv, env=environment, stdout=log, stderr=log)
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            code = self._child.poll()
            if code is not None or time.monotonic() > deadline:
                said = (self.home / "server.log").read_text()[-2_000:]
                raise RuntimeError(f"the Prefect server did not come up (exit code {code}): {said}")
            time.sleep(0.1)

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(self.url + READY_PATH, timeout=1) as answer:
                return bool(answer.status == 200)
        except (URLError, OSError):
            return False

    def stop(self, *, kill: bool = False) -> None:
        if self._child is not None:
            self._child.kill() if kill else self._child.terminate()
            try:
                self._child.wait(10)
            except subprocess.TimeoutExpired:
                self._child.kill()
                self._child.wait(10)
            self._child = None


@contextmanager
def prefect_server(home: Path) -> Iterator[PrefectServer]:
    server = PrefectServer(home)
    server.start()
    try:
        yield server
    finally:
        server.stop()
