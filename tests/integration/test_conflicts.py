"""Several writers on one session over HTTP: one wins, the others see what they did not know, and nothing is lost."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from api.routes import commands
from tests.support.api import COMMANDS, Served, served
from tests.support.commands import CONTENTS

STAGE = "CONCEPT_SELECTION"
WRITERS = 16


@pytest.fixture
async def api(database_url: str, redis_url: str) -> AsyncIterator[Served]:
    async with served(database_url, redis_url) as running:
        yield running


async def edit(http: httpx.AsyncClient, session_id: str, title: str, expected: int | None = None) -> httpx.Response:
    body = {
        "command_type": "EDIT_CONTENT",
        "session_id": session_id,
        "expected_version": expected,
        "payload": {"stage": STAGE, "content": CONTENTS[STAGE] | {"title": title}},  # type: ignore[index]
    }
    return await http.post(COMMANDS, json=body)


async def edits(api: Served, session_id: str, expected: int | None) -> list[httpx.Response]:
    """Sixteen edits that are all sent before any is answered."""
    async with await api.client(api.account) as other:
        both = (api.http, other)
        return await asyncio.gather(*(edit(both[n % 2], session_id, f"Take {n}", expected) for n in range(WRITERS)))


async def titles(api: Served, session_id: str, version: int) -> list[str]:
    state = await api.state(session_id, version)
    stage: dict[str, Any] = next(stage for stage in state["stages"] if stage["stage"] == STAGE)
    return [proposal["content"]["title"] for proposal in stage["proposals"]]


async def test_of_sixteen_with_the_same_expected_version_one_wins_and_the_rest_see_what_happened(api: Served) -> None:
    session_id = await api.start()
    answers = await edits(api, session_id, 1)
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * (WRITERS - 1)
    history = (await api.http.get(f"/api/v1/genesis/{session_id}/events")).json()["items"]
    for answer in answers:
        if answer.status_code == 409:
            said = answer.json()
            assert (said["code"], said["current_version"]) == ("VERSION_CONFLICT", 2)
            assert [(change["version"], change["event_type"], change["stage"]) for change in said["changes"]] == [
                (2, "ContentEdited", STAGE)
            ]
            assert said["changes"][0]["occurred_at"] == history[1]["occurred_at"]
    won = next(number for number, answer in enumerate(answers) if answer.status_code == 200)
    assert await titles(api, session_id, 2) == [f"Take {won}"]


async def test_without_an_expected_version_nobody_is_refused_and_nothing_is_lost(api: Served) -> None:
    session_id = await api.start()
    answers = await edits(api, session_id, None)
    assert [answer.status_code for answer in answers] == [200] * WRITERS
    assert sorted(answer.json()["version"] for answer in answers) == list(range(2, WRITERS + 2))
    assert sorted(await titles(api, session_id, WRITERS + 1)) == sorted(f"Take {number}" for number in range(WRITERS))


async def test_what_happened_is_told_from_the_expected_version_on_and_fifty_at_most(api: Served) -> None:
    session_id = await api.start()
    for _ in range(commands.MOST_CHANGES + 2):
        last = await api.command("EXTEND_SESSION", session_id, hours=1)
    said = (await edit(api.http, session_id, "late", 2)).json()
    assert said["current_version"] == last["version"]
    assert [change["version"] for change in said["changes"]] == list(range(3, commands.MOST_CHANGES + 3))
    ahead = (await edit(api.http, session_id, "from the future", 900)).json()
    assert (ahead["current_version"], ahead["changes"]) == (last["version"], [])


async def test_a_read_side_that_stands_still_delays_a_conflict_only_a_little(
    api: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commands, "CONFLICT_PATIENCE", 0.01)
    session_id = await api.start()
    await api.readable(session_id, 1)
    await api.projecting.stop()
    await api.command("EXTEND_SESSION", session_id, hours=1)
    said = (await edit(api.http, session_id, "late", 1)).json()
    assert (said["code"], said["current_version"], said["changes"]) == ("VERSION_CONFLICT", 2, [])


async def test_a_stranger_learns_nothing_from_a_conflict(api: Served) -> None:
    session_id = await api.start()
    async with await api.client(await api.stranger()) as other:
        answer = await edit(other, session_id, "theirs", 7)
    assert answer.status_code == 404
    assert "changes" not in answer.text
