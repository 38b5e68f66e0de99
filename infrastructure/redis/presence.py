"""Keeps presence in Redis: one sorted set per session, its members scored by when they expire."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from typing import cast
from uuid import UUID

from redis.asyncio import Redis
from redis.exceptions import RedisError

from infrastructure.concurrency.cancellation import end_when_cancelled
from infrastructure.coordination.presence import BEATS, HEARTBEAT, StoreAway

_MOST = 200
_PREFIX = "genesis:presence:"


class RedisPresence:
    patience = 0.25

    def __init__(self, url: str) -> None:
        self._redis = Redis.from_url(url, socket_connect_timeout=self.patience, socket_timeout=self.patience)

    async def write(
        self, here: Mapping[UUID, set[bytes]], gone: Mapping[UUID, set[bytes]], now: float, until: float
    ) -> None:
        async with _or_away(), self._redis.pipeline(transaction=False) as pipeline:
            for session_id, left in gone.items():
                if left:
                    pipeline.zrem(f"{_PREFIX}{session_id}", *left)
            for session_id, members in here.items():
                if members:
                    key = f"{_PREFIX}{session_id}"
                    pipeline.zadd(key, dict.fromkeys(members, until))
                    pipeline.zremrangebyscore(key, "-inf", now)
                    pipeline.expire(key, int(BEATS * HEARTBEAT) + 1)
            await pipeline.execute()

    async def read(self, session_id: UUID, now: float) -> list[bytes]:
        async with _or_away():
            key = f"{_PREFIX}{session_id}"
            return cast("list[bytes]", await self._redis.zrangebyscore(key, now, "+inf", start=0, num=_MOST))

    async def close(self) -> None:
        with suppress(RedisError, OSError):
            await self._redis.aclose()


@asynccontextmanager
async def _or_away() -> AsyncIterator[None]:
    try:
        yield
    except (TimeoutError, RedisError, OSError) as error:
        end_when_cancelled()
        raise StoreAway from error
