"""Limits how often somebody may do what costs money or guesses passwords: sliding windows that all processes share.

Two windows are kept per key, and the one before counts by the part of it that the last `window` seconds still cover:
https://limits.readthedocs.io/en/stable/strategies.html#sliding-window-counter
"""

import asyncio
import time
from collections.abc import Callable
from typing import Literal, Protocol
from uuid import UUID

import structlog
from limits import RateLimitItem, parse
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import SlidingWindowCounterRateLimiter

from application.ports import RateLimited
from infrastructure.settings import Settings

Bucket = Literal["generation", "initiation", "sign_in", "look_back", "export"]

_RETRY_AFTER = 2.0

log = structlog.get_logger(__name__)


class WindowsAway(Exception):
    """The shared windows cannot be asked just now."""


class Windows(Protocol):
    """Counts that several processes share."""

    patience: float
    """Seconds that one question may take: a limit must never be what makes a command slow."""

    async def hit(self, item: RateLimitItem, key: str) -> float | None:
        """Count one and return None, or count nothing and return the seconds to wait. Raises WindowsAway."""

    async def close(self) -> None: ...


class LibraryWindows:
    """Windows that the `limits` library counts, in whatever storage its limiter has."""

    def __init__(self, limiter: SlidingWindowCounterRateLimiter) -> None:
        self._limiter = limiter

    async def hit(self, item: RateLimitItem, key: str) -> float | None:
        if await self._limiter.hit(item, key):
            return None
        stats = await self._limiter.get_window_stats(item, key)
        return max(1.0, stats.reset_time - time.time())


class RateLimits:
    """Counts by bucket and key.

    Without shared windows, or while they are away, each process goes on from what it has counted itself.
    """

    def __init__(
        self, settings: Settings, shared: Windows | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        given = {
            "generation": settings.limit_generations,
            "initiation": settings.limit_initiations,
            "sign_in": settings.limit_sign_ins,
            "look_back": settings.limit_look_backs,
            "export": settings.limit_exports,
        }
        self._items: dict[str, RateLimitItem] = {bucket: parse(text) for bucket, text in given.items() if text != "off"}
        self._clock = clock
        self._memory = LibraryWindows(SlidingWindowCounterRateLimiter(MemoryStorage()))
        self._shared = shared
        self._away_until = 0.0

    async def hit(self, bucket: Bucket, key: str) -> float | None:
        """Count one; None: go on. Otherwise the seconds after which it may be tried again, and nothing is counted."""
        item = self._items.get(bucket)
        if item is None:
            return None
        named = f"{bucket}/{key}"
        if self._shared is not None and self._clock() >= self._away_until:
            try:
                async with asyncio.timeout(self._shared.patience):
                    wait = await self._shared.hit(item, named)
                if (
                    wait is None
                ):  # counted here as well: shared windows that go away now must not begin an allowance anew
                    await self._memory.hit(item, named)
                return wait
            except (WindowsAway, TimeoutError) as error:
                self._away_until = self._clock() + _RETRY_AFTER
                log.warning("limits_in_memory", error=type(error.__cause__ or error).__name__)
        return await self._memory.hit(item, named)

    async def generation(self, user_id: UUID) -> None:
        """Count one generation that an account starts. Raises RateLimited."""
        if (retry_after := await self.hit("generation", str(user_id))) is not None:
            raise RateLimited(retry_after)

    async def close(self) -> None:
        if self._shared is not None:
            await self._shared.close()
