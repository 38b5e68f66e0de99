"""What was sent for a proposal, over HTTP: for its owner only, from the events and the stored parts."""

from collections.abc import AsyncIterator
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

import pytest
from genesis_types.enums import GenesisStage

from domain.genesis.asked import Asked, AttemptMade, SentPart
from domain.genesis.commands import FailGeneration
from infrastructure.work.sent_parts import SentParts
from tests.support.api import Served, served

CONCEPT = GenesisStage.CONCEPT_SELECTION
TEXT = '<spark>\n"a lamp"\n</spark>'
HASH, GONE = sha256(TEXT.encode()).hexdigest(), sha256(b"gone").hexdigest()
ASKED = Asked(
    attempts=(
        AttemptMade(number=1, cause="FLAWED", parts=(SentPart(role="user", name="spark", hash=HASH),), input_tokens=9),
        AttemptMade(
            number=2,
            parameters={"max_tokens": 900},
            parts=(SentPart(role="user", name="spark", hash=HASH), SentPart(role="user", name="task", hash=GONE)),
        ),
    ),
    left_out=("notes",),
)


@pytest.fixture
async def api(database_url: str, redis_url: str) -> AsyncIterator[Served]:
    async with served(database_url, redis_url) as running:
        yield running


async def proposed(api: Served, **more: Any) -> tuple[str, dict[str, Any]]:
    """(session, the stage's view) after a round of which two of three proposals came."""
    session_id = await api.start()
    begun = await api.command("GENERATE_INSPIRATION", session_id, count=3)
    done = await api.outcome(session_id, begun["correlation_id"], stage=CONCEPT, count=2, **more)
    state = await api.state(session_id, done.version)
    return session_id, state["stages"][0]


BY_MODEL: dict[str, Any] = {
    "writer": "model",
    "model": "m-1",
    "prompt_version": "concept-1.2",
    "usage": {"input_tokens": 21, "output_tokens": 5, "requests": 2},
    "cost_usd": None,
    "asked": ASKED,
    "notes": ("Told in short.",),
    "item_notes": (("It copies the spark.",), ()),
}


async def test_the_owner_reads_each_request_with_its_parts_and_what_came_of_it(api: Served) -> None:
    session_id, stage = await proposed(api, **BY_MODEL)
    await SentParts(api.studio.pool).keep(UUID(session_id), {HASH: TEXT})
    await SentParts(api.studio.pool).keep(UUID(session_id), {HASH: TEXT})
    path = f"/api/v1/genesis/{session_id}/proposals/{stage['proposals'][1]['id']}/request"
    answer = await api.http.get(path)
    assert answer.status_code == 200
    found = answer.json()
    assert (found["writer"], found["model"], found["prompt_version"]) == ("model", "m-1", "concept-1.2")
    assert (found["input_tokens"], found["output_tokens"], found["cost_usd"]) == (21, 5, None)
    assert [one["cause"] for one in found["attempts"]] == ["FLAWED", None]
    assert found["attempts"][1]["parameters"] == {"max_tokens": 900}
    assert found["texts"] == {HASH: TEXT}, "a text that is gone is not invented"
    assert found["removed"] == [GONE], "and is said to be gone"
    assert found["left_out"] == ["notes"]


async def test_notes_and_how_many_came_stay_in_the_state(api: Served) -> None:
    session_id, stage = await proposed(api, **BY_MODEL)
    assert [one["notes"] for one in stage["proposals"]] == [["It copies the spark."], []]
    last = stage["last_round"]
    assert (last["wanted"], last["came"], last["notes"]) == (3, 2, ["Told in short."])
    compact = (await api.http.get(f"/api/v1/genesis/{session_id}/state/compact")).json()["stages"][0]
    assert compact["last_round"] == last
    assert compact["proposals"][0]["notes"] == ["It copies the spark."]
    one = (await api.http.get(f"/api/v1/genesis/{session_id}/proposals/{stage['proposals'][0]['id']}")).json()
    assert one["notes"] == ["It copies the spark."]


