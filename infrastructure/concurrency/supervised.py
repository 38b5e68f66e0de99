"""Supervises background tasks: one that fails is logged by name, started again, and reported while it is down.

A task that nobody awaits fails without a trace: asyncio keeps the exception until the task object is collected.
https://docs.python.org/3/library/asyncio-dev.html#detect-never-retrieved-exceptions
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from weakref import WeakSet

import structlog

from infrastructure.concurrency.cancellation import end

Work = Callable[[], Awaitable[None]]

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 10.0
"""Seconds between a failure and the next start; doubled with each failure in a row."""

_STEADY_SECONDS = 100.0
"""Whoever ran for so long has not failed in a row."""

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class _Standing:
    error: str = ""
    well_again_at: float = float("-inf")


_groups: "WeakSet[Supervised]" = WeakSet()


class Supervised:
    """The background tasks of one process. Each runs until it is cancelled, or returns once `stop` is set."""

    def __init__(self, stop: asyncio.Event | None = None, *, first_pause: float | None = None) -> None:
        self._stop = stop or asyncio.Event()
        self._first_pause = FIRST_PAUSE if first_pause is None else first_pause
        self._tasks: set[asyncio.Task[None]] = set()
        self._standings: dict[str, _Standing] = {}
        _groups.add(self)

    def start(self, name: str, work: Work) -> None:
        """`work` is called again whenever it ends before the stop, with or without an exception."""
        self._tasks.add(asyncio.create_task(self._keep(name, work), name=name))

    def down(self) -> Mapping[str, str]:
        """Name -> the exception's type, of the tasks that have failed and do not run steadily again yet."""
        now = time.monotonic()
        return {name: found.error for name, found in self._standings.items() if now < found.well_again_at}

    async def finished(self) -> None:
        """Until the stop is set and every task has returned."""
        if self._tasks:
            await asyncio.wait(self._tasks)

    async def end(self) -> None:
        """Cancel all tasks and wait for their end."""
        await end(*self._tasks)
        self._standings.clear()

    async def _keep(self, name: str, work: Work) -> None:
        pause = self._first_pause
        while True:
            began = time.monotonic()
            error: BaseException | None = None
            try:
                await work()
            except asyncio.CancelledError as cancelled:
                # what it waits for may have been cancelled, without anybody's having cancelled the task itself
                error = cancelled
            except Exception as failed:
                error = failed
            if _cancelled():
                raise asyncio.CancelledError
            if self._stop.is_set() and error is None:
                return
            if time.monotonic() - began > _STEADY_SECONDS:
                pause = self._first_pause
            kind = type(error).__name__ if error is not None else "nothing: it returned"
            log.error("background_task_failed", task=name, error=kind, again_in_seconds=pause, exc_info=error)
            self._standings[name] = _Standing(kind, float("inf"))
            with suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._stop.wait()
            if self._stop.is_set():
                return
            self._standings[name].well_again_at = time.monotonic() + pause
            pause = min(LONGEST_PAUSE, pause * 2)


@asynccontextmanager
async def supervised(stop: asyncio.Event | None = None) -> AsyncIterator[Supervised]:
    """A group whose tasks end with the context. Cancellation ends all of them."""
    group = Supervised(stop)
    try:
        yield group
    finally:
        await group.end()


def all_down() -> Mapping[str, str]:
    """The same as `Supervised.down`, of every group of this process."""
    return {name: error for group in tuple(_groups) for name, error in group.down().items()}


def _cancelled() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
