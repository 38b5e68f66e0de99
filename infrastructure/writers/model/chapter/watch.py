"""Watches a model as it writes: signs of life, what it has said, which try it is; and ends what takes too long."""

import asyncio
import math
from collections.abc import AsyncIterator

from application.writers import Attempt
from infrastructure.concurrency.cancellation import end
from infrastructure.writers.limits import REQUESTS, TimeLimits
from infrastructure.writers.model.errors import problem

_DRAFT_SECONDS = 0.1


class Watch:
    """What has been heard so far. `text` is "" while the model reads or thinks."""

    def __init__(self) -> None:
        self.clock = asyncio.get_running_loop().time
        self.news = asyncio.Event()
        self.last_alive = self.clock()
        self.waits_for_first = True
        self.text = ""
        self.attempt: Attempt | None = None
        self._thought = False

    def alive(self) -> None:
        self.last_alive = self.clock()
        self.waits_for_first = False

    def tries(self, number: int, why: str | None) -> None:
        self.last_alive = self.clock()
        self.waits_for_first = True
        self.attempt = Attempt(number, REQUESTS, why)
        self.text, self._thought = "", False
        self.news.set()

    def heard(self, text: str, thoughts: str) -> None:
        self.text, self._thought = text, bool(thoughts) or self._thought
        self.news.set()

    @property
    def phase(self) -> str:
        return "writing" if self.text.strip() else "thinking" if self._thought else "reading"

    async def until_done(
        self, asking: "asyncio.Task[object]", deadline: float, limits: TimeLimits
    ) -> AsyncIterator[None]:
        """Once for each piece of news, not too often. Raises WriterError when it takes too long, or says nothing."""
        shown_at = -math.inf
        try:
            while not asking.done():
                quiet = limits.first if self.waits_for_first else limits.silence
                silent_at = self.last_alive + quiet
                left = min(deadline, silent_at) - self.clock()
                if left <= 0:
                    late = "NO_FIRST_WORD" if self.waits_for_first else "WENT_SILENT"
                    raise problem("TIMED_OUT" if deadline <= silent_at else late)
                news = asyncio.ensure_future(self.news.wait())
                try:
                    await asyncio.wait({asking, news}, timeout=left, return_when=asyncio.FIRST_COMPLETED)
                finally:
                    news.cancel()
                if not self.news.is_set():
                    continue
                pause = shown_at + _DRAFT_SECONDS - self.clock()
                if pause > 0:
                    await asyncio.wait({asking}, timeout=pause)
                self.news.clear()
                shown_at = self.clock()
                yield
        finally:
            await end(asking)
