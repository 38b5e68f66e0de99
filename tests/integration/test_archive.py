"""Sessions in the archive are what they were: the same proof, the same replay, the same answers to commands."""

import asyncio
from datetime import timedelta
from uuid import UUID, uuid4

import psycopg
import pytest
from genesis_types.enums import GenesisMode, GenesisStage
from psycopg.errors import RestrictViolation

from application.command_results import VersionConflict
from domain.aggregate import Command
from domain.genesis.aggregate import GENESIS_SESSION
from domain.genesis.commands import AbandonGenesis, BranchGenesis, ExtendSession, NavigateToStage
from domain.rejections import Refused
from infrastructure.event_store import archive as moving
from infrastructure.event_store.archive import StreamBusy, StreamDamaged, bring_back, proof, put_away
from infrastructure.event_store.store import PostgresEventStore
from infrastructure.postgres.pool import Pool
from infrastructure.work.archiving import Archiving, archive, due
from tests.support.commands import Desk
from tests.support.reading import projecting, tables
from tests.support.tampering import tamper, verified

ENDED = timedelta(days=1)
"""The clock of these tests stands in March, so whatever has ended, ended longer ago than this."""


async def count(pool: Pool, table: str, session_id: UUID) -> int:
    async with pool.connection() as connection:
        query = f"SELECT count(*) FROM ONLY {table} WHERE aggregate_id = %s".encode()
        ((found,),) = await (await connection.execute(query, (str(session_id),))).fetchall()
        return int(found)


async def places(pool: Pool, session_id: UUID) -> tuple[int, int]:
    """How many events are in the log, and how many in the archive."""
    return await count(pool, "domain_events", session_id), await count(pool, "domain_events_archive", session_id)


async def ended(desk: Desk, *, stages: int = 2) -> UUID:
    """A session with 2 + `stages` events, abandoned."""
    await desk.start(mode=GenesisMode.FREE_FORM, title="Low Water")
    for _ in range(stages):
        await desk.do(ExtendSession(hours=5))
    await desk.do(AbandonGenesis())
    return desk.session_id


async def moved(pool: Pool, session_id: UUID) -> int:
    async with pool.connection() as connection:
        return await put_away(connection, session_id)


async def brought_back(pool: Pool, session_id: UUID) -> int:
    async with pool.connection() as connection:
        return await bring_back(connection, session_id)


async def test_all_but_the_last_event_move_and_the_log_is_proved_as_before(
    pool: Pool, desk: Desk, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(moving, "CHUNK", 2)  # given: a session that needs several transactions
    session_id = await ended(desk, stages=5)
    events = sum(await places(pool, session_id))
    before = await asyncio.to_thread(verified, database_url)
    assert await moved(pool, session_id) == events - 1
    assert await places(pool, session_id) == (1, events - 1)
    after = await asyncio.to_thread(verified, database_url)
    assert (after.wrong, after.events, after.position, after.digest) == (
        0,
        before.events,
        before.position,
        before.digest,
    )
    assert await moved(pool, session_id) == 0, "there is nothing more to move"
    assert await brought_back(pool, session_id) == events - 1
    assert await places(pool, session_id) == (events, 0)
    assert (await asyncio.to_thread(verified, database_url)).digest == before.digest


async def test_an_edited_event_in_the_archive_is_named(pool: Pool, desk: Desk, database_url: str) -> None:
    session_id = await ended(desk)
    await moved(pool, session_id)
    edit = "UPDATE domain_events_archive SET event_type = 'Invented' WHERE aggregate_id = %s AND aggregate_version = 2"
    await asyncio.to_thread(tamper, database_url, edit, str(session_id))
    report = await asyncio.to_thread(verified, database_url)
    assert [(fault.stream_id, fault.version) for fault in report.faults] == [(str(session_id), 2)]
    with pytest.raises(StreamDamaged, match="Version 2"):
        await brought_back(pool, session_id)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE domain_events SET event_type = 'Invented' WHERE aggregate_version = 2",
        "DELETE FROM domain_events WHERE aggregate_version = 2",
        "DELETE FROM domain_events WHERE aggregate_version = 1",
    ],
    ids=["edited", "missing", "no beginning"],
)
async def test_a_damaged_session_stays_where_it_is(pool: Pool, desk: Desk, database_url: str, change: str) -> None:
    session_id = await ended(desk)
    await asyncio.to_thread(tamper, database_url, change)
    there = await places(pool, session_id)
    async with pool.connection() as connection:
        outcome = await archive(connection, session_id)
    assert outcome.refused is not None
    assert await places(pool, session_id) == there


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM ONLY domain_events",
        "DELETE FROM domain_events_archive",
        "DELETE FROM domain_events",
        "UPDATE domain_events_archive SET payload = '{}'",
        "TRUNCATE domain_events_archive",
        "TRUNCATE domain_events",
        # the same position is not the same row
        "WITH copied AS (SELECT * FROM ONLY domain_events) DELETE FROM domain_events_archive",
    ],
)
async def test_the_database_refuses_what_would_lose_an_event(pool: Pool, desk: Desk, statement: str) -> None:
    await moved(pool, await ended(desk))
    async with pool.connection() as connection:
        with pytest.raises(RestrictViolation, match="append-only"):
            await connection.execute(statement.encode())


