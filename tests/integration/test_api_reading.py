"""The way of a command over HTTP and what can be read afterwards."""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest
from genesis_types.enums import GenesisStage

from domain.genesis.stages import STAGE_ORDER
from infrastructure.redis.wakeups import RedisHints
from tests.support.api import COMMANDS, Served, served
from tests.support.commands import CONTENTS
from tests.support.streaming import opened_stream, path


@pytest.fixture
async def api(database_url: str, redis_url: str) -> AsyncIterator[Served]:
    async with served(database_url, redis_url) as running:
        yield running


async def finished(api: Served) -> dict[str, Any]:
    """The answer to FINISH_GENESIS on a session whose stages are all confirmed."""
    session_id = await api.start(title="Tides")
    for stage in STAGE_ORDER:
        await api.command("CONFIRM_STAGE", session_id, stage=stage, content=CONTENTS[stage])
    return await api.command("FINISH_GENESIS", session_id)


async def test_the_novel_can_be_opened_with_the_answer_in_hand(api: Served) -> None:
    answer = await finished(api)
    novel = await api.http.get(f"/api/v1/novels/{answer['result']['novel_id']}")
    assert novel.status_code == 200
    assert novel.json()["content"].keys() == set(STAGE_ORDER)
    assert (await api.http.get("/api/v1/novels")).json()["items"][0]["id"] == answer["result"]["novel_id"]


async def test_a_state_is_read_at_the_version_of_the_answer(api: Served) -> None:
    session_id = await api.start()
    for stage in (*STAGE_ORDER[1:], STAGE_ORDER[0]):
        answer = await api.command("NAVIGATE_TO_STAGE", session_id, stage=stage)
        state = await api.state(session_id, min_version=answer["version"])
        assert (state["current_stage"], state["version"]) == (stage, answer["version"])


async def test_a_generation_can_be_followed_to_its_outcome(api: Served) -> None:
    session_id = await api.start()
    begun = await api.http.post(COMMANDS, json={"command_type": "GENERATE_INSPIRATION", "session_id": session_id})
    assert begun.status_code == 202
    body = begun.json()
    state = await api.state(session_id, body["version"])
    assert state["is_pending"]
    assert state["pending"]["correlation_id"] == body["correlation_id"]
    task = (await api.http.get(begun.headers["Location"])).json()
    assert task["status"] == "PENDING"
    recorded = await api.outcome(session_id, body["correlation_id"], stage=GenesisStage.CONCEPT_SELECTION, count=2)
    state = await api.state(session_id, recorded.version)
    assert not state["is_pending"]
    assert len(state["stages"][0]["proposals"]) == 2
    assert (await api.http.get(begun.headers["Location"])).json()["status"] == "COMPLETED"


async def test_guided_start_with_a_spark_names_the_work_that_has_begun(api: Served) -> None:
    answer = await api.command("START_GENESIS", seed="A lighthouse keeper collects lost voices")
    assert answer["status"] == "COMPLETED"
    state = await api.state(answer["session_id"], answer["version"])
    assert state["pending"]["correlation_id"] == answer["correlation_id"]


async def test_a_version_that_is_not_there_in_time_is_said_to_be_late(database_url: str, redis_url: str) -> None:
    async with served(database_url, redis_url, patience=0.2) as api:
        session_id = await api.start()
        await api.readable(session_id, 1)
        await api.projecting.stop()
        answer = await api.command("NAVIGATE_TO_STAGE", session_id, stage="CHARACTERS")
        late = await api.http.get(f"/api/v1/genesis/{session_id}/state", params={"min_version": answer["version"]})
    assert (late.status_code, late.json()["code"], late.headers["Retry-After"]) == (503, "PROJECTION_LAGGING", "1")


