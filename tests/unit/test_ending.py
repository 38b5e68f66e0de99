"""A task that loses a cancellation ends all the same."""

import asyncio
from contextlib import suppress

from infrastructure.concurrency.cancellation import end


async def test_a_task_that_swallows_cancellations_is_ended() -> None:
    swallowed = 0

    async def stubborn() -> None:
        nonlocal swallowed
        while swallowed < 3:
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                swallowed += 1

    task = asyncio.create_task(stubborn())
    await asyncio.sleep(0)
    async with asyncio.timeout(30):
        await end(task)
    assert task.done()
    assert swallowed == 3


async def test_what_a_task_raised_stays_with_the_task() -> None:
    async def failing() -> None:
        raise ValueError

    task = asyncio.create_task(failing())
    with suppress(ValueError):
        await task
    await end(task)
    assert isinstance(task.exception(), ValueError)
