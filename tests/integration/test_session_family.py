"""The family of a session: what it came from and all that branched from any of these, of one person only."""

from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
import pytest_asyncio

from domain.genesis.commands import BranchGenesis
from infrastructure.postgres.pool import Pool
from projections.genesis import family
from projections.genesis.queries import Queries
from tests.support.api import Served, served
from tests.support.commands import Desk
from tests.support.postgres import Cluster
from tests.support.reading import eventually, projecting

api_loop = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def api(cluster: Cluster) -> AsyncIterator[Served]:
    with cluster.database() as url:
        async with served(url, None, limit_generations="off") as running:
            yield running


async def branch(api: Served, source: str, version: int) -> str:
    return str((await api.command("BRANCH_GENESIS", from_session_id=source, at_version=version))["session_id"])


async def members(api: Served, session_id: str) -> list[tuple[str, str | None, int | None]]:
    answer = await api.http.get(f"/api/v1/genesis/{session_id}/family", params={"min_version": 1})
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert body["more"] == 0
    return [(item["session_id"], item["source_session_id"], item["source_version"]) for item in body["items"]]


@api_loop
async def test_every_member_is_given_the_same_family(api: Served) -> None:
    root = await api.start(mode="free_form", title="Tides")
    await api.command("NAVIGATE_TO_STAGE", root, stage="CHARACTERS")
    early, late = await branch(api, root, 1), await branch(api, root, 2)
    child = await branch(api, late, 1)
    await api.start(title="Nothing to do with it")
    expected = [(root, None, None), (early, root, 1), (late, root, 2), (child, late, 1)]
    await members(api, child)  # the last one is in the read tables now, and so are those before it
    for one in (child, root, early, late):
        assert await members(api, one) == expected
    alone = await api.start(title="Alone")
    assert await members(api, alone) == [(alone, None, None)]


@api_loop
async def test_a_session_that_is_not_there(api: Served) -> None:
    answer = await api.http.get(f"/api/v1/genesis/{uuid4()}/family")
    assert (answer.status_code, answer.json()["code"]) == (404, "NOT_FOUND")


async def test_of_a_large_family_the_nearest_are_shown(
    desk: Desk, pool: Pool, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await desk.start()
    root = desk.session_id
    for _ in range(3):
        desk.clock.advance(minutes=1)
        await desk.do(BranchGenesis(from_session_id=root, at_version=1))
    monkeypatch.setattr(family, "MOST", 2)
    async with projecting(database_url) as projector:

        async def whole() -> bool:
            """Transactions of other databases hold back what a projector may read."""
            await projector.step()
            read = await Queries(pool).family(root, desk.user_id)
            return read is not None and len(read.items) + read.more == 4

        await eventually(whole)
    found = await Queries(pool).family(root, desk.user_id)
    strangers = await Queries(pool).family(root, uuid4())
    assert found is not None
    assert (len(found.items), found.more) == (2, 2)
    assert found.items[0].session_id == root
    assert strangers is None
