"""What is kept and what goes: temporary data that is old and that nobody needs, in small batches, and nothing else."""

from uuid import UUID, uuid4

import psycopg
import pytest
from genesis_types.enums import GenesisMode, GenesisStage
from pydantic import ValidationError

from domain.genesis.aggregate import GENESIS_SESSION
from domain.genesis.commands import AbandonGenesis, GenerateInspiration
from infrastructure.messaging.outbox import Outbox
from infrastructure.postgres.pool import Pool
from infrastructure.processes import sweeper
from infrastructure.settings import Settings
from infrastructure.work import retention
from infrastructure.work.retention import Retention
from tests.support.aging import OLD, rows, untriggered
from tests.support.commands import Desk
from tests.support.reading import projecting

YOUNG = "clock_timestamp() - interval '29 days'"
GROUP = "callbacks"


@pytest.fixture
def keeping(pool: Pool) -> Retention:
    return Retention(pool, days=30, broker=False)


async def task(pool: Pool, status: str, completed_at: str, work: UUID | None = None) -> UUID:
    task_id = work or uuid4()
    await untriggered(
        pool,
        "INSERT INTO async_tasks (id, session_id, user_id, task_type, status, draft, result_data, cost_usd,"
        f" completed_at) VALUES (%s, %s, %s, 'GENERATE_INSPIRATION', %s, '[1]', '[2]', 0.5, {completed_at})",
        task_id,
        uuid4(),
        uuid4(),
        status,
    )
    return task_id


async def test_old_drafts_and_results_of_ended_work_are_emptied_and_their_facts_stay(
    pool: Pool, keeping: Retention, desk: Desk
) -> None:
    await desk.start(mode=GenesisMode.FREE_FORM)
    wanted = (await desk.do(GenerateInspiration())).correlation_id  # its outcome has not been recorded
    gone = {await task(pool, status, OLD) for status in ("COMPLETED", "FAILED", "CANCELLED")}
    kept = {await task(pool, "COMPLETED", YOUNG), await task(pool, "RUNNING", "NULL")}
    kept.add(await task(pool, "COMPLETED", OLD, wanted))
    assert await keeping.sweep() is False
    full = await rows(pool, "SELECT id FROM async_tasks WHERE draft IS NOT NULL AND result_data IS NOT NULL")
    empty = await rows(pool, "SELECT id, cost_usd::float8 FROM async_tasks WHERE draft IS NULL AND result_data IS NULL")
    assert {row[0] for row in full} == kept
    assert {row[0] for row in empty} == gone
    assert {row[1] for row in empty} == {0.5}


async def test_handles_go_when_their_session_has_passed_them(
    pool: Pool, keeping: Retention, desk: Desk, database_url: str
) -> None:
    await desk.start(mode=GenesisMode.FREE_FORM)
    await desk.propose(GenesisStage.CONCEPT_SELECTION)  # turn 1
    async with projecting(database_url) as projector:
        await projector.catch_up()
    wanted: dict[str, tuple[int, str, str, bool]] = {
        "passed": (1, "RESUMED", OLD, True),
        "passed, timed out, woken": (1, "EXPIRED", OLD, True),
        "passed, timed out, still to be woken": (1, "EXPIRED", OLD, False),
        "passed lately": (1, "RESUMED", YOUNG, True),
        "waits": (1, "PAUSED", OLD, False),
        "is made": (1, "PENDING_PAUSE", OLD, False),
        "not passed": (2, "RESUMED", OLD, True),
    }
    for label, (turn, status, moment, woken) in wanted.items():
        resumed_at = OLD if woken else "NULL"
        await untriggered(
            pool,
            "INSERT INTO flow_resume_handles (id, correlation_id, session_id, turn, flow_run_id, status, context_data,"
            f" updated_at, resumed_at) VALUES (%s, %s, %s, %s, %s, %s, %s, {moment}, {resumed_at})",
            uuid4(),
            uuid4(),
            desk.session_id,
            turn,
            uuid4(),
            status,
            f'{{"label": "{label}"}}',
        )
    await keeping.sweep()
    left = {row[0] for row in await rows(pool, "SELECT context_data->>'label' FROM flow_resume_handles")}
    assert set(wanted) - left == {"passed", "passed, timed out, woken"}


async def test_tokens_go_when_they_have_been_good_for_nothing_for_long(pool: Pool, keeping: Retention) -> None:
    user_id = uuid4()
    async with pool.connection() as connection:
        await connection.execute("INSERT INTO users (id, name, name_key) VALUES (%s, 'ann', 'ann')", (user_id,))
    ahead = "clock_timestamp() + interval '90 days'"
    wanted = {
        "expired": ("bearer", OLD, "NULL", "NULL"),
        "revoked": ("session", ahead, "NULL", OLD),
        "a used address": ("login", ahead, OLD, "NULL"),
        "good": ("bearer", ahead, "NULL", "NULL"),
        "good and used": ("session", ahead, OLD, "NULL"),
        "expired lately": ("bearer", YOUNG, "NULL", "NULL"),
        "revoked lately": ("bearer", ahead, "NULL", YOUNG),
    }
    for label, (kind, expires, used, revoked) in wanted.items():
        await untriggered(
            pool,
            "INSERT INTO access_tokens (id, user_id, kind, token_hash, label, expires_at, used_at, revoked_at)"
            f" VALUES (%s, %s, %s, %s, %s, {expires}, {used}, {revoked})",
            uuid4(),
            user_id,
            kind,
            label,
            label,
        )
    await keeping.sweep()
    left = {row[0] for row in await rows(pool, "SELECT label FROM access_tokens")}
    assert set(wanted) - left == {"expired", "revoked", "a used address"}


