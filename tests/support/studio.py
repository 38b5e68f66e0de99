"""The whole studio as a person starts it: `genesis run` on a folder of its own, its address, and a token for it."""

import asyncio
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil

from cli.people import people
from cli.token import LABEL
from tests.support.places import servers_place
from tests.support.prefect_template import copy_into

_ROOT = Path(__file__).resolve().parents[2]
_GENESIS = [sys.executable, "-m", "cli.main"]
_GIVEN = ("GENESIS_", "PREFECT_")
_NOTHING_LISTENS = "127.0.0.1:9"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def make_home() -> Path:
    """A short path that other accounts may enter, so that PostgreSQL's data stays inside it also under root."""
    home = Path(tempfile.mkdtemp(prefix="gs-", dir=servers_place()))
    home.chmod(0o711)
    return home


class Studio:
    """`genesis run` on one folder. What it has said since its last start is `output`.

    `from_nothing`: also Prefect's database is the studio's own work; otherwise it is there already, which saves time.
    """

    def __init__(
        self, home: Path | None = None, *, port: int | None = None, from_nothing: bool = False, **environment: str
    ) -> None:
        self.home = home or make_home()
        self._from_nothing = from_nothing
        self.port = port or free_port()
        kept = {name: value for name, value in os.environ.items() if not name.startswith(_GIVEN)}
        self.environment: Mapping[str, str] = kept | {
            "GENESIS_HOME": str(self.home),
            "GENESIS_PORT": str(self.port),
            "GENESIS_OPEN_BROWSER": "0",
            "GENESIS_BACKUPS": "off",  # tests of backups switch them on
            "GENESIS_MUSE_PACE_SECONDS": "0.005",
            "PYTHONUNBUFFERED": "1",
            # as behind a VPN: whatever speaks to this machine only must not go through a proxy
            "ALL_PROXY": f"socks5://{_NOTHING_LISTENS}",
            "HTTP_PROXY": f"http://{_NOTHING_LISTENS}",
            "HTTPS_PROXY": f"http://{_NOTHING_LISTENS}",
            **environment,
        }
        self._printed = self.home.with_name(f"{self.home.name}.out")
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, *command: str) -> "Studio":
        """`genesis run`, or `command` which ends in it."""
        if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:  # so in a script's background job, and inherited
            signal.signal(signal.SIGINT, signal.default_int_handler)
        if not self._from_nothing:
            copy_into(self.home / "prefect")
        with self._printed.open("wb") as stream:
            self.process = subprocess.Popen(
                command or [*_GENESIS, "run"],
                cwd=_ROOT,
                env=dict(self.environment),
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=stream,
            )
        return self

    @property
    def output(self) -> str:
        return self._printed.read_text(errors="replace") if self._printed.exists() else ""

    @property
    def base_url(self) -> str:
        return str(self.runtime().get("base_url") or f"http://127.0.0.1:{self.port}")

    def runtime(self) -> dict[str, Any]:
        """What runtime.json says, or nothing."""
        with suppress(OSError, ValueError):
            return dict(json.loads((self.home / "runtime.json").read_text()))
        return {}

    def genesis(
        self, *arguments: str, timeout: float = 60, stdin: str | None = None
    ) -> subprocess.CompletedProcess[str]:
        """One command on this studio's folder; `stdin` is what is typed into it."""
        typed: dict[str, Any] = {"stdin": subprocess.DEVNULL} if stdin is None else {"input": stdin}
        return subprocess.run(
            [*_GENESIS, *arguments],
            env=dict(self.environment),
            **typed,
            capture_output=True,
            text=True,
            check=False,
            timeout=timeout,
        )

    def token(self) -> str:
        """A Bearer token of the owner, once the page is usable.

        What `genesis token` prints (tests/integration/test_run.py), without two seconds of a processor for its imports.
        """

        async def issued() -> str:
            async with people(self.runtime()["database_url"]) as found:
                owner = await found.one_who_may_come_in(None)
                return await found.accounts.issue_bearer(owner.id, LABEL)

        with ThreadPoolExecutor(1) as aside:  # a test may run its own loop here
            return aside.submit(asyncio.run, issued()).result()

    def answers(self, path: str = "/live") -> bool:
        try:
            with urllib.request.urlopen(self.base_url + path, timeout=10) as answer:
                return bool(200 <= answer.status < 300)
        except (OSError, urllib.error.URLError):
            return False

    def wait_usable(self, timeout: float = 120) -> "Studio":
        """Until the page can be used and its login address has been printed."""
        self._wait(lambda: "/login?token=" in self.output and self.answers(), timeout, "usable")
        return self

    def wait_complete(self, timeout: float = 240) -> "Studio":
        """Until the workflows run as well."""
        self._wait(lambda: "Everything runs" in self.output, timeout, "complete")
        return self

    def _wait(self, true: Any, timeout: float, what: str) -> None:
        assert self.process is not None
        deadline = time.monotonic() + timeout
        while not true():
            assert self.process.poll() is None, f"the studio ended before it was {what}:\n{self.output}\n{self.logs()}"
            assert time.monotonic() < deadline, f"not {what} after {timeout} s:\n{self.output}\n{self.logs()}"
            time.sleep(0.05)

    def logs(self) -> str:
        """The end of every log."""
        found = sorted((self.home / "logs").glob("*.log"))
        return "\n".join(f"--- {path.name}\n{path.read_text(errors='replace')[-1500:]}" for path in found)

    def family(self) -> list[psutil.Process]:
        """Every process that belongs to this studio: those below it, and those that name its folder."""
        found: dict[int, psutil.Process] = {}
        if self.process is not None and self.process.poll() is None:
            with suppress(psutil.Error):
                top = psutil.Process(self.process.pid)
                found |= {process.pid: process for process in (top, *top.children(recursive=True))}
        for process in psutil.process_iter():
            with suppress(psutil.Error):
                named = str(self.home) in " ".join(process.cmdline())
                ours = process.environ().get("GENESIS_HOME") == str(self.home) and process.pid != os.getpid()
                if named or ours:
                    found[process.pid] = process
        return [process for process in found.values() if _alive(process)]

    def stop(self, number: signal.Signals = signal.SIGINT, timeout: float = 60) -> float:
        """Ask it to stop; how long that took, in seconds."""
        assert self.process is not None
        began = time.monotonic()
        self.process.send_signal(number)
        self.process.wait(timeout)
        return time.monotonic() - began

    def remove(self) -> None:
        """End whatever is left, and take the folder away."""
        for process in self.family():
            with suppress(psutil.Error):
                process.kill()
        if self.process is not None:
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(30)
        shutil.rmtree(self.home, ignore_errors=True)
        self._printed.unlink(missing_ok=True)


def _alive(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


@contextmanager
def running_studio(*, complete: bool = True, **environment: str) -> Iterator[Studio]:
    """A studio that is up: the page usable, and with `complete` the workflows too. Stopped and removed afterwards."""
    studio = Studio(**environment)
    try:
        studio.start().wait_usable()
        if complete:
            studio.wait_complete()
        yield studio
        studio.stop()
    finally:
        studio.remove()
