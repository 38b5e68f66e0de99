"""The change feed: quick with hints, complete without them, and hard on those who do not keep up."""

import asyncio
from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from genesis_types.enums import GenesisMode
from psycopg.types.json import Jsonb

from application.wakeups import CHANGES, DRAFTS
from domain.genesis.commands import GenerateInspiration, NavigateToStage
from domain.genesis.stages import STAGE_ORDER
from infrastructure.postgres.pool import Pool
from infrastructure.processes.projector import Projector
from infrastructure.read_side.change_feed import ChangeFeed
from infrastructure.read_side.feed_subscription import QUEUE
from infrastructure.redis.wakeups import NoHints, RedisHints
from projections.engine.changes import Change, Drafted, FeedOverflow, Moved, Subscription
from projections.engine.min_version import ProjectionLagging, Waits
from projections.engine.stream_heads import StreamHeads
from projections.genesis.queries import Queries
from projections.registry import VERSIONS
from tests.support.commands import Desk
from tests.support.reading import projecting


@pytest.fixture
async def projector(database_url: str) -> AsyncIterator[Projector]:
    async with projecting(database_url) as running:
        yield running


@pytest.fixture
async def hints(redis_url: str) -> AsyncIterator[RedisHints]:
    made = RedisHints(redis_url)
    yield made
    await made.close()


async def _next(subscription: Subscription, kind: type[Change], within: float = 30.0) -> Any:
    async with asyncio.timeout(within):
        while True:
            change = await subscription.next(within)
            if isinstance(change, kind) and not _is_of_another_projection(change):
                return change


def _is_of_another_projection(change: Change | None) -> bool:
    return isinstance(change, Moved) and change.projection != "genesis_session"


async def _hears_nothing(subscription: Subscription, seconds: float) -> bool:
    try:
        async with asyncio.timeout(seconds):
            while (change := await subscription.next(seconds)) is None or _is_of_another_projection(change):
                pass
    except TimeoutError:
        return True
    return False


async def _task(pool: Pool, desk: Desk, work: UUID, *, seq: int, draft: Any = None) -> None:
    async with pool.connection() as connection:
        await connection.execute(
            "INSERT INTO async_tasks (id, session_id, user_id, task_type, status, phase, progress, draft, draft_seq)"
            " VALUES (%(id)s, %(session)s, %(user)s, 'inspiration', 'RUNNING', 'writing', %(seq)s, %(draft)s, %(seq)s)"
            " ON CONFLICT (id) DO UPDATE SET draft = excluded.draft, draft_seq = excluded.draft_seq,"
            " progress = excluded.progress",
            {"id": work, "session": desk.session_id, "user": desk.user_id, "seq": seq, "draft": Jsonb(draft)},
        )


async def test_without_hints_polling_brings_every_move(desk: Desk, pool: Pool, projector: Projector) -> None:
    await desk.start(mode=GenesisMode.FREE_FORM)
    await projector.catch_up()
    feed = ChangeFeed(pool, NoHints())
    async with (
        feed.running(),
        feed.subscribe(desk.session_id) as mine,
        feed.subscribe(owner=desk.user_id) as all_mine,
        feed.subscribe(owner=uuid4()) as other,
    ):
        assert (await _next(mine, Moved)).version == 1
        await desk.do(NavigateToStage(stage=STAGE_ORDER[1]))
        await projector.catch_up()
        assert await _next(mine, Moved) == Moved("genesis_session", desk.session_id, desk.user_id, 2)
        while (moved := await _next(all_mine, Moved)).version == 1:
            pass  # what moved just before somebody came may be told as well
        assert moved.version == 2
        assert await other.next(0) is None


async def test_without_hints_polling_brings_drafts(desk: Desk, pool: Pool, projector: Projector) -> None:
    await desk.start(mode=GenesisMode.FREE_FORM)
    work = (await desk.do(GenerateInspiration())).correlation_id
    assert work is not None
    await projector.catch_up()
    await _task(pool, desk, work, seq=1, draft={"contents": [{"title": "Ti"}]})
    feed = ChangeFeed(pool, NoHints())
    async with feed.running(), feed.subscribe(desk.session_id) as mine:
        first = await _next(mine, Drafted)
        assert (first.correlation_id, first.seq, first.offset, first.phase) == (work, 1, 0, "writing")
        assert first.content == {"contents": [{"title": "Ti"}]}
        await _task(pool, desk, work, seq=2, draft={"contents": [{"title": "Tides"}]})
        second = await _next(mine, Drafted)
        assert (second.seq, second.content) == (2, {"contents": [{"title": "Tides"}]})
    (draft,) = await Queries(pool).drafts(desk.user_id)
    assert (draft.seq, draft.percent) == (2, float(Decimal(2)))


