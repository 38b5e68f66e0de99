"""`make bench`: runs every benchmark in a process of its own, prints one table, and writes docs/benchmarks.md."""

import argparse
import importlib
import json
import logging
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import structlog
from rich.console import Console

from benchmarks.floor import CannotRun
from benchmarks.report import REPORT, Result, missed, table, write

BENCHMARKS = (
    "append",
    "http_commands",
    "streams",
    "projector",
    "analytics",
    "rebuilding",
    "replay",
    "integrity",
    "archiving",
    "relay",
    "exports",
    "books",
    "desk",
    "waiting",
    "journey",
    "startup",
)
LIMIT = 240.0
"""Seconds that one benchmark may take; all of them together, with what they usually take, end within 15 minutes."""
LONG = {"waiting": 1_500.0, "exports": 900.0, "rebuilding": 900.0}
"""Those that have a long form, and what it may take: without `--long` they run in their short one."""

_CANNOT = 3


def main() -> int:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("only", nargs="*", help=f"some of: {', '.join(BENCHMARKS)}; all of them otherwise")
    parser.add_argument("--quick", action="store_true", help="shorter rounds; nothing is written")
    parser.add_argument("--long", action="store_true", help=f"the long form of {', '.join(LONG)}: half an hour more")
    parser.add_argument("--into", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    unknown = set(arguments.only) - set(BENCHMARKS)
    if unknown:
        parser.error(f"there is no benchmark {', '.join(sorted(unknown))}; there are: {', '.join(BENCHMARKS)}")
    if arguments.into:
        return _alone(arguments.only[0], arguments.into, quick=arguments.quick)
    console = Console(width=150, highlight=False)
    began, results = datetime.now(UTC), {}
    for name in arguments.only or BENCHMARKS:
        console.print(f"[dim]· {name} …[/]")
        long = arguments.long and name in LONG
        results[name] = _measured(
            name, LONG[name] if long else LIMIT, quick=not long and (arguments.quick or name in LONG)
        )
        console.print(f"[dim]  {results[name].seconds:.0f} s {results[name].trouble}[/]")
    console.print(table(results))
    if not arguments.quick and not arguments.only:
        write(results, began)
        console.print(f"Written: {REPORT.relative_to(REPORT.parent.parent)}")
    for name in (below := missed(results)):
        console.print(f"[red]missed: {name}[/]")
    return 1 if below else 0


def _alone(name: str, into: Path, *, quick: bool) -> int:
    """One benchmark, in this process; its rows go to a file, because others print to the terminal as well."""
    # a line of log for every message would be measured too
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    module = importlib.import_module(f"benchmarks.{name}")
    try:
        rows = list(module.run(quick))
    except CannotRun as reason:
        into.write_text(json.dumps(str(reason)), encoding="utf-8")
        return _CANNOT
    into.write_text(json.dumps(rows), encoding="utf-8")
    return 0


def _measured(name: str, limit: float, *, quick: bool) -> Result:
    """What benchmark `name` gives in a process of its own, so that its end is not the end of the others."""
    title = _title(name)
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="genesis-bench-") as folder:
        into = Path(folder) / "rows.json"
        command = [sys.executable, "-m", "benchmarks", name, "--into", str(into), *(["--quick"] if quick else [])]
        code = _run(command, limit)
        took = time.monotonic() - began
        if into.exists() and code in (0, _CANNOT):
            found = json.loads(into.read_text(encoding="utf-8"))
            return Result(title, found, took) if code == 0 else Result(title, [], took, found)
    trouble = f"it took longer than {limit:.0f} s" if code is None else f"it ended with code {code}"
    return Result(title, [], took, trouble)


def _run(command: Sequence[str], limit: float) -> int | None:
    """The exit code, None past the limit. It is the head of a process group, and what it leaves is ended with it."""
    child = subprocess.Popen(command, start_new_session=True)
    try:
        return child.wait(limit)
    except subprocess.TimeoutExpired:
        return None
    finally:
        if child.poll() is None:
            os.killpg(child.pid, signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                child.wait(20)
        if child.poll() is None:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()


def _title(name: str) -> str:
    source = Path(__file__).with_name(f"{name}.py").read_text(encoding="utf-8")
    return source.removeprefix('"""').splitlines()[0].removesuffix('"""').strip()


if __name__ == "__main__":
    sys.exit(main())