async def test_the_owner_reads_what_a_generation_was_sent_that_failed(api: Served) -> None:
    session_id = await api.start()
    work = UUID((await api.command("GENERATE_INSPIRATION", session_id))["correlation_id"])
    sent: dict[str, Any] = {"model": "m-1", "prompt_version": "concept-1.2", "asked": ASKED}
    body = FailGeneration(correlation_id=work, code="TIMED_OUT", message="Too late.", **sent)
    done = await api.recorded(session_id, body)
    await api.readable(session_id, done.version)
    await SentParts(api.studio.pool).keep(UUID(session_id), {HASH: TEXT})
    path = f"/api/v1/genesis/{session_id}/generations/{work}/request"
    found = (await api.http.get(path)).json()
    assert (found["model"], found["failure"], found["cost_usd"]) == ("m-1", "TIMED_OUT", None)
    assert (len(found["attempts"]), found["texts"], found["removed"]) == (2, {HASH: TEXT}, [GONE])
    async with await api.client(await api.stranger()) as theirs:
        assert (await theirs.get(path)).status_code == 404
    for unknown, status in ((uuid4(), 404), ("nothing", 400)):
        answer = await api.http.get(f"/api/v1/genesis/{session_id}/generations/{unknown}/request")
        assert answer.status_code == status


async def test_each_incomplete_proposal_is_told_in_every_form_of_the_state(api: Served) -> None:
    session_id, stage = await proposed(api, item_missing=(("/hook",), ("/tone", "/title")))
    told = [(one["proposal_id"], one["missing"]) for one in stage["incomplete"]]
    assert told == [
        (made["id"], missing)
        for made, missing in zip(stage["proposals"], (["/hook"], ["/tone", "/title"]), strict=True)
    ]
    compact = (await api.http.get(f"/api/v1/genesis/{session_id}/state/compact")).json()["stages"][0]
    assert compact["incomplete"] == stage["incomplete"]


async def test_of_the_muse_it_is_said_that_nothing_was_sent(api: Served) -> None:
    session_id, stage = await proposed(api)
    path = f"/api/v1/genesis/{session_id}/proposals/{stage['proposals'][0]['id']}/request"
    found = (await api.http.get(path)).json()
    assert (found["writer"], found["attempts"], found["texts"]) == ("muse", [], {})


async def test_a_branch_tells_what_was_sent_for_what_it_has_taken_over(api: Served) -> None:
    session_id, stage = await proposed(api, **BY_MODEL)
    await SentParts(api.studio.pool).keep(UUID(session_id), {HASH: TEXT})
    version = (await api.state(session_id))["version"]
    branch = await api.command("BRANCH_GENESIS", from_session_id=session_id, at_version=version)
    own = branch["result"]["session_id"]
    await api.readable(own, branch["version"])
    path = f"/api/v1/genesis/{own}/proposals/{stage['proposals'][0]['id']}/request"
    assert (await api.http.get(path)).json()["texts"] == {HASH: TEXT}


async def test_nobody_else_reads_it_and_what_was_never_asked_for_is_not_found(api: Served) -> None:
    session_id, stage = await proposed(api, **BY_MODEL)
    path = f"/api/v1/genesis/{session_id}/proposals/{stage['proposals'][0]['id']}/request"
    async with await api.client(await api.stranger()) as theirs:
        assert (await theirs.get(path)).status_code == 404
    for other in (f"{session_id}/proposals/{uuid4()}", f"{uuid4()}/proposals/{stage['proposals'][0]['id']}"):
        assert (await api.http.get(f"/api/v1/genesis/{other}/request")).status_code == 404
    assert (await api.http.get(f"/api/v1/genesis/{session_id}/proposals/x/request")).status_code == 400


@pytest.mark.parametrize("payload", [{"writer": "somebody"}, {"writer": 3}, {"fewer_details": "perhaps"}])
async def test_writers_and_details_that_nobody_knows_are_refused(api: Served, payload: dict[str, Any]) -> None:
    session_id = await api.start()
    answer = await api.http.post(
        "/api/v1/genesis/commands",
        json={"command_type": "GENERATE_INSPIRATION", "session_id": session_id, "payload": payload},
    )
    assert answer.status_code == 400
