"""Waiting for work: woken by hints or by the stop, looking again after a while as the safety net."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from application.wakeups import Hint, Hints
from infrastructure.concurrency import hint_listener
from infrastructure.concurrency.supervised import supervised

# After a wake-up that found nothing: the row is there, but an older transaction still runs and hides it for a moment.
_EAGER = (0.002, 0.004, 0.008, 0.016, 0.032, 0.064)


class Bell:
    """Rung by a hint on its channels and by the stop. One waiter."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()
        self._eager: list[float] = []

    def ring(self) -> None:
        self._rung.set()

    def on_hint(self, _: Hint) -> None:
        self.ring()

    def heed(self) -> None:
        """Forget rings so far: call it before looking for work."""
        self._rung.clear()

    def found(self) -> None:
        """There was work: the ring was about that, so nothing hidden is looked for."""
        self._eager = []

    async def wait(self, seconds: float) -> None:
        """Until rung, at most `seconds`; shorter looks follow a ring, for rows that are hidden for a moment."""
        pause = self._eager.pop(0) if self._eager else seconds
        try:
            await asyncio.wait_for(self._rung.wait(), min(pause, seconds))
        except TimeoutError:
            return
        self._eager = list(_EAGER)


@asynccontextmanager
async def bell(hints: Hints, stop: asyncio.Event, *channels: str) -> AsyncIterator[Bell]:
    """A bell on `channels`, which the stop rings too."""
    made = Bell()

    async def on_stop() -> None:
        await stop.wait()
        made.ring()

    async with supervised(stop) as group:
        group.start("bell on the stop", on_stop)
        group.start(f"bell on {', '.join(channels)}", lambda: hint_listener.listen(hints, channels, made.on_hint))
        yield made
