"""Events move between the log and its archive: proved, one at a time, and never lost or doubled."""

import asyncio
from uuid import UUID, uuid4

import pytest
from genesis_types.enums import GenesisMode
from psycopg import AsyncConnection
from psycopg.errors import RestrictViolation

from application.command_results import VersionConflict
from application.ports import Append, StreamAppend, VersionTaken
from domain.genesis.aggregate import GENESIS_SESSION
from domain.genesis.commands import AbandonGenesis, ExtendSession
from infrastructure.event_store import archive as moving
from infrastructure.event_store.append import APPEND, APPEND_COMPLETING
from infrastructure.event_store.archive import StreamBusy, StreamDamaged, bring_back, proof, put_away
from infrastructure.event_store.store import PostgresEventStore
from infrastructure.postgres.pool import Pool
from infrastructure.work.archiving import archive
from migrations.run import downgrade
from projections.engine import stream_heads
from tests.support.appends import STARTED, inbox
from tests.support.archives import archived, brought_back, ended, places
from tests.support.commands import Desk
from tests.support.dying_archive import STEPS, start
from tests.support.reading import eventually
from tests.support.tampering import tamper, verified, written_log


async def test_all_but_the_last_event_move_and_the_log_is_proved_as_before(
    desk: Desk, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(moving, "CHUNK", 2)  # given: a session that needs several transactions
    monkeypatch.setattr(moving, "_WALKED", 3)
    session_id = await ended(desk, hours=5)
    before = await asyncio.to_thread(verified, database_url)
    assert await archived(database_url, session_id) == 6
    assert await places(database_url, session_id) == (1, 6)
    after = await asyncio.to_thread(verified, database_url)
    assert (after.wrong, after.events, after.position) == (0, before.events, before.position)
    assert after.digest == before.digest
    assert await archived(database_url, session_id) == 0, "there is nothing more to move"
    assert await brought_back(database_url, session_id) == 6
    assert await places(database_url, session_id) == (7, 0)
    assert (await asyncio.to_thread(verified, database_url)).digest == before.digest


async def test_an_edited_event_in_the_archive_is_named(desk: Desk, database_url: str) -> None:
    session_id = await ended(desk)
    await archived(database_url, session_id)
    edit = "UPDATE domain_events_archive SET event_type = 'Invented' WHERE aggregate_id = %s AND aggregate_version = 2"
    await asyncio.to_thread(tamper, database_url, edit, str(session_id))
    report = await asyncio.to_thread(verified, database_url)
    assert [(fault.stream_id, fault.version) for fault in report.faults] == [(str(session_id), 2)]
    with pytest.raises(StreamDamaged, match="Version 2"):
        await brought_back(database_url, session_id)
    assert await places(database_url, session_id) == (1, 3)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE domain_events SET event_type = 'Invented' WHERE aggregate_version = 2",
        "DELETE FROM domain_events WHERE aggregate_version = 2",
        "DELETE FROM domain_events WHERE aggregate_version = 1",
        "DELETE FROM domain_events",
    ],
    ids=["edited", "missing", "no beginning", "no event"],
)
async def test_a_damaged_session_stays_where_it_is(pool: Pool, desk: Desk, database_url: str, change: str) -> None:
    session_id = await ended(desk)
    await asyncio.to_thread(tamper, database_url, change)
    there = await places(database_url, session_id)
    async with pool.connection() as connection:
        outcome = await archive(connection, session_id)
    assert (outcome.events, outcome.refused is None) == (0, there == (0, 0))
    assert await places(database_url, session_id) == there


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM ONLY domain_events",
        "DELETE FROM domain_events_archive",
        "DELETE FROM domain_events",
        "UPDATE domain_events_archive SET payload = '{}'",
        "UPDATE ONLY domain_events SET payload = '{}'",
        "TRUNCATE domain_events_archive",
        "TRUNCATE domain_events",
        "TRUNCATE ONLY domain_events",
    ],
)
async def test_the_database_refuses_what_would_lose_an_event(
    pool: Pool, desk: Desk, database_url: str, statement: str
) -> None:
    await archived(database_url, await ended(desk))
    async with pool.connection() as connection:
        with pytest.raises(RestrictViolation, match="append-only"):
            await connection.execute(statement.encode())


