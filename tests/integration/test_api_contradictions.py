"""Contradictions over HTTP: found, accepted or left as they are, by their owner, and nothing changed by itself."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio
from genesis_types.enums import GenesisStage

from domain.genesis.agreement import MOST_AT_ONCE
from domain.genesis.stages import STAGE_ORDER
from tests.support.api import COMMANDS, Served, served
from tests.support.commands import CONTENTS
from tests.support.postgres import Cluster

pytestmark = pytest.mark.asyncio(loop_scope="module")
KINDS = ("CORRECT_CONTRADICTIONS", "DISMISS_CONTRADICTIONS", "RESTORE_CONTRADICTIONS")

CONCEPT, CHARACTERS, PLOT = (GenesisStage(key) for key in ("CONCEPT_SELECTION", "CHARACTERS", "PLOT_OUTLINE"))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def api(cluster: Cluster, redis_url: str) -> AsyncIterator[Served]:
    with cluster.database() as url:
        async with served(url, redis_url) as running:
            yield running


async def confirm(api: Served, session_id: str, stage: GenesisStage, **changes: Any) -> int:
    content = CONTENTS[stage] | changes
    answer = await api.command("CONFIRM_STAGE", session_id, stage=stage, content=content)
    return int(answer["version"])


@pytest_asyncio.fixture(loop_scope="module")
async def renamed(api: Served) -> str:
    """A session whose stages are confirmed, and Ines is called Marta then: two texts still say Ines."""
    session_id = await api.start()
    for stage in STAGE_ORDER:
        await confirm(api, session_id, stage)
    await confirm(api, session_id, CONCEPT, hook="Then Ines hears the tide. It waits.")
    await confirm(api, session_id, PLOT, subplots=["What Ines's son knew."])
    people: Any = CONTENTS[CHARACTERS]["characters"]
    await api.readable(
        session_id, await confirm(api, session_id, CHARACTERS, characters=[people[0] | {"name": "Marta"}])
    )
    return session_id


async def found(api: Served, session_id: str, min_version: int = 0) -> dict[str, Any]:
    address = f"/api/v1/genesis/{session_id}/contradictions"
    answer = await api.http.get(address, params={"min_version": min_version})
    assert answer.status_code == 200, answer.text
    listed: dict[str, Any] = answer.json()
    return listed


async def test_a_session_without_renames_has_none(api: Served) -> None:
    session_id = await api.start()
    assert await found(api, session_id) == {
        "session_id": session_id,
        "version": 1,
        "items": [],
        "more": 0,
        "dismissed": [],
    }
    for stage in STAGE_ORDER:
        version = await confirm(api, session_id, stage)
    assert (await found(api, session_id, version))["items"] == []


async def test_what_is_found_is_shown_with_its_change_and_changes_nothing(api: Served, renamed: str) -> None:
    before = await api.written()
    first, second = (await found(api, renamed))["items"]
    assert first.pop("id") != second.pop("id")
    assert first == {
        "kind": "old_name",
        "stage": "CONCEPT_SELECTION",
        "path": "/hook",
        "source_stage": "CHARACTERS",
        "names": [{"old": "Ines", "new": "Marta"}],
        "sentence": "Then Ines hears the tide.",
        "proposed": "Then Marta hears the tide.",
        "locked": False,
        "unsure": False,
        "why": "In “Characters” “Ines” is now “Marta”.",
        "found_by": None,
        "said": "",
        "source_path": None,
        "source_sentence": None,
        "search_id": None,
    }
    assert (second["path"], second["proposed"]) == ("/subplots/0", "What Marta's son knew.")
    assert await api.written() == before


async def test_accepting_is_an_event_and_the_text_before_is_still_there(api: Served, renamed: str) -> None:
    listed = await found(api, renamed)
    chosen = [one["id"] for one in listed["items"]]
    answer = await api.command("CORRECT_CONTRADICTIONS", renamed, contradiction_ids=chosen)
    assert answer["version"] == listed["version"] + 2
    state = await api.state(renamed, answer["version"])
    assert state["confirmed_data"]["CONCEPT_SELECTION"]["hook"] == "Then Marta hears the tide. It waits."
    assert state["confirmed_data"]["PLOT_OUTLINE"]["subplots"] == ["What Marta's son knew."]
    corrected = {stage["stage"]: stage for stage in state["stages"]}
    assert corrected["PLOT_OUTLINE"]["confirmed_proposal_id"] == corrected["PLOT_OUTLINE"]["proposals"][-1]["id"]
    assert corrected["PLOT_OUTLINE"]["status"] == "stale", "as it was before"
    history = (await api.http.get(f"/api/v1/genesis/{renamed}/events")).json()["items"]
    assert [(one["event_type"], one["stage"]) for one in history[-2:]] == [
        ("ContentCorrected", "CONCEPT_SELECTION"), ("ContentCorrected", "PLOT_OUTLINE")
    ]  # fmt: skip
    assert (await found(api, renamed, answer["version"]))["items"] == []
    refused = {
        "command_type": "CORRECT_CONTRADICTIONS",
        "session_id": renamed,
        "payload": {"contradiction_ids": chosen},
    }
    again = await api.http.post(COMMANDS, json=refused)
    assert (again.status_code, again.json()["code"]) == (422, "CONTRADICTION_GONE")


async def test_what_is_left_as_it_is_stays_left_and_goes_with_a_branch(api: Served, renamed: str) -> None:
    first, second = (await found(api, renamed))["items"]
    answer = await api.command("DISMISS_CONTRADICTIONS", renamed, contradiction_ids=[first["id"]])
    left = (await found(api, renamed, answer["version"]))["items"]
    assert [one["id"] for one in left] == [second["id"]]
    branch = await api.command("BRANCH_GENESIS", from_session_id=renamed, at_version=answer["version"])
    branched = await found(api, branch["session_id"], branch["version"])
    assert [one["id"] for one in branched["items"]] == [second["id"]]


async def test_what_was_left_is_listed_and_brought_up_again(api: Served, renamed: str) -> None:
    first, second = (await found(api, renamed))["items"]
    answer = await api.command("DISMISS_CONTRADICTIONS", renamed, contradiction_ids=[first["id"]])
    left = await found(api, renamed, answer["version"])
    assert left["dismissed"] == [first]
    answer = await api.command("RESTORE_CONTRADICTIONS", renamed, contradiction_ids=[first["id"]])
    again = await found(api, renamed, answer["version"])
    assert (again["items"], again["dismissed"]) == ([first, second], [])


async def test_a_locked_text_is_said_to_be_and_refused(api: Served, renamed: str) -> None:
    content = {"stage": CONCEPT, "content": CONTENTS[CONCEPT] | {"hook": "Then Ines hears the tide. It waits."}}
    answer = await api.command("EDIT_CONTENT", renamed, **content, locked_paths=["/hook"])
    first, second = (await found(api, renamed, answer["version"]))["items"]
    assert (first["locked"], second["locked"]) == (True, False)
    body = {
        "command_type": "CORRECT_CONTRADICTIONS",
        "session_id": renamed,
        "payload": {"contradiction_ids": [first["id"]]},
    }
    refused = await api.http.post(COMMANDS, json=body)
    assert (refused.status_code, refused.json()["code"]) == (422, "LOCKED")


@pytest.mark.parametrize(
    "ids", [[], ["x"], [None], "x", [str(uuid4())] * (MOST_AT_ONCE + 1)], ids=["none", "no-id", "null", "text", "many"]
)
async def test_ids_that_are_none_are_not_valid(api: Served, renamed: str, ids: Any) -> None:
    before = await api.written()
    for kind in KINDS:
        body = {"command_type": kind, "session_id": renamed, "payload": {"contradiction_ids": ids}}
        answer = await api.http.post(COMMANDS, json=body)
        assert (answer.status_code, answer.json()["code"]) == (400, "INVALID_REQUEST")
    assert await api.written() == before


async def test_a_long_list_is_shown_in_parts(api: Served, renamed: str) -> None:
    chapters = [{"n": n, "title": "Next", "summary": f"Then Ines walks on, {n}."} for n in range(1, MOST_AT_ONCE + 10)]
    version = await confirm(api, renamed, PLOT, chapters=chapters)
    listed = await found(api, renamed, version)
    assert (len(listed["items"]), listed["more"]) == (MOST_AT_ONCE, 10)
    chosen = [one["id"] for one in listed["items"]]
    answer = await api.command("CORRECT_CONTRADICTIONS", renamed, contradiction_ids=chosen)
    assert len((await found(api, renamed, answer["version"]))["items"]) == 10


async def test_nobody_else_sees_or_settles_them(api: Served, renamed: str) -> None:
    (first, *_) = (await found(api, renamed))["items"]
    async with await api.client(await api.stranger()) as other:
        assert (await other.get(f"/api/v1/genesis/{renamed}/contradictions")).status_code == 404
        for kind in KINDS:
            body = {"command_type": kind, "session_id": renamed, "payload": {"contradiction_ids": [first["id"]]}}
            assert (await other.post(COMMANDS, json=body)).status_code == 404
    async with await api.client() as nobody:
        assert (await nobody.get(f"/api/v1/genesis/{renamed}/contradictions")).status_code == 401


async def test_those_of_a_past_moment_are_what_was_found_then(api: Served, renamed: str) -> None:
    live = {}
    listed = await found(api, renamed)
    live[listed["version"]] = listed
    left = await api.command("DISMISS_CONTRADICTIONS", renamed, contradiction_ids=[listed["items"][0]["id"]])
    live[left["version"]] = await found(api, renamed, left["version"])
    done = await api.command("CORRECT_CONTRADICTIONS", renamed, contradiction_ids=[listed["items"][1]["id"]])
    live[done["version"]] = await found(api, renamed, done["version"])
    assert [len(one["items"]) for one in live.values()] == [2, 1, 0]
    for version, then in live.items():
        address = f"/api/v1/genesis/{renamed}/replay/contradictions"
        assert (await api.http.get(address, params={"at_version": version})).json() == then
        assert (await api.http.get(address, params={"at_version": version, "at": "2026-01-01"})).status_code == 400
    assert (await api.http.get(address, params={"at_version": 1})).json()["items"] == []
    assert (await api.http.get(address, params={"at_version": 99})).status_code == 404
