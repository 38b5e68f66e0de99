"""Counts rate limits in Redis, with the `limits` library's own script: one round trip, whatever the process."""

from contextlib import suppress

from limits import RateLimitItem
from limits.aio.storage import RedisStorage
from limits.aio.strategies import SlidingWindowCounterRateLimiter
from limits.errors import StorageError
from redis.asyncio import ConnectionPool
from redis.exceptions import RedisError

from infrastructure.coordination.rate_limits import LibraryWindows, WindowsAway

_KEY_PREFIX = "genesis-limits"


class RedisWindows:
    patience = 0.25

    def __init__(self, url: str) -> None:
        self._pool = ConnectionPool.from_url(url, socket_connect_timeout=self.patience, socket_timeout=self.patience)
        storage = RedisStorage(
            "async+redis://",
            wrap_exceptions=True,
            implementation="redispy",
            key_prefix=_KEY_PREFIX,
            connection_pool=self._pool,  # type: ignore[arg-type]  # documented, but not in its annotations
        )
        self._windows = LibraryWindows(SlidingWindowCounterRateLimiter(storage))

    async def hit(self, item: RateLimitItem, key: str) -> float | None:
        try:
            return await self._windows.hit(item, key)
        except (StorageError, RedisError, OSError, TimeoutError) as error:
            raise WindowsAway from error

    async def close(self) -> None:
        with suppress(RedisError, OSError):
            await self._pool.aclose()
