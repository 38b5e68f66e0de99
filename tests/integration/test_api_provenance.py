"""Provenance over HTTP: where confirmed texts came from, as steps, as PROV-JSON, and as a page for people."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
import pytest_asyncio
from prov.model import ProvActivity, ProvDocument

from domain.genesis.stages import STAGE_ORDER
from tests.support.api import Served, served
from tests.support.commands import CONTENTS, Desk
from tests.support.postgres import Cluster

pytestmark = pytest.mark.asyncio(loop_scope="module")

FIRST = STAGE_ORDER[0]
TITLE = f"/{FIRST.value}/title"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def api(cluster: Cluster) -> AsyncIterator[Served]:
    with cluster.database() as url:
        async with served(url, None, limit_generations="off") as running:
            yield running


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def session_id(api: Served) -> str:
    """A concept that was proposed, edited by hand, and confirmed."""
    session_id = await api.start(mode="free_form", seed="a clock")
    desk = Desk(api.studio.store, user_id=api.account.id)
    desk.session_id = UUID(session_id)
    proposal = await desk.propose()
    changed = CONTENTS[FIRST] | {"title": "My Own Clock"}
    done = await api.command("EDIT_CONTENT", session_id, stage=FIRST, proposal_id=str(proposal), content=changed)
    state = await api.state(session_id, done["version"])
    edited = state["stages"][0]["proposals"][-1]["id"]
    done = await api.command("CONFIRM_STAGE", session_id, stage=FIRST, proposal_id=edited)
    await api.readable(session_id, done["version"])
    return session_id


async def asked(api: Served, session_id: object, form: str = "", **parameters: Any) -> httpx.Response:
    return await api.http.get(f"/api/v1/genesis/{session_id}/provenance{form}", params=parameters)


async def test_every_confirmed_value_has_its_steps(api: Served, session_id: str) -> None:
    found = (await asked(api, session_id)).json()
    assert [step["kind"] for step in found["steps"]] == ["generated", "edited", "confirmed"]
    values = {value["path"]: value["author"] for value in found["stages"][0]["values"]}
    assert (values[TITLE], values[f"/{FIRST.value}/logline"]) == ("edited", "muse")
    assert found["shares"]["edited"] == {"ai": 0, "person": len("My Own"), "muse": len(" Clock")}
    one = (await asked(api, session_id, path=TITLE)).json()
    assert [run["text"] for run in one["stages"][0]["values"][0]["runs"]] == ["My Own", " Clock"]


async def test_a_branch_tells_the_same_and_where_it_came_from(api: Served, session_id: str) -> None:
    version = (await api.state(session_id))["version"]
    done = await api.command("BRANCH_GENESIS", from_session_id=session_id, at_version=version)
    await api.readable(done["session_id"], 1)
    found, source = (await asked(api, done["session_id"])).json(), (await asked(api, session_id)).json()
    assert (found["shares"], found["sources"]) == (source["shares"], [session_id])
    assert [step["kind"] for step in found["steps"]] == ["generated", "edited", "confirmed", "branched"]


async def test_as_prov_json(api: Served, session_id: str) -> None:
    answer = await asked(api, session_id, "/prov")
    read = ProvDocument.deserialize(content=answer.text, format="json")
    assert len(list(read.get_records(ProvActivity))) == 3
    found = answer.json()
    names = {name for part in ("entity", "activity", "agent") for name in found[part]}
    relations = {part: list(found[part].values()) for part in found if part.startswith("was") or part == "used"}
    for relation in (relation for part in relations.values() for relation in part):
        for key, name in relation.items():
            assert key == "prov:type" or name in names, "a relation names what the document holds"
    assert {relation["prov:type"]["$"] for relation in relations["wasDerivedFrom"] if "prov:type" in relation} == {
        "prov:Revision"
    }
    assert "My Own Clock" not in str(found)


async def test_as_a_page_for_people(api: Served, session_id: str) -> None:
    page = await asked(api, session_id, "/disclosure", format="markdown")
    assert page.headers["content-type"].startswith("text/markdown")
    assert "| Concept |" in page.text
    assert "My Own Clock" not in page.text
    report = (await asked(api, session_id, "/disclosure")).json()
    assert (report["edits"], report["confirmations"], report["percent_person"]) == (1, 1, 0)
    assert report["percent_ai"] == 0, "the muse is not an AI"
    assert round(report["percent_muse"] + report["percent_edited"], 1) == 100


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/POEM/title", 404, "NOT_FOUND"),
        (f"/{FIRST.value}/nothing", 404, "NOT_FOUND"),
        (f"/{FIRST.value}/themes/99999999999999999999", 404, "NOT_FOUND"),
        (f"/{FIRST.value}/themes/-1", 404, "NOT_FOUND"),
        (f"/{STAGE_ORDER[1].value}", 404, "NOT_FOUND"),
        ("/" * 1_001, 400, "INVALID_REQUEST"),
    ],
    ids=["no stage", "no field", "out of range", "before the first", "not confirmed", "too long"],
)
async def test_a_path_that_leads_nowhere(api: Served, session_id: str, path: str, status: int, code: str) -> None:
    answer = await asked(api, session_id, path=path)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_somebody_elses_is_not_there(api: Served, session_id: str) -> None:
    async with await api.client(await api.stranger()) as other:
        for form in ("", "/prov", "/disclosure"):
            answer = await other.get(f"/api/v1/genesis/{session_id}/provenance{form}")
            assert (answer.status_code, answer.json()["code"]) == (404, "NOT_FOUND")
    assert (await asked(api, uuid4())).status_code == 404
