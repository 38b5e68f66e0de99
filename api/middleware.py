"""Pure ASGI middleware around everything: hosts, request ids, headers for browsers, faults without their text.

Not BaseHTTPMiddleware: it puts a queue and a task between a stream and its client.
"""

import re
from collections.abc import Collection
from urllib.parse import urlsplit
from uuid import uuid4

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import Problem, problem_of
from infrastructure.metrics import Metrics
from infrastructure.settings import Settings

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})

# https://owasp.org/www-project-secure-headers/
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}

REQUEST_ID = "X-Request-Id"
# digits only: what else came in this header would be somebody's words in our logs
_REQUEST_ID = re.compile(r"[0-9A-Fa-f-]{8,64}", re.ASCII)

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

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        with structlog.contextvars.bound_contextvars(request_id=_request_id(scope)):
            await self._answer(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = False
        request_id = structlog.contextvars.get_contextvars()["request_id"]
        private = scope["path"].startswith("/api/")

        async def send_with_headers(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                _count(scope, message["status"])
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers[name] = value
                headers[REQUEST_ID] = request_id
                if private:
                    headers.setdefault("Cache-Control", "no-store")
            await send(message)

        if not self._known(Headers(scope=scope).get("host", "")):
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

    def _known(self, host: str) -> bool:
        try:
            name = urlsplit(f"//{host}").hostname
        except ValueError:
            return False
        return name is not None and (name in self._hosts or "*" in self._hosts)


def _request_id(scope: Scope) -> str:
    """The client's, if it is one that may stand in a log, else a new one."""
    given = Headers(scope=scope).get(REQUEST_ID, "")
    return given if _REQUEST_ID.fullmatch(given) else str(uuid4())


def _count(scope: Scope, status: int) -> None:
    metrics: Metrics | None = getattr(scope["app"].state, "metrics", None) if "app" in scope else None
    if metrics is not None:  # it lives as long as the application runs, not as long as it exists
        metrics.request(scope["method"], _route(scope), status)


def _route(scope: Scope) -> str:
    """The route's template, so that no id and no token is logged."""
    return str(getattr(scope.get("route"), "path", "")) or "unknown"
