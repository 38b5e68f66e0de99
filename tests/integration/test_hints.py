"""Hints over a real Redis: a listener ends when it is cancelled, whatever it is doing just then."""

import asyncio

from infrastructure.hints import CHANGES, RedisHints


async def test_a_listener_can_be_cancelled_at_any_moment_of_its_connecting(redis_url: str) -> None:
    for moment in range(60):
        hints = RedisHints(redis_url)

        async def listen(hints: RedisHints = hints) -> None:
            async with hints.listen(CHANGES) as listener:
                while True:
                    await listener.next(30)

        task = asyncio.create_task(listen())
        for _ in range(moment):
            await asyncio.sleep(0)
        task.cancel()
        ended, _ = await asyncio.wait([task], timeout=5)
        task.cancel()
        assert ended, f"cancelled {moment} steps after its start, it went on"
        await hints.close()
