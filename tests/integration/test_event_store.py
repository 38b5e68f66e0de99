"""The one statement on the real database: all of it or nothing, and what is read back."""

import asyncio
from uuid import UUID, uuid4

import psycopg
import pytest
from genesis_types.enums import CommandStatus, OutboxStatus
from genesis_types.tables import CommandInboxRow, DomainEventRow, EventOutboxRow
from psycopg.errors import RaiseException
from psycopg.rows import dict_row

from application.ports import EventTooNew, StoreUnavailable, VersionTaken
from domain.aggregate import CompletedWork
from domain.genesis.aggregate import GENESIS_SESSION
from domain.genesis.session import fold
from infrastructure.event_store.append import APPEND
from infrastructure.event_store.state_cache import StateCache
from infrastructure.event_store.store import PostgresEventStore
from infrastructure.postgres.pool import Pool
from tests.support.appends import ENTERED, FAILED, STARTED, WRITTEN, count, inbox, processing, write
from tests.support.reading import eventually


async def test_what_one_append_writes(store: PostgresEventStore, pool: Pool) -> None:
    session_id = uuid4()
    own, work = inbox(session_id, command_type="START_GENESIS"), processing(session_id)
    await write(store, session_id, 0, (STARTED, ENTERED), rows=(own, work))

    async with pool.connection() as connection:
        cursor = connection.cursor(row_factory=dict_row)
        await cursor.execute("SELECT * FROM command_inbox ORDER BY status DESC")
        commands = [CommandInboxRow.model_validate(row) for row in await cursor.fetchall()]
        await cursor.execute("SELECT * FROM domain_events ORDER BY id")
        events = [DomainEventRow.model_validate(row) for row in await cursor.fetchall()]
        await cursor.execute("SELECT * FROM event_outbox ORDER BY position")
        messages = [EventOutboxRow.model_validate(row) for row in await cursor.fetchall()]

    assert {row.id: row.status for row in commands} == {
        own.command_id: CommandStatus.COMPLETED,
        work.command_id: CommandStatus.PROCESSING,
    }
    assert [(event.event_type, event.event_version, event.aggregate_version) for event in events] == [
        ("GenesisStarted", 1, 1),
        ("StageEntered", 1, 2),
    ]
    assert {event.aggregate_id for event in events} == {str(session_id)}
    assert {event.aggregate_type for event in events} == {"genesis_session"}
    assert {event.causation_id for event in events} == {own.command_id}
    assert len({event.tx_id for event in events}) == 1
    assert all(event.metadata == {"command_type": "START_GENESIS"} for event in events)
    assert events[0].payload == STARTED.model_dump(mode="json")
    for event, message in zip(events, messages, strict=True):
        assert (message.id, message.position, message.status) == (event.event_id, event.id, OutboxStatus.PENDING)
        assert (message.topic, message.partition_key) == ("genesis.events", str(session_id))
        assert message.payload == event.payload
        assert message.headers == {
            "ce_specversion": "1.0",
            "ce_id": str(event.event_id),
            "ce_type": event.event_type,
            "ce_source": "/genesis/sessions",
            "ce_subject": str(session_id),
            "ce_time": event.payload["occurred_at"],
            "ce_schemaversion": "1",
            "ce_sequence": str(event.aggregate_version),
            "ce_correlationid": str(event.correlation_id),
            "ce_causationid": str(event.causation_id),
            "content-type": "application/json",
        }


async def test_what_was_appended_is_loaded(store: PostgresEventStore, pool: Pool) -> None:
    session_id = uuid4()
    await write(store, session_id, 0, (STARTED, ENTERED))
    now = await store.load(GENESIS_SESSION, session_id)
    assert now == fold(session_id, (STARTED, ENTERED))
    assert await store.load(GENESIS_SESSION, session_id, at_version=1) == fold(session_id, (STARTED,))
    assert await store.load(GENESIS_SESSION, uuid4()) is None


async def test_a_command_is_found_as_it_was_written(store: PostgresEventStore) -> None:
    session_id = uuid4()
    row = processing(session_id)
    await write(store, session_id, 0, (STARTED,), rows=(row,))
    assert await store.find_command(row.command_id) == row
    assert await store.find_command(uuid4()) is None


@pytest.mark.parametrize("table", [*WRITTEN, "the completing update"])
async def test_a_failure_at_any_part_leaves_nothing(store: PostgresEventStore, pool: Pool, table: str) -> None:
    session_id, work = uuid4(), uuid4()
    await write(store, session_id, 0, (STARTED,), rows=(processing(session_id, correlation_id=work),))
    before = await count(pool)
    breaking = "INSERT ON " + table if table in WRITTEN else "UPDATE ON command_inbox"
    async with pool.connection() as connection:
        await connection.execute(
            "CREATE FUNCTION break() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'broken'; END $$"
        )
        await connection.execute(f"CREATE TRIGGER z AFTER {breaking} FOR EACH ROW EXECUTE FUNCTION break()".encode())
    ending = CompletedWork(work, CommandStatus.FAILED, "TIMEOUT")
    with pytest.raises(RaiseException):
        await write(store, session_id, 1, (FAILED, ENTERED), completes=ending)
    assert await count(pool) == before
    assert await _status(pool, work) == "PROCESSING"
    async with pool.connection() as connection:
        await connection.execute("DROP FUNCTION break CASCADE")
    await write(store, session_id, 1, (FAILED, ENTERED), completes=ending)
    assert await _status(pool, work) == "FAILED"
    assert (await count(pool))["event_outbox"] == before["event_outbox"] + 2


