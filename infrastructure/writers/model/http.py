"""The HTTP client that models are asked through: proxies where they belong, every byte seen, odd answers understood.

The SDKs stand above it. What they hide is noted here for the request under way: each byte as a sign of life (also
comments that only keep the line open), the status and the words of a refusal, a web page where an API should be. A
server that ignores `stream` has its whole answer passed on as a stream of one chunk.
"""

import json
from collections.abc import AsyncIterator, Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, cast

import httpx2

from infrastructure.writers.limits import is_loopback
from infrastructure.writers.model.link_local import watch_connection

CONNECT_SECONDS = 10.0
CACHE_MARK = "cache_control"
_WORDS_KEPT = 4_000


@dataclass
class Seen:
    """What one request met. `words`: what a refusal said, in lower case, only to be understood, never to be shown."""

    alive: Callable[[], None] = lambda: None
    without: frozenset[str] = frozenset()
    status: int | None = None
    words: str = ""
    page: bool = False
    retry_after: str | None = None
    proxied: bool = False
    headers: dict[str, str] = field(default_factory=dict)


seen_now: ContextVar[Seen | None] = ContextVar("seen_now", default=None)


def make_client(base_url: str | None) -> httpx2.AsyncClient:
    """A client for a model at `base_url`; None: at its provider's own address.

    A model on loopback is never looked for through a proxy; a remote one goes where HTTPS_PROXY, ALL_PROXY (SOCKS
    included) and NO_PROXY say. Silence is watched by whoever asks, so there is no read time-out here.
    """
    local = base_url is not None and is_loopback(base_url)
    return httpx2.AsyncClient(
        trust_env=not local,
        timeout=httpx2.Timeout(None, connect=CONNECT_SECONDS),
        follow_redirects=not local,
        event_hooks={"request": [watch_connection, _lighten], "response": [_watch]},
    )


def asked_pause(header: str | None) -> float | None:
    """Seconds that a Retry-After (RFC 9110) asks for, None where there is none."""
    if header is None:
        return None
    try:
        return max(0.0, float(header))
    except ValueError:
        pass
    try:
        return max(0.0, (parsedate_to_datetime(header) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return None


async def _lighten(request: httpx2.Request) -> None:
    """Takes out the parts that this server has refused. The SDKs have no way to leave some of them out."""
    seen = seen_now.get()
    if seen is None or not seen.without or not request.content:
        return
    body = {key: value for key, value in json.loads(request.content).items() if key not in seen.without}
    if CACHE_MARK in seen.without:
        body = _unmarked(body)
    kept = json.dumps(body).encode()
    request.stream = httpx2.ByteStream(kept)
    request.headers["content-length"] = str(len(kept))


def _unmarked(value: Any) -> Any:
    """`value` without the marks of what a provider may keep, which stand deep inside of a request."""
    if isinstance(value, dict):
        return {key: _unmarked(item) for key, item in value.items() if key != CACHE_MARK}
    return [_unmarked(item) for item in value] if isinstance(value, list) else value


async def _watch(response: httpx2.Response) -> None:
    seen = seen_now.get()
    if seen is None:
        return
    seen.alive()
    seen.status = response.status_code
    kind = response.headers.get("content-type", "").lower()
    seen.page = "text/html" in kind
    seen.retry_after = response.headers.get("retry-after")
    seen.proxied = "proxy-authenticate" in response.headers
    if response.is_error or seen.page:
        await response.aread()
        seen.words = response.text[:_WORDS_KEPT].lower()
        return
    whole = "json" in kind and _streamed(response.request)
    if whole:
        response.headers["content-type"] = "text/event-stream"
        response.headers.pop("content-length", None)
    stream = cast(httpx2.AsyncByteStream, response.stream)  # an async client's always is
    response.stream = _Watched(stream, seen, whole)


def _streamed(request: httpx2.Request) -> bool:
    try:
        return bool(json.loads(request.content).get("stream"))
    except (ValueError, httpx2.RequestNotRead):
        return False


class _Watched(httpx2.AsyncByteStream):
    """A response's bytes, each of them a sign of life."""

    def __init__(self, stream: httpx2.AsyncByteStream, seen: Seen, whole: bool) -> None:
        self._stream = stream
        self._seen = seen
        self._whole = whole
        self._read = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        if self._read:  # SDKs drain a stream after its end, and h11 would wait for more for ever
            return
        kept = bytearray()
        async for data in self._stream:
            self._seen.alive()
            if self._whole:
                kept += data
            else:
                yield data
        self._read = True
        if self._whole:
            yield _as_stream(bytes(kept), self._seen)

    async def aclose(self) -> None:
        await self._stream.aclose()


def _as_stream(data: bytes, seen: Seen) -> bytes:
    """A whole chat completion as a stream of one chunk; what is none, as it is."""
    try:
        answer = json.loads(data)
        choice = answer["choices"][0]
    except (ValueError, LookupError, TypeError):
        seen.words = data[:_WORDS_KEPT].decode("utf-8", "replace").lower()
        return b"data: " + data.replace(b"\n", b" ") + b"\n\ndata: [DONE]\n\n"
    message: dict[str, Any] = choice.get("message") or {}
    for index, call in enumerate(message.get("tool_calls") or []):
        call.setdefault("index", index)
        call.setdefault("id", f"call_{index}")
    chunk = {
        "id": answer.get("id") or "one",
        "object": "chat.completion.chunk",
        "created": answer.get("created") or 0,
        "model": answer.get("model") or "",
        "choices": [{"index": 0, "delta": message, "finish_reason": choice.get("finish_reason") or "stop"}],
        "usage": answer.get("usage"),
    }
    return b"data: " + json.dumps(chunk).encode() + b"\n\ndata: [DONE]\n\n"
