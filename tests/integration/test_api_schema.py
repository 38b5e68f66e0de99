"""The whole OpenAPI document, every operation with valid and invalid data: no server error, no undocumented answer."""

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from copy import deepcopy
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)
from schemathesis.specs.openapi.schemas import OpenApiSchema

from tests.support.api import Served, served
from tests.support.postgres import Cluster
from tests.support.routes import DOCUMENT

DOCUMENTED = [status_code_conformance, content_type_conformance, response_schema_conformance, unsupported_method]
EXAMPLES = 6


class Beside:
    """The API on a loop of its own: schemathesis is synchronous. Streams end after a moment."""

    def __init__(self, database_url: str, redis_url: str) -> None:
        self._arguments = (database_url, redis_url)
        self._ready: Future[tuple[Served, str, str]] = Future()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()))
        self._thread.start()
        self.api, self.session_id, authorization = self._ready.result(timeout=30)
        self.headers = {"Authorization": authorization}

    async def _run(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        try:
            async with served(*self._arguments, longest_stream=0.02, patience=0.02) as api:
                session_id = await api.start(title="Tides")
                begun = await api.command("GENERATE_INSPIRATION", session_id)
                await api.readable(session_id, begun["version"])
                self._ready.set_result((api, session_id, api.http.headers["Authorization"]))
                await self._stop.wait()
        except BaseException as error:
            if not self._ready.done():
                self._ready.set_exception(error)
            raise

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(timeout=15)


@pytest.fixture(scope="module")
def beside(cluster: Cluster, redis_url: str) -> Iterator[Beside]:
    with cluster.database() as url:
        running = Beside(url, redis_url)
        yield running
        running.stop()


@pytest.fixture(scope="module")
def document() -> OpenApiSchema:
    return schemathesis.openapi.from_dict(deepcopy(DOCUMENT))


@pytest.fixture(autouse=True)
def named(request: pytest.FixtureRequest) -> None:
    """What schemathesis puts the operation's name into, which pytest has another place for since 9.1."""
    request.node._nodeid = request.node.nodeid


# read when the test runs: what it would ask is worked out for seconds, which every process that only collects would pay
schema = schemathesis.pytest.from_fixture("document")
bounded = settings(
    max_examples=EXAMPLES, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)


def answered(case: Any, beside: Beside) -> None:
    response = case.call(base_url=beside.api.base_url, headers=beside.headers)
    # a version that will never come is waited for in vain, and that is said: no fault of the server
    late = response.status_code == 503 and response.json()["code"] == "PROJECTION_LAGGING"
    case.validate_response(response, checks=DOCUMENTED if late else [*DOCUMENTED, not_a_server_error])


@schema.parametrize()
@bounded
def test_whatever_is_asked_gets_a_documented_answer(case: Any, beside: Beside) -> None:
    answered(case, beside)


@schema.include(path_regex="session_id|commands").parametrize()
@bounded
def test_whatever_is_asked_of_a_real_session_gets_a_documented_answer(case: Any, beside: Beside) -> None:
    if "session_id" in (case.path_parameters or {}):
        case.path_parameters["session_id"] = beside.session_id
    if isinstance(case.body, dict) and "session_id" in case.body:
        case.body["session_id"] = beside.session_id
    answered(case, beside)
