"""All of what CI checks in one run: style, types, import rules, locks, the page, every test (`make test`)."""

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from check_newest import why_not
from setup import with_node

ROOT = Path(__file__).resolve().parent.parent
BIN = ROOT / ".venv" / "bin"
UI = ROOT / "ui"
# Most tests wait for a server most of the time; the tests of one file share what it has started. Files begin in the
# order of their folders: those with whole studios first, so that at the end no worker is left alone with a long one.
_SIDE_BY_SIDE = ("--numprocesses=3", "--dist=loadfile", "--no-loadscope-reorder")
REQUIRED = os.environ.get("GENESIS_TEST_REQUIRE") == "1"


@dataclass(frozen=True)
class Check:
    name: str
    command: Sequence[str | Path]
    folder: Path = ROOT
    node: bool = False
    unless: Callable[[], str | None] = lambda: None
    """The reason why it cannot be done here, or None."""
    extra: bool = False
    """It depends on what the machine happens to have: skipped is no failure, wherever everything else is required."""


def no_page() -> str | None:
    return None if (UI / "package.json").exists() else "there is no ui/package.json"


PYTHON_CHECKS = [
    Check("format", [BIN / "python", "-m", "ruff", "format", "--check", "--quiet", "."]),
    Check("lint", [BIN / "python", "-m", "ruff", "check", "--quiet", "."]),
    Check("types", [BIN / "python", "-m", "mypy"]),
    Check(
        "import rules", [BIN / "python", "-c", "from importlinter.cli import lint_imports_command as check; check()"]
    ),
    Check("locks in step", [BIN / "python", ROOT / "scripts" / "check_locks.py"]),
]
# it waits for the package index most of its time: it runs beside all others, tests included
WHEELS = Check("wheels everywhere", [BIN / "python", ROOT / "scripts" / "check_wheels.py"])
GIVEN_MODEL = Check(
    "model that is given",
    [BIN / "python", "-m", "pytest", "-n", "0", "-q", "-p", "no:cacheprovider", "tests/integration/given_model.py"],
    unless=lambda: None if os.environ.get("GENESIS_TEST_MODEL_BASE_URL") else "GENESIS_TEST_MODEL_BASE_URL is not set",
    extra=True,
)
NEWEST_PYTHON = Check(
    "newest Python", [BIN / "python", ROOT / "scripts" / "check_newest.py"], unless=why_not, extra=True
)
PAGE_CHECKS = [
    Check("page: lint", ["npm", "run", "--silent", "lint"], UI, node=True, unless=no_page),
    Check("page: types", ["npm", "run", "--silent", "typecheck"], UI, node=True, unless=no_page),
    Check("page: client in step", ["npm", "run", "--silent", "generated"], UI, node=True, unless=no_page),
    Check("page: tests", ["npm", "test", "--silent"], UI, node=True, unless=no_page),
]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--no-tests", action="store_true", help="everything but pytest and the page's tests")
    parser.add_argument("pytest", nargs="*", help="handed to pytest")
    arguments = parser.parse_args()
    began = time.monotonic()
    lanes = [PYTHON_CHECKS, PAGE_CHECKS[:-1]] if arguments.no_tests else [PYTHON_CHECKS, PAGE_CHECKS, [NEWEST_PYTHON]]
    with ThreadPoolExecutor(len(lanes) + 1) as beside:
        wheels = beside.submit(perform, WHEELS)
        results = [result for lane in list(beside.map(in_turn, lanes)) for result in lane]
        if not arguments.no_tests:
            results.append(perform(GIVEN_MODEL))
            results.append(pytest(arguments.pytest))
        results.append(wheels.result())
    print(f"\n{'':─<60}")
    for name, outcome, note in results:
        print(f"  {outcome:<8} {name:<16} {note}".rstrip())
    failed = [name for name, outcome, _ in results if outcome == "FAILED" or (REQUIRED and outcome == "skipped")]
    verdict = f"FAILED: {', '.join(failed)}" if failed else "everything passed"
    print(f"{'':─<60}\n{verdict} in {time.monotonic() - began:.0f} s", flush=True)
    return 1 if failed else 0


def in_turn(checks: Sequence[Check]) -> list[tuple[str, str, str]]:
    """One after the other: lanes run side by side, since none of their checks keeps two cores busy."""
    return [perform(check) for check in checks]


def perform(check: Check) -> tuple[str, str, str]:
    if (reason := check.unless()) is not None:
        print(f"- {check.name}: skipped, {reason}", flush=True)
        return check.name, "not here" if check.extra else "skipped", reason
    began = time.monotonic()
    done = subprocess.run(
        [str(word) for word in check.command],
        cwd=check.folder,
        env=with_node() if check.node else None,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    seconds = f"{time.monotonic() - began:.1f} s"
    print(f"{'✗' if done.returncode else '✓'} {check.name} ({seconds})", flush=True)
    if done.returncode:
        print(done.stdout.decode(errors="replace"), flush=True)
    return check.name, "FAILED" if done.returncode else "passed", seconds


def pytest(more: Sequence[str]) -> tuple[str, str, str]:
    """Shown as it runs; what it skipped is part of the summary."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        done = subprocess.run(
            [str(BIN / "python"), "-m", "pytest", f"--junit-xml={report}", *_SIDE_BY_SIDE, *more],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            check=False,
        )
        text = report.read_text(encoding="utf-8") if report.exists() else ""
    found = re.search(r'<testsuite [^>]*errors="(\d+)" failures="(\d+)" skipped="(\d+)" tests="(\d+)"', text)
    if found is None:
        return "tests", "FAILED", "pytest did not come to an end"
    errors, failures, skipped, tests = map(int, found.groups())
    reasons = sorted(set(re.findall(r'<skipped type="pytest.skip" message="([^"]*)"', text)))
    note = f"{tests} tests, {errors + failures} failed, {skipped} skipped"
    note += "".join(f"\n{'':<27}skipped: {reason}" for reason in reasons)
    return "tests", "FAILED" if done.returncode or (REQUIRED and skipped) else "passed", note


if __name__ == "__main__":
    sys.exit(main())
