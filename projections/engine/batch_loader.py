"""Many single questions as few large ones: what is asked while an answer is under way is asked together after it."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

MOST = 200
"""Questions in one: more would make the first of them wait for the last."""


class Together(Generic[K, V]):
    """`read` gives the values of many keys; whoever asks for one has it read after asking, never before.

    Nobody waits when nothing is under way, so a question that comes alone is asked alone.
    """

    def __init__(self, read: Callable[[Sequence[K]], Awaitable[Mapping[K, V]]], *, most: int = MOST) -> None:
        self._read = read
        self._most = most
        self._asked: dict[K, list[asyncio.Future[V | None]]] = {}
        self._asking: asyncio.Task[None] | None = None

    async def ask(self, key: K) -> V | None:
        """The value of `key`, None if there is none. Raises what `read` raises."""
        answer: asyncio.Future[V | None] = asyncio.get_running_loop().create_future()
        self._asked.setdefault(key, []).append(answer)  # a future each: who goes away takes nobody along
        if self._asking is None:
            self._asking = asyncio.create_task(self._ask_all())
        return await answer

    async def _ask_all(self) -> None:
        try:
            while self._asked:
                await self._ask_some()
        finally:
            self._asking = None
            _cancel(self._asked)  # only when the loop ends
            self._asked.clear()

    async def _ask_some(self) -> None:
        keys = list(self._asked)[: self._most]
        asked = {key: self._asked.pop(key) for key in keys}
        try:
            found = await self._read(keys)
        except asyncio.CancelledError:
            _cancel(asked)
            raise
        except Exception as error:
            for answer in _waiting(asked):
                answer.set_exception(error)
                answer.exception()  # whoever asked may go before it is told: then nobody has to be
        else:
            for key, answers in asked.items():
                value = found.get(key)
                for answer in answers:
                    if not answer.done():
                        answer.set_result(value)


def _waiting(asked: Mapping[K, Sequence["asyncio.Future[V | None]"]]) -> list["asyncio.Future[V | None]"]:
    return [answer for answers in asked.values() for answer in answers if not answer.done()]


def _cancel(asked: Mapping[K, Sequence["asyncio.Future[V | None]"]]) -> None:
    for answer in _waiting(asked):
        answer.cancel()
