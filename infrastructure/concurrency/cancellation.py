"""Ending tasks for certain, although one cancellation may be lost.

Until Python 3.12 `asyncio.wait_for`, which the database driver and its pool wait with, swallows a cancellation that
comes in the moment of success (https://github.com/python/cpython/issues/86296).
"""

import asyncio
from typing import Any

_AGAIN = 0.1


async def end(*tasks: asyncio.Task[Any]) -> None:
    """Cancel `tasks` until every one has ended. What they raise is not raised here: ask the task."""
    left = {task for task in tasks if not task.done()}
    while left:
        for task in left:
            task.cancel()
        _, left = await asyncio.wait(left, timeout=_AGAIN)
    for task in tasks:
        if not task.cancelled():
            task.exception()  # looked at, so that asyncio does not complain of it


def end_when_cancelled() -> None:
    """Redis's client turns a cancellation that meets it while it connects into a time-out: take it up again."""
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError
