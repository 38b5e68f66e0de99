"""An analyst opens one session of somebody else's: whose it is by pseudonym, from a case to its session, recorded."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio

from infrastructure.exports.key import ExportKey
from infrastructure.exports.redaction import Redactor
from tests.support.analyst import KEY, Desk
from tests.support.api import served
from tests.support.postgres import Cluster
from tests.support.reading import eventually

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def desk(cluster: Cluster) -> AsyncIterator[Desk]:
    with cluster.database() as url:
        async with served(url, None, export_key=KEY, limit_generations="off") as api:
            person = await api.stranger()
            await api.studio.users.set_role(person.id, "analyst")
            async with await api.client(person) as http:
                yield Desk(api, person, http)


async def test_whose_a_session_is_is_told_by_pseudonym_and_recorded(desk: Desk) -> None:
    session_id = await desk.session()
    address = f"/api/v1/genesis/{session_id}/access"
    redactor = Redactor(ExportKey.of(KEY.encode()), with_text=False, anonymise=True)
    assert (await desk.http.get(address)).json() == {
        "session_id": session_id,
        "own": False,
        "owner_pseudonym": str(redactor.pseudonym(desk.api.account.id)),
        "session_pseudonym": str(redactor.pseudonym(UUID(session_id))),
    }
    assert [entry["part"] for entry in await desk.reads_of(session_id, 1)] == ["state"]
    own = (await desk.api.http.get(address)).json()
    assert (own["own"], own["owner_pseudonym"]) == (True, None)


async def test_a_case_of_everybodys_is_opened_by_the_id_that_it_names(desk: Desk) -> None:
    session_id = await desk.session()
    asked = {"scope": "all", "of": "sessions", "limit": 200}

    async def case() -> dict[str, Any] | None:
        items = (await desk.http.get("/api/v1/analytics/cases", params=asked)).json()["items"]
        return next((one for one in items if one["opens"] == session_id), None)

    async def counted() -> bool:
        return await case() is not None

    await eventually(counted)
    found = await case()
    assert found is not None
    assert found["session_id"] != session_id, "a pseudonym"
    assert (await desk.http.get(f"/api/v1/genesis/{found['opens']}/state")).status_code == 200


async def test_contradictions_of_a_past_moment_are_a_read_of_the_past(desk: Desk) -> None:
    session_id = await desk.session()
    address = f"/api/v1/genesis/{session_id}/replay/contradictions"
    assert (await desk.http.get(address, params={"at_version": 1})).status_code == 200
    assert [entry["part"] for entry in await desk.reads_of(session_id, 1)] == ["past"]


@pytest.mark.parametrize("path", ["access", "replay/contradictions?at_version=1", "state", "events", "provenance"])
async def test_a_stranger_is_told_nothing(desk: Desk, path: str) -> None:
    session_id = await desk.session()
    before = await desk.written(desk.api.account.id)
    async with await desk.api.client(await desk.api.stranger()) as http:
        assert (await http.get(f"/api/v1/genesis/{session_id}/{path}")).status_code == 404
    assert await desk.written(desk.api.account.id) == before
