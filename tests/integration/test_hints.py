"""Hints over Redis and over PostgreSQL: delivered, bundled when they say nothing, never in the way."""

import asyncio
import time
from collections.abc import AsyncIterator

import pytest

from application.wakeups import CHANGES, DRAFTS, LOG, HintListener
from infrastructure.adapters import StudioHints
from infrastructure.postgres.wakeups import PostgresHints
from infrastructure.redis.wakeups import NoHints, RedisHints
from tests.support.postgres import Cluster
from tests.support.sharing import Shared, shared_over


@pytest.fixture
async def hints(shared: Shared) -> AsyncIterator[StudioHints]:
    hints = shared.hints()
    yield hints
    await hints.close()


FOREIGN = ("", "x", "a 0 1 {", "a 0 1 []", "a b c {}", "a 1 2 {}", "b 0 2 {", "a 0 -1 1", "é" * 900)


async def _listening(hints: StudioHints, listener: HintListener) -> None:
    """Returns when the subscription is known to work."""
    while True:
        await hints.publish(DRAFTS, {"seq": -1})
        if await listener.next(0.02) is not None:
            break
    while await listener.next(0.05) is not None:
        pass


async def test_every_message_arrives_in_order(hints: StudioHints) -> None:
    async with hints.listen(DRAFTS, LOG) as listener:
        await _listening(hints, listener)
        for seq in range(20):
            await hints.publish(DRAFTS, {"seq": seq})
        received = [await listener.next(1) for _ in range(20)]
    assert [hint.message["seq"] for hint in received if hint] == list(range(20))


async def test_bells_are_bundled_and_the_last_one_rings(hints: StudioHints) -> None:
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


async def test_a_bell_asked_for_while_one_rings_is_not_lost(hints: StudioHints) -> None:
    async with hints.listen(DRAFTS, LOG) as listener:
        await _listening(hints, listener)
        await hints.publish(LOG)
        await asyncio.sleep(0)  # on its way now
        await hints.publish(LOG)
        assert await listener.next(1) is not None
        assert await listener.next(1) is not None


async def test_a_bell_that_was_rung_is_heard_though_we_close_at_once(shared: Shared, hints: StudioHints) -> None:
    async with hints.listen(DRAFTS, LOG) as listener:
        await _listening(hints, listener)
        other = shared.hints()
        await other.publish(LOG)
        await other.close()
        assert await listener.next(1) is not None


@pytest.mark.parametrize(
    "hints", [RedisHints("redis://127.0.0.1:1/0"), PostgresHints("postgresql://127.0.0.1:1/none"), NoHints()]
)
async def test_without_a_server_nobody_waits_and_nothing_fails(hints: StudioHints) -> None:
    async with asyncio.timeout(40):  # fifty connection time-outs of a second each would not fit
        for _ in range(50):
            await hints.publish(LOG)
            await hints.publish(DRAFTS, {"seq": 1})
        async with hints.listen(LOG) as listener:
            assert await listener.next(0.05) is None
        await hints.close()


async def test_a_listener_can_be_cancelled_at_any_moment_of_its_connecting(shared: Shared) -> None:
    for moment in range(60):
        hints = shared.hints()

        async def listen(hints: StudioHints = hints) -> None:
            async with hints.listen(CHANGES) as listener:
                while True:
                    await listener.next(30)

        task = asyncio.create_task(listen())
        for _ in range(moment):
            await asyncio.sleep(0)
        task.cancel()
        ended, _ = await asyncio.wait([task], timeout=30)
        task.cancel()
        assert ended, f"cancelled {moment} steps after its start, it went on"
        await hints.close()


async def test_messages_of_any_length_and_script_arrive_whole(hints: StudioHints) -> None:
    texts = ["x", "é漢字🙂" * 4_000, "\u0000\n '\"\\ %s", "y" * 300_000]
    async with hints.listen(DRAFTS) as listener:
        await _listening(hints, listener)
        for text in texts:
            await hints.publish(DRAFTS, {"content": text})
        received = [await listener.next(5) for _ in texts]
    assert [hint.message["content"] for hint in received if hint] == texts


async def test_what_another_process_publishes_is_heard(shared: Shared, hints: StudioHints) -> None:
    async with hints.listen(DRAFTS) as listener:
        await _listening(hints, listener)
        assert await shared.elsewhere("publishes", DRAFTS, "50") == 50
        received = [await listener.next(2) for _ in range(50)]
    assert [hint.message["seq"] for hint in received if hint] == list(range(50))


async def test_nothing_is_heard_of_other_channels(hints: StudioHints) -> None:
    async with hints.listen(DRAFTS) as listener:
        await _listening(hints, listener)
        await hints.publish(LOG)
        await hints.publish(CHANGES, {"moved": []})
        await hints.publish(DRAFTS, {"seq": 7})
        heard = await listener.next(2)
    assert heard is not None
    assert (heard.channel, heard.message) == (DRAFTS, {"seq": 7})


async def test_two_studios_on_one_server_do_not_hear_each_other(cluster: Cluster) -> None:
    with cluster.database() as mine, cluster.database() as theirs:
        async with shared_over(mine, None) as here, shared_over(theirs, None) as there:
            hints, others = here.hints(), there.hints()
            async with hints.listen(DRAFTS) as listener:
                await _listening(hints, listener)
                await others.publish(DRAFTS, {"seq": 1})
                await others.close()
                assert await listener.next(0.3) is None
            await hints.close()


async def test_no_payload_on_the_channel_ends_a_listener(database_url: str) -> None:
    async with shared_over(database_url, None) as shared:
        hints = shared.hints()
        async with hints.listen(DRAFTS) as listener:
            await _listening(hints, listener)
            async with shared.pool.connection() as connection:
                for payload in FOREIGN:
                    await connection.execute("SELECT pg_notify(%s, %s)", (f"genesis:{DRAFTS}", payload))
            await hints.publish(DRAFTS, {"seq": 3})
            heard = await listener.next(2)
            assert heard is not None
            assert heard.message == {"seq": 3}
        await hints.close()


async def test_after_an_outage_of_the_database_hints_are_sent_and_heard_again(database_url: str) -> None:
    async with shared_over(database_url, None) as shared:
        hints = shared.hints()
        async with hints.listen(DRAFTS) as listener:
            await _listening(hints, listener)
            async with shared.pool.connection() as connection:
                ended = await connection.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name IN "
                    "('genesis-wakeups', 'genesis-listens') AND datname = current_database()"
                )
                assert ended.rowcount == 2
            deadline = time.monotonic() + 60
            while await listener.next(0.1) is None:
                assert time.monotonic() < deadline
                await hints.publish(DRAFTS, {"seq": 1})
        await hints.close()


async def test_a_wake_up_is_sent_outside_of_writing_transactions(database_url: str) -> None:
    """While one transaction that has notified waits to commit, every other that notifies waits for it."""
    async with shared_over(database_url, None) as shared:
        hints = shared.hints()
        async with hints.listen(LOG) as listener, shared.pool.connection() as connection, connection.transaction():
            await connection.execute("INSERT INTO rate_windows VALUES ('open', now(), 1, 0)")
            deadline = time.monotonic() + 60
            while await listener.next(0.1) is None:
                assert time.monotonic() < deadline
                await hints.publish(LOG)
        await hints.close()
