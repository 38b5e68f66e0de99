"""The way to the busiest address: past the framework's layers, whose work takes as long as a command's own.

What is found there is the same endpoint, inside the same `Edge`; errors are said as everywhere. Routing, the layers
around it and resolving what an endpoint wants took a fifth of the processor time of a command.
"""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import Response
from fastapi.routing import APIRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from api.errors import has_meaning, problem_of

Endpoint = Callable[[Request], Awaitable[Response]]


class Lean(APIRoute):
    """A route whose endpoint takes the request and gives the response: nothing is left for FastAPI to resolve."""

    def get_route_handler(self) -> Callable[[Request], Any]:
        endpoint: Callable[[Request], Any] = self.endpoint
        return endpoint


class Application(FastAPI):
    """FastAPI, with its lean routes at hand."""

    _direct: Mapping[tuple[str, str], ASGIApp] = {}

    def reach(self, routes: Mapping[str, Lean], edge: Callable[[ASGIApp], ASGIApp]) -> None:
        """Reach `routes` (address -> route) without the framework; `edge` is put around each of them."""
        self._direct = {
            (method, address): edge(_answering(route))
            for address, route in routes.items()
            for method in route.methods or ()
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and (way := self._direct.get((scope["method"], scope["path"]))) is not None:
            scope["app"] = self
            await way(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)


def lean(router: APIRouter) -> Iterator[Lean]:
    """The lean routes of `router`."""
    return (route for route in router.routes if isinstance(route, Lean))


def _answering(route: Lean) -> ASGIApp:
    endpoint: Endpoint = route.endpoint

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        scope["route"] = route  # its template is what requests are counted and logged by
        try:
            response = await endpoint(Request(scope, receive, send))
        except Exception as error:
            if not has_meaning(error):
                raise  # a fault: the edge's
            response = problem_of(error).response()
        await response(scope, receive, send)

    return answer
