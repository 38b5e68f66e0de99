"""Queues the changes that one reader has still to take: a bounded queue, which is cut off when it is full."""

import asyncio
from collections import deque

from projections.engine.changes import Change, FeedOverflow

QUEUE = 256
"""Changes that a subscriber may be behind."""


class FeedSubscription:
    """A bounded queue of changes, for one reader."""

    def __init__(self) -> None:
        self._changes: deque[Change] = deque()
        self._waiting: asyncio.Future[None] | None = None
        self._overflowed = False

    def offer(self, change: Change) -> None:
        if len(self._changes) >= QUEUE:
            self._overflowed = True
        else:
            self._changes.append(change)
            self._wake()

    async def next(self, timeout: float) -> Change | None:  # noqa: ASYNC109  (waiting is what it does)
        """The next change, or None after `timeout` seconds. Raises FeedOverflow when changes were lost."""
        if self._overflowed:
            raise FeedOverflow
        if not self._changes and timeout > 0:
            # not asyncio's queue and wait_for: those take a task for each change and each reader
            loop = asyncio.get_running_loop()
            self._waiting = loop.create_future()
            timer = loop.call_later(timeout, self._wake)
            try:
                await self._waiting
            finally:
                self._waiting = None
                timer.cancel()
        return self._changes.popleft() if self._changes else None

    def _wake(self) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(None)
