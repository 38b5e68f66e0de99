"""Runs relay, projector and sweeper in one process, for one machine; each also runs as `genesis process NAME`."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial

from infrastructure.concurrency.supervised import supervised
from infrastructure.processes import projector, relay, sweeper
from infrastructure.settings import Settings

_PARTS: dict[str, Callable[[Settings, asyncio.Event], Awaitable[None]]] = {
    "relay": relay.run,
    "projector": projector.run,
    "sweeper": sweeper.run,
}


async def run(settings: Settings, stop: asyncio.Event) -> None:
    """All three until `stop` is set; one that fails is started again, and the others do not notice."""
    async with supervised(stop) as group:
        for name, part in _PARTS.items():
            group.start(name, partial(part, settings, stop))
        await group.finished()