async def test_a_copy_that_differs_does_not_let_its_original_go(pool: Pool, desk: Desk) -> None:
    session_id = str(await ended(desk))
    async with pool.connection() as connection:
        await connection.execute(
            """CREATE TEMPORARY TABLE changed AS SELECT * FROM domain_events WHERE aggregate_version = 1;
               UPDATE changed SET payload = payload || '{"title": "Another"}';
               INSERT INTO domain_events_archive SELECT * FROM changed"""
        )
        with pytest.raises(RestrictViolation, match="append-only"):
            await connection.execute(
                "DELETE FROM ONLY domain_events WHERE aggregate_id = %s AND aggregate_version = 1", (session_id,)
            )


async def test_the_last_event_of_a_stream_cannot_leave_the_log(pool: Pool, desk: Desk) -> None:
    session_id = str(await ended(desk))
    async with pool.connection() as connection, connection.transaction(force_rollback=True):
        await connection.execute("INSERT INTO domain_events_archive SELECT * FROM ONLY domain_events")
        with pytest.raises(RestrictViolation, match="append-only"):
            await connection.execute("DELETE FROM ONLY domain_events WHERE aggregate_id = %s", (session_id,))


async def test_commands_to_an_archived_session_are_answered_as_before(
    pool: Pool, desk: Desk, store: PostgresEventStore
) -> None:
    session_id = await ended(desk)
    twice = desk.command(AbandonGenesis())
    first = desk.command(ExtendSession(hours=5))
    with pytest.raises(Refused) as refused:
        await desk.send(twice)
    await moved(pool, session_id)
    elsewhere = Desk(PostgresEventStore(pool, "genesis.events"), user_id=desk.user_id)  # nothing cached
    elsewhere.session_id = session_id
    for command in (twice, first):
        with pytest.raises(Refused) as again:
            await elsewhere.send(command)
        assert str(again.value) == str(refused.value)
    state = await elsewhere.store.load(GENESIS_SESSION, session_id)
    assert state == await store.load(GENESIS_SESSION, session_id)
    assert state.version == 4


async def test_a_command_that_is_sent_again_gets_its_first_answer(pool: Pool, desk: Desk) -> None:
    await desk.start(mode=GenesisMode.FREE_FORM)
    abandon = desk.command(AbandonGenesis())
    answer = await desk.send(abandon)
    await moved(pool, desk.session_id)
    elsewhere = Desk(PostgresEventStore(pool, "genesis.events"), user_id=desk.user_id)
    assert (await elsewhere.send(abandon)).version == answer.version


@pytest.mark.parametrize("at", [1, 3, None], ids=["the first version", "in the middle", "its end"])
async def test_a_branch_of_an_archived_session(pool: Pool, desk: Desk, at: int | None) -> None:
    session_id = await ended(desk)
    await moved(pool, session_id)
    elsewhere = Desk(PostgresEventStore(pool, "genesis.events"), user_id=desk.user_id)
    body = BranchGenesis(source_session_id=session_id, source_version=at or 4)
    made = await elsewhere.do(body)
    elsewhere.session_id = made.session_id
    await elsewhere.do(NavigateToStage(stage=GenesisStage.CHARACTERS))
    state = await elsewhere.store.load(GENESIS_SESSION, made.session_id)
    assert state.title == "Low Water"
    assert await places(pool, session_id) == (1, 3)


