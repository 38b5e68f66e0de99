"""How often somebody may do what costs money or guesses passwords: sliding windows in Redis, in memory without it."""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Literal
from uuid import UUID

import structlog
from limits import RateLimitItem, parse
from limits.aio.storage import MemoryStorage, RedisStorage
from limits.aio.strategies import SlidingWindowCounterRateLimiter
from limits.errors import StorageError
from redis.asyncio import ConnectionPool
from redis.exceptions import RedisError

from application.ports import RateLimited
from infrastructure.settings import Settings

Bucket = Literal["generation", "sign_in"]

_PATIENCE = 0.25
"""Seconds that one question to Redis may take: a limit must never be what makes a command slow."""
_RETRY_AFTER = 2.0
_KEY_PREFIX = "genesis-limits"

log = structlog.get_logger(__name__)


class RateLimits:
    """Counts by bucket and key. Without Redis, or while it is away, each process counts for itself."""

    def __init__(self, settings: Settings, clock: Callable[[], float] = time.monotonic) -> None:
        given = {"generation": settings.limit_generations, "sign_in": settings.limit_sign_ins}
        self._items: dict[str, RateLimitItem] = {bucket: parse(text) for bucket, text in given.items() if text != "off"}
        self._clock = clock
        self._memory = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._redis: SlidingWindowCounterRateLimiter | None = None
        self._pool: ConnectionPool | None = None
        self._away_until = 0.0
        if settings.redis_url is not None:
            self._pool = ConnectionPool.from_url(
                settings.redis_url.get_secret_value(), socket_connect_timeout=_PATIENCE, socket_timeout=_PATIENCE
            )
            storage = RedisStorage(
                "async+redis://",
                wrap_exceptions=True,
                implementation="redispy",
                key_prefix=_KEY_PREFIX,
                connection_pool=self._pool,  # type: ignore[arg-type]  # documented, but not in its annotations
            )
            self._redis = SlidingWindowCounterRateLimiter(storage)

    async def hit(self, bucket: Bucket, key: str) -> float | None:
        """Count one; None: go on. Otherwise the seconds after which it may be tried again, and nothing is counted."""
        item = self._items.get(bucket)
        if item is None:
            return None
        if self._redis is not None and self._clock() >= self._away_until:
            try:
                async with asyncio.timeout(_PATIENCE):
                    return await _hit(self._redis, item, bucket, key)
            except (StorageError, RedisError, OSError, TimeoutError) as error:
                self._away_until = self._clock() + _RETRY_AFTER
                log.warning("limits_in_memory", error=type(error).__name__)
        return await _hit(self._memory, item, bucket, key)

    async def generation(self, user_id: UUID) -> None:
        """Count one generation that an account starts. Raises RateLimited."""
        if (retry_after := await self.hit("generation", str(user_id))) is not None:
            raise RateLimited(retry_after)

    async def close(self) -> None:
        if self._pool is not None:
            with suppress(RedisError, OSError):
                await self._pool.aclose()


async def _hit(limiter: SlidingWindowCounterRateLimiter, item: RateLimitItem, bucket: str, key: str) -> float | None:
    if await limiter.hit(item, bucket, key):
        return None
    stats = await limiter.get_window_stats(item, bucket, key)
    return max(1.0, stats.reset_time - time.time())
