"""The command route takes the short way, and yet dependencies and middleware run."""

import pytest
from fastapi import APIRouter, Depends, FastAPI, HTTPException, Request, Response
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient
from starlette.types import ASGIApp, Receive, Scope, Send

from api.app import create_app
from api.http.plain_route import PlainRoute
from api.routes import commands
from infrastructure.settings import Settings


async def answer(request: Request) -> Response:
    return Response(request.scope.get("said", "nothing"))


async def refuse() -> None:
    raise HTTPException(418)


async def with_a_dependency(request: Request, _: None = Depends(refuse)) -> Response:
    return Response(request.method)


class Saying:
    """A middleware that says something to whoever comes after it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app({**scope, "said": "from the middleware"}, receive, send)


@pytest.fixture
def app() -> FastAPI:
    app = FastAPI()
    app.add_middleware(Saying)
    return app


def test_answers_with_what_the_endpoint_gives_and_middleware_runs(app: FastAPI) -> None:
    app.router.add_api_route("/x", answer, route_class_override=PlainRoute)
    assert TestClient(app).get("/x").text == "from the middleware"


def test_dependencies_of_the_application_of_the_route_and_of_the_endpoint_run(app: FastAPI) -> None:
    guarded = FastAPI(dependencies=[Depends(refuse)])
    guarded.router.add_api_route("/x", answer, route_class_override=PlainRoute)
    assert TestClient(guarded).get("/x").status_code == 418
    app.router.add_api_route("/own", answer, dependencies=[Depends(refuse)], route_class_override=PlainRoute)
    app.router.add_api_route("/asked", with_a_dependency, route_class_override=PlainRoute)
    assert TestClient(app).get("/own").status_code == 418
    assert TestClient(app).get("/asked").status_code == 418


def test_dependencies_of_the_router_that_commands_are_added_to_run() -> None:
    router = APIRouter(dependencies=[Depends(refuse)])
    commands.add_route(router, "/api/v1")
    app = FastAPI()
    app.router.routes.extend(router.routes)
    assert TestClient(app).post("/api/v1/genesis/commands").status_code == 418


def test_commands_are_a_route_of_the_application_itself() -> None:
    """What include_router adds would not be seen by the short way."""
    app = create_app(Settings(database_url="postgresql://nobody@localhost/none"))
    found = [route for route in app.routes if isinstance(route, APIRoute) and route.endpoint is commands.send_command]
    assert [type(route) for route in found] == [PlainRoute]
