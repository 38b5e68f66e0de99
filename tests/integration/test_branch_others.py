"""An analyst begins sessions of their own from somebody else's: recorded with the branch, read while they may."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
import pytest_asyncio
from genesis_types.enums import GenesisMode

from domain.genesis.commands import AbandonGenesis, ConfirmStage
from domain.genesis.stages import STAGE_ORDER
from tests.support.analyst import KEY, TITLE, Desk
from tests.support.api import COMMANDS, served
from tests.support.archives import archived, places
from tests.support.commands import CONTENTS
from tests.support.commands import Desk as Workshop
from tests.support.postgres import Cluster

pytestmark = pytest.mark.asyncio(loop_scope="module")

FIRST = STAGE_ORDER[0]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def url(cluster: Cluster) -> AsyncIterator[str]:
    with cluster.database() as made:
        yield made


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def desk(url: str) -> AsyncIterator[Desk]:
    async with served(url, None, export_key=KEY, limit_generations="off", limit_look_backs="off") as api:
        person = await api.stranger()
        await api.studio.users.set_role(person.id, "analyst")
        async with await api.client(person) as http:
            yield Desk(api, person, http)


@pytest_asyncio.fixture(loop_scope="module")
async def once(desk: Desk) -> AsyncIterator[Desk]:
    """Another analyst of the same studio, who stops being one in the test."""
    person = await desk.api.stranger()
    await desk.api.studio.users.set_role(person.id, "analyst")
    async with await desk.api.client(person) as http:
        yield Desk(desk.api, person, http)


async def branched(
    http: httpx.AsyncClient, source: str, version: int, command_id: UUID | None = None
) -> httpx.Response:
    body = {"command_type": "BRANCH_GENESIS", "payload": {"from_session_id": source, "at_version": version}}
    return await http.post(COMMANDS, json=body | {"command_id": str(command_id or uuid4())})


async def body(http: httpx.AsyncClient, session_id: str, path: str = "state?min_version=1") -> dict[str, Any]:
    answer = await http.get(f"/api/v1/genesis/{session_id}/{path}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_a_branch_is_the_analysts_with_the_texts_and_its_owner_sees_it(desk: Desk) -> None:
    source = await desk.session()
    before = await body(desk.api.http, source, "state")
    answer = await branched(desk.http, source, before["version"])
    assert answer.status_code == 200, answer.text
    made = answer.json()["result"]["session_id"]
    mine = await body(desk.http, made)
    assert mine["confirmed_data"] == before["confirmed_data"]
    assert (mine["source_session_id"], mine["source_version"]) == (source, before["version"])
    assert await body(desk.api.http, source, "state") == before, "the owner's is not touched"
    assert (await desk.api.http.get(f"/api/v1/genesis/{made}/state")).status_code == 404, (
        "and theirs is not the owner's"
    )
    (entry,) = await desk.reads_of(source, 1)
    assert (entry["part"], entry["at_version"], entry["session_title"]) == ("branch", before["version"], TITLE)
    assert entry["reader"] == desk.analyst.name
    (line,) = [one for one in (await desk.http.get("/api/v1/genesis")).json()["items"] if one["session_id"] == made]
    assert (line["source_session_id"], line["source_title"]) == (source, None)


async def test_an_earlier_moment_and_twice(desk: Desk) -> None:
    source, command_id = await desk.session(), uuid4()
    first = await branched(desk.http, source, 1, command_id)
    assert (await branched(desk.http, source, 1, command_id)).json() == first.json(), "sent again, it is the same one"
    assert (await branched(desk.http, source, 2)).json()["session_id"] != first.json()["session_id"]
    assert [one["at_version"] for one in await desk.reads_of(source, 2)] == [2, 1]
    assert (await body(desk.http, first.json()["session_id"]))["confirmed_data"] == {}


async def test_provenance_reaches_back_and_is_recorded(desk: Desk) -> None:
    source = await desk.session()
    made = (await branched(desk.http, source, 2)).json()["session_id"]
    await body(desk.http, made)
    steps = (await body(desk.http, made, "provenance"))["steps"]
    assert source in {step["session_id"] for step in steps}
    assert {one["part"] for one in await desk.reads_of(source, 2)} == {"branch", "provenance"}


async def test_what_was_sent_is_read_in_the_source(desk: Desk) -> None:
    source = await desk.api.start(title=TITLE)
    asked = await desk.api.command("GENERATE_INSPIRATION", source)
    done = await desk.api.outcome(source, asked["correlation_id"], stage=FIRST)
    await desk.api.readable(source, done.version)
    made = (await branched(desk.http, source, done.version)).json()["session_id"]
    stages = (await body(desk.http, made))["stages"]
    (proposal,) = next(one for one in stages if one["stage"] == FIRST)["proposals"]
    found = await body(desk.http, made, f"proposals/{proposal['id']}/request")
    assert (found["session_id"], found["correlation_id"]) == (made, asked["correlation_id"])
    assert {one["part"] for one in await desk.reads_of(source, 2)} == {"branch", "prompts"}


@pytest.mark.parametrize("version", [1, 3, 2**31 - 1], ids=["there", "not-there", "highest"])
async def test_to_a_writer_it_is_a_session_that_does_not_exist(desk: Desk, version: int) -> None:
    source = await desk.session()
    before = await desk.api.written()
    async with await desk.api.client(await desk.api.stranger()) as http:
        theirs, nothing = await branched(http, source, version), await branched(http, str(uuid4()), version)
    assert (theirs.status_code, theirs.content) == (404, nothing.content)
    async with await desk.api.client() as nobody:
        assert (await branched(nobody, source, version)).status_code == 401
    assert await desk.api.written() == before


async def test_a_version_that_there_is_not_is_neither_begun_nor_recorded(desk: Desk) -> None:
    source = await desk.session()
    before = await desk.api.written()
    refused = await branched(desk.http, source, 99)
    assert (refused.status_code, refused.json()["code"]) == (422, "UNKNOWN_VERSION")
    assert (await branched(desk.http, str(uuid4()), 1)).status_code == 404
    assert await desk.api.written() == before


async def test_who_is_an_analyst_no_more_keeps_the_branch_and_reads_nothing_new(once: Desk) -> None:
    source, command_id = await once.session(), uuid4()
    answer = await branched(once.http, source, 2, command_id)
    made = answer.json()["session_id"]
    mine = await body(once.http, made)
    await once.api.studio.users.set_role(once.analyst.id, "writer")
    written = await once.written(once.api.account.id)
    assert await body(once.http, made) == mine
    steps = (await body(once.http, made, "provenance"))["steps"]
    assert {step["session_id"] for step in steps} == {made}, "what it took along, and nothing of the source"
    for path in (f"diff?with={source}", f"proposals/{uuid4()}/request"):
        assert (await once.http.get(f"/api/v1/genesis/{made}/{path}")).status_code == 404
    assert (await once.http.get(f"/api/v1/genesis/{source}/state")).status_code == 404
    assert (await branched(once.http, source, 1)).status_code == 404
    assert (await branched(once.http, source, 2, command_id)).json() == answer.json(), "what was done stays done"
    assert (await branched(once.http, made, 1)).status_code == 200, "their own is theirs to branch"
    go_on = {"command_type": "NAVIGATE_TO_STAGE", "session_id": made, "payload": {"stage": STAGE_ORDER[1]}}
    assert (await once.http.post(COMMANDS, json=go_on)).status_code == 200
    assert await once.written(once.api.account.id) == written, "nothing more was read"


async def test_from_an_archived_session(desk: Desk, url: str) -> None:
    owner = Workshop(desk.api.studio.store, user_id=desk.api.account.id)
    await owner.start(mode=GenesisMode.FREE_FORM, title=TITLE)
    await owner.do(ConfirmStage(stage=FIRST, content=CONTENTS[FIRST]))
    ended = await owner.do(AbandonGenesis())
    source = str(owner.session_id)
    await desk.api.readable(source, ended.version)
    moved = await archived(url, owner.session_id)
    made = (await branched(desk.http, source, 2)).json()["session_id"]
    mine = await body(desk.http, made)
    assert (mine["status"], mine["confirmed_data"][FIRST]["title"]) == ("IN_PROGRESS", CONTENTS[FIRST]["title"])
    assert await places(url, owner.session_id) == (1, moved), "the owner's stays where it is"
    (entry,) = await desk.reads_of(source, 1)
    assert (entry["part"], entry["at_version"]) == ("branch", 2)
