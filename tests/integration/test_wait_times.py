"""A wait's end by time: both orders with a decision, a thousand at once, and clocks that do not agree."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any
from uuid import UUID, uuid4

import prefect.states
import psycopg
import pytest
from genesis_types.enums import GenesisMode, GenesisStage
from genesis_types.envelope import Message, parse
from prefect.client.schemas import OrchestrationResult
from prefect.client.schemas.responses import SetStateStatus
from prefect.states import Running

import flows.prefect_server.client
from domain.genesis.commands import GenerateInspiration
from flows.execution.leases import Lease, Leases
from flows.prefect_server.client import Resumed, Runs
from flows.wait.expiry import Expiry
from flows.wait.handles import Handle, Handles
from tests.support.commands import Desk
from tests.support.history import RESUMING, count
from tests.support.prefect import PrefectServer
from tests.support.workshop import Workshop, eventually, settings_for, workshop

pytestmark = pytest.mark.prefect

CONCEPT = GenesisStage.CONCEPT_SELECTION
MANY = 1_000


@pytest.fixture
async def shop(database_url: str, redis_url: str, prefect: PrefectServer) -> AsyncIterator[Workshop]:
    async with workshop(settings_for(database_url, redis_url, prefect.url)) as running:
        yield running


async def messages_of(shop: Workshop, desk: Desk) -> list[Message]:
    rows = await shop.rows(
        "SELECT headers, payload FROM event_outbox WHERE partition_key = %s ORDER BY position", str(desk.session_id)
    )
    return [parse(headers, payload) for headers, payload in rows]


async def waiting(shop: Workshop) -> Desk:
    desk = shop.desk()
    await desk.start(mode=GenesisMode.FREE_FORM, seed="a lamp")
    await shop.service.take_all(await messages_of(shop, desk))
    await shop.waits_for(desk.session_id, 1)
    return desk


async def time_is_up(shop: Workshop) -> None:
    await shop.execute("UPDATE flow_resume_handles SET expires_at = now() - interval '1 second'")


async def test_a_decision_just_before_the_time_is_up_is_no_expiry(
    shop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The signal is stored, the time is over, and the sweep looks before anybody has woken the run."""
    shop.start("worker")
    desk = await waiting(shop)
    take = Handles.take
    swept: list[bool] = []

    async def after_a_sweep(handles: Handles, handle: Handle) -> bool:
        if not swept:
            swept.append(True)
            await time_is_up(shop)
            await shop.sweep.sweep()
            assert await shop.handles(desk.session_id) == [(1, "PAUSED")]
        return await take(handles, handle)

    monkeypatch.setattr(Handles, "take", after_a_sweep)
    await desk.do(GenerateInspiration(count=1))
    await shop.service.take((await messages_of(shop, desk))[-1])
    assert len((await shop.idle(desk)).stages[CONCEPT].proposals) == 1
    assert swept
    assert (await shop.events(desk.session_id)).count("WaitExpired") == 0
    assert await count(shop, desk.session_id, RESUMING) == 1


@pytest.mark.parametrize("told", [False, True], ids=["before it is told", "after it is told"])
async def test_a_decision_just_after_the_time_is_up_takes_effect_once(
    shop: Workshop, monkeypatch: pytest.MonkeyPatch, *, told: bool
) -> None:
    """EXPIRED is written. The writer decides before, or after, the sweep tells them so; its message comes twice."""
    shop.start("worker")
    desk = await waiting(shop)
    tell = Expiry.tell
    decided: list[Message] = []

    async def decide() -> None:
        await desk.do(GenerateInspiration(count=1))
        decided.append((await messages_of(shop, desk))[-1])

    async def gated(expiry: Expiry, expired: Handle) -> None:
        assert await shop.handles(desk.session_id) == [(1, "EXPIRED")]
        if not told:
            await decide()
        await tell(expiry, expired)
        if told:
            await decide()

    monkeypatch.setattr(Expiry, "tell", gated)
    await time_is_up(shop)
    await shop.sweep.sweep()
    assert len(decided) == 1
    await asyncio.gather(*(shop.service.take(decided[0]) for _ in range(2)))
    await shop.sweep.sweep()
    assert len((await shop.idle(desk)).stages[CONCEPT].proposals) == 1
    assert len(shop.writer.requests) == 1
    assert (await shop.events(desk.session_id)).count("WaitExpired") == told

    async def nobody_sleeps_unknown() -> bool:
        await shop.sweep.sweep()
        unwoken = "SELECT 1 FROM flow_resume_handles WHERE status = 'EXPIRED' AND resumed_at IS NULL"
        return await shop.nothing(unwoken + " UNION ALL SELECT 1 FROM flow_run_leases")

    await eventually(nobody_sleeps_unknown)
    assert await shop.handles(desk.session_id) == [(1, "EXPIRED"), (1, "RESUMED"), (2, "PAUSED")]


