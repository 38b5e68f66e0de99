"""A session's time over HTTP: it warns by itself on an open page, pauses, is extended or finished, and goes on."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from api import app
from api.streaming import hub
from infrastructure.bootstrap import Studio
from infrastructure.processes.sweeper import Sweeper
from infrastructure.settings import Settings
from projections.genesis.queries import Queries
from tests.support import api as support
from tests.support.api import COMMANDS, Served, served
from tests.support.clocks import at
from tests.support.commands import CONTENTS
from tests.support.streaming import Frame, opened_stream, path, until_state

LASTS = timedelta(days=14)


class Clock:
    """The time that it is, and as much later as a test says."""

    def __init__(self) -> None:
        self.later = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.later


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def api(
    database_url: str, redis_url: str, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Served]:
    monkeypatch.setattr(hub, "_TURN", 0.02)

    @asynccontextmanager
    async def make(settings: Settings) -> AsyncIterator[Studio]:
        async with app.make_studio(settings) as made:
            yield replace(at(made, clock), queries=Queries(made.pool, clock))

    def create(settings: Settings, *, pages: Path, longest_stream: float, patience: float) -> Any:
        return app.create_app(settings, make=make, pages=pages, longest_stream=longest_stream, patience=patience)

    monkeypatch.setattr(support, "create_app", create)
    async with served(database_url, redis_url) as running:
        yield running


async def sweep(api: Served, clock: Clock) -> None:
    await Sweeper(at(api.studio, clock)).sweep()


def codes(state: dict[str, Any]) -> list[str]:
    return [warning["code"] for warning in state["warnings"]]


async def next_state(stream: AsyncIterator[Frame]) -> dict[str, Any]:
    """The next `state`; until it comes there is nothing else."""
    frame = await anext(stream)
    assert frame.event == "state"
    found: dict[str, Any] = frame.data
    return found


async def test_an_open_page_is_warned_although_nothing_happens_and_calm_again_when_extended(
    api: Served, clock: Clock
) -> None:
    session_id = await api.start()
    async with opened_stream(api.http, path(session_id), min_version=1) as stream:
        (*_, first) = await until_state(stream, 1)
        assert codes(first.data) == []
        clock.later = LASTS * 0.8
        assert codes(await next_state(stream)) == ["EXPIRES_SOON"]
        clock.later = LASTS * 0.95
        assert codes(await next_state(stream)) == ["EXPIRES_VERY_SOON"]
        await api.command("EXTEND_SESSION", session_id, hours=14 * 24)
        (*_, extended) = await until_state(stream, 2)
        assert codes(extended.data) == []
        assert "warns_at" not in extended.data
        clock.later += LASTS * 0.9
        assert codes(await next_state(stream)) == ["EXPIRES_SOON"]


async def test_a_session_whose_time_is_up_says_so_on_the_page_and_goes_on_when_extended(
    api: Served, clock: Clock
) -> None:
    session_id = await api.start()
    await api.command("NAVIGATE_TO_STAGE", session_id, stage="CHARACTERS")
    async with opened_stream(api.http, path(session_id), min_version=2) as stream:
        await until_state(stream, 2)
        clock.later = LASTS + timedelta(seconds=1)
        await sweep(api, clock)
        (*_, paused) = await until_state(stream, 3)
        assert (paused.data["status"], codes(paused.data)) == ("PAUSED", ["EXPIRED"])
        enabled = {action["command_type"] for action in paused.data["available_actions"] if action["enabled"]}
        assert enabled == {"EXTEND_SESSION", "ABANDON_GENESIS", "BRANCH_GENESIS"}
        refused = await api.http.post(
            COMMANDS, json={"command_type": "GENERATE_INSPIRATION", "session_id": session_id, "payload": {}}
        )
        assert (refused.status_code, refused.json()["code"]) == (422, "SESSION_PAUSED")
        await api.command("EXTEND_SESSION", session_id, hours=2)
        (*_, extended) = await until_state(stream, 4)
        assert (extended.data["status"], codes(extended.data)) == ("IN_PROGRESS", [])
        assert extended.data["current_stage"] == "CHARACTERS", "where it stopped"
    await api.command("GENERATE_INSPIRATION", session_id)


async def test_a_paused_session_that_is_ready_is_finished_without_being_extended(api: Served, clock: Clock) -> None:
    session_id = await api.start()
    for stage, content in CONTENTS.items():
        last = await api.command("CONFIRM_STAGE", session_id, stage=stage, content=content)
    await api.state(session_id, last["version"])
    clock.later = LASTS + timedelta(seconds=1)
    await sweep(api, clock)
    paused = await api.state(session_id, last["version"] + 1)
    assert paused["status"] == "PAUSED"
    assert "FINISH_GENESIS" in {action["command_type"] for action in paused["available_actions"] if action["enabled"]}
    finished = await api.command("FINISH_GENESIS", session_id)
    novel = await api.http.get(f"/api/v1/novels/{finished['result']['novel_id']}")
    assert novel.status_code == 200
    done = await api.state(session_id, finished["version"])
    assert (done["status"], codes(done)) == ("COMPLETED", [])
