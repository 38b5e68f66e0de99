"""Server-sent events over a real connection: order, resuming, drafts, and how a stream ends."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import orjson
import pytest
from genesis_types.enums import GenesisStage

from api.server import run
from api.session_stream import SessionStream
from domain.genesis.stages import STAGE_ORDER
from infrastructure.change_feed import QUEUE
from infrastructure.hints import DRAFTS
from tests.support.api import Frame, Served, frames, opened_stream, served
from tests.support.commands import CONTENTS


@pytest.fixture
async def api(database_url: str, redis_url: str) -> AsyncIterator[Served]:
    async with served(database_url, redis_url) as running:
        yield running


def path(session_id: str) -> str:
    return f"/api/v1/genesis/{session_id}/events/stream"


async def until_state(stream: AsyncIterator[Frame], version: int) -> list[Frame]:
    """All frames up to and with the state at `version`."""
    seen = []
    async with asyncio.timeout(10):
        async for frame in stream:
            seen.append(frame)
            if frame.event == "state" and frame.data["version"] >= version:
                break
    return seen


def kinds(seen: list[Frame]) -> list[tuple[str, str | None]]:
    return [(frame.event, frame.id) for frame in seen]


async def write_draft(api: Served, session_id: str, work: str, seq: int, text: str, *, stored: bool = True) -> None:
    """What the worker does while it writes: the draft is stored, and told."""
    if stored:
        async with api.studio.pool.connection() as connection:
            await connection.execute(
                "INSERT INTO async_tasks (id, session_id, user_id, task_type, status, progress, phase, draft,"
                " draft_seq)"
                " VALUES (%s, %s, %s, 'GENERATE_INSPIRATION', 'RUNNING', %s, 'writing', %s, %s)"
                " ON CONFLICT (id) DO UPDATE SET draft = excluded.draft, draft_seq = excluded.draft_seq,"
                " progress = excluded.progress",
                (work, session_id, api.account.id, seq, orjson.dumps([{"title": text}]).decode(), seq),
            )
    await api.studio.hints.publish(
        DRAFTS,
        {
            "session_id": session_id,
            "user_id": str(api.account.id),
            "correlation_id": work,
            "seq": seq,
            "offset": 0,
            "phase": "writing",
            "percent": float(seq),
            "message": "",
            "content": [{"title": text}],
        },
    )


async def whole_genesis(api: Served, session_id: str) -> int:
    """From the first stage to the finish, with a generation on the way; the last version."""
    begun = await api.command("GENERATE_INSPIRATION", session_id)
    for seq in range(1, 6):
        await write_draft(api, session_id, begun["correlation_id"], seq, "salt " * seq)
        await asyncio.sleep(0.01)
    await api.outcome(session_id, begun["correlation_id"], stage=STAGE_ORDER[0], count=3)
    begun = await api.command("GENERATE_INSPIRATION", session_id)
    await api.failure(session_id, begun["correlation_id"])
    for stage in STAGE_ORDER:
        await api.command("CONFIRM_STAGE", session_id, stage=stage, content=CONTENTS[stage])
    return int((await api.command("FINISH_GENESIS", session_id))["version"])


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
    assert [frame.data["percent"] for frame in rest if frame.event == "progress"] == [5.0]
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
        async with asyncio.timeout(5):
            assert [(await anext(stream)).event for _ in range(2)] == ["progress", "draft"]
    assert [frame.event for frame in seen][-1] == "state"


async def test_a_client_that_is_too_slow_is_cut_off_and_resumes(api: Served) -> None:
    session_id = await api.start()
    await api.state(session_id, 1)
    client = SessionStream(api.app.state.readers.streams, UUID(session_id), api.account.id, None)
    slow = api.app.state.readers.streams.run(client.opening, client.parts, session_id=UUID(session_id))
    assert b"id: 1\nevent: timeline" in await anext(slow)
    begun = await api.command("GENERATE_INSPIRATION", session_id)
    for seq in range(1, QUEUE + 20):
        await write_draft(api, session_id, begun["correlation_id"], seq, "salt", stored=False)
    await api.state(session_id, begun["version"])
    async with asyncio.timeout(5):
        rest = [part async for part in slow]
    assert len(rest) < QUEUE
    async with opened_stream(api.http, path(session_id), "1") as stream:
        assert kinds(await until_state(stream, 2)) == [("timeline", "2"), ("state", None)]


async def test_without_redis_changes_come_by_polling(database_url: str) -> None:
    async with served(database_url, None) as api:
        session_id = await api.start()
        async with opened_stream(api.http, path(session_id), min_version=1) as stream:
            await until_state(stream, 1)
            begun = await api.command("GENERATE_INSPIRATION", session_id)
            await until_state(stream, begun["version"])
            await write_draft(api, session_id, begun["correlation_id"], 1, "slow")
            async with asyncio.timeout(5):
                assert [(await anext(stream)).event for _ in range(2)] == ["progress", "draft"]


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
        second = await api.start(title="Ebb")
        async with asyncio.timeout(5):
            moved = await anext(stream)
        assert (moved.event, moved.data["session_id"], moved.data["title"]) == ("session", second, "Ebb")
        last = await whole_genesis(api, first)
        seen: list[Frame] = []
        async with asyncio.timeout(10):
            while {"progress", "novels", "session"} - {frame.event for frame in seen} or not any(
                frame.event == "session" and frame.data["version"] == last for frame in seen
            ):
                seen.append(await anext(stream))
    assert all(frame.id is None for frame in seen)
    assert next(frame for frame in seen if frame.event == "novels").data["items"][0]["session_id"] == first
    assert not any("Theirs" in str(frame.data) for frame in seen)


async def test_a_stream_that_lasted_long_enough_ends_and_can_be_resumed(database_url: str, redis_url: str) -> None:
    async with served(database_url, redis_url, longest_stream=0.3) as api:
        session_id = await api.start()
        await api.state(session_id, 1)
        async with api.http.stream("GET", path(session_id)) as response, asyncio.timeout(5):
            seen = [frame async for frame in frames(response)]
        assert kinds(seen) == [("timeline", "1"), ("state", None)]
        async with opened_stream(api.http, path(session_id), "1") as stream:
            assert kinds(await until_state(stream, 1)) == [("state", None)]


async def test_proxies_are_told_to_let_frames_through(api: Served) -> None:
    session_id = await api.start()
    await api.state(session_id, 1)
    async with api.http.stream("GET", path(session_id), headers={"Accept-Encoding": "gzip"}) as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        assert response.headers["x-accel-buffering"] == "no"
        assert response.headers["cache-control"] == "no-store"
        assert "content-encoding" not in response.headers


async def test_a_server_that_stops_closes_its_streams_at_once(api: Served, unused_tcp_port: int) -> None:
    session_id = await api.start()
    await api.state(session_id, 1)
    stop = asyncio.Event()
    settings = api.projecting.settings.model_copy(update={"port": unused_tcp_port})
    running = asyncio.create_task(run(settings, stop))
    async with await api.client(api.account) as http:
        http.base_url = f"http://127.0.0.1:{unused_tcp_port}"
        await _answers(http)
        async with opened_stream(http, path(session_id)) as one, opened_stream(http, "/api/v1/events/stream") as other:
            await until_state(one, 1)
            assert (await anext(other)).event == "sessions"
            stop.set()
            async with asyncio.timeout(1):
                assert [frame.event async for frame in one] == []
                assert [frame.event async for frame in other] == ["novels"]
            async with asyncio.timeout(2):
                await running


async def _answers(http: Any) -> None:
    async with asyncio.timeout(10):
        while True:
            try:
                await http.get("/live")
            except OSError:
                await asyncio.sleep(0.02)
            except Exception as error:
                if "connect" not in str(error).lower():
                    raise
                await asyncio.sleep(0.02)
            else:
                return