async def test_hints_arrive_at_once_and_polling_does_not_repeat_them(
    desk: Desk, pool: Pool, projector: Projector, hints: RedisHints
) -> None:
    await desk.start(mode=GenesisMode.FREE_FORM)
    await projector.catch_up()
    feed = ChangeFeed(pool, hints)
    who = {"session_id": str(desk.session_id), "user_id": str(desk.user_id)}
    moved = {"projection": "genesis_session", "stream_id": str(desk.session_id), "owner": str(desk.user_id)}
    async with feed.running(), feed.subscribe(desk.session_id) as mine:
        assert (await _next(mine, Moved)).version == 1
        work = str(uuid4())
        frame = {"correlation_id": work, "seq": 3, "offset": 5, "phase": "writing", "percent": 40.0, "message": ""}
        async with asyncio.timeout(30):  # polling would bring none of it: the tables do not say so
            await hints.publish(CHANGES, {"moved": [moved | {"version": 2}]})
            await hints.publish(CHANGES, {"nonsense": True})
            await hints.publish(DRAFTS, who | frame | {"content": "more"})
            assert await _next(mine, Moved) == Moved("genesis_session", desk.session_id, desk.user_id, 2)
            drafted = await _next(mine, Drafted)
        assert (drafted.seq, drafted.offset, drafted.content) == (3, 5, "more")
        await desk.do(NavigateToStage(stage=STAGE_ORDER[1]))
        await projector.catch_up()
        assert await _hears_nothing(mine, 1.3), "the poll finds what the hint has told already"


async def test_a_subscriber_that_does_not_keep_up_is_cut_off_and_no_other(
    desk: Desk, pool: Pool, hints: RedisHints
) -> None:
    feed = ChangeFeed(pool, hints)
    moved = {"projection": "genesis_session", "stream_id": str(desk.session_id), "owner": str(desk.user_id)}
    async with (
        feed.running(),
        feed.subscribe(desk.session_id) as slow,
        feed.subscribe(desk.session_id) as quick,
    ):
        seen = 0
        async with asyncio.timeout(60):
            for version in range(1, QUEUE + 20):
                await hints.publish(CHANGES, {"moved": [moved | {"version": version}]})
                while seen < version and (change := await quick.next(0.05 if version < 5 else 1)) is not None:
                    assert isinstance(change, Moved)
                    seen = change.version
        with pytest.raises(FeedOverflow):
            await slow.next(0)
    async with feed.running(), feed.subscribe(desk.session_id) as again:
        assert await again.next(0) is None


async def test_waiting_for_a_version_returns_as_soon_as_it_can_be_read(
    desk: Desk, pool: Pool, projector: Projector
) -> None:
    feed = ChangeFeed(pool, NoHints())
    waits = Waits(StreamHeads(pool, VERSIONS), feed)
    await desk.start(mode=GenesisMode.FREE_FORM)
    async with feed.running():
        waiting = asyncio.create_task(waits.reached("genesis_session", desk.session_id, desk.user_id, 1))
        await asyncio.sleep(0.05)
        assert not waiting.done()
        await projector.catch_up()
        async with asyncio.timeout(30):
            assert await waiting
        with pytest.raises(ProjectionLagging):
            await waits.reached("genesis_session", desk.session_id, desk.user_id, 2, patience=0.2)


async def test_what_is_not_there_is_said_once_the_log_of_that_moment_has_been_read(
    desk: Desk, pool: Pool, projector: Projector
) -> None:
    feed = ChangeFeed(pool, NoHints())
    waits = Waits(StreamHeads(pool, VERSIONS), feed)
    async with feed.running():
        assert not await waits.reached("genesis_session", desk.session_id, desk.user_id, 1), "an empty log is read"
        await desk.start(mode=GenesisMode.FREE_FORM)
        asked = ((desk.session_id, uuid4()), (uuid4(), desk.user_id))  # somebody else's, and one that does not exist
        waiting = [asyncio.create_task(waits.reached("genesis_session", *who, 1)) for who in asked]
        await asyncio.sleep(0.05)
        assert not any(task.done() for task in waiting)
        with pytest.raises(ProjectionLagging):
            await waits.reached("genesis_session", *asked[0], 1, patience=0.05)
        await projector.catch_up()
        async with asyncio.timeout(30):
            assert await asyncio.gather(*waiting) == [False, False]
            assert not await waits.reached("genesis_session", *asked[1], 7), "and now at once"


async def test_nothing_is_missed_by_who_comes_while_a_poll_is_under_way(
    desk: Desk, pool: Pool, projector: Projector, monkeypatch: pytest.MonkeyPatch
) -> None:
    feed = ChangeFeed(pool, NoHints())
    other = Desk(desk.store)
    await desk.start(mode=GenesisMode.FREE_FORM)
    await projector.catch_up()
    ask, asked, go_on = feed._rows, asyncio.Event(), asyncio.Event()

    async def slowly(query: bytes, parameters: Any) -> Any:
        if b"stream_heads" in query and not asked.is_set():
            asked.set()
            await go_on.wait()
        return await ask(query, parameters)

    monkeypatch.setattr(feed, "_rows", slowly)
    async with feed.running(), feed.subscribe(owner=other.user_id):
        await asked.wait()
        async with feed.subscribe(owner=desk.user_id) as mine:
            await desk.do(NavigateToStage(stage=STAGE_ORDER[1]))
            await projector.catch_up()
            go_on.set()  # this look passes the move, and was not asked for this user
            assert (await _next(mine, Moved)).version == 2
