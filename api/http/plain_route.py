"""Answers a request with its endpoint alone, where that declares nothing that FastAPI would have to resolve."""

import inspect
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute

PREFIX = "/api/v1"
"""Of all routes of the interface."""


class PlainRoute(APIRoute):
    """For an endpoint `async (request) -> Response`; with a dependency, its own or the router's, an ordinary route.

    For routes that are added to the application's own router: what include_router adds is not seen from here.
    https://fastapi.tiangolo.com/how-to/custom-request-and-route/
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        endpoint: Callable[[Request], Coroutine[Any, Any, Response]] = self.endpoint
        if self.dependencies or list(inspect.signature(endpoint).parameters) != ["request"]:
            return super().get_route_handler()
        return endpoint
