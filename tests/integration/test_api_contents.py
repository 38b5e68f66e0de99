"""Contents by a writer over HTTP: asked for by their own address, told how far they are, stopped; ranges refused."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.support.api import Served, served
from tests.support.author import Author, done, problem
from tests.support.postgres import Cluster
from tests.support.reading import eventually

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def author(cluster: Cluster, redis_url: str) -> AsyncIterator[Author]:
    with cluster.database() as url:
        async with served(url, redis_url) as api:
            yield await _begun(api)


async def _begun(api: Served) -> Author:
    author = Author(api.http)
    await author.begin(title="The Salt Clock")
    return author


async def test_a_range_is_asked_for_by_the_address_of_the_contents(author: Author) -> None:
    address = f"/api/v1/projects/{author.project_id}"
    key = {"Idempotency-Key": "0c7a7a3e-4d0f-4be7-9d0c-3c0f2d1b5a11"}
    wanted = {"from_chapter": 1, "to_chapter": 3, "instructions": "More rain."}
    answer = await author.http.post(f"{address}/toc", json=wanted, headers=key)
    assert answer.status_code == 202, answer.text
    job = answer.json()
    assert job["project_id"] == author.project_id
    again = await author.http.post(f"{address}/toc", json=wanted, headers=key)
    assert (again.status_code, again.json()) == (202, job)

    async def told() -> bool:
        found = await author.http.get(f"/api/v1/tasks/{job['job_id']}")
        return found.status_code == 200 and found.json()["command_type"] == "WRITE_CONTENTS"

    await eventually(told)
    contents = done(await author.http.get(f"{address}/contents", params={"min_version": job["version"]}))
    assert contents["proposed"]["id"] == job["contents_id"]
    problem(await author.http.post(f"{address}/toc", json={}), 409, "COMMAND_ACTIVE")
    stopped = await author.project("CANCEL_CONTENTS")
    contents = done(await author.http.get(f"{address}/contents", params={"min_version": stopped["version"]}))
    assert contents["proposed"]["status"] == "cancelled"


@pytest.mark.parametrize(
    ("wanted", "status", "code"),
    [
        ({"from_chapter": 0}, 400, "INVALID_REQUEST"),
        ({"from_chapter": 9, "to_chapter": 10}, 422, "INVALID_RANGE"),
        ({"from_chapter": 1, "to_chapter": 1_000_000}, 400, "INVALID_REQUEST"),
        ({"go_on": True, "from_chapter": "one"}, 400, "INVALID_REQUEST"),
    ],
)
async def test_a_range_that_is_none_is_refused(
    author: Author, wanted: dict[str, object], status: int, code: str
) -> None:
    problem(await author.http.post(f"/api/v1/projects/{author.project_id}/toc", json=wanted), status, code)
