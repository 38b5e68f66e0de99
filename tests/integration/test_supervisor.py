"""The supervisor with real children: restarts with growing pauses, stops grandchildren too, keeps logs small."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from infrastructure.embedded import children
from infrastructure.embedded import supervisor as supervising
from infrastructure.embedded.children import Command
from infrastructure.embedded.supervisor import Supervisor


def _python(name: str, code: str) -> Command:
    return Command(name, [sys.executable, "-c", code])


async def _until(true: Callable[[], object], seconds: float = 15) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.02)


async def test_a_child_that_keeps_dying_is_started_again_after_growing_pauses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervising, "_FIRST_PAUSE", 0.01)
    monkeypatch.setattr(supervising, "_POLL", 0.01)
    said: list[tuple[str, int, float]] = []
    watched = Supervisor(tmp_path, lambda *what: said.append(what), lambda: None)
    watched.start(_python("worker", "raise SystemExit(3)"))
    watching = asyncio.create_task(watched.watch())
    await _until(lambda: len(said) >= 3)
    watching.cancel()
    await watched.stop([["worker"]], 5)
    assert said[:3] == [("worker", 3, 0.01), ("worker", 3, 0.02), ("worker", 3, 0.04)]


async def test_stopping_ends_grandchildren_and_those_who_will_not_listen(tmp_path: Path) -> None:
    stubborn = """
import signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
print(child.pid, flush=True)
time.sleep(600)
"""
    watched = Supervisor(tmp_path, lambda *_: None, lambda: None)
    child = watched.start(_python("worker", stubborn))
    await _until(lambda: child.log.read_text().strip())
    grandchild = int(child.log.read_text())
    await watched.stop([["worker"], ["not there"]], 2)
    assert child.process.returncode == -9
    await _until(lambda: not psutil.pid_exists(grandchild) or psutil.Process(grandchild).status() == "zombie")


async def test_a_log_that_grows_is_cut_while_its_writer_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervising, "_LOG_LIMIT", 2000)
    monkeypatch.setattr(supervising, "_LOG_CHECK", 0.0)
    monkeypatch.setattr(supervising, "_POLL", 0.02)
    writer = "import time\nwhile True:\n    print('x' * 99, flush=True)\n    time.sleep(0.001)"
    watched = Supervisor(tmp_path, lambda *_: None, lambda: None)
    child = watched.start(_python("api", writer))
    watching = asyncio.create_task(watched.watch())
    await _until((tmp_path / "api.log.1").exists)
    await _until(lambda: child.log.stat().st_size > 0)
    watching.cancel()
    await watched.stop([["api"]], 5)
    assert set(child.log.read_bytes()) <= {ord("x"), ord("\n")}  # no hole of zeros where it was cut


def test_a_pid_that_may_be_somebody_elses_by_now_is_never_signalled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    process = children.start(_python("worker", ""), tmp_path / "log")
    while children.ended(process) is None:
        time.sleep(0.01)
    monkeypatch.setattr(os, "killpg", lambda *_: pytest.fail("signalled a group after its leader was reaped"))
    children.kill(process)
    children.stop(process, signal.SIGTERM, 1)
    assert process.returncode == 0
