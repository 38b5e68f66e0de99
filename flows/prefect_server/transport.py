"""Sends requests to Prefect again, within milliseconds, when its server is busy or the connection was lost.

A server on SQLite answers 503 where two write at once. Prefect's own client would sleep for two seconds and more, and
longer each time; a resume has half a second.
"""

import asyncio
import random
from typing import Any

import httpx
from prefect.context import AsyncClientContext

BUSY = 503
PAUSES = (0.01, 0.02, 0.05, 0.1, 0.2, 0.4, 0.8, 1.5)
"""Seconds, about; the sum is the most that a busy server may cost before it counts as one that does not answer."""


CONNECTION_LOST = (httpx.ReadError, httpx.WriteError, httpx.RemoteProtocolError)
"""A kept connection that is dead by now, or one that was cut on the way. Every request that the studio makes of Prefect
may be sent twice: the second answer says what is true."""


class RetryingTransport(httpx.AsyncBaseTransport):
    """Sends a request again, soon: a server that answers 503 has done nothing."""

    def __init__(self, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._transport = transport or httpx.AsyncHTTPTransport(
            limits=httpx.Limits(max_connections=16, max_keepalive_connections=16, keepalive_expiry=25)
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        for pause in PAUSES:
            response = await self._send(request)
            if response.status_code != BUSY:
                return response
            await response.aclose()
            await asyncio.sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311  (jitter)
        return await self._send(request)

    async def _send(self, request: httpx.Request) -> httpx.Response:
        try:
            return await self._transport.handle_async_request(request)
        except CONNECTION_LOST:
            return await self._transport.handle_async_request(request)

    async def aclose(self) -> None:
        await self._transport.aclose()


class RetryingClientContext(AsyncClientContext):
    """Prefect's client context with that transport: the engine and the studio find it as the current client."""

    def __init__(self, httpx_settings: dict[str, Any] | None = None) -> None:
        super().__init__(httpx_settings=(httpx_settings or {}) | {"transport": RetryingTransport()})
        self._httpx_settings = httpx_settings  # the key under which Prefect looks it up
