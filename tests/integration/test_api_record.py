"""The record over HTTP: a replay is the body that was given live; what cannot be shown gets a sentence and a status."""

import random
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import jsonpatch
import pytest
import pytest_asyncio

from domain.aggregate import Body, Command
from domain.genesis.aggregate import GENESIS_SESSION
from domain.genesis.stages import STAGE_ORDER
from tests.support.api import COMMANDS, Served, served
from tests.support.commands import CONTENTS, Desk
from tests.support.outlines import outline
from tests.support.postgres import Cluster
from tests.support.wandering import INTERNAL, wander

pytestmark = pytest.mark.asyncio(loop_scope="module")

JOURNEYS = 5
"""With those of test_replay.py and of tests/unit/projections/test_replay.py: two hundred."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def api(cluster: Cluster) -> AsyncIterator[Served]:
    with cluster.database() as url:
        async with served(url, None, limit_generations="off") as running:
            yield running


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def session_id(api: Served) -> str:
    return await confirmed_session(api)


async def replayed(api: Served, session_id: object, **asked: Any) -> httpx.Response:
    return await api.http.get(f"/api/v1/genesis/{session_id}/replay", params=asked)


async def compared(api: Served, session_id: object, **asked: Any) -> httpx.Response:
    return await api.http.get(f"/api/v1/genesis/{session_id}/diff", params=asked)


def said(answer: httpx.Response) -> tuple[int, str, str]:
    """(status, code, what a person reads)."""
    body = answer.json()
    return answer.status_code, body["code"], " ".join([body["detail"], *(e["message"] for e in body.get("errors", ()))])


async def test_random_journeys_replayed_over_http(api: Served) -> None:
    desk = Desk(api.studio.store, user_id=api.account.id)
    for seed in range(JOURNEYS):
        chance = random.Random(1_000 + seed)
        desk.session_id = UUID(await api.start(mode=chance.choice(("guided", "free_form")), seed="a clock"))
        seen: dict[int, bytes] = {}
        times: dict[str, bytes] = {}

        async def give(body: Body) -> None:
            if isinstance(body, INTERNAL):
                await api.studio.commands.handle(Command(uuid4(), desk.session_id, None, body))
                return
            payload = body.model_dump(mode="json", exclude_none=True)
            asked = {"command_type": body.command_type, "session_id": str(desk.session_id), "payload": payload}
            await api.http.post(COMMANDS, json=asked)

        async def look() -> None:
            session = await desk.store.load(GENESIS_SESSION, desk.session_id)
            params = {"min_version": session.version}
            answer = await api.http.get(f"/api/v1/genesis/{desk.session_id}/state", params=params)
            assert answer.status_code == 200
            seen[session.version] = answer.content  # noqa: B023
            times[datetime.now(UTC).isoformat()] = answer.content  # noqa: B023

        await look()
        await wander(chance, desk, give, look)
        for version, body in seen.items():
            assert (await replayed(api, desk.session_id, at_version=version)).content == body
        for at, body in times.items():
            assert (await replayed(api, desk.session_id, at=at)).content == body


async def confirmed_session(api: Served) -> str:
    """Two stages confirmed, the first one twice."""
    session_id = await api.start(title="Tides")
    first, second = STAGE_ORDER[:2]
    for stage, content in (
        (first, CONTENTS[first]),
        (second, CONTENTS[second]),
        (first, CONTENTS[first] | {"logline": "A clockmaker must stop the flood that counts down her city."}),
    ):
        await api.command("CONFIRM_STAGE", session_id, stage=stage, content=content)
    return session_id


async def test_differences_of_one_session(api: Served) -> None:
    session_id = await confirmed_session(api)
    one, other = [(await replayed(api, session_id, at_version=version)).json() for version in (2, 4)]
    answer = await compared(api, session_id, **{"from": 2, "to": 4})
    found = answer.json()
    assert (answer.status_code, found["equal"]) == (200, False)
    assert jsonpatch.apply_patch(one, found["patch"]) == other
    by_stage = {stage["stage"]: stage for stage in found["stages"]}
    assert set(by_stage) == set(STAGE_ORDER[:2])
    (logline,) = by_stage[STAGE_ORDER[0]]["confirmed"]
    assert (logline["path"], logline["kind"]) == ("/logline", "changed")
    runs = [(run["op"], run["text"]) for run in logline["words"]]
    assert ("removed", "tide") in runs
    assert ("added", "flood") in runs
    assert [one["kind"] for one in by_stage[STAGE_ORDER[1]]["confirmed"]] == ["added"]
    assert (await compared(api, session_id, **{"from": 4})).json()["patch"] == []


async def test_differences_of_a_branch_and_its_source(api: Served) -> None:
    session_id = await confirmed_session(api)
    branch = (await api.command("BRANCH_GENESIS", from_session_id=session_id, at_version=2))["session_id"]
    same = (await compared(api, session_id, **{"from": 2, "with": branch})).json()
    assert (same["equal"], same["session"], same["stages"]) == (True, [], [])
    assert (same["before"]["session_id"], same["after"]["session_id"]) == (session_id, branch)
    bodies = [(await replayed(api, one, at_version=at)).json() for one, at in ((session_id, 2), (branch, 1))]
    assert jsonpatch.apply_patch(bodies[0], same["patch"]) == bodies[1]
    now = (await compared(api, branch, **{"with": session_id})).json()
    assert (now["equal"], now["after"]["version"]) == (False, 4)


WRONG = {
    "neither": ({}, "Name a version"),
    "both": ({"at_version": 1, "at": "2026-03-01T00:00:00Z"}, "one of the two"),
    "version 0": ({"at_version": 0}, "greater than or equal to 1"),
    "negative": ({"at_version": -1}, "greater than or equal to 1"),
    "2^31": ({"at_version": 2**31}, "less than or equal to"),
    "2^63": ({"at_version": 2**63}, "less than or equal to"),
    "5,000 digits": ({"at_version": "9" * 5_000}, "integer"),
    "no number": ({"at_version": "last"}, "integer"),
    "no time": ({"at": "yesterday"}, "not a time"),
    "no day": ({"at": "2026-02-30"}, "not a time"),
    "61 s": ({"at": "2026-06-30T23:59:61Z"}, "not a time"),
    "a leap second at noon": ({"at": "2026-06-30T12:59:60Z"}, "not a time"),
    "before the calendar": ({"at": "0001-01-01T00:00:00+14:00"}, "not a time"),
    "after the calendar": ({"at": "9999-12-31T23:59:60Z"}, "not a time"),
    "NUL": ({"at": "2026\0"}, "not a time"),
    "a long text": ({"at": "2" * 100}, "at most 60 characters"),
}


@pytest.mark.parametrize(("asked", "why"), WRONG.values(), ids=WRONG)
async def test_what_is_no_moment(api: Served, session_id: str, asked: dict[str, Any], why: str) -> None:
    status, code, words = said(await replayed(api, session_id, **asked))
    assert (status, code) == (400, "INVALID_REQUEST")
    assert why in words


MISSED = {
    "after the end": ({"at_version": 5}, "no version 5: the last one is 4"),
    "the highest version": ({"at_version": 2**31 - 1}, "the last one is 4"),
    "before the beginning": ({"at": "2001-01-01T00:00:00Z"}, "Nothing had begun at 2001-01-01"),
    "the first second": ({"at": "0001-01-01"}, "Nothing had begun"),
}


@pytest.mark.parametrize(("asked", "why"), MISSED.values(), ids=MISSED)
async def test_a_moment_that_never_was(api: Served, session_id: str, asked: dict[str, Any], why: str) -> None:
    status, code, words = said(await replayed(api, session_id, **asked))
    assert (status, code) == (404, "NOT_FOUND")
    assert why in words


async def test_times_after_the_end_and_of_other_zones(api: Served, session_id: str) -> None:
    now = (await replayed(api, session_id, at_version=4)).content
    began = datetime.fromisoformat((await replayed(api, session_id, at_version=1)).json()["started_at"])
    first = (await replayed(api, session_id, at_version=1)).content
    for at in ("2999-12-31T23:59:60Z", "9999-12-31T23:59:59Z", "2100-01-01", datetime.now(UTC).isoformat()):
        assert (await replayed(api, session_id, at=at)).content == now
    local = (began + timedelta(hours=5, minutes=45)).isoformat().replace("+00:00", "+05:45")
    for at in (began.isoformat(), local, began.isoformat().replace("+00:00", "z")):
        assert (await replayed(api, session_id, at=at)).content == first
    # a plus that nobody escaped comes as a space
    answer = await api.http.get(f"/api/v1/genesis/{session_id}/replay?at={local}")
    assert answer.content == first


WRONG_PAIRS = {
    "neither": ({}, 400, "Name the version to compare from"),
    "only to": ({"to": 2}, 400, "Name the version to compare from"),
    "from after to": ({"from": 3, "to": 2}, 400, "comes after version 2"),
    "from 0": ({"from": 0, "to": 2}, 400, "greater than or equal to 1"),
    "to 2^63": ({"from": 1, "to": 2**63}, 400, "less than or equal to"),
    "after the end": ({"from": 1, "to": 9}, 404, "no version 9: the last one is 4"),
    "with no id": ({"from": 1, "with": "here"}, 400, "UUID"),
    "with nobody": ({"from": 1, "with": str(UUID(int=0))}, 404, "no such session"),
}


@pytest.mark.parametrize(("asked", "status", "why"), WRONG_PAIRS.values(), ids=WRONG_PAIRS)
async def test_what_cannot_be_compared(
    api: Served, session_id: str, asked: dict[str, Any], status: int, why: str
) -> None:
    found, _, words = said(await compared(api, session_id, **asked))
    assert found == status
    assert why in words


async def test_somebody_elses_session_is_not_there(api: Served, session_id: str) -> None:
    """As nobody's (tests/integration/test_ownership.py asks every address): also with a good moment, and compared."""
    async with await api.client(await api.stranger()) as other:
        own = await other.post(COMMANDS, json={"command_type": "START_GENESIS", "payload": {"mode": "free_form"}})
        mine = own.json()["session_id"]
        for address, asked in (
            (f"{session_id}/replay", {"at_version": 1}),
            (f"{session_id}/diff", {"from": 1}),
            (f"{mine}/diff", {"with": session_id}),
        ):
            answer = await other.get(f"/api/v1/genesis/{address}", params=asked)
            nothing = await other.get(f"/api/v1/genesis/{address}".replace(session_id, str(uuid4())), params=asked)
            assert said(answer) == said(nothing) == (404, "NOT_FOUND", "There is no such session.")


