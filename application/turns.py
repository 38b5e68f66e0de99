"""Makes commands to the same streams take turns, once one of them was too late."""

import asyncio
from collections.abc import AsyncIterator, Collection
from contextlib import AsyncExitStack, asynccontextmanager
from uuid import UUID
from weakref import WeakValueDictionary


class Turns:
    """Serialises commands on a contended stream within this process: after a conflict a command waits its turn, and so
    do those that come meanwhile, so that none runs out of attempts by chance. A lock exists only while it is needed.
    """

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[UUID, asyncio.Lock] = WeakValueDictionary()

    @asynccontextmanager
    async def of(self, streams: Collection[UUID], *, crowded: bool) -> AsyncIterator[None]:
        # in one order for all: two commands over the same streams would deadlock otherwise
        locks = [
            self._locks.setdefault(stream, asyncio.Lock()) if crowded else self._locks.get(stream)
            for stream in sorted(streams)
        ]
        async with AsyncExitStack() as stack:
            for lock in locks:
                if lock is not None:
                    await stack.enter_async_context(lock)
            yield
