"""Tells how far a rebuild is: a bar on a terminal, plain lines where there is none, objects for programs."""

import logging
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

import orjson
import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn

from infrastructure.read_side.rebuild_progress import RebuildProgress

_EVERY = 5.0
"""Seconds between two plain lines of the same phase."""


class Reporter(Protocol):
    def progress(self, name: str, now: RebuildProgress) -> None:
        """Projection `name` is so far."""

    def say(self, sentence: str) -> None:
        """Something that a person should know."""

    def pause(self) -> None:
        """What follows is written, or asked, by somebody else."""


@contextmanager
def reporter(console: Console, *, as_json: bool) -> Iterator[Reporter]:
    if as_json:
        yield _Objects()
    elif console.is_terminal and not console.is_dumb_terminal:
        with _Bars(console) as bars:
            yield bars
    else:
        yield _Lines(console)


def write_object(**facts: Any) -> None:
    """One line of JSON on the standard output."""
    typer.echo(orjson.dumps(facts, default=str))


class _Objects:
    def __init__(self) -> None:
        self._told: tuple[str, str] | None = None
        self._at = 0.0

    def progress(self, name: str, now: RebuildProgress) -> None:
        if (name, now.phase) != self._told or time.monotonic() > self._at + 1.0:
            self._told, self._at = (name, now.phase), time.monotonic()
            rate = None if now.rate is None else round(now.rate)
            eta = None if now.eta is None else round(now.eta, 1)
            late = None if now.late is None else round(now.late * 1000)
            facts = {"rate": rate, "eta_seconds": eta, "gives_way_to_ms": late}
            write_object(projection=name, phase=now.phase, done=now.done, total=now.total, **facts)

    def say(self, sentence: str) -> None:
        write_object(note=sentence)

    def pause(self) -> None:
        pass


class _Lines:
    def __init__(self, console: Console) -> None:
        self._console = console
        self._told: tuple[str, str] | None = None
        self._at = 0.0

    def progress(self, name: str, now: RebuildProgress) -> None:
        if now.phase == "done":
            return
        if (name, now.phase) != self._told or time.monotonic() > self._at + _EVERY:
            self._told, self._at = (name, now.phase), time.monotonic()
            self._console.print(f"{name}: {now.phase}, {line_of(now)}", markup=False)

    def say(self, sentence: str) -> None:
        self._console.print(sentence, markup=False)

    def pause(self) -> None:
        pass


def line_of(now: RebuildProgress) -> str:
    """Such as `12,000 of 51,000 events (23 %), 9,100 a second, 4 s left; live events are 250 ms late: gives way`."""
    share = f" ({100 * now.done // now.total} %)" if now.total else ""
    rate = f", {now.rate:,.0f} a second" if now.rate is not None else ""
    left = f", {now.eta:,.0f} s left" if now.eta is not None and now.done < now.total else ""
    return f"{now.done:,} of {now.total:,} events{share}{rate}{left}{'; ' if _way(now) else ''}{_way(now)}"


def _way(now: RebuildProgress) -> str:
    return f"live events are {now.late * 1000:,.0f} ms late: gives way" if now.late is not None else ""


class _Bars:
    """A bar for each projection. What is logged meanwhile is printed above them, whole."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._bars: Progress | None = None
        self._task: tuple[str, TaskID] | None = None
        self._moved: list[tuple[logging.StreamHandler[Any], Any]] = []

    def __enter__(self) -> "_Bars":
        return self

    def __exit__(self, *_: object) -> None:
        self.pause()

    def progress(self, name: str, now: RebuildProgress) -> None:
        if now.phase == "done":
            return
        if self._bars is None:
            self._start()
        assert self._bars is not None
        if self._task is None or self._task[0] != name:
            self._task = name, self._bars.add_task(name, total=None, phase="", rate="", left="", way="")
        rate = f"{now.rate:,.0f}/s" if now.rate is not None else ""
        left = f"{now.eta:,.0f} s left" if now.eta is not None and now.done < now.total else ""
        bars, task, way = self._bars, self._task[1], _way(now)
        bars.update(task, completed=now.done, total=now.total, phase=now.phase, rate=rate, left=left, way=way)

    def say(self, sentence: str) -> None:
        console = self._bars.console if self._bars is not None else self._console
        console.print(escape(sentence))

    def pause(self) -> None:
        if self._bars is None:
            return
        self._bars.stop()
        self._bars, self._task = None, None
        for handler, stream in self._moved:
            handler.setStream(stream)
        self._moved = []

    def _start(self) -> None:
        columns = (TextColumn("{task.description}: {task.fields[phase]}"), BarColumn(), MofNCompleteColumn())
        more = [TextColumn(f"{{task.fields[{field}]}}") for field in ("rate", "left", "way")]
        before = sys.stderr
        self._bars = Progress(*columns, *more, console=self._console)
        self._bars.start()
        # handlers remember the stream that they were made with, past which the bar would be drawn over their lines
        for handler in logging.getLogger().handlers:
            if isinstance(handler, logging.StreamHandler) and handler.stream is before:
                self._moved.append((handler, handler.setStream(sys.stderr)))
