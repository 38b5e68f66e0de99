"""Background tasks: none ends unseen, none stays down, and all end when they are told to."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from structlog.testing import capture_logs

from infrastructure.concurrency.supervised import Supervised, all_down, supervised
from tests.support.reading import eventually


def _true(fact: Callable[[], bool]) -> Callable[[], Awaitable[bool]]:
    async def holds() -> bool:
        return fact()

    return holds


async def _for_ever() -> None:
    await asyncio.Event().wait()


async def test_a_task_that_fails_is_logged_by_name_named_as_down_and_started_again() -> None:
    starts = 0
    steady = asyncio.Event()

    async def fails_once() -> None:
        nonlocal starts
        starts += 1
        if starts == 1:
            raise KeyError("a writer's text")
        steady.set()
        await _for_ever()

    group = Supervised(first_pause=0.05)
    with capture_logs() as logs:
        group.start("listener", fails_once)
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert group.down() == all_down() == {"listener": "KeyError"}
        await steady.wait()
    assert group.down() == {"listener": "KeyError"}  # it has to prove itself first
    await eventually(_true(lambda: not group.down()))
    assert [(entry["event"], entry["task"]) for entry in logs] == [("background_task_failed", "listener")]
    await group.end()


async def test_pauses_grow_while_a_task_fails_and_a_healthy_one_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("infrastructure.concurrency.supervised.LONGEST_PAUSE", 0.04)

    async def fails() -> None:
        raise ValueError

    group = Supervised(first_pause=0.01)
    with capture_logs() as logs:
        group.start("bad", fails)
        group.start("good", _for_ever)
        await eventually(_true(lambda: len(logs) >= 5))
    assert [entry["again_in_seconds"] for entry in logs][:5] == [0.01, 0.02, 0.04, 0.04, 0.04]
    assert group.down().keys() == {"bad"}
    await group.end()
    assert group.down() == {}


async def test_a_task_that_returns_or_whose_wait_is_cancelled_by_somebody_else_is_started_again() -> None:
    async def returns() -> None:
        return

    async def waits_for_the_cancelled() -> None:
        inner = asyncio.create_task(_for_ever())
        await asyncio.sleep(0)
        inner.cancel()
        await inner

    async with supervised() as group:
        group.start("returns", returns)
        group.start("cancelled inside", waits_for_the_cancelled)
        await eventually(_true(lambda: len(group.down()) == 2))
        assert group.down()["cancelled inside"] == "CancelledError"


async def test_tasks_that_return_at_the_stop_are_waited_for_and_none_is_started_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("infrastructure.concurrency.supervised.FIRST_PAUSE", 3600.0)
    stop = asyncio.Event()
    ended = []

    async def until_the_stop() -> None:
        await stop.wait()
        ended.append("well")

    async def fails() -> None:
        raise ValueError

    async with supervised(stop) as group:
        group.start("works", until_the_stop)
        group.start("fails", fails)
        await asyncio.sleep(0.01)
        stop.set()
        async with asyncio.timeout(30):  # it does not sit out the failed one's pause
            await group.finished()
    assert ended == ["well"]


async def test_leaving_ends_every_task_even_one_that_swallows_its_first_cancellation() -> None:
    told = []

    async def stubborn() -> None:
        try:
            await _for_ever()
        except asyncio.CancelledError:
            told.append("once")
        await _for_ever()

    async with supervised() as group:
        group.start("stubborn", stubborn)
        await asyncio.sleep(0.01)
    assert told == ["once"]
    assert asyncio.all_tasks() == {asyncio.current_task()}