async def test_lists_and_history_come_in_pages(api: Served) -> None:
    started = [await api.start() for _ in range(5)]
    last = await api.command("NAVIGATE_TO_STAGE", started[-1], stage="CHARACTERS")
    await api.state(started[-1], last["version"])
    seen, cursor = [], None
    while True:
        page = (
            await api.http.get("/api/v1/genesis", params={"limit": 2} | ({"cursor": cursor} if cursor else {}))
        ).json()
        seen += [item["session_id"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == started[::-1]
    first = (await api.http.get(f"/api/v1/genesis/{started[-1]}/events", params={"limit": 1})).json()
    rest = (await api.http.get(f"/api/v1/genesis/{started[-1]}/events", params={"cursor": first["next_cursor"]})).json()
    assert [entry["version"] for entry in first["items"] + rest["items"]] == [1, 2]
    assert rest["next_cursor"] is None


async def test_another_account_finds_nothing_and_an_unknown_id_looks_the_same(api: Served) -> None:
    done = await finished(api)
    session_id, novel_id = done["session_id"], done["result"]["novel_id"]
    begun = await api.start()
    work = await api.command("GENERATE_INSPIRATION", begun)
    await api.state(begun, work["version"])
    addresses = (
        "/genesis/{session}/state",
        "/genesis/{session}/events",
        "/genesis/{session}/events/stream",
        "/genesis/{begun}/tasks/{work}",
        "/novels/{novel}",
    )
    async with await api.client(await api.stranger()) as other:
        for address in addresses:
            foreign = address.format(session=session_id, begun=begun, work=work["correlation_id"], novel=novel_id)
            unknown = address.split("?")[0].format(session=uuid4(), begun=uuid4(), work=uuid4(), novel=uuid4())
            answers = [await other.get(f"/api/v1{path}") for path in (foreign, unknown)]
            assert [answer.status_code for answer in answers] == [404, 404], address
            assert answers[0].content == answers[1].content, address
        assert (await other.get("/api/v1/genesis")).json() == {"items": [], "next_cursor": None}
        assert (await other.get("/api/v1/novels")).json() == {"items": [], "next_cursor": None}
        before = await api.written()
        for body in (
            {"command_type": "NAVIGATE_TO_STAGE", "payload": {"stage": "CHARACTERS"}, "session_id": begun},
            {"command_type": "EXTEND_SESSION", "session_id": begun, "expected_version": 77},
            {"command_type": "BRANCH_GENESIS", "payload": {"from_session_id": session_id, "at_version": 1}},
        ):
            refused = await other.post(COMMANDS, json=body)
            assert (refused.status_code, refused.json()["code"]) == (404, "NOT_FOUND")
        assert await api.written() == before


WAYS = (
    "/genesis/{id}/state",
    "/genesis/{id}/state?min_version=1",
    "/genesis/{id}/events",
    "/genesis/{id}/events/stream",
    "/genesis/{id}/events/stream?min_version=1",
    "/genesis/{id}/tasks/{id}",
    "/novels/{id}",
    "/novels/{id}?min_version=1",
)


@pytest.mark.parametrize("way", WAYS)
async def test_what_is_not_mine_and_what_does_not_exist_are_not_found_at_once_and_alike(
    database_url: str, redis_url: str, way: str
) -> None:
    async with served(database_url, redis_url, patience=600) as api, asyncio.timeout(120):  # not that patience
        session_id = await api.start()
        await api.readable(session_id, 1)
        async with await api.client(await api.stranger()) as other:
            answers = [await other.get("/api/v1" + way.format(id=asked)) for asked in (session_id, uuid4())]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].content == answers[1].content


@pytest.mark.parametrize("way", WAYS)
async def test_nothing_is_said_not_to_exist_before_the_log_of_that_moment_has_been_read(
    database_url: str, redis_url: str, way: str
) -> None:
    async with served(database_url, redis_url, patience=0.3) as api:
        await api.readable(await api.start(), 1)
        await api.projecting.stop()
        session_id = await api.start()
        async with await api.client(await api.stranger()) as other:
            asked = [(api.http, session_id), (other, session_id), (other, uuid4()), (api.http, uuid4())]
            answers = [await http.get("/api/v1" + way.format(id=unread)) for http, unread in asked]
    assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {(503, "PROJECTION_LAGGING")}


async def test_a_session_that_was_just_created_is_always_found(api: Served) -> None:
    async def begin_and_look() -> None:
        session_id = await api.start()
        state = await api.http.get(f"/api/v1/genesis/{session_id}/state")
        assert (state.status_code, state.json()["session_id"]) == (200, session_id)
        another = await api.start()
        async with opened_stream(api.http, path(another)) as stream:
            assert (await anext(stream)).event == "timeline"
            assert (await anext(stream)).data["session_id"] == another

    for _ in range(5):
        await asyncio.gather(*(begin_and_look() for _ in range(4)))


@pytest.mark.parametrize("redis", [True, False], ids=["every hint is lost", "without Redis"])
async def test_a_finished_book_is_on_the_dashboard_within_two_seconds_without_any_hint(
    database_url: str, redis_url: str, redis: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def lost(*_: object) -> None:
        return None

    monkeypatch.setattr(RedisHints, "_publish", lost)
    async with served(database_url, redis_url if redis else None) as api:
        session_id = await api.start(title="Tides")
        for stage in STAGE_ORDER:
            await api.command("CONFIRM_STAGE", session_id, stage=stage, content=CONTENTS[stage])
        async with opened_stream(api.http, "/api/v1/events/stream") as stream:
            assert [(await anext(stream)).event for _ in range(2)] == ["sessions", "novels"]
            begun = asyncio.create_task(api.command("FINISH_GENESIS", session_id))
            seen: dict[str, float] = {}
            began = time.monotonic()
            async with asyncio.timeout(30):
                async for frame in stream:
                    if frame.event == "novels" and frame.data["items"]:
                        seen["novels"] = time.monotonic() - began
                    if frame.event == "session" and frame.data["status"] == "COMPLETED":
                        seen["session"] = time.monotonic() - began
                    if seen.keys() == {"novels", "session"}:
                        break
            await begun
    assert max(seen.values()) < 2.0, seen