async def test_a_thousand_waits_that_time_out_at_once_are_each_told_and_woken_once(
    shop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    woken: Counter[UUID] = Counter()

    async def resume(_: Runs, flow_run_id: UUID) -> Resumed:
        woken[flow_run_id] += 1
        return Resumed.ACCEPTED

    monkeypatch.setattr(Runs, "resume", resume)
    handles, gate = Handles(shop.made.pool), asyncio.Semaphore(8)

    async def wait() -> UUID:
        async with gate:
            desk, run_id = shop.desk(), uuid4()
            await desk.start(mode=GenesisMode.FREE_FORM)
            handle = await handles.open(desk.session_id, 1, run_id, 60)
            assert handle is not None
            assert await handles.paused(handle) is not None
            return run_id

    runs = await asyncio.gather(*(wait() for _ in range(MANY)))
    await time_is_up(shop)

    async def all_woken() -> bool:
        await asyncio.gather(shop.sweep.sweep(), shop.sweep.sweep())
        return await shop.nothing("SELECT 1 FROM flow_resume_handles WHERE status <> 'EXPIRED' OR resumed_at IS NULL")

    await eventually(all_woken, 120)
    assert woken == Counter(runs)
    assert await shop.rows("SELECT count(*) FROM domain_events WHERE event_type = 'WaitExpired'") == [(MANY,)]
    assert await shop.rows("SELECT count(*) FROM flow_run_leases") == [(MANY,)]


async def test_a_lost_message_is_heard_although_the_clock_that_dated_its_decision_is_ahead(shop: Workshop) -> None:
    shop.start("worker", "projector")
    desk = await waiting(shop)
    desk.clock.now += timedelta(hours=1)
    await desk.do(GenerateInspiration(count=1))

    async def heard() -> bool:
        await shop.execute_untriggered("UPDATE genesis_sessions SET updated_at = now() - interval '1 minute'")
        await shop.sweep.sweep()
        return bool(await shop.rows("SELECT 1 FROM flow_resume_handles WHERE resume_payload IS NOT NULL"))

    await eventually(heard)


async def test_a_clock_that_is_ahead_of_prefects_delays_no_run(shop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Prefect lets no run begin before its time has come, by its own clock."""

    class Ahead(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:
            return datetime.now(tz) + timedelta(minutes=30)

    monkeypatch.setattr(flows.prefect_server.client, "datetime", Ahead)
    monkeypatch.setattr(prefect.states, "now", lambda: Ahead.now(UTC))
    run = await shop.runs.create(uuid4(), 0)
    assert await _begins(shop, run.id)
    left_running = await shop.runs.claim(run.id)
    assert left_running is not None
    assert await _begins(shop, run.id), "also one that an executor left when it died"


async def test_a_clock_that_is_behind_prefects_finds_what_is_due(
    shop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = await shop.runs.create(uuid4(), 0)

    class Behind(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:
            return datetime.now(tz) - timedelta(minutes=30)

    monkeypatch.setattr(flows.prefect_server.client, "datetime", Behind)
    assert run.id in {due.id for due in await shop.runs.scheduled()}
    other = await shop.runs.create(uuid4(), 0)
    assert other.id in {due.id for due in await shop.runs.scheduled()}


async def _begins(shop: Workshop, run_id: UUID) -> bool:
    await shop.runs.claim(run_id)
    answer: OrchestrationResult[Any] = await shop.runs.client.set_flow_run_state(run_id, Running())
    return answer.status == SetStateStatus.ACCEPT


async def test_a_lease_that_cannot_be_dropped_runs_out_and_nothing_is_left(
    shop: Workshop, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The database is away at the moment when the run has suspended."""
    lost: list[Lease] = []
    drop = Leases.drop

    async def away(leases: Leases, lease: Lease) -> None:
        if not lost:
            lost.append(lease)
            raise psycopg.OperationalError("the server is away")
        await drop(leases, lease)

    monkeypatch.setattr(Leases, "drop", away)
    desk = shop.desk()
    await desk.start(mode=GenesisMode.FREE_FORM, seed="a lamp")
    await shop.service.take_all(await messages_of(shop, desk))
    shop.start("worker")
    await shop.waits_for(desk.session_id, 1)

    async def ran_out() -> bool:
        if lost:
            await shop.execute("UPDATE flow_run_leases SET lease_expires_at = now()")
        return await shop.nothing("SELECT 1 FROM flow_run_leases")

    await eventually(ran_out)
    assert lost
    assert "cannot_drop_lease" in capsys.readouterr().out
    assert await shop.handles(desk.session_id) == [(1, "PAUSED")]
