"""Questions that come while an answer is under way are asked together, after it; a failure reaches only who asked."""

import asyncio
from collections.abc import Sequence

import pytest

from projections.engine.batch_loader import Together


class Store:
    """Answers when it is let; remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[list[str]] = []
        self.begun = asyncio.Event()
        self.may_answer = asyncio.Event()
        self.fails = False

    async def read(self, keys: Sequence[str]) -> dict[str, str]:
        self.asked.append(list(keys))
        self.begun.set()
        await self.may_answer.wait()
        if self.fails:
            raise ConnectionError
        return {key: key.upper() for key in keys if key != "nobody"}


async def test_what_is_asked_meanwhile_is_asked_together_and_the_same_only_once() -> None:
    store = Store()
    together = Together(store.read)
    first = asyncio.create_task(together.ask("a"))
    await store.begun.wait()
    later = [asyncio.create_task(together.ask(key)) for key in ("b", "a", "b", "nobody")]
    await asyncio.sleep(0)

    store.may_answer.set()

    assert await first == "A"
    assert await asyncio.gather(*later) == ["B", "A", "B", None]
    assert store.asked == [["a"], ["b", "a", "nobody"]]


async def test_no_more_than_agreed_are_asked_at_once() -> None:
    store = Store()
    store.may_answer.set()
    together = Together(store.read, most=2)

    assert await asyncio.gather(*(together.ask(key) for key in "abc")) == ["A", "B", "C"]

    assert store.asked == [["a", "b"], ["c"]]


async def test_a_failure_reaches_who_asked_and_the_next_question_is_asked_anew() -> None:
    store = Store()
    together = Together(store.read)
    store.fails = True
    store.may_answer.set()
    with pytest.raises(ConnectionError):
        await together.ask("a")

    store.fails = False

    assert await together.ask("a") == "A"


async def test_whoever_goes_away_takes_no_answer_from_others() -> None:
    store = Store()
    together = Together(store.read)
    gone, stays = (asyncio.create_task(together.ask("a")) for _ in range(2))
    await store.begun.wait()
    gone.cancel()

    store.may_answer.set()

    assert await stays == "A"
    with pytest.raises(asyncio.CancelledError):
        await gone