async def sent(pool: Pool, moment: str = OLD) -> None:
    """What is due is released by the relay, at `moment`."""
    outbox = Outbox(pool)
    await outbox.sent([row.id for row in await outbox.due()])
    await untriggered(pool, f"UPDATE event_outbox SET sent_at = {moment} WHERE status = 'SENT'")


async def reads_until(pool: Pool, group: str, position: int) -> None:
    await rows(
        pool,
        "INSERT INTO bus_checkpoints (consumer_group, sent_tx, position)"
        " SELECT %s, coalesce((SELECT sent_tx FROM event_outbox WHERE position = %s), '0'), %s"
        " ON CONFLICT (consumer_group) DO UPDATE SET sent_tx = excluded.sent_tx, position = excluded.position"
        " RETURNING 1",
        group,
        position,
        position,
    )


async def positions(pool: Pool) -> list[int]:
    return [row[0] for row in await rows(pool, "SELECT position FROM event_outbox ORDER BY position")]


async def test_a_message_stays_until_the_last_group_has_read_it(pool: Pool, keeping: Retention, desk: Desk) -> None:
    for _ in range(4):
        await desk.start(mode=GenesisMode.FREE_FORM)
        await sent(pool)
    all_of_them = await positions(pool)
    await keeping.sweep()
    assert await positions(pool) == all_of_them, "nobody has said what was read"
    await reads_until(pool, GROUP, all_of_them[-1])
    await reads_until(pool, "lagging", all_of_them[1])
    await keeping.sweep()
    assert await positions(pool) == all_of_them[2:], "the group that lags holds it back"
    await reads_until(pool, "lagging", all_of_them[-1])
    await keeping.sweep()
    assert await positions(pool) == []


async def test_messages_that_wait_are_dead_or_young_stay(pool: Pool, keeping: Retention, desk: Desk) -> None:
    for _ in range(4):
        await desk.start(mode=GenesisMode.FREE_FORM)
    old, young, dead, waiting = await positions(pool)
    for position, moment in ((old, OLD), (young, YOUNG)):
        await untriggered(
            pool,
            "UPDATE event_outbox SET status = 'SENT', sent_tx = pg_current_xact_id(),"
            f" sent_at = {moment} WHERE position = %s",
            position,
        )
    await untriggered(
        pool, f"UPDATE event_outbox SET created_at = {OLD}, scheduled_at = {OLD} WHERE status = 'PENDING'"
    )
    await untriggered(pool, "UPDATE event_outbox SET status = 'DEAD' WHERE position = %s", dead)
    await reads_until(pool, GROUP, young)
    await keeping.sweep()
    assert await positions(pool) == [young, dead, waiting]


async def test_with_a_broker_nobody_reads_them_here(pool: Pool, desk: Desk) -> None:
    await desk.start(mode=GenesisMode.FREE_FORM)
    await sent(pool)
    await reads_until(pool, "of another time", 0)
    await Retention(pool, days=30, broker=True).sweep()
    assert await positions(pool) == []


async def test_an_abandoned_session_of_long_ago_can_be_replayed(
    pool: Pool, keeping: Retention, desk: Desk, database_url: str
) -> None:
    """The desk's clock is of long ago, so everything of it is old."""
    await desk.start(mode=GenesisMode.FREE_FORM)
    await desk.propose()
    await desk.do(AbandonGenesis(reason="another story"))
    async with projecting(database_url) as projector:
        await projector.catch_up()
    await untriggered(pool, f"UPDATE command_inbox SET created_at = {OLD}, updated_at = {OLD}")
    tables = ("domain_events", "command_inbox", "genesis_sessions", "genesis_stage_records", "genesis_timeline")
    before = [await rows(pool, f"SELECT * FROM {table} ORDER BY 1, 2") for table in tables]
    await sent(pool)
    await reads_until(pool, GROUP, (await positions(pool))[-1])
    await keeping.sweep()
    assert await positions(pool) == []
    assert [await rows(pool, f"SELECT * FROM {table} ORDER BY 1, 2") for table in tables] == before
    state = await desk.store.load(GENESIS_SESSION, desk.session_id)
    assert state is not None
    assert state.version == 4


async def test_much_goes_in_slices_of_small_batches(
    pool: Pool, keeping: Retention, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "BATCH", 3)
    monkeypatch.setattr(retention, "SLICE", 6)
    for _ in range(8):
        await task(pool, "COMPLETED", OLD)
    assert await keeping.sweep() is True
    full = "SELECT count(*), count(DISTINCT xmin::text) FROM async_tasks WHERE draft IS {} NULL"
    assert await rows(pool, full.format("")) == [(6, 2)], "two batches, each its own transaction"
    assert await keeping.sweep() is False
    assert (await rows(pool, full.format("NOT")))[0][0] == 0


async def test_it_comes_at_the_start_and_then_hourly_and_at_once_while_there_is_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now, answers, asked = 1_000.0, [True, False, False], 0

    class Kept(Retention):
        def __init__(self) -> None:
            pass

        async def sweep(self) -> bool:
            nonlocal asked
            asked += 1
            if not answers:
                raise psycopg.OperationalError("away")
            return answers.pop(0)

    monkeypatch.setattr(sweeper.time, "monotonic", lambda: now)
    hourly = sweeper.Regularly(Kept(), sweeper.HOUR)
    for _ in range(5):
        await hourly.sweep()
    assert asked == 2
    for _ in range(2):
        now += sweeper.HOUR
        await hourly.sweep()
        await hourly.sweep()
    assert asked == 4, "an outage is waited out until the next hour"


@pytest.mark.parametrize("days", ["0", "-1", "a month"])
def test_a_retention_that_makes_no_sense_is_refused_at_the_start(days: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GENESIS_RETENTION_DAYS", days)
    with pytest.raises(ValidationError, match="retention_days"):
        Settings()
