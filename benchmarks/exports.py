"""Exports: how fast events become files, beside the server's own COPY of the same rows to a file; and their memory."""

import asyncio
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg

from benchmarks.catching_up import write_log
from benchmarks.floor import Row, figure, interleaved, say, server, show
from infrastructure.exports.columns import pyarrow
from infrastructure.exports.exporter import export
from infrastructure.exports.key import ExportKey
from infrastructure.exports.request import FileFormat, Request
from infrastructure.exports.selection import Selection

_COPY = b"COPY (SELECT * FROM domain_events ORDER BY tx_id, id) TO STDOUT"
_KEY = ExportKey.of(b"the benchmark's own key, of no export")


def copied(url: str, events: int) -> float:
    """The floor: every row as the server prints it, into a file."""
    with tempfile.TemporaryFile() as file, psycopg.connect(url) as connection:
        began = time.perf_counter()
        with connection.cursor().copy(_COPY) as rows:
            for row in rows:
                file.write(row)
        file.flush()
        return events / (time.perf_counter() - began)


def exported(url: str, events: int, file_format: FileFormat, spent: list[float], *, with_text: bool) -> float:
    with tempfile.TemporaryDirectory(prefix="genesis-bench-export-") as folder:
        request = Request("events", file_format, Selection(with_text=with_text))
        began, busy = time.perf_counter(), time.process_time()
        manifest, _ = asyncio.run(export(url, request, Path(folder) / "out", _KEY))
        assert manifest.rows == events
        spent.append(events / (time.process_time() - busy))
        return events / (time.perf_counter() - began)


def peak(url: str, until: str | None) -> int:
    """The most memory that an export in a process of its own has taken, in MB."""
    command = [sys.executable, "-m", "benchmarks.exports", "--peak", url, until or ""]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return int(json.loads(done.stdout.splitlines()[-1]))


def _peak_of_this_process(url: str, until: str | None) -> None:
    with tempfile.TemporaryDirectory(prefix="genesis-bench-export-") as folder:
        request = Request("events", "parquet", Selection(with_text=True), until)
        asyncio.run(export(url, request, Path(folder) / "out", _KEY))
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)


def run(quick: bool = False) -> list[Row]:
    pyarrow()  # loading it is not what is measured
    sessions, rounds = (2_000, 3) if quick else (20_000, 1)
    with server() as cluster, cluster.database() as url:
        say("writing the log")
        events = write_log(url, sessions // 4, at_once=100)
        with psycopg.connect(url) as connection:
            row = connection.execute("SELECT max(tx_id)::text || '-' || max(id) FROM domain_events").fetchone()
        assert row is not None
        quarter = str(row[0])
        events += write_log(url, sessions - sessions // 4, at_once=100)
        spent: dict[str, list[float]] = {"parquet": [], "short": [], "jsonl": []}
        measured = interleaved(
            rounds,
            {
                "copy": lambda: copied(url, events),
                "parquet": lambda: exported(url, events, "parquet", spent["parquet"], with_text=True),
                "short": lambda: exported(url, events, "parquet", spent["short"], with_text=False),
                "jsonl": lambda: exported(url, events, "jsonl", spent["jsonl"], with_text=True),
            },
            "events",
        )
        say("memory")
        few, all_of_them = peak(url, quarter), peak(url, None)
    middle = {name: sorted(rates)[len(rates) // 2] for name, rates in spent.items()}
    return [
        measured.beside(f"{events:,} events to Parquet, with texts", "events/s", "parquet", "copy"),
        figure("the same, per second of the process's own time", middle["parquet"], "events/s", bar=">= 100000"),
        measured.beside("to Parquet, texts to lengths and hashes", "events/s", "short", "copy"),
        figure("the same, per second of the process's own time", middle["short"], "events/s"),
        measured.beside("to JSON Lines, with texts", "events/s", "jsonl", "copy"),
        figure("the same, per second of the process's own time", middle["jsonl"], "events/s"),
        figure("most memory, all events beside a quarter of them", all_of_them, "MB", floor=few, bar="<= 1.3"),
    ]


if __name__ == "__main__":
    if "--peak" in sys.argv:
        _peak_of_this_process(sys.argv[2], sys.argv[3] or None)
    else:
        show(__doc__ or "", run("--quick" in sys.argv))
