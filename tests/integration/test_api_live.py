"""One connection for several sessions and the lists: each session has its own place, and none disturbs another."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from uuid import UUID, uuid4

import pytest

from api.streaming.hub import Streams
from infrastructure.coordination.presence import Presence
from infrastructure.processes.projector import announce
from projections.engine.changes import Moved
from tests.support.api import Served, served
from tests.support.reading import eventually
from tests.support.streaming import (
    Frame,
    kinds,
    live,
    of,
    opened_stream,
    path,
    until_at,
    until_ready,
    whole_genesis,
    write_draft,
)


@pytest.fixture
async def api(database_url: str, redis_url: str) -> AsyncIterator[Served]:
    async with served(database_url, redis_url) as running:
        yield running


async def started(api: Served, title: str = "Salt") -> str:
    """A session that can be read."""
    session_id = await api.start(title=title)
    await api.readable(session_id, 1)
    return session_id


def ids(session_id: str, seen: list[Frame]) -> list[str]:
    return [frame.id for frame in of(session_id, seen) if frame.id is not None]


async def test_each_session_goes_on_after_its_own_last_version(api: Served) -> None:
    new, old, ahead = [await started(api) for _ in range(3)]
    for session_id in (new, old):
        await api.command("NAVIGATE_TO_STAGE", session_id, stage="CHARACTERS")
        await api.readable(session_id, 2)
    async with opened_stream(api.http, live(f"{new}:0", f"{old}:1", f"{ahead}:7")) as stream:
        seen = await until_ready(stream)
    assert kinds(of(new, seen)) == [("timeline", "1"), ("timeline", "2"), ("state", None)]
    assert kinds(of(old, seen)) == [("timeline", "2"), ("state", None)]
    assert kinds(of(ahead, seen)) == [("reset", None), ("timeline", "1"), ("state", None)]
    assert of(None, seen) == []


async def test_a_session_s_frames_are_those_of_its_own_stream(api: Served) -> None:
    session_id = await started(api)
    begun = await api.command("GENERATE_INSPIRATION", session_id)
    await api.readable(session_id, begun["version"])
    await write_draft(api, session_id, begun["correlation_id"], 1, "salt")
    async with (
        opened_stream(api.http, path(session_id)) as alone,
        opened_stream(api.http, live(f"{session_id}:0", f"{await started(api)}:0")) as together,
    ):
        seen = of(session_id, await until_ready(together))
        assert [frame.event for frame in seen] == ["timeline", "timeline", "state", "draft"]
        async with asyncio.timeout(30):
            assert [await anext(alone) for _ in seen] == seen


async def test_wherever_it_is_cut_each_session_has_each_version_once(api: Served) -> None:
    sessions = [await started(api), await started(api)]
    ends = {session_id: await whole_genesis(api, session_id) for session_id in sessions}
    wanted = {session_id: await api.state(session_id, version) for session_id, version in ends.items()}
    for cut_after in range(1, sum(ends.values()) + 2, 3):
        seen: list[Frame] = []
        async with opened_stream(api.http, live(*(f"{session_id}:0" for session_id in sessions))) as stream:
            for _ in range(cut_after):
                seen.append(await anext(stream))
        places = [f"{session_id}:{len(ids(session_id, seen))}" for session_id in sessions]
        async with opened_stream(api.http, live(*places)) as stream:
            seen += await until_ready(stream)
        for session_id, version in ends.items():
            assert ids(session_id, seen) == [str(number) for number in range(1, version + 1)]
            assert of(session_id, seen)[-1].data == wanted[session_id]


async def test_another_set_of_sessions_is_another_connection_without_a_gap(api: Served) -> None:
    """As a browser does it: the old connection is let go when the new one is ready, however much moves meanwhile."""
    sessions = [await started(api) for _ in range(4)]
    stop = asyncio.Event()

    async def write() -> int:
        version = 1
        while not stop.is_set():
            stage = ("WORLDVIEW", "CHARACTERS")[version % 2]
            version = (await api.command("NAVIGATE_TO_STAGE", sessions[0], stage=stage))["version"]
        return version

    writing = asyncio.create_task(write())
    seen: list[str] = []
    for count in (1, 2, 3, 4, 3, 2):
        places = [f"{sessions[0]}:{len(seen)}", *(f"{session_id}:1" for session_id in sessions[1:count])]
        async with opened_stream(api.http, live(*places)) as stream:
            opened = await until_ready(stream)
            seen += ids(sessions[0], opened)
            assert {frame.data["session_id"] for frame in opened} == set(sessions[:count])
            seen += ids(sessions[0], await until_at(stream, sessions[0], len(seen) + 2))
    stop.set()
    last = await writing
    async with opened_stream(api.http, live(f"{sessions[0]}:{len(seen)}")) as stream:
        seen += ids(sessions[0], await until_at(stream, sessions[0], last))
    assert seen == [str(number) for number in range(1, last + 1)]


async def test_what_is_not_mine_is_said_to_be_gone_and_ends_nothing_else(api: Served) -> None:
    mine, unknown, page = await started(api), str(uuid4()), str(uuid4())
    async with await api.client(await api.stranger()) as stranger:
        body = {"command_type": "START_GENESIS", "payload": {"title": "Theirs", "mode": "free_form"}}
        theirs = (await stranger.post("/api/v1/genesis/commands", json=body)).json()["session_id"]
        wanted = live(f"{theirs}:0:{page}", f"{unknown}:3", f"{mine}:0", lists=True)
        async with opened_stream(api.http, wanted) as stream:
            seen = await until_ready(stream)
            for gone in (theirs, unknown):
                assert of(gone, seen) == [Frame("gone", {"reason": "not_found"})]
            assert kinds(of(mine, seen)) == [("timeline", "1"), ("state", None)]
            assert await api.app.state.readers.presence.clients(UUID(theirs)) == ()
            # whatever moves there, and whoever looks at it, is not told here
            body = {"command_type": "GENERATE_INSPIRATION", "session_id": theirs, "payload": {}}
            begun = (await stranger.post("/api/v1/genesis/commands", json=body)).json()
            await write_draft(api, theirs, begun["correlation_id"], 1, "theirs", stored=False)
            async with opened_stream(stranger, path(theirs), client_id=str(uuid4())) as watched:
                while (await anext(watched)).event != "presence":
                    pass
                await api.command("NAVIGATE_TO_STAGE", mine, stage="CHARACTERS")
                rest = await until_at(stream, mine, 2)
    assert "Theirs" not in str(seen + rest)
    assert {frame.data["session_id"] for frame in rest} <= {mine, None}


async def test_a_session_that_is_no_longer_there_is_said_to_be_gone(api: Served) -> None:
    kept, erased, page = await started(api), await started(api), uuid4()
    presence = api.app.state.readers.presence
    async with opened_stream(api.http, live(f"{kept}:1", f"{erased}:1:{page}")) as stream:
        await until_ready(stream)
        assert [client.client_id for client in await presence.clients(UUID(erased))] == [page]
        async with api.studio.pool.connection() as connection:
            await connection.execute("DELETE FROM genesis_sessions WHERE id = %s", (erased,))
        await announce(api.studio.hints, [Moved("genesis_session", UUID(erased), api.account.id, 2)])
        await api.command("NAVIGATE_TO_STAGE", kept, stage="CHARACTERS")
        seen = await until_at(stream, kept, 2)
        assert [frame.event for frame in of(erased, seen) if frame.event != "presence"] == ["gone"]
        assert await presence.clients(UUID(erased)) == ()


async def test_a_session_that_the_read_side_has_not_reached_is_not_said_to_be_gone(
    database_url: str, redis_url: str
) -> None:
    async with served(database_url, redis_url, patience=0.2) as api:
        known = await started(api)
        await api.projecting.stop()
        late = await api.start()
        async with opened_stream(api.http, live(f"{late}:0", f"{known}:0")) as stream:
            assert kinds(of(known, seen := await until_ready(stream))) == [("timeline", "1"), ("state", None)]
            assert of(late, seen) == []
            api.projecting.start()
            assert kinds(of(late, await until_at(stream, late, 1))) == [("timeline", "1"), ("state", None)]


async def test_the_lists_come_on_the_same_connection(api: Served) -> None:
    first = await started(api)
    async with opened_stream(api.http, live(f"{first}:1", lists=True)) as stream:
        seen = await until_ready(stream)
        assert kinds(of(None, seen)) == [("sessions", None), ("novels", None)]
        second = await api.start(title="Ebb")
        async with asyncio.timeout(30):
            while (frame := await anext(stream)).event != "session" or frame.data["data"]["session_id"] != second:
                pass
        assert frame.data["session_id"] is None
        assert frame.data["data"]["title"] == "Ebb"


async def test_every_page_of_a_connection_has_its_session_open(api: Served) -> None:
    session_id, other = await started(api), await started(api)
    mine = [uuid4(), uuid4()]
    presence = api.app.state.readers.presence
    async with opened_stream(api.http, path(session_id), client_id=str(uuid4())) as outside:
        while (frame := await anext(outside)).event != "presence":
            pass
        (stranger,) = frame.data["clients"]
        asked = live(f"{session_id}:1:{mine[0]}:{mine[1]}", f"{other}:1:{mine[0]}")
        async with opened_stream(api.http, asked) as stream:
            seen = of(session_id, await until_ready(stream))[-1].data["clients"]
            assert {(one["client_id"], one["you"]) for one in seen} == {
                (stranger["client_id"], False),
                *((str(one), True) for one in mine),
            }
            async with asyncio.timeout(30):
                assert len((await anext(outside)).data["clients"]) == 3
            assert [client.client_id for client in await presence.clients(UUID(other))] == [mine[0]]


async def test_the_next_connection_begins_before_the_last_ends_and_nobody_sees_anyone_go(api: Served) -> None:
    session_id, other, page = await started(api), await started(api), uuid4()
    presence: Presence = api.app.state.readers.presence
    streams: Streams = api.app.state.readers.streams

    async def only_the_new_one() -> bool:
        return streams.count() == 2 and await presence.clients(UUID(other)) == ()

    seen: list[int] = []

    async def until_it_sees(count: int) -> None:
        while seen[-1:] != [count]:
            frame = await anext(outside)
            seen.extend([len(frame.data["clients"])] if frame.event == "presence" else [])

    async with opened_stream(api.http, path(session_id), client_id=str(uuid4())) as outside:
        await until_it_sees(1)
        async with AsyncExitStack() as old, AsyncExitStack() as new:
            asked = live(f"{session_id}:1:{page}", f"{other}:1:{page}")
            before = await old.enter_async_context(opened_stream(api.http, asked))
            await until_ready(before)
            await until_it_sees(2)
            together = await presence.clients(UUID(session_id))
            again = live(f"{session_id}:1:{page}")
            after = await new.enter_async_context(opened_stream(api.http, again))
            await until_ready(after)
            await old.aclose()
            await eventually(only_the_new_one)
            assert await presence.clients(UUID(session_id)) == together
        await until_it_sees(1)
    assert seen == [1, 2, 1]


A, B = (str(UUID(int=number)) for number in (1, 2))  # the same in every worker of the tests


@pytest.mark.parametrize(
    "sessions",
    [
        A,
        f"{A}:",
        f"{A}:-1",
        f"{A}:one",
        f"{A}:1234567890",
        "me:1",
        f"{A}:1,",
        f"{A}:1,{A}:2",
        f"{A}:1:me",
        f"{A}:1:{B}:",
        ",".join(f"{UUID(int=number)}:1" for number in range(101)),
        f"{A}:1" + "".join(f":{UUID(int=number)}" for number in range(101)),
    ],
)
async def test_what_cannot_be_asked_for_is_refused(api: Served, sessions: str) -> None:
    answer = await api.http.get("/api/v1/live", params={"sessions": sessions})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "sessions"


async def test_a_hundred_sessions_are_one_address_that_proxies_take(api: Served) -> None:
    mine = [UUID(await api.start()) for _ in range(3)]
    await api.readable(str(mine[-1]), 1)
    asked = live(*(f"{one.hex}:999999:{uuid4().hex}" for one in [*mine, *(uuid4() for _ in range(97))]), lists=True)
    assert len(asked) < 8_000
    async with opened_stream(api.http, asked) as stream:
        seen = await until_ready(stream)
    assert sum(frame.event == "gone" for frame in seen) == 97
    assert all(one.event == "reset" for one in (of(str(session_id), seen)[0] for session_id in mine))


async def test_nothing_asked_for_opens_with_nothing(api: Served) -> None:
    async with opened_stream(api.http, "/api/v1/live") as stream:
        assert await until_ready(stream) == []
