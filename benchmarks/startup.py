"""One command: seconds until the page can be used, memory of all processes together, and the cost of idling."""

import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil

from tests.support.studio import Studio

Row = dict[str, Any]


def run(quick: bool) -> list[Row]:
    studio = Studio(GENESIS_MUSE_PACE_SECONDS="0.06")
    try:
        first, complete = _start(studio)
        studio.stop()
        again, _ = _start(studio)
        time.sleep(20)  # Prefect settled, caches filled, first sweeps done
        idle = _idle(studio.family(), 10 if quick else 30)
        resident, shared = _memory(studio.family())
        stopped = studio.stop()
    finally:
        studio.remove()
    return [
        _row("make run on an empty folder: page usable", first, "s", "< 5"),
        _row("make run on an empty folder: workflows run", complete, "s"),
        _row("make run again: page usable", again, "s", "< 5"),
        _row("all processes together, resident (RSS)", resident, "MB", "< 1300"),
        _row("all processes together, shared pages counted once (PSS)", shared, "MB"),
        _row("idle, all processes together", idle, "% of a core", "< 8"),
        _row("stop", stopped, "s", "< 10"),
    ]


def _row(name: str, value: float, unit: str, bar: str = "") -> Row:
    return {"name": name, "value": round(value, 1), "unit": unit, "floor": None, "ratio": None, "bar": bar}


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
