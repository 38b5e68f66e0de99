"""How long and how large a request may be on its way in: who trickles is cut off, and nobody waits behind them.

uvicorn itself waits for ever for the rest of a request, and for the first byte of a connection.
https://owasp.org/www-community/attacks/Slow_Post
"""

from asyncio import TimerHandle
from http import HTTPStatus
from typing import Any, cast
from uuid import uuid4

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from api.errors import Problem
from api.http.middleware import with_edge_headers

HEAD_SECONDS = 20.0
"""From the connection, or the first byte of a later request, to the end of the headers."""
BODY_SECONDS = 30.0
"""From there to the end of the body."""
LARGEST_HEAD = 64 * 1024

_TOO_SLOW = Problem("TOO_SLOW", "The request took too long to arrive. Nothing was done; send it again.")
_UNREADABLE = Problem("INVALID_REQUEST", "This is not HTTP/1.1 as it should be.", errors=(("", "cannot be read"),))
_TOO_LARGE = Problem("HEADERS_TOO_LARGE", "The headers are larger than 64 KB.")


class Receiving(HttpToolsProtocol):
    """One connection. A request that arrives at once costs no timer."""

    _timer: TimerHandle | None = None
    _in_head = True
    _in_request = False
    _head = 0

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._wait(HEAD_SECONDS)

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._in_head:
            self._head += len(data)
        super().data_received(data)
        if self.transport.is_closing():
            return
        if not (self._in_request or self._idle()):
            self._stop_waiting()
        elif self._in_head and self._head > LARGEST_HEAD:
            self._refuse(_TOO_LARGE)
        elif self._timer is None:
            self._wait(HEAD_SECONDS if self._in_head else BODY_SECONDS)

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002  (its name and what it is given are uvicorn's)
        """What the parser cannot read, said as every other refusal is; uvicorn's own text says less."""
        self._refuse(_UNREADABLE)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._in_request = self._in_head = True

    def on_headers_complete(self) -> None:
        self._in_head, self._head = False, 0
        self._stop_waiting()
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._in_request, self._in_head, self._head = False, True, 0
        super().on_message_complete()

    def _idle(self) -> bool:
        """Nothing has been asked, or all that was is answered: what came belongs to no request yet."""
        cycle = self._cycle
        return cycle is None or cycle.response_complete

    @property
    def _cycle(self) -> RequestResponseCycle | None:
        return self.cycle  # which is None until the first request, whatever its annotation says

    def _wait(self, seconds: float) -> None:
        self._timer = self.loop.call_later(seconds, self._refuse, _TOO_SLOW)

    def _stop_waiting(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _refuse(self, problem: Problem) -> None:
        """Said if nothing else is being said on this connection; then it is closed, and whoever reads it is told."""
        if self.transport.is_closing():
            return
        cycle = self._cycle
        if cycle is None or cycle.response_complete or not cycle.response_started:
            self.transport.write(_raw(problem))
        self.transport.close()


def _raw(problem: Problem) -> bytes:
    response = problem.response()
    response.headers["connection"] = "close"
    head = f"HTTP/1.1 {response.status_code} {HTTPStatus(response.status_code).phrase}\r\n".encode()
    headers = with_edge_headers(response.raw_headers, str(uuid4()), private=True)
    lines = b"".join(b"%s: %s\r\n" % line for line in headers)
    return head + lines + b"\r\n" + cast("bytes", response.body)
