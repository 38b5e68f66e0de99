"""Server-sent events over a real connection: order, resuming, drafts."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest
from genesis_types.enums import GenesisStage

from domain.genesis.stages import STAGE_ORDER
from infrastructure.processes.projector import announce
from projections.engine.changes import Moved
from tests.support.api import Served, served
from tests.support.streaming import Frame, kinds, opened_stream, path, until_state, whole_genesis, write_draft


@pytest.fixture
async def api(database_url: str, redis_url: str) -> AsyncIterator[Served]:
    async with served(database_url, redis_url) as running:
        yield running


async def test_a_stream_opens_with_the_history_and_the_state(api: Served) -> None:
    session_id = await api.start()
    version = (await api.command("NAVIGATE_TO_STAGE", session_id, stage="CHARACTERS"))["version"]
    async with opened_stream(api.http, path(session_id), min_version=version) as stream:
        seen = await until_state(stream, version)
    assert kinds(seen) == [("timeline", "1"), ("timeline", "2"), ("state", None)]
    assert seen[-1].data == await api.state(session_id)


async def test_a_command_is_seen_as_history_and_state(api: Served) -> None:
    session_id = await api.start()
    async with opened_stream(api.http, path(session_id), min_version=1) as stream:
        await until_state(stream, 1)
        await api.command("NAVIGATE_TO_STAGE", session_id, stage="CHARACTERS")
        seen = await until_state(stream, 2)
    assert kinds(seen) == [("timeline", "2"), ("state", None)]
    assert seen[-1].data["current_stage"] == "CHARACTERS"


async def test_every_client_of_a_session_sees_every_change_once(api: Served) -> None:
    session_id = await api.start()

    async def watch(ready: asyncio.Event) -> list[Frame]:
        async with opened_stream(api.http, path(session_id), min_version=1) as stream:
            seen = await until_state(stream, 1)
            ready.set()
            return seen + await until_state(stream, 6)

    ready = [asyncio.Event() for _ in range(8)]
    watching = [asyncio.create_task(watch(event)) for event in ready]
    await asyncio.gather(*(event.wait() for event in ready))
    for stage in STAGE_ORDER:
        await api.command(
            "NAVIGATE_TO_STAGE" if stage != STAGE_ORDER[0] else "EXTEND_SESSION",
            session_id,
            **({"stage": stage} if stage != STAGE_ORDER[0] else {}),
        )
    for seen in await asyncio.gather(*watching):
        assert [frame.id for frame in seen if frame.event == "timeline"] == ["1", "2", "3", "4", "5", "6"]
        assert seen[-1].data["version"] == 6


async def test_a_client_that_is_cut_after_every_single_frame_ends_with_what_the_state_says(api: Served) -> None:
    session_id = await api.start()
    await api.state(session_id, 1)
    writing = asyncio.create_task(whole_genesis(api, session_id))
    ids: list[str] = []
    last: Any = None
    async with asyncio.timeout(60):
        while not (writing.done() and last is not None and last["version"] == writing.result()):
            async with opened_stream(api.http, path(session_id), ids[-1] if ids else None) as stream:
                async for frame in stream:
                    if frame.id is not None:
                        ids.append(frame.id)
                    if frame.event == "state":
                        last = frame.data
                    break
    assert ids == [str(version) for version in range(1, writing.result() + 1)]
    assert last == await api.state(session_id)
    assert last["status"] == "COMPLETED"


async def test_wherever_a_client_is_cut_it_has_each_version_once_and_the_same_end(api: Served) -> None:
    session_id = await api.start()
    version = await whole_genesis(api, session_id)
    wanted = await api.state(session_id, version)
    for cut_after in range(version + 2):
        seen: list[Frame] = []
        async with opened_stream(api.http, path(session_id)) as stream:
            for _ in range(cut_after):
                seen.append(await anext(stream))
        known = [frame.id for frame in seen if frame.id is not None]
        async with opened_stream(api.http, path(session_id), known[-1] if known else None) as stream:
            seen += await until_state(stream, version)
        assert [frame.id for frame in seen if frame.id] == [str(number) for number in range(1, version + 1)]
        assert seen[-1].data == wanted


@pytest.mark.parametrize(
    ("last_event_id", "reason"),
    [
        ("2", "ahead"),
        ("999999999", "ahead"),
        ("-1", "invalid"),
        ("one", "invalid"),
        ("1" * 400, "invalid"),
        ("1.0", "invalid"),
    ],
)
async def test_an_id_that_is_not_of_this_session_is_reset(api: Served, last_event_id: str, reason: str) -> None:
    session_id = await api.start()
    await api.state(session_id, 1)
    before = await api.written()
    async with opened_stream(api.http, path(session_id), last_event_id) as stream:
        seen = await until_state(stream, 1)
    assert kinds(seen) == [("reset", None), ("timeline", "1"), ("state", None)]
    assert seen[0].data == {"reason": reason}
    async with opened_stream(api.http, path(session_id), last_event_id=last_event_id) as stream:
        assert [frame.event for frame in await until_state(stream, 1)] == ["reset", "timeline", "state"]
    assert await api.written() == before


async def test_a_page_loaded_in_the_middle_of_a_generation_gets_the_draft_and_then_each_next_one(api: Served) -> None:
    session_id = await api.start()
    begun = await api.command("GENERATE_INSPIRATION", session_id)
    work = begun["correlation_id"]
    await write_draft(api, session_id, work, 4, "salt and")
    async with opened_stream(api.http, path(session_id), min_version=begun["version"]) as stream:
        seen = [*await until_state(stream, begun["version"]), await anext(stream)]
        assert [frame.event for frame in seen[-2:]] == ["state", "draft"]
        assert seen[-2].data["pending"]["draft"] == [{"title": "salt and"}]
        assert (seen[-1].data["seq"], seen[-1].data["content"]) == (4, [{"title": "salt and"}])
        await write_draft(api, session_id, work, 3, "salt", stored=False)
        await write_draft(api, session_id, work, 5, "salt and silence", stored=False)
        await write_draft(api, session_id, work, 5, "salt and silence", stored=False)
        recorded = await api.outcome(session_id, work, stage=GenesisStage.CONCEPT_SELECTION)
        rest = await until_state(stream, recorded.version)
    assert [frame.data["seq"] for frame in rest if frame.event == "draft"] == [5]
    # the hint of what the stream opened with may still have been on its way: how far that was is told again then
    assert [frame.data["percent"] for frame in rest if frame.event == "progress"] in ([5.0], [4.0, 5.0])
    assert rest[-1].data["pending"] is None


async def test_a_draft_that_comes_before_its_state_is_shown_behind_it(api: Served) -> None:
    session_id = await api.start()
    async with opened_stream(api.http, path(session_id), min_version=1) as stream:
        await until_state(stream, 1)
        await api.projecting.stop()
        begun = await api.command("GENERATE_INSPIRATION", session_id)
        await write_draft(api, session_id, begun["correlation_id"], 1, "early", stored=False)
        api.projecting.start()
        seen = await until_state(stream, begun["version"])
        async with asyncio.timeout(30):
            assert [(await anext(stream)).event for _ in range(2)] == ["progress", "draft"]
    assert [frame.event for frame in seen][-1] == "state"


async def test_everything_that_is_mine_comes_in_one_stream(api: Served) -> None:
    first = await api.start(title="Tides")
    await api.state(first, 1)
    async with (
        await api.client(await api.stranger()) as other,
        opened_stream(api.http, "/api/v1/events/stream") as stream,
    ):
        assert [frame.event for frame in (await anext(stream), await anext(stream))] == ["sessions", "novels"]
        await other.post(
            "/api/v1/genesis/commands", json={"command_type": "START_GENESIS", "payload": {"title": "Theirs"}}
        )
        # announcements come after the commit: that of what the stream opened with may still be on its way
        late = Moved("genesis_session", UUID(first), api.account.id, 1)
        await announce(api.studio.hints, [late])
        second = await api.start(title="Ebb")
        async with asyncio.timeout(30):
            while (moved := await anext(stream)).data["session_id"] == first:
                assert (moved.event, moved.data["version"]) == ("session", 1)
        assert (moved.event, moved.data["session_id"], moved.data["title"]) == ("session", second, "Ebb")
        last = await whole_genesis(api, first)
        seen: list[Frame] = []
        async with asyncio.timeout(30):
            while {"progress", "novels", "session"} - {frame.event for frame in seen} or not any(
                frame.event == "session" and frame.data["version"] == last for frame in seen
            ):
                seen.append(await anext(stream))
    assert all(frame.id is None for frame in seen)
    assert next(frame for frame in seen if frame.event == "novels").data["items"][0]["session_id"] == first
    assert not any("Theirs" in str(frame.data) for frame in seen)
