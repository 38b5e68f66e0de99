"""An export as a process of its own that SIGKILLs itself at one named step: no cleanup, no luck."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

from infrastructure.exports import encoding, event_rows, exporter, ocel_log, session_rows, working_folder
from infrastructure.exports.request import FileFormat, Request, What
from infrastructure.exports.selection import Selection
from tests.support.exports import KEY

ROOT = Path(__file__).parents[2]
STEPS: dict[str, tuple[Any, str, int]] = {
    "rows are appended": (working_folder.WorkingFolder, "append", 7),
    "the place is kept": (working_folder, "write_whole", 3),
    "rows of an event log are added": (ocel_log.OcelLog, "_describe", 40),
    "an event log is told as JSON": (exporter.ocel_json, "pieces", 1),
    "the manifest is written": (exporter, "_manifest", 1),
    "the folder is renamed": (working_folder, "sync_folder", 1),
    "it has its name": (working_folder, "sync_folder", 2),
}
"""What is about to be done -> where, and at which call."""


def small_steps(*, part: int = 30) -> None:
    """Many stretches, parts and kept places even in a short log."""
    event_rows.EVENTS_AT_ONCE = 10
    session_rows.SESSIONS_AT_ONCE = 1
    exporter.KEEP_EVERY = 0.0
    encoding.PART = part


def killed(step: str, url: str, folder: Path, holds: What, file_format: FileFormat) -> None:
    """Export until `step`, where it is killed."""
    command = [sys.executable, "-m", __name__, step, url, str(folder), holds, file_format]
    done = subprocess.run(command, cwd=ROOT, check=False)
    assert done.returncode == -signal.SIGKILL, done.returncode


def _die_at(owner: Any, name: str, call: int) -> None:
    real: Callable[..., Any] = getattr(owner, name)
    calls: list[str] = []

    def gate(*arguments: Any, **options: Any) -> Any:
        calls.append(name)
        if len(calls) == call:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(*arguments, **options)

    setattr(owner, name, gate)


if __name__ == "__main__":
    _, _step, _url, _folder, _holds, _format = sys.argv
    small_steps()
    _die_at(*STEPS[_step])
    _request = Request(cast(What, _holds), cast(FileFormat, _format), Selection())
    asyncio.run(exporter.export(_url, _request, Path(_folder), KEY))
