"""One command: seconds until the page can be used, memory of all processes together, and the cost of idling."""

import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from statistics import median

import psutil

from benchmarks.floor import CannotRun, Row, figure, say
from tests.support.studio import Studio


def run(quick: bool) -> list[Row]:
    prepared = subprocess.run(["make", f"PYTHON={sys.executable}", "setup"], capture_output=True, check=False)
    if prepared.returncode:
        raise CannotRun("`make setup` failed")
    say("two starts")
    studio = Studio(GENESIS_MUSE_PACE_SECONDS="0.06")
    try:
        first, complete = _start(studio)
        studio.stop()
        again, _ = _start(studio)
        say("idling")
        time.sleep(20)  # Prefect settled, caches filled, first sweeps done
        idle = median(_idle(studio.family(), 10) for _ in range(1 if quick else 3))
        resident, shared = _memory(studio.family())
        stopped = studio.stop()
    finally:
        studio.remove()
    return [
        figure("make run on an empty folder: page usable", first, "s", bar="< 5"),
        figure("make run on an empty folder: workflows run", complete, "s"),
        figure("make run again: page usable", again, "s", bar="< 5"),
        figure("all processes together, resident (RSS)", resident, "MB", bar="< 1300"),
        figure("all processes together, shared pages counted once (PSS)", shared, "MB"),
        figure("idle, all processes together", idle, "% of a core", bar="< 8"),
        figure("stop", stopped, "s", bar="< 10"),
    ]


def _start(studio: Studio) -> tuple[float, float]:
    """Seconds until the page can be used, and until everything runs, counted from the command."""
    began = time.monotonic()
    studio.start("make", f"PYTHON={sys.executable}", "run").wait_usable()
    usable = time.monotonic() - began
    studio.wait_complete()
    return usable, time.monotonic() - began


def _idle(family: Sequence[psutil.Process], seconds: float) -> float:
    def spent() -> float:
        total = 0.0
        for process in family:
            with suppress(psutil.Error):
                times = process.cpu_times()
                total += times.user + times.system
        return total

    before = spent()
    time.sleep(seconds)
    return (spent() - before) / seconds * 100


def _memory(family: Sequence[psutil.Process]) -> tuple[float, float]:
    """(sum of RSS, sum of PSS) in MB. RSS counts what processes share once for each of them."""
    resident = shared = 0.0
    for process in family:
        with suppress(psutil.Error):
            resident += process.memory_info().rss / 1024**2
        with suppress(OSError):
            for line in Path(f"/proc/{process.pid}/smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    shared += int(line.split()[1]) / 1024
    return resident, shared
