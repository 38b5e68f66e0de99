"""One append over several streams, and several appends in one statement: all of each, or nothing of it."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest
from genesis_types.enums import CommandStatus

from application.ports import Append, CommandIdTaken, StreamAppend, VersionTaken
from domain.aggregate import CompletedWork, DomainEvent
from domain.genesis.aggregate import GENESIS_SESSION
from infrastructure.event_store import group_commit
from infrastructure.event_store.append import AppendRows
from infrastructure.event_store.codec import CODEC
from infrastructure.event_store.group_commit import GroupCommit, Line
from infrastructure.event_store.store import PostgresEventStore
from infrastructure.postgres.pool import Pool
from tests.support.appends import ENTERED, FAILED, STARTED, WRITTEN, count, inbox, processing


def stream(stream_id: UUID, expected: int, *events: DomainEvent) -> StreamAppend:
    state = GENESIS_SESSION.fold(stream_id, (STARTED, *events))
    return StreamAppend(GENESIS_SESSION, stream_id, expected, events, replace(state, version=expected + len(events)))


def append(*streams: StreamAppend, **changes: Any) -> Append:
    command = changes.pop("command", None) or inbox(streams[0].stream_id)
    return Append((command,), streams, command.command_id, command.command_id, **changes)


async def versions(pool: Pool, *streams: UUID) -> list[int]:
    query = "SELECT count(*) FROM domain_events WHERE aggregate_id = %s"
    async with pool.connection() as connection:
        rows = [await (await connection.execute(query, (str(one),))).fetchone() for one in streams]
    return [row[0] for row in rows if row]


async def test_two_streams_are_written_together(store: PostgresEventStore, pool: Pool) -> None:
    one, two = uuid4(), uuid4()
    await store.append(append(stream(one, 0, STARTED), stream(two, 0, STARTED, ENTERED)))
    assert await versions(pool, one, two) == [1, 2]
    assert await count(pool) == {"command_inbox": 1, "domain_events": 3, "event_outbox": 3}
    for stream_id, version in ((one, 1), (two, 2)):
        assert (await store.load_cached(GENESIS_SESSION, stream_id)).version == version
        assert (await store.load(GENESIS_SESSION, stream_id)).version == version


@pytest.mark.parametrize("moved", [0, 1])
async def test_nothing_is_written_when_one_of_the_streams_has_moved(
    store: PostgresEventStore, pool: Pool, moved: int
) -> None:
    ids = [uuid4(), uuid4()]
    await store.append(append(*(stream(one, 0, STARTED) for one in ids)))
    await store.append(append(stream(ids[moved], 1, ENTERED)))
    before = await count(pool)
    with pytest.raises(VersionTaken):
        await store.append(append(*(stream(one, 1, ENTERED) for one in ids)))
    assert await count(pool) == before


async def test_a_stream_without_events_is_guarded(store: PostgresEventStore, pool: Pool) -> None:
    own, other = uuid4(), uuid4()
    await store.append(append(stream(other, 0, STARTED)))
    await store.append(append(stream(own, 0, STARTED), stream(other, 1)))
    with pytest.raises(VersionTaken):
        await store.append(append(stream(own, 1, ENTERED), stream(other, 0)))
    assert await versions(pool, own, other) == [1, 1]


def test_an_append_names_each_stream_once_and_has_events() -> None:
    one = uuid4()
    with pytest.raises(ValueError, match="twice"):
        append(stream(one, 0, STARTED), stream(one, 1, ENTERED))
    with pytest.raises(ValueError, match="without events"):
        append(stream(one, 1))


async def test_work_that_has_ended_keeps_every_stream_as_it_was(store: PostgresEventStore, pool: Pool) -> None:
    one, two = uuid4(), uuid4()
    work = processing(one)
    assert work.correlation_id is not None
    await store.append(append(stream(one, 0, STARTED), command=work))
    ending = CompletedWork(work.correlation_id, CommandStatus.FAILED, 'TIMEOUT, {really} "so"')
    outcome = append(stream(one, 1, FAILED), stream(two, 0, STARTED), completes=ending)
    await store.append(outcome)
    with pytest.raises(VersionTaken):
        await store.append(append(stream(one, 2, FAILED), stream(two, 1, ENTERED), completes=ending))
    assert await versions(pool, one, two) == [2, 1]


class Counted(PostgresEventStore):
    """Knows how many appends each statement took."""

    def __init__(self, pool: Pool) -> None:
        super().__init__(pool, "genesis.events")
        self.statements: list[int] = []

    @asynccontextmanager
    async def _line(self) -> AsyncIterator[Line]:
        async with super()._line() as line:
            yield CountedLine(line, self.statements)


class CountedLine:
    def __init__(self, line: Line, statements: list[int]) -> None:
        self._line = line
        self._statements = statements
        self.usable = line.usable

    async def write(self, appends: Sequence[AppendRows]) -> set[UUID]:
        self._statements.append(len(appends))
        return await self._line.write(appends)


async def test_appends_that_come_together_share_a_statement(pool: Pool) -> None:
    store = Counted(pool)
    sessions = [uuid4() for _ in range(40)]
    await asyncio.gather(*(store.append(append(stream(one, 0, STARTED))) for one in sessions))
    assert sum(store.statements) == 40
    assert max(store.statements[:2]) <= 20  # shared out: neither statement keeps the other waiting
    assert len(store.statements) < 10
    assert await count(pool) == dict.fromkeys(WRITTEN, 40)


async def test_one_conflict_in_a_group_fails_nobody_else(pool: Pool) -> None:
    """A stream that has moved is left out; a taken command id fails the statement, which is then taken apart."""
    store = Counted(pool)
    sessions = [uuid4() for _ in range(8)]
    taken = inbox(sessions[0])
    await store.append(append(stream(sessions[0], 0, STARTED), command=taken))
    appends = [append(stream(one, 0, STARTED)) for one in sessions]  # the first has moved
    appends.append(append(stream(uuid4(), 0, STARTED), command=replace(taken, session_id=uuid4())))
    found = await asyncio.gather(*(store.append(one) for one in appends), return_exceptions=True)
    assert [type(one) for one in found] == [VersionTaken, *[type(None)] * 7, CommandIdTaken]
    assert await versions(pool, *sessions) == [1] * 8


class Quick(AbstractAsyncContextManager["Quick"]):
    """A line that writes whatever it is given."""

    async def __aexit__(self, *_: object) -> None:
        return None

    def usable(self) -> bool:
        return True

    async def write(self, appends: Sequence[AppendRows]) -> set[UUID]:
        return {rows.first_event() for rows in appends}


async def test_a_stream_or_a_command_is_only_once_in_a_group() -> None:
    groups: list[list[AppendRows]] = []
    writing, going = asyncio.Event(), asyncio.Event()

    class Slow(Quick):
        async def write(self, appends: Sequence[AppendRows]) -> set[UUID]:
            groups.append(list(appends))
            writing.set()
            await going.wait()
            return await super().write(appends)

    store = PostgresEventStore.__new__(PostgresEventStore)
    store._codec = CODEC
    one, two = uuid4(), uuid4()
    same = inbox(uuid4())
    asked = [
        append(stream(one, 0, STARTED)),
        append(stream(one, 1, ENTERED)),
        append(stream(two, 0, STARTED), stream(one, 2, ENTERED)),
        append(stream(uuid4(), 0, STARTED), command=same),
        append(stream(uuid4(), 0, STARTED), command=same),
    ]
    group = GroupCommit(Slow, at_once=1)
    first = asyncio.create_task(group.append(store._rows(append(stream(uuid4(), 0, STARTED)))))
    await writing.wait()
    tasks = [asyncio.create_task(group.append(store._rows(rows))) for rows in asked]
    await asyncio.sleep(0)
    going.set()
    assert await asyncio.gather(first, *tasks) == [True] * 6
    assert [[rows.streams[0].expected_version for rows in some] for some in groups] == [[0], [0, 0], [1, 0], [0]]


async def test_an_append_that_comes_as_the_last_one_ends_is_written_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who asks when the writer has just found nothing must not wait for it: it has gone."""
    monkeypatch.setattr(group_commit, "LINGER", 0.0)
    store = PostgresEventStore.__new__(PostgresEventStore)
    store._codec = CODEC
    group = GroupCommit(Quick, at_once=1)
    async with asyncio.timeout(30):
        for turn in range(30):
            assert await group.append(store._rows(append(stream(uuid4(), 0, STARTED))))
            for _ in range(turn % 7):
                await asyncio.sleep(0)


