"""Wake-ups between processes over Redis pub/sub. With Redis gone, everything still works by polling, slower."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Any

import orjson
import structlog
from pydantic import JsonValue
from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.exceptions import RedisError

from application.wakeups import Hint
from infrastructure.concurrency.cancellation import end_when_cancelled

_PREFIX = "genesis:"
_RETRY_AFTER = 1.0
_LARGEST = 4 * 1024 * 1024
_BETWEEN_RINGS = 0.003
"""Seconds. The first rings at once; under load it saves a fifth of what a command costs."""

log = structlog.get_logger(__name__)


class RedisHints:
    """Hints over one Redis. An outage is noticed, waited out in small steps, and never raised.

    A hint without a message is a bell: nobody waits for it to ring, and what asks for it while it rings is covered by
    one more ring after that. So a command's answer does not wait for Redis, and many commands cost few messages.
    """

    carrier = "Redis"

    def __init__(self, url: str) -> None:
        self._redis = Redis.from_url(url, socket_connect_timeout=1, socket_timeout=5, health_check_interval=15)
        self._down_until = 0.0
        self._bells: dict[str, asyncio.Task[None]] = {}
        self._again: set[str] = set()

    async def publish(self, channel: str, message: Mapping[str, JsonValue] | None = None) -> None:
        if message is not None:
            await self._publish(channel, message)
        elif channel in self._bells:
            self._again.add(channel)
        else:
            self._bells[channel] = asyncio.create_task(self._ring(channel))

    async def _ring(self, channel: str) -> None:
        try:
            self._again.add(channel)
            while channel in self._again:
                self._again.discard(channel)
                await self._publish(channel, {})
                await asyncio.sleep(_BETWEEN_RINGS)
        finally:
            del self._bells[channel]

    async def _publish(self, channel: str, message: Mapping[str, JsonValue]) -> None:
        if time.monotonic() < self._down_until:
            return
        try:
            await self._redis.publish(_PREFIX + channel, orjson.dumps(message))
        except (TimeoutError, RedisError, OSError):
            end_when_cancelled()
            self._down_until = time.monotonic() + _RETRY_AFTER

    @asynccontextmanager
    async def listen(self, *channels: str) -> AsyncIterator["RedisListener"]:
        listener = RedisListener(self._redis, tuple(_PREFIX + channel for channel in channels))
        try:
            yield listener
        finally:
            await listener.close()

    async def alive(self) -> bool:
        """Whether Redis answers now."""
        try:
            async with asyncio.timeout(1):
                return bool(await self._redis.ping())
        except (TimeoutError, RedisError, OSError):
            return False

    async def close(self) -> None:
        if self._bells:
            _, late = await asyncio.wait(self._bells.values(), timeout=1)
            for bell in late:
                bell.cancel()
        with suppress(RedisError, OSError):
            await self._redis.aclose()


class RedisListener:
    """One subscription; reconnects by itself."""

    def __init__(self, redis: "Redis", channels: tuple[str, ...]) -> None:
        self._redis = redis
        self._channels = channels
        self._pubsub: PubSub | None = None

    async def next(self, timeout: float) -> Hint | None:  # noqa: ASYNC109  (waiting is what it does)
        deadline = time.monotonic() + timeout
        while (left := deadline - time.monotonic()) > 0:
            try:
                if self._pubsub is None:
                    pubsub = self._redis.pubsub(ignore_subscribe_messages=True)
                    await pubsub.subscribe(*self._channels)
                    self._pubsub = pubsub
                    end_when_cancelled()
                found = await self._pubsub.get_message(timeout=left)
            except (TimeoutError, RedisError, OSError):
                end_when_cancelled()
                await self.close()
                await asyncio.sleep(min(_RETRY_AFTER, max(0.0, deadline - time.monotonic())))
                continue
            if found is not None and found["type"] == "message":
                return _hint(found)
        return None

    async def close(self) -> None:
        if self._pubsub is not None:
            pubsub, self._pubsub = self._pubsub, None
            with suppress(RedisError, OSError, asyncio.TimeoutError):
                await pubsub.aclose()  # type: ignore[no-untyped-call]


def _hint(found: Mapping[str, Any]) -> Hint:
    """What cannot be read rings all the same, without a message: anything may stand in Redis, and no hint is needed."""
    channel = found["channel"]
    name = (channel.decode() if isinstance(channel, bytes) else str(channel)).removeprefix(_PREFIX)
    data = found["data"]
    try:
        if len(data) > _LARGEST:
            raise ValueError
        message = orjson.loads(data)
    except (ValueError, TypeError):
        message = None
    if isinstance(message, dict):
        return Hint(name, message)
    log.warning("hint_not_readable", channel=name)
    return Hint(name, {})


class NoHints:
    """Nothing carries hints: every waiter polls."""

    carrier = "Nothing"

    async def publish(self, channel: str, message: Mapping[str, JsonValue] | None = None) -> None:  # noqa: ARG002
        return None

    @asynccontextmanager
    async def listen(self, *channels: str) -> AsyncIterator["NoListener"]:  # noqa: ARG002
        yield NoListener()

    async def alive(self) -> bool:
        return False

    async def close(self) -> None:
        return None


class NoListener:
    async def next(self, timeout: float) -> Hint | None:  # noqa: ASYNC109
        await asyncio.sleep(timeout)
        return None
