"""Hints over a real Redis: delivered, bundled when they say nothing, never in the way, and ended when cancelled."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from application.ports import HintListener
from infrastructure.redis.wakeups import CHANGES, DRAFTS, LOG, RedisHints


@pytest.fixture
async def hints(redis_url: str) -> AsyncIterator[RedisHints]:
    hints = RedisHints(redis_url)
    yield hints
    await hints.close()


async def _listening(hints: RedisHints, listener: HintListener) -> None:
    """Returns when the subscription is known to work."""
    while True:
        await hints.publish(DRAFTS, {"seq": -1})
        if await listener.next(0.02) is not None:
            break
    while await listener.next(0.05) is not None:
        pass


async def test_every_message_arrives_in_order(hints: RedisHints) -> None:
    async with hints.listen(DRAFTS, LOG) as listener:
        await _listening(hints, listener)
        for seq in range(20):
            await hints.publish(DRAFTS, {"seq": seq})
        received = [await listener.next(1) for _ in range(20)]
    assert [hint.message["seq"] for hint in received if hint] == list(range(20))


async def test_bells_are_bundled_and_the_last_one_rings(hints: RedisHints) -> None:
    async with hints.listen(DRAFTS, LOG) as listener:
        await _listening(hints, listener)
        for _ in range(100):
            await hints.publish(LOG)
        rings = 0
        while await listener.next(0.2) is not None:
            rings += 1
        assert 1 <= rings <= 3
        await hints.publish(LOG)
        assert await listener.next(1) is not None


async def test_a_bell_asked_for_while_one_rings_is_not_lost(hints: RedisHints) -> None:
    async with hints.listen(DRAFTS, LOG) as listener:
        await _listening(hints, listener)
        await hints.publish(LOG)
        await asyncio.sleep(0)  # on its way now
        await hints.publish(LOG)
        assert await listener.next(1) is not None
        assert await listener.next(1) is not None


async def test_a_bell_that_was_rung_is_heard_though_we_close_at_once(redis_url: str, hints: RedisHints) -> None:
    async with hints.listen(DRAFTS, LOG) as listener:
        await _listening(hints, listener)
        other = RedisHints(redis_url)
        await other.publish(LOG)
        await other.close()
        assert await listener.next(1) is not None


async def test_without_redis_nobody_waits_and_nothing_fails() -> None:
    hints = RedisHints("redis://127.0.0.1:1/0")
    async with asyncio.timeout(20):  # fifty connection time-outs of a second each would not fit
        for _ in range(50):
            await hints.publish(LOG)
            await hints.publish(DRAFTS, {"seq": 1})
        await hints.close()


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