DAMAGE: dict[str, tuple[str, str, str]] = {
    "an unknown event": (
        "UPDATE domain_events SET event_type = 'Dreamt' WHERE {third}",
        "EVENT_TOO_NEW",
        "newer version",
    ),
    "a newer version": ("UPDATE domain_events SET event_version = 99 WHERE {third}", "EVENT_TOO_NEW", "newer version"),
    "a hole": ("DELETE FROM domain_events WHERE {third}", "LOG_DAMAGED", "event 3 of this stream is missing"),
    "another shape": (
        "UPDATE domain_events SET payload = '{{}}' WHERE {third}",
        "LOG_DAMAGED",
        "Event 3 of this stream",
    ),
    "a second beginning": (
        "UPDATE domain_events SET (event_type, payload) = (SELECT event_type, payload || '{{\"user_id\": null}}'"
        " FROM domain_events WHERE {first}) WHERE {third}",
        "LOG_DAMAGED",
        "Event 3 of this stream",
    ),
    "an end without its beginning": (
        "DELETE FROM domain_events WHERE {first}",
        "LOG_DAMAGED",
        "event 1 of this stream",
    ),
}


@pytest.mark.parametrize(("damage", "code", "why"), DAMAGE.values(), ids=DAMAGE)
async def test_a_damaged_log_is_named_and_shown_up_to_there(api: Served, damage: str, code: str, why: str) -> None:
    session_id = await confirmed_session(api)
    await api.readable(session_id, 4)
    places = {
        name: f"aggregate_id = '{session_id}' AND aggregate_version = {version}"
        for name, version in (("first", 1), ("third", 3))
    }
    before = (await replayed(api, session_id, at_version=2)).content
    async with api.studio.pool.connection() as connection, connection.transaction():
        await connection.execute("SET LOCAL session_replication_role = replica")
        await connection.execute(damage.format(**places).encode())
    for answer in (
        await replayed(api, session_id, at_version=4),
        await replayed(api, session_id, at=datetime.now(UTC).isoformat()),
        await compared(api, session_id, **{"from": 1}),
    ):
        assert said(answer)[:2] == (503, code)
        assert why in said(answer)[2]
    if "{third}" in damage:
        assert (await replayed(api, session_id, at_version=2)).content == before


