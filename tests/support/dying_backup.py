"""A backup or a restore as a process of its own that SIGKILLs itself at one named step: no cleanup, no luck."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from infrastructure.backup import dump, load, restore
from tests.support.backups import put_back

ROOT = Path(__file__).parents[2]
STEPS: dict[str, tuple[Any, str, int]] = {
    "a table is written": (dump, "add_table", 3),
    "the manifest is written": (dump, "add_manifest", 1),
    "a table is loaded": (load, "_count_on", 3),
    "one database is renamed": (restore, "_rename", 2),
    "the switch is done": (restore, "_drop", 4),
}
"""What is about to be done -> where, and at which call."""


def killed(work: str, step: str, url: str, file: Path) -> None:
    """Run `work` (backup or restore) until `step`, where it is killed."""
    done = subprocess.run([sys.executable, "-m", __name__, work, step, url, str(file)], cwd=ROOT, check=False)
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
    _, _work, _step, _url, _file = sys.argv
    _die_at(*STEPS[_step])
    if _work == "backup":
        dump.back_up(_url, Path(_file))
    else:
        put_back(Path(_file), _url, replace=True)