async def test_a_line_is_kept_for_the_next_append_and_given_up_when_the_server_has_ended_it() -> None:
    lent: list[Quick] = []

    class Counted(Quick):
        def __init__(self) -> None:
            lent.append(self)

        def usable(self) -> bool:
            return self is not gone

    gone: Quick | None = None
    store = PostgresEventStore.__new__(PostgresEventStore)
    store._codec = CODEC
    group = GroupCommit(Counted, at_once=1)

    async def write() -> bool:
        return await group.append(store._rows(append(stream(uuid4(), 0, STARTED))))

    assert await write()
    assert await write()
    assert len(lent) == 1
    gone = lent[0]
    assert await write()
    assert len(lent) == 2


async def test_streams_in_opposite_orders_never_wait_for_each_other(pool: Pool) -> None:
    """Two processes append to the same two streams, named in opposite orders: one of them wins every time."""
    stores = [PostgresEventStore(pool, "genesis.events") for _ in range(2)]
    one, two = uuid4(), uuid4()
    await stores[0].append(append(stream(one, 0, STARTED), stream(two, 0, STARTED)))
    for version in range(1, 30):
        pair = (stream(one, version, ENTERED), stream(two, version, ENTERED))
        found = await asyncio.gather(
            stores[0].append(append(*pair)), stores[1].append(append(*reversed(pair))), return_exceptions=True
        )
        assert sorted(type(each).__name__ for each in found) == ["NoneType", "VersionTaken"]
