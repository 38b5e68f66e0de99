"""Pure ASGI middleware around everything: hosts, request ids, headers for browsers, faults without their text.

Not BaseHTTPMiddleware: it puts a queue and a task between a stream and its client.
"""

import re
from collections.abc import Collection, Iterable
from functools import lru_cache
from secrets import token_hex

import structlog
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.contextvars import bind_contextvars, reset_contextvars

from api.errors import Problem, problem_of, status_of
from api.http.plain_route import PREFIX
from infrastructure.observability.metrics import Metrics
from infrastructure.settings import Settings

Header = tuple[bytes, bytes]

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})

# https://owasp.org/www-project-secure-headers/
_HEADERS = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
]
# for what is no page: opened in a browser, it loads, runs and embeds nothing; the page brings its own
_POLICY = (
    b"content-security-policy",
    b"default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
)
_NOT_KEPT = (b"cache-control", b"no-store")

REQUEST_ID = "X-Request-Id"
_RAW_REQUEST_ID = REQUEST_ID.lower().encode()
_OURS = frozenset({name for name, _ in _HEADERS} | {_RAW_REQUEST_ID})
# digits only: what else came in this header would be somebody's words in our logs
_REQUEST_ID = re.compile(rb"[0-9A-Fa-f-]{8,64}")
# a name or an address, and a port: urlsplit would take user@name, name/path and name?question for it too
_HOST = re.compile(rb"(?:\[([0-9A-Fa-f:.]+)\]|([0-9A-Za-z._-]+))(?::[0-9]{0,5})?")

log = structlog.get_logger(__name__)


def trusted_hosts(settings: Settings) -> frozenset[str]:
    """Names under which this server is addressed. A page that had its own name point here would be another one."""
    return (
        LOOPBACK
        | {settings.host.lower()}
        | {name.strip().lower() for name in settings.hosts.split(",") if name.strip()}
    )


class Edge:
    """The outermost layer."""

    def __init__(self, app: ASGIApp, hosts: Collection[str]) -> None:
        self._app = app
        self._hosts = hosts
        self._known = lru_cache(256)(self._is_known)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = b""
        hosts: list[bytes] = []
        for name, value in scope["headers"]:
            if name == b"host":
                hosts.append(value)
            elif name == _RAW_REQUEST_ID:
                given = given or value
        request_id = _request_id(given)
        before = bind_contextvars(request_id=request_id)
        try:
            await self._answer(hosts, request_id, scope, receive, send)
        finally:
            reset_contextvars(**before)

    async def _answer(self, hosts: list[bytes], request_id: str, scope: Scope, receive: Receive, send: Send) -> None:
        started = False
        private = scope["path"].startswith("/api/")

        async def send_with_headers(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                _count(scope, message["status"])
                message["headers"] = with_edge_headers(message.get("headers", ()), request_id, private=private)
            await send(message)

        if len(hosts) != 1 or not self._known(hosts[0]):  # of two, somebody on the way may have read the other
            refused = Problem.invalid("Host", "This server does not answer under that name.")
            await refused.response()(scope, receive, send_with_headers)
            return
        try:
            await self._app(scope, receive, send_with_headers)
        except ClientDisconnect:
            return  # it went away, or was cut off, before it had said what it wants
        except Exception as error:
            # the text of an exception may quote a manuscript: neither the log nor the client gets it
            log.exception("request_failed", method=scope["method"], route=_route(scope), error=type(error).__name__)
            if not started:
                await problem_of(error).response()(scope, receive, send_with_headers)

    def _is_known(self, host: bytes) -> bool:
        said = _HOST.fullmatch(host)
        return said is not None and ("*" in self._hosts or (said[1] or said[2]).decode().lower() in self._hosts)


def with_edge_headers(headers: Iterable[Header], request_id: str, *, private: bool) -> list[Header]:
    """An answer's headers with those that every answer has; `private`: with one that keeps it out of caches."""
    found = [header for header in headers if header[0] not in _OURS]
    names = {name for name, _ in found}
    if private and b"cache-control" not in names:
        found.append(_NOT_KEPT)
    if b"content-security-policy" not in names:
        found.append(_POLICY)
    return [*found, *_HEADERS, (_RAW_REQUEST_ID, request_id.encode())]


def _request_id(given: bytes) -> str:
    """The client's, if it is one that may stand in a log, else a new one."""
    return given.decode() if given and _REQUEST_ID.fullmatch(given) else token_hex(16)


def _count(scope: Scope, status: int) -> None:
    metrics: Metrics | None = getattr(scope["app"].state, "metrics", None) if "app" in scope else None
    if metrics is not None:  # it lives as long as the application runs, not as long as it exists
        metrics.request(scope["method"], _route(scope), status, limited=status == status_of("RATE_LIMITED"))


def _route(scope: Scope) -> str:
    """The route's template, so that no id and no token is logged; without the prefix, which included routes lack."""
    return str(getattr(scope.get("route"), "path", "")).removeprefix(PREFIX) or "unknown"
