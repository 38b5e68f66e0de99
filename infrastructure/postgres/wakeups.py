"""Carries wake-ups between processes by NOTIFY, where there is no Redis.

Each NOTIFY is a transaction of its own that writes nothing: inside a writing one it would make all commits wait for one
another. It is heard within this database only, so studios side by side do not hear each other.
"""

import asyncio
import secrets
import time
from collections import deque
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from itertools import count
from typing import Any

import orjson
import psycopg
from psycopg import AsyncConnection, sql
from pydantic import JsonValue

from application.wakeups import Hint
from infrastructure.postgres.pool import Connection, connection_options

_PREFIX = "genesis:"
_PART = 7_600
"""Bytes of a message in one notification, of the 8,000 that PostgreSQL takes. A longer message comes in parts."""
_MOST_WAITING = 1_000
_RETRY_AFTER = 1.0
_PATIENCE = 5.0
_BETWEEN = 0.003
"""Seconds between two batches: under load many wake-ups cost one round trip."""
_NOTIFY = "SELECT pg_notify(channel, payload) FROM unnest(%s::text[], %s::text[]) AS n (channel, payload)"
# a server that is cut off is noticed within half a minute; nothing of this matters on a unix socket
_KEEPALIVE: Mapping[str, Any] = {"keepalives_idle": 15, "keepalives_interval": 5, "keepalives_count": 3}


async def _connect(url: str, name: str) -> Connection:
    async with asyncio.timeout(_PATIENCE):
        return await AsyncConnection.connect(url, **connection_options(url, name), **_KEEPALIVE)


class PostgresHints:
    """Hints over the database itself. An outage is noticed, waited out in small steps, and never raised.

    A hint without a message is a bell: bells on one channel that have not been sent yet are one. Nobody waits for a
    hint to be sent; when more wait than can be sent, the oldest messages are dropped.
    """

    carrier = "PostgreSQL"

    def __init__(self, url: str) -> None:
        self._url = url
        self._connection: Connection | None = None
        self._rung: dict[str, None] = {}
        self._messages: deque[tuple[str, bytes]] = deque(maxlen=_MOST_WAITING)
        self._sender: asyncio.Task[None] | None = None
        self._down_until = 0.0
        self._name, self._number = secrets.token_hex(6), count()

    async def publish(self, channel: str, message: Mapping[str, JsonValue] | None = None) -> None:
        if time.monotonic() < self._down_until:
            return
        if message is None:
            self._rung[channel] = None
        else:
            self._messages.append((channel, orjson.dumps(message)))
        if self._sender is None or self._sender.done():
            self._sender = asyncio.create_task(self._send())

    async def _send(self) -> None:
        while self._rung or self._messages:
            batch = [*self._messages, *((channel, b"{}") for channel in self._rung)]
            self._messages.clear()
            self._rung.clear()
            try:
                async with asyncio.timeout(_PATIENCE):
                    if self._connection is None:
                        self._connection = await _connect(self._url, "genesis-wakeups")
                    await self._connection.execute(_NOTIFY, self._parts(batch))
            except (psycopg.Error, TimeoutError, OSError):
                self._down_until = time.monotonic() + _RETRY_AFTER
                await self._disconnect()
            await asyncio.sleep(_BETWEEN)

    def _parts(self, batch: Sequence[tuple[str, bytes]]) -> tuple[list[str], list[str]]:
        channels, payloads = [], []
        for channel, message in batch:
            # its own name, without which two that are equal would arrive as one
            name, parts = f"{self._name}{next(self._number):x}", list(_cut(message))
            for number, part in enumerate(parts):
                channels.append(_PREFIX + channel)
                payloads.append(f"{name} {number} {len(parts)} {part}")
        return channels, payloads

    async def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(psycopg.Error, OSError):
                await connection.close()

    @asynccontextmanager
    async def listen(self, *channels: str) -> AsyncIterator["PostgresListener"]:
        listener = PostgresListener(self._url, channels)
        try:
            yield listener
        finally:
            await listener.close()

    async def alive(self) -> bool:
        """Whether what was asked last could be sent."""
        return time.monotonic() >= self._down_until

    async def close(self) -> None:
        if self._sender is not None and not self._sender.done():
            _, late = await asyncio.wait([self._sender], timeout=1)
            for sender in late:
                sender.cancel()
        await self._disconnect()


class PostgresListener:
    """One connection that listens; connects again by itself."""

    def __init__(self, url: str, channels: Sequence[str]) -> None:
        self._url = url
        self._channels = channels
        self._connection: Connection | None = None
        self._heard: deque[Hint] = deque()
        self._begun: dict[str, list[str]] = {}

    async def next(self, timeout: float) -> Hint | None:  # noqa: ASYNC109  (waiting is what it does)
        deadline = time.monotonic() + timeout
        while not self._heard and (left := deadline - time.monotonic()) > 0:
            try:
                if self._connection is None:
                    self._connection = await self._listening()
                async for notice in self._connection.notifies(timeout=left, stop_after=1):
                    self._take(notice.channel, notice.payload)
            except (psycopg.Error, TimeoutError, OSError, ValueError):  # ValueError: what is no text in our encoding
                await self.close()
                await asyncio.sleep(min(_RETRY_AFTER, max(0.0, deadline - time.monotonic())))
        return self._heard.popleft() if self._heard else None

    async def _listening(self) -> Connection:
        connection = await _connect(self._url, "genesis-listens")
        try:
            for channel in self._channels:
                await connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(_PREFIX + channel)))
        except BaseException:
            await connection.close()
            raise
        self._begun.clear()
        return connection

    def _take(self, channel: str, payload: str) -> None:
        """Keep a part, and the message once it is whole. What is no message of ours is passed over."""
        try:
            name, number, parts, text = payload.split(" ", 3)
            begun = self._begun.setdefault(name, []) if int(number) == 0 else self._begun[name]
            begun.append(text)
            if int(number) + 1 < int(parts):
                return
            message = orjson.loads("".join(self._begun.pop(name)))
        except (ValueError, KeyError):
            return
        if isinstance(message, dict):
            self._heard.append(Hint(channel.removeprefix(_PREFIX), message))
        self._begun.clear()  # the parts of one message come one after the other: what is left was cut off

    async def close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(psycopg.Error, OSError):
                await connection.close()


def _cut(message: bytes) -> Iterator[str]:
    """Pieces of at most _PART bytes, cut between characters."""
    begin = 0
    while begin < len(message):
        end = min(begin + _PART, len(message))
        while end < len(message) and message[end] & 0xC0 == 0x80:
            end -= 1
        yield message[begin:end].decode()
        begin = end