@pytest.mark.parametrize("column", ["payload", "created_at", "tx_id", "chain", "correlation_id"])
async def test_a_copy_that_differs_anywhere_does_not_let_its_original_go(pool: Pool, desk: Desk, column: str) -> None:
    changed = {
        "payload": 'payload || \'{"title": "Another"}\'',
        "created_at": "created_at + interval '1 microsecond'",
        "tx_id": "'3'::xid8",
        "chain": "sha256(chain)",
        "correlation_id": "NULL",
    }[column]
    await ended(desk)
    async with pool.connection() as connection:
        await connection.execute(
            f"""CREATE TEMPORARY TABLE changed AS SELECT * FROM domain_events WHERE aggregate_version = 1;
                UPDATE changed SET {column} = {changed};
                INSERT INTO domain_events_archive SELECT * FROM changed""".encode()
        )
        with pytest.raises(RestrictViolation, match="append-only"):
            await connection.execute("DELETE FROM ONLY domain_events WHERE aggregate_version = 1")


async def test_the_last_event_of_a_stream_cannot_leave_the_log(pool: Pool, desk: Desk) -> None:
    await ended(desk)
    async with pool.connection() as connection:
        await connection.execute("INSERT INTO domain_events_archive SELECT * FROM ONLY domain_events")
        with pytest.raises(RestrictViolation, match="append-only"):
            await connection.execute("DELETE FROM ONLY domain_events")


async def test_an_append_while_events_move_goes_to_the_end_of_the_stream(
    pool: Pool, desk: Desk, database_url: str
) -> None:
    await desk.start(mode=GenesisMode.FREE_FORM)  # given: a session that goes on, the hardest case
    for _ in range(3):
        await desk.do(ExtendSession(hours=5))
    async with pool.connection() as connection:
        before = await proof(connection, desk.session_id)
        async with connection.transaction():
            wanted = {"stream": str(desk.session_id), "end": before.events, "limit": 2}
            assert await moving._moved(connection, desk.session_id, moving._PUT_AWAY, wanted, moving._LEAVE_LOG) == 2
            await desk.do(ExtendSession(hours=5))  # while the move is not committed
            with pytest.raises(VersionConflict):
                await desk.do(ExtendSession(hours=5), expected_version=before.events)
    assert await places(database_url, desk.session_id) == (3, 2)
    report = await asyncio.to_thread(verified, database_url)
    assert (report.wrong, report.events) == (0, 5)


@pytest.mark.parametrize("expected", [0, 1, 3, 5])
async def test_a_version_that_is_archived_is_not_written_again(
    pool: Pool, desk: Desk, database_url: str, expected: int
) -> None:
    session_id = await ended(desk)
    await archived(database_url, session_id)
    row = inbox(session_id)
    state = GENESIS_SESSION.fold(session_id, (STARTED,))
    stream = StreamAppend(GENESIS_SESSION, session_id, expected, (STARTED,), state)
    with pytest.raises(VersionTaken):
        await PostgresEventStore(pool, "genesis.events").append(
            Append((row,), (stream,), row.command_id, row.command_id)
        )
    assert (await asyncio.to_thread(verified, database_url)).wrong == 0


async def test_one_session_is_moved_by_one_process(pool: Pool, desk: Desk, database_url: str) -> None:
    session_id = await ended(desk)
    async with pool.connection() as one, pool.connection() as other:
        async with moving._alone(one, session_id):
            for move in (put_away, bring_back):
                with pytest.raises(StreamBusy):
                    await move(other, session_id)
            assert (await archive(other, session_id)).refused is not None
        assert (await archive(other, session_id)).events == 3