async def test_an_append_while_events_move_goes_to_the_end_of_the_stream(
    pool: Pool, desk: Desk, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await desk.start(mode=GenesisMode.FREE_FORM)  # it goes on: the hardest case
    for _ in range(3):
        await desk.do(ExtendSession(hours=5))
    async with pool.connection() as connection:
        before = await proof(connection, desk.session_id)
        async with connection.transaction():
            wanted = {"stream": str(desk.session_id), "end": before.events, "limit": 2}
            assert await moving._moved(connection, desk.session_id, moving._PUT_AWAY, wanted, moving._LEAVE_LOG) == 2
            await desk.do(ExtendSession(hours=5))  # while two events are in neither place for sure
            with pytest.raises(VersionConflict):
                await desk.do(ExtendSession(hours=5), expected_version=before.events)
    assert await places(pool, desk.session_id) == (3, 2)
    report = await asyncio.to_thread(verified, database_url)
    assert (report.wrong, report.events) == (0, 5)


async def test_a_version_that_is_archived_cannot_be_written_again(pool: Pool, desk: Desk, database_url: str) -> None:
    session_id = await ended(desk)
    await moved(pool, session_id)
    stranger = Desk(PostgresEventStore(pool, "genesis.events"))
    from domain.genesis.commands import StartGenesis  # noqa: PLC0415

    with pytest.raises((Refused, VersionConflict, Exception)):
        await stranger.send(Command(uuid4(), session_id, stranger.user_id, StartGenesis()))
    assert (await asyncio.to_thread(verified, database_url)).wrong == 0


async def test_two_cannot_move_one_session_at_once(pool: Pool, desk: Desk) -> None:
    session_id = await ended(desk)
    async with pool.connection() as one, pool.connection() as other, moving._alone(one, session_id):
        with pytest.raises(StreamBusy):
            await put_away(other, session_id)
        outcome = await archive(other, session_id)
    assert outcome.refused is not None
    assert await moved(pool, session_id) == 3


async def test_a_projector_that_lags_behind_reads_what_was_archived_meanwhile(
    pool: Pool, desk: Desk, database_url: str
) -> None:
    session_id = await ended(desk)
    async with projecting(database_url) as projector:
        await projector.catch_up()
    expected = await tables(database_url)
    tamper_query = (
        "TRUNCATE projection_checkpoints, stream_heads, projection_parked; "
        "TRUNCATE genesis_sessions, genesis_stage_records, genesis_timeline"
    )
    del tamper_query
    await moved(pool, session_id)
    async with projecting(database_url) as projector:
        await projector.catch_up()
    assert await tables(database_url) == expected


async def test_what_is_due_is_archived_once_in_slices_and_not_what_is_under_way(
    pool: Pool, desk: Desk, database_url: str, store: PostgresEventStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = [await ended(Desk(store)) for _ in range(3)]
    going_on = Desk(store)
    await going_on.start(mode=GenesisMode.FREE_FORM)
    async with projecting(database_url) as projector:
        await projector.catch_up()
    archiving = Archiving(pool, ENDED)
    assert await archiving.sweep() is False
    assert [await places(pool, session) for session in old] == [(4, 0)] * 3, "their messages have not been sent"
    await asyncio.to_thread(tamper, database_url, "UPDATE event_outbox SET status = 'SENT', sent_at = now()")
    async with pool.connection() as connection:
        assert await due(connection, timedelta(days=36_000)) == []
        assert {one.session_id for one in await due(connection, ENDED)} == set(old)
    monkeypatch.setattr("infrastructure.work.archiving.SLICE", 2)
    assert await archiving.sweep() is True
    assert await archiving.sweep() is False
    assert [await places(pool, session) for session in old] == [(1, 3)] * 3
    assert (await places(pool, going_on.session_id))[1] == 0
    # brought back, a session is left alone for as long as the setting says
    assert await brought_back(pool, old[0]) == 3
    assert await archiving.sweep() is False
    assert await places(pool, old[0]) == (4, 0)
    assert await Archiving(pool, None).sweep() is False


async def test_a_session_that_was_refused_holds_up_no_other(
    pool: Pool, database_url: str, store: PostgresEventStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    damaged, well = await ended(Desk(store)), await ended(Desk(store))
    async with projecting(database_url) as projector:
        await projector.catch_up()
    await asyncio.to_thread(tamper, database_url, "UPDATE event_outbox SET status = 'SENT', sent_at = now()")
    change = "UPDATE domain_events SET event_type = 'Invented' WHERE aggregate_id = %s AND aggregate_version = 2"
    await asyncio.to_thread(tamper, database_url, change, str(damaged))
    monkeypatch.setattr("infrastructure.work.archiving.SLICE", 1)
    archiving = Archiving(pool, ENDED)
    while await archiving.sweep():
        pass
    assert await places(pool, damaged) == (4, 0)
    assert await places(pool, well) == (1, 3)


def test_the_migration_down_brings_everything_back(database_url: str) -> None:
    from migrations.run import downgrade  # noqa: PLC0415
    from tests.support.tampering import written_log  # noqa: PLC0415

    session_id, _ = written_log(database_url)
    before = verified(database_url)

    async def move() -> int:
        async with await psycopg.AsyncConnection.connect(database_url, autocommit=True) as connection:
            return await put_away(connection, session_id)

    assert asyncio.run(move()) == 4
    downgrade(database_url, "0020")
    assert verified(database_url).digest == before.digest
