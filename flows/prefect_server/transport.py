"""The line to a Prefect server on SQLite: where two write at once, one is told 503, and asks again within milliseconds.

Prefect's own client would sleep for two seconds and more, and longer each time; a resume has half a second.
"""

import asyncio
import random
from typing import Any

import httpx
from prefect.context import AsyncClientContext

BUSY = 503
PAUSES = (0.01, 0.02, 0.05, 0.1, 0.2, 0.4, 0.8, 1.5)
"""Seconds, about; the sum is the most that a busy server may cost before it counts as one that does not answer."""


CUT = (httpx.ReadError, httpx.WriteError, httpx.RemoteProtocolError)
"""A connection that was kept and is dead by now, or cut on the way. Whatever the studio asks of Prefect may be asked
twice: the second answer says what is so."""


class PatientTransport(httpx.AsyncBaseTransport):
    """Sends a request again, soon: where the server says 503 nothing has been done."""

    def __init__(self, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._transport = transport or httpx.AsyncHTTPTransport(
            limits=httpx.Limits(max_connections=16, max_keepalive_connections=16, keepalive_expiry=25)
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        for pause in PAUSES:
            response = await self._once_more_when_cut(request)
            if response.status_code != BUSY:
                return response
            await response.aclose()
            await asyncio.sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311  (jitter)
        return await self._once_more_when_cut(request)

    async def _once_more_when_cut(self, request: httpx.Request) -> httpx.Response:
        try:
            return await self._transport.handle_async_request(request)
        except CUT:
            return await self._transport.handle_async_request(request)

    async def aclose(self) -> None:
        await self._transport.aclose()


class PatientContext(AsyncClientContext):
    """The client that everything of Prefect's finds as the current one."""

    def __init__(self, httpx_settings: dict[str, Any] | None = None) -> None:
        super().__init__(httpx_settings=(httpx_settings or {}) | {"transport": PatientTransport()})
        self._httpx_settings = httpx_settings  # what it is found by
