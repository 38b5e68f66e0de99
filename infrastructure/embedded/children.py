"""Starts child processes, so that none outlives the studio, and stops them."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from infrastructure.embedded.places import SystemUser

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


@dataclass(frozen=True, slots=True)
class Command:
    """A child to be. `stop_signal` is its word for an orderly end; `lifeline`: its stdin is a pipe we hold.

    `inherits`: `environment` is added to our own; otherwise it is all there is.
    """

    name: str
    arguments: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    stop_signal: signal.Signals = signal.SIGTERM
    account: SystemUser | None = None
    lifeline: bool = False
    inherits: bool = True
    folder: Path = Path("/")


def start(command: Command, output: Path) -> subprocess.Popen[bytes]:
    """Start it in its own session, its output appended to `output`.

    Call this from the main thread only: on Linux the child is signalled when the *thread* that started it ends
    (prctl(2), PR_SET_PDEATHSIG), which is how it learns of a SIGKILL of its parent.
    """
    arguments: dict[str, Any] = {}
    if command.account is not None:
        arguments |= {"user": command.account.uid, "group": command.account.gid, "extra_groups": []}
    with output.open("ab") as stream:
        return subprocess.Popen(
            list(command.arguments),
            env={**(os.environ if command.inherits else {}), **command.environment},
            stdin=subprocess.PIPE if command.lifeline else subprocess.DEVNULL,
            stdout=stream,
            stderr=stream,
            cwd=command.folder,
            start_new_session=True,
            preexec_fn=_dies_with_us(command.stop_signal),  # noqa: PLW1509  (one prctl, before any thread is started)
            **arguments,
        )


def _dies_with_us(number: signal.Signals) -> Callable[[], None] | None:
    if _libc is None:
        return None
    parent = os.getpid()

    def ask() -> None:
        signal.signal(number, signal.SIG_DFL)  # until exec it would be caught by what we inherited, and lost
        _libc.prctl(_PR_SET_PDEATHSIG, int(number))
        if os.getppid() != parent:  # it went in between
            os._exit(1)

    return ask


def send(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    """Signal the child itself, if it still runs."""
    if ended(process) is None:
        process.send_signal(number)


def ended(process: subprocess.Popen[bytes]) -> int | None:
    """Its exit code once it has ended, else None. What it had started is ended with it.

    The group is signalled while its leader is still a zombie. After the leader is reaped its pid may belong to
    somebody else's group: pids come around in minutes on a busy machine.
    """
    if process.returncode is None and hasattr(os, "waitid"):
        with suppress(ChildProcessError):
            if os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
                return None
        _kill_group(process)
    return process.poll()


def kill(process: subprocess.Popen[bytes]) -> None:
    """SIGKILL the child, if it still runs, and everything it started."""
    if ended(process) is None:
        _kill_group(process)


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


def stop(process: subprocess.Popen[bytes], number: signal.Signals, grace: float) -> None:
    """Ask, wait up to `grace` seconds, then insist."""
    send(process, number)
    deadline = time.monotonic() + grace
    while ended(process) is None and time.monotonic() < deadline:
        time.sleep(0.02)
    kill(process)
    process.wait()


def wait_until(ready: Callable[[], bool], process: subprocess.Popen[bytes], timeout: float) -> bool:
    """Poll `ready` until it is true (True), the process ends or `timeout` seconds pass (False)."""
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        if ready():
            return True
        if ended(process) is not None:
            return False
        time.sleep(0.02)
    return False
