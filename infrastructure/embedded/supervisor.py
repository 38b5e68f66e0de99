"""Keeps child processes running: restarts with back-off, ordered stop, logs that do not grow without end."""

import asyncio
import shutil
import signal
import subprocess
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from infrastructure.embedded import children
from infrastructure.embedded.children import Command

_POLL = 0.25
_LOG_LIMIT = 4 * 1024 * 1024
_LOG_CHECK = 30.0
_FIRST_PAUSE = 0.5
_LONGEST_PAUSE = 30.0
_HEALTHY_AFTER = 60.0

Ended = Callable[[str, int, float], None]
"""Told (name, exit code, seconds until it is started again) when a child ends that should not."""


@dataclass(slots=True)
class Child:
    """One supervised child. `go` is what is written to its lifeline once it may begin."""

    command: Command
    log: Path
    process: subprocess.Popen[bytes]
    started: float
    go: bytes = b""
    released: bool = False
    failures: int = 0
    restart_at: float | None = None
    before_restart: Callable[[], Awaitable[None]] | None = None
    created: float = field(default=0.0)

    @property
    def alive(self) -> bool:
        return self.restart_at is None and children.ended(self.process) is None


class Supervisor:
    """Use from one event loop in the main thread. `changed` is called whenever the set of pids has changed."""

    def __init__(self, logs: Path, ended: Ended, changed: Callable[[], None]) -> None:
        self._logs = logs
        self._ended = ended
        self._changed = changed
        self._children: dict[str, Child] = {}
        self._stopping = False

    def start(
        self,
        command: Command,
        *,
        go: bytes = b"",
        wait: bool = False,
        before_restart: Callable[[], Awaitable[None]] | None = None,
    ) -> Child:
        """Start a child. With `wait` it loads and then waits for `release`."""
        log = self._logs / f"{command.name}.log"
        child = Child(command, log, children.start(command, log), time.monotonic(), go, before_restart=before_restart)
        self._children[command.name] = child
        self._started(child)
        if not wait:
            self.release(child)
        return child

    def release(self, child: Child) -> None:
        """Let a waiting child begin."""
        child.released = True
        if child.process.stdin is not None and child.go:
            with suppress(BrokenPipeError):
                child.process.stdin.write(child.go)
                child.process.stdin.flush()

    def pids(self) -> dict[str, tuple[int, float]]:
        return {name: (child.process.pid, child.created) for name, child in self._children.items() if child.alive}

    async def watch(self) -> None:
        """Runs until cancelled."""
        next_log_check = 0.0
        while True:
            now = time.monotonic()
            for child in list(self._children.values()):
                await self._look_at(child, now)
            if now >= next_log_check:
                next_log_check = now + _LOG_CHECK
                for log in self._logs.glob("*.log"):
                    _rotate(log)
            await asyncio.sleep(_POLL)

    async def stop(self, waves: Iterable[Sequence[str]], budget: float) -> None:
        """Stop wave after wave (names not there are skipped), all within about `budget` seconds, and leave nothing."""
        self._stopping = True
        end = time.monotonic() + budget
        present = [[self._children[name] for name in wave if name in self._children] for wave in waves]
        for number, wave in enumerate(present):
            for child in wave:
                children.send(child.process, child.command.stop_signal)
            share = max(0.2, (end - time.monotonic()) / (len(present) - number))
            await self._all_ended(wave, time.monotonic() + share)
            for child in wave:
                children.kill(child.process)
            await self._all_ended(wave, time.monotonic() + 1)

    def kill(self) -> None:
        """At once, without order. PostgreSQL recovers from its log at the next start."""
        self._stopping = True
        for child in self._children.values():
            if child.command.name == "postgres":
                children.send(child.process, signal.SIGQUIT)
            else:
                children.kill(child.process)
        for child in self._children.values():
            children.stop(child.process, signal.SIGQUIT, 2)

    async def _all_ended(self, wave: Sequence[Child], until: float) -> None:
        for child in wave:
            while children.ended(child.process) is None and time.monotonic() < until:  # noqa: ASYNC110  (a process has no event)
                await asyncio.sleep(0.03)

    async def _look_at(self, child: Child, now: float) -> None:
        if self._stopping:
            return
        if child.restart_at is None:
            code = children.ended(child.process)
            if code is None:
                return
            child.failures = 1 if now - child.started > _HEALTHY_AFTER else child.failures + 1
            pause = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2 ** (child.failures - 1))
            child.restart_at = now + pause
            self._ended(child.command.name, code, pause)
            self._changed()
        elif now >= child.restart_at:
            if child.before_restart is not None:
                await child.before_restart()
            child.process = children.start(child.command, child.log)
            child.started, child.restart_at = now, None
            self._started(child)
            if child.released:
                self.release(child)

    def _started(self, child: Child) -> None:
        with suppress(psutil.Error):
            child.created = psutil.Process(child.process.pid).create_time()
        self._changed()


def _rotate(log: Path) -> None:
    """Copy and truncate: the children keep their file descriptors (opened for appending)."""
    with suppress(OSError):
        if log.stat().st_size > _LOG_LIMIT:
            shutil.copyfile(log, log.with_suffix(".log.1"))
            with log.open("r+b") as stream:
                stream.truncate()
