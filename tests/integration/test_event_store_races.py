"""Many at once on one session: one winner per version, per command id, per active type, per ended work."""

import asyncio
from uuid import uuid4

import pytest
from genesis_types.enums import CommandStatus

from application.ports import AppendFailed, CommandIdTaken, CommandTypeActive, CompletedWork, VersionTaken
from infrastructure.event_store.store import PostgresEventStore
from infrastructure.postgres.pool import Pool
from tests.support.appends import ENTERED, STARTED, WRITTEN, count, inbox, processing, write


async def test_of_many_writers_on_one_version_exactly_one_wins(store: PostgresEventStore, pool: Pool) -> None:
    session_id = uuid4()
    await write(store, session_id, 0, (STARTED,))
    for version in range(1, 26):
        outcomes = await asyncio.gather(
            *(write(store, session_id, version, (ENTERED,)) for _ in range(6)), return_exceptions=True
        )
        assert outcomes.count(None) == 1
        assert all(isinstance(outcome, VersionTaken) for outcome in outcomes if outcome is not None), outcomes
    assert await count(pool) == dict.fromkeys(WRITTEN, 26)


async def test_of_many_uses_of_one_command_id_exactly_one_wins(store: PostgresEventStore, pool: Pool) -> None:
    for _ in range(25):
        command_id = uuid4()
        sessions = [uuid4() for _ in range(4)]
        outcomes = await asyncio.gather(
            *(write(store, s, 0, (STARTED,), rows=(inbox(s, command_id=command_id),)) for s in sessions),
            return_exceptions=True,
        )
        assert outcomes.count(None) == 1
        assert all(isinstance(outcome, CommandIdTaken) for outcome in outcomes if outcome is not None), outcomes
    assert await count(pool) == dict.fromkeys(WRITTEN, 25)


async def test_a_second_active_command_of_one_type_is_refused(store: PostgresEventStore, pool: Pool) -> None:
    session_id = uuid4()
    await write(store, session_id, 0, (STARTED,), rows=(processing(session_id),))
    with pytest.raises(CommandTypeActive):
        await write(store, session_id, 1, (ENTERED,), rows=(processing(session_id),))
    with pytest.raises(CommandTypeActive):
        await write(store, session_id, 1, (ENTERED,), rows=(inbox(session_id), processing(session_id)))
    assert await count(pool) == dict.fromkeys(WRITTEN, 1)


async def test_of_two_commands_of_one_type_at_once_one_is_active(store: PostgresEventStore, pool: Pool) -> None:
    for _ in range(25):
        session_id = uuid4()
        await write(store, session_id, 0, (STARTED,))
        outcomes = await asyncio.gather(
            *(write(store, session_id, 1, (ENTERED,), rows=(processing(session_id),)) for _ in range(3)),
            return_exceptions=True,
        )
        assert outcomes.count(None) == 1
        refused = [outcome for outcome in outcomes if outcome is not None]
        assert all(isinstance(outcome, CommandTypeActive | VersionTaken) for outcome in refused), outcomes


async def test_work_that_has_ended_is_not_ended_again(store: PostgresEventStore, pool: Pool) -> None:
    session_id, work = uuid4(), uuid4()
    await write(store, session_id, 0, (STARTED,), rows=(processing(session_id, correlation_id=work),))
    ending = CompletedWork(work, CommandStatus.COMPLETED)
    await write(store, session_id, 1, (ENTERED,), completes=ending)
    before = await count(pool)
    for unknown_or_ended in (ending, CompletedWork(uuid4(), CommandStatus.COMPLETED)):
        with pytest.raises(AppendFailed):
            await write(store, session_id, 2, (ENTERED,), completes=unknown_or_ended)
    assert await count(pool) == before
    # and the place in the queue is free for the next one
    await write(store, session_id, 2, (ENTERED,), rows=(processing(session_id),))


async def test_of_many_that_end_one_work_exactly_one_does(store: PostgresEventStore, pool: Pool) -> None:
    for _ in range(15):
        session_id, work = uuid4(), uuid4()
        await write(store, session_id, 0, (STARTED,), rows=(processing(session_id, correlation_id=work),))
        endings = [CompletedWork(work, status) for status in (CommandStatus.COMPLETED, CommandStatus.FAILED)] * 2
        outcomes = await asyncio.gather(
            *(write(store, session_id, 1, (ENTERED,), completes=ending) for ending in endings), return_exceptions=True
        )
        assert outcomes.count(None) == 1
        assert all(isinstance(outcome, AppendFailed) for outcome in outcomes if outcome is not None)
