"""Shows how far a long command is: a bar on a terminal; elsewhere a plain line now and then."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

_SAY_EVERY = 5.0
"""Seconds between two lines of progress where there is no terminal."""


@contextmanager
def progress(what: str) -> Iterator[Callable[[int, int], None]]:
    """Yields what is to be told how much is done, of how much."""
    console = Console(stderr=True)
    if not console.is_terminal:
        last = time.monotonic()

        def say(done: int, whole: int) -> None:
            nonlocal last
            if time.monotonic() - last >= _SAY_EVERY:
                last = time.monotonic()
                typer.echo(f"{what}: {done:,} of {whole:,}", err=True)

        yield say
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task(what, total=None)
        yield lambda done, whole: progress.update(task, completed=done, total=max(whole, 1))