async def _status(pool: Pool, correlation_id: UUID) -> str:
    async with pool.connection() as connection:
        cursor = await connection.execute(
            "SELECT status::text FROM command_inbox WHERE correlation_id = %s", (correlation_id,)
        )
        row = await cursor.fetchone()
    assert row is not None
    return str(row[0])


@pytest.mark.parametrize("expected", [1, 2, 7])
async def test_version_gaps_are_refused(store: PostgresEventStore, pool: Pool, expected: int) -> None:
    with pytest.raises(VersionTaken):
        await write(store, uuid4(), expected, (STARTED,))
    assert set((await count(pool)).values()) == {0}


async def test_an_old_version_is_refused(store: PostgresEventStore, pool: Pool) -> None:
    session_id = uuid4()
    await write(store, session_id, 0, (STARTED, ENTERED))
    before = await count(pool)
    for expected in (0, 1, 3):
        with pytest.raises(VersionTaken):
            await write(store, session_id, expected, (ENTERED,))
    assert await count(pool) == before


async def test_a_cached_state_saves_the_load_and_a_lost_race_forgets_it(store: PostgresEventStore, pool: Pool) -> None:
    session_id = uuid4()
    await write(store, session_id, 0, (STARTED,))
    known = await store.load_cached(GENESIS_SESSION, session_id)
    assert known is not None
    assert await store.load_cached(GENESIS_SESSION, session_id) is known
    other = PostgresEventStore(pool, "genesis.events")
    await write(other, session_id, 1, (ENTERED,))
    assert await store.load_cached(GENESIS_SESSION, session_id) is known
    with pytest.raises(VersionTaken):
        await write(store, session_id, 1, (ENTERED,))
    fresh = await store.load_cached(GENESIS_SESSION, session_id)
    assert fresh is not None
    assert fresh.version == 2


async def test_the_cache_is_bounded_and_never_goes_back(pool: Pool) -> None:
    cache = StateCache(streams=2)
    store = PostgresEventStore(pool, "genesis.events", cache=cache)
    sessions = [uuid4() for _ in range(3)]
    for session_id in sessions:
        await write(store, session_id, 0, (STARTED,))
    first = await store.load_cached(GENESIS_SESSION, sessions[2])
    assert await store.load_cached(GENESIS_SESSION, sessions[2]) is first
    assert [cache.get(session) is None for session in sessions] == [True, False, False]
    await store.load(GENESIS_SESSION, sessions[2], at_version=1)
    await write(store, sessions[2], 1, (ENTERED,))
    await store.load(GENESIS_SESSION, sessions[2], at_version=1)
    latest = await store.load_cached(GENESIS_SESSION, sessions[2])
    assert latest is not None
    assert latest.version == 2


async def test_a_log_written_by_a_newer_build_is_refused(store: PostgresEventStore, pool: Pool) -> None:
    session_id = uuid4()
    async with pool.connection() as connection:
        await connection.execute(
            "INSERT INTO domain_events (event_id, event_type, event_version, aggregate_type, aggregate_id,"
            " aggregate_version, payload, payload_hash)"
            " VALUES (gen_random_uuid(), 'GenesisStarted', 9, 'genesis_session', %s, 1, '{}', '')",
            (str(session_id),),
        )
    with pytest.raises(EventTooNew, match="GenesisStarted in version 9"):
        await store.load(GENESIS_SESSION, session_id)


async def test_lost_connections_are_replaced(store: PostgresEventStore, pool: Pool, database_url: str) -> None:
    session_id = uuid4()
    await write(store, session_id, 0, (STARTED,))
    async with await psycopg.AsyncConnection.connect(database_url) as killer:
        await killer.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = 'tests'"
        )
    assert await store.load(GENESIS_SESSION, session_id) is not None


async def test_a_connection_lost_in_the_middle_of_a_statement_is_a_store_that_is_away(
    store: PostgresEventStore, database_url: str
) -> None:
    waiting = "SELECT pid FROM pg_stat_activity WHERE application_name = 'tests' AND wait_event_type = 'Lock'"
    async with (
        await psycopg.AsyncConnection.connect(database_url) as holder,
        await psycopg.AsyncConnection.connect(database_url, autocommit=True) as killer,
    ):
        await holder.execute("LOCK TABLE domain_events")
        loading = asyncio.create_task(store.load(GENESIS_SESSION, uuid4()))

        async def waits() -> bool:
            return await (await killer.execute(waiting)).fetchone() is not None

        await eventually(waits)
        await killer.execute(f"SELECT pg_terminate_backend(pid) FROM ({waiting}) AS it")
        with pytest.raises(StoreUnavailable):
            await loading


async def test_the_head_is_read_from_the_index(pool: Pool) -> None:
    """The guard costs one index entry, however long the stream is; and the plan is made once (generic)."""
    head = APPEND.split("(", 1)[1].split("), inbox AS")[0]
    for number, value in enumerate(("'{0}'", "'{x}'", "'{3}'"), 1):
        head = head.replace(f"${number}::", f"{value}::")
    async with pool.connection() as connection:
        cursor = await connection.execute(f"EXPLAIN {head}".encode())
        plan = "\n".join(row[0] for row in await cursor.fetchall())
        shown = await (await connection.execute("SHOW plan_cache_mode")).fetchone()
    assert "Index Only Scan Backward" in plan
    assert shown == ("force_generic_plan",)
