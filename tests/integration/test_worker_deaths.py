"""A worker may end at any moment, by SIGKILL or in order: another goes on, and an outcome is recorded once."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from genesis_types.enums import GenesisMode, GenesisStage
from prefect.states import Pending

from application.command_results import CommandOutcome
from application.handle_command import CommandHandler
from application.ports import StoreUnavailable
from domain.aggregate import Command
from domain.genesis.commands import RecordProposals
from flows.execution.leases import Leases
from tests.support.prefect import PrefectServer
from tests.support.worker_process import start_worker
from tests.support.workshop import Workshop, eventually, settings_for, workshop

pytestmark = pytest.mark.prefect

CONCEPT = GenesisStage.CONCEPT_SELECTION
DRAFTED = "SELECT 1 FROM async_tasks WHERE status = 'RUNNING' AND draft IS NOT NULL"


@pytest.fixture
async def shop(database_url: str, redis_url: str, prefect: PrefectServer) -> AsyncIterator[Workshop]:
    async with workshop(settings_for(database_url, redis_url, prefect.url)) as running:
        running.start("relay", "callbacks")
        yield running


async def test_a_worker_killed_in_the_middle_of_a_generation_is_followed_by_another(
    shop: Workshop, database_url: str, redis_url: str, prefect: PrefectServer
) -> None:
    child = start_worker(database_url, redis_url, prefect.url, pace=0.1)
    try:
        desk = shop.desk()
        await desk.start(mode=GenesisMode.GUIDED, seed="a lamp")
        await eventually(lambda: shop.rows(DRAFTED), 40)
    finally:
        child.kill()
        child.wait()
    shop.start("worker")
    await eventually(lambda: shop.rows("SELECT 1 FROM async_tasks WHERE status = 'COMPLETED'"), 40)
    session = await shop.idle(desk)
    assert len(session.stages[CONCEPT].proposals) == 3
    assert (await shop.events(desk.session_id)).count("ProposalsRecorded") == 1
    await shop.handles_become(desk.session_id, [(1, "RESUMED"), (2, "PAUSED")])


async def test_a_worker_that_stops_in_order_gives_back_what_it_has_not_finished(
    shop: Workshop, database_url: str, redis_url: str, prefect: PrefectServer
) -> None:
    child = start_worker(database_url, redis_url, prefect.url, pace=0.1)
    try:
        desk = shop.desk()
        await desk.start(mode=GenesisMode.GUIDED, seed="a lamp")
        await eventually(lambda: shop.rows(DRAFTED), 40)
        child.terminate()
        assert await asyncio.to_thread(child.wait, 30) == 0
    finally:
        child.kill()
        child.wait()
    shop.start("worker")
    await eventually(lambda: shop.rows("SELECT 1 FROM async_tasks WHERE status = 'COMPLETED'"))


async def test_a_worker_killed_before_its_flow_starts_leaves_nothing_pending(shop: Workshop) -> None:
    desk = shop.desk()
    await desk.start(mode=GenesisMode.GUIDED, seed="a lamp")
    await eventually(lambda: shop.rows("SELECT 1 FROM flow_run_leases"))
    dying = Leases(shop.made.pool, lease_seconds=1)
    (lease,) = await dying.claim("dying", 8)
    await shop.runs.client.set_flow_run_state(lease.flow_run_id, Pending())
    shop.start("worker")
    assert len((await shop.idle(desk)).stages[CONCEPT].proposals) == 3


async def test_a_result_that_was_kept_is_recorded_without_writing_again(
    shop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    handle = CommandHandler.handle
    failures = [StoreUnavailable()]

    async def handle_after_an_outage(handler: CommandHandler, command: Command, **options: Any) -> CommandOutcome:
        if failures and isinstance(command.body, RecordProposals):
            raise failures.pop()
        return await handle(handler, command, **options)

    monkeypatch.setattr(CommandHandler, "handle", handle_after_an_outage)
    shop.start("worker")
    desk = shop.desk()
    await desk.start(mode=GenesisMode.GUIDED, seed="a lamp")
    assert len((await shop.idle(desk)).stages[CONCEPT].proposals) == 3
    assert failures == []
    assert len(shop.writer.requests) == 1
    assert (await shop.events(desk.session_id)).count("ProposalsRecorded") == 1
