"""Looking back and taking out are bounded for each account: beyond that there is 429, and when to come again."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.support.api import Served, served
from tests.support.postgres import Cluster

pytestmark = pytest.mark.asyncio(loop_scope="module")

LOOKING_BACK = ("replay?at_version=1", "diff?from=1&to=1", "provenance", "provenance/prov", "provenance/disclosure")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def api(cluster: Cluster) -> AsyncIterator[Served]:
    with cluster.database() as url:
        async with served(
            url, None, limit_look_backs="5/hour", limit_exports="2/hour", export_key="a key for this test"
        ) as running:
            yield running


async def test_looking_back_is_bounded_over_all_its_questions(api: Served) -> None:
    session_id = await api.start()
    await api.readable(session_id, 1)
    addresses = [f"/api/v1/genesis/{session_id}/{question}" for question in LOOKING_BACK]
    assert {(await api.http.get(address)).status_code for address in addresses} == {200}
    for address in addresses:
        refused = await api.http.get(address)
        assert (refused.status_code, refused.json()["code"]) == (429, "RATE_LIMITED")
        assert 0 < int(refused.headers["Retry-After"]) <= 7_200
    # what is shown of now is not bounded, and neither is anybody else
    assert (await api.http.get(f"/api/v1/genesis/{session_id}/state")).status_code == 200
    async with await api.client(await api.stranger()) as other:
        assert (await other.get(addresses[0])).status_code == 404


async def test_downloads_are_bounded(api: Served) -> None:
    statuses = [(await api.http.get("/api/v1/exports/events")).status_code for _ in range(3)]
    assert statuses == [200, 200, 429]
    async with await api.client(await api.stranger()) as other:
        assert (await other.get("/api/v1/exports/events")).status_code == 200


async def test_who_is_not_signed_in_is_told_that_first(api: Served) -> None:
    async with await api.client() as nobody:
        assert (await nobody.get("/api/v1/exports/events")).status_code == 401