@pytest.mark.parametrize("step", STEPS)
async def test_killed_at_any_moment_nothing_is_lost_or_doubled(desk: Desk, database_url: str, step: str) -> None:
    session_id = await ended(desk, hours=5)
    before = await asyncio.to_thread(verified, database_url)
    for way, number, end in (("put away", 1, (1, 6)), ("bring back", 2, (7, 0))):
        died = start(database_url, session_id, way, step, number)
        assert await asyncio.to_thread(died.wait) == -9
        here, there = await places(database_url, session_id)
        assert here + there == 7
        report = await asyncio.to_thread(verified, database_url)
        assert (report.wrong, report.events, report.digest) == (0, 7, before.digest)
        await _gone(database_url)
        await (archived if way == "put away" else brought_back)(database_url, session_id)
        assert await places(database_url, session_id) == end
    assert (await asyncio.to_thread(verified, database_url)).digest == before.digest


async def _gone(url: str) -> None:
    """Returns when the server has noticed the end of the killed process, and let go of what it held."""
    query = b"SELECT FROM pg_stat_activity WHERE application_name = 'genesis-dying' AND datname = current_database()"

    async def nobody() -> bool:
        async with await AsyncConnection.connect(url) as connection:
            return await (await connection.execute(query)).fetchone() is None

    await eventually(nobody)


def test_appends_and_the_look_at_the_logs_end_need_the_log_alone() -> None:
    for statement in (APPEND, APPEND_COMPLETING, stream_heads._LOOK):
        assert "FROM ONLY domain_events" in statement
        assert "FROM domain_events" not in statement


@pytest.mark.parametrize("begun", [False, True], ids=["an empty log", "a log that has begun"])
async def test_what_is_read_at_once_is_read_by_an_index(pool: Pool, desk: Desk, begun: bool) -> None:
    """A plan that is made on an empty log is kept while it grows."""
    if begun:
        await ended(desk)
    queries = {
        "SELECT aggregate_version FROM ONLY domain_events WHERE aggregate_id = 'x' ORDER BY aggregate_version DESC": 1,
        "SELECT id FROM ONLY domain_events ORDER BY tx_id DESC, id DESC": 1,
        "SELECT id FROM domain_events WHERE (tx_id, id) > ('7'::xid8, 3) ORDER BY tx_id, id": 500,
        "SELECT payload FROM domain_events WHERE aggregate_id = 'x' ORDER BY aggregate_version": 1_000,
        "SELECT id FROM domain_events ORDER BY id DESC": 1,
    }
    async with pool.connection() as connection:
        for query, limit in queries.items():
            rows = await (await connection.execute(f"EXPLAIN {query} LIMIT {limit}".encode())).fetchall()
            plan = "\n".join(row[0] for row in rows)
            assert "Seq Scan" not in plan, plan
            assert "Sort  (" not in plan, plan


def test_the_migration_down_brings_everything_back(database_url: str) -> None:
    session_id, _ = written_log(database_url)
    before = verified(database_url)
    assert asyncio.run(archived(database_url, session_id)) == 4
    downgrade(database_url, "0020")
    after = verified(database_url)
    assert (after.wrong, after.digest) == (0, before.digest)


async def test_a_command_that_is_sent_again_gets_its_first_answer(pool: Pool, desk: Desk, database_url: str) -> None:
    await desk.start(mode=GenesisMode.FREE_FORM)
    abandon = desk.command(AbandonGenesis(), command_id=uuid4())
    answer = await desk.send(abandon)
    await archived(database_url, desk.session_id)
    elsewhere = _elsewhere(pool, desk, desk.session_id)
    assert (await elsewhere.send(abandon)).version == answer.version


def _elsewhere(pool: Pool, desk: Desk, session_id: UUID) -> Desk:
    """The same writer at another process, which has nothing cached."""
    found = Desk(PostgresEventStore(pool, "genesis.events"), user_id=desk.user_id)
    found.session_id = session_id
    return found