async def test_a_small_form_of_a_moment_is_what_the_small_state_was_then(api: Served) -> None:
    session_id = await api.start(mode="free_form", title="Tides")
    await api.command("NAVIGATE_TO_STAGE", session_id, stage=STAGE_ORDER[-1])
    for seed in range(4):
        content = outline(80_000, seed=seed, chapter=7_500)
        version = (await api.command("EDIT_CONTENT", session_id, stage=STAGE_ORDER[-1], content=content))["version"]
        live = await api.http.get(f"/api/v1/genesis/{session_id}/state/compact", params={"min_version": version})
        then = await api.http.get(f"/api/v1/genesis/{session_id}/replay/compact", params={"at_version": version})
        assert then.content == live.content
    first = await api.http.get(f"/api/v1/genesis/{session_id}/replay/compact", params={"at_version": 2})
    assert (first.status_code, first.json()["version"]) == (200, 2)
    assert first.content == (await replayed(api, session_id, at_version=2)).content, "what fits is given whole"
    assert len(then.content) < 200_000 < len((await replayed(api, session_id, at_version=version)).content)
    beyond = await api.http.get(f"/api/v1/genesis/{session_id}/replay/compact", params={"at_version": version + 1})
    assert said(beyond)[:2] == (404, "NOT_FOUND")
    nothing = await api.http.get(f"/api/v1/genesis/{session_id}/replay/compact")
    assert said(nothing)[:2] == (400, "INVALID_REQUEST")
