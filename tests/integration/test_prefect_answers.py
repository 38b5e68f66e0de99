"""Prefect does what it is asked and its answer is lost, spoilt or late, or it dies at a step: once, in effect."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from genesis_types.enums import GenesisMode, GenesisStage

import flows.workflow.wait_for_user_input
from domain.genesis.commands import GenerateInspiration
from flows.prefect_server import client as flow_runs
from flows.wait.handles import Handle, Handles
from tests.support.commands import Desk
from tests.support.history import RESUMING, count
from tests.support.prefect import PrefectServer
from tests.support.prefect_proxy import Fault, How, PrefectProxy
from tests.support.workshop import Workshop, eventually, settings_for, workshop

pytestmark = pytest.mark.prefect

CONCEPT = GenesisStage.CONCEPT_SELECTION

RESUME = r"POST \S+/resume "
SUSPEND = r"POST \S+/set_state .*Suspended"
PENDING = r"POST \S+/set_state .*\"PENDING\""
RUNNING = r"POST \S+/set_state .*\"RUNNING\""
CREATE = r"POST \S+/create_flow_run "
COMPLETED = r"POST \S+/set_state .*\"COMPLETED\""


@pytest.fixture
def proxy(prefect: PrefectServer) -> Iterator[PrefectProxy]:
    with PrefectProxy(prefect.port) as running:
        yield running


@pytest.fixture
async def shop(
    database_url: str, redis_url: str, proxy: PrefectProxy, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Workshop]:
    monkeypatch.setattr(flow_runs, "REQUEST_SECONDS", 1.5)  # so that silence is soon taken for what it is
    async with workshop(settings_for(database_url, redis_url, proxy.url)) as running:
        running.start("relay", "projector", "callbacks", "worker")
        yield running


async def done_once(shop: Workshop, desk: Desk) -> None:
    await shop.waits_for(desk.session_id, 2)
    session = await shop.session(desk)
    assert len(session.stages[CONCEPT].proposals) == 1
    assert (await shop.events(desk.session_id)).count("ProposalsRecorded") == 1
    await shop.handles_become(desk.session_id, [(1, "RESUMED"), (2, "PAUSED")])
    assert len(shop.writer.requests) == 1


@pytest.mark.parametrize("how", ["cut", "error", "silence", "busy"])
@pytest.mark.parametrize("step", [RESUME, SUSPEND, PENDING, RUNNING, CREATE])
async def test_an_answer_of_prefects_that_is_lost_on_the_way(
    shop: Workshop, proxy: PrefectProxy, step: str, how: How
) -> None:
    desk = shop.desk()
    proxy.faults = [Fault(step, how)]
    await desk.start(mode=GenesisMode.FREE_FORM, seed="a lamp")
    await shop.waits_for(desk.session_id, 1)
    await desk.do(GenerateInspiration(count=1))
    await done_once(shop, desk)
    assert len(proxy.met) == 1
    # a suspension whose answer was lost may be begun anew: then there is nothing to resume, or one more to wake
    assert await count(shop, desk.session_id, RESUMING) == 1


async def test_prefect_away_for_many_requests_costs_only_time(shop: Workshop, proxy: PrefectProxy) -> None:
    desk = shop.desk()
    await desk.start(mode=GenesisMode.FREE_FORM, seed="a lamp")
    await shop.waits_for(desk.session_id, 1)
    proxy.faults = [Fault("", "busy", times=40)]
    await desk.do(GenerateInspiration(count=1))
    await done_once(shop, desk)
    assert len(proxy.met) == 40
    assert await count(shop, desk.session_id, RESUMING) == 1


async def test_prefect_killed_between_handle_and_suspension(
    shop: Workshop, prefect: PrefectServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    suspend = flows.workflow.wait_for_user_input.asuspend_flow_run
    coming: list[bool] = []
    killed: list[bool] = []

    async def kill_first(**options: Any) -> None:
        if not coming:
            coming.append(True)
            await asyncio.to_thread(prefect.stop, kill=True)
            killed.append(True)
        await suspend(**options)

    monkeypatch.setattr(flows.workflow.wait_for_user_input, "asuspend_flow_run", kill_first)
    desk = shop.desk()
    await desk.start(mode=GenesisMode.FREE_FORM, seed="a lamp")

    async def is_killed() -> bool:
        return bool(killed)

    try:
        await eventually(is_killed)
        await desk.do(GenerateInspiration(count=1))
    finally:
        await asyncio.to_thread(prefect.start)
    await done_once(shop, desk)


async def test_prefect_killed_after_it_accepted_a_resume(
    shop: Workshop, prefect: PrefectServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    resumed = Handles.resumed
    coming: list[bool] = []
    killed: list[bool] = []

    async def kill_first(handles: Handles, handle: Handle, *, accepted: bool) -> None:
        if not coming:
            coming.append(True)
            await asyncio.to_thread(prefect.stop, kill=True)
            killed.append(True)
        await resumed(handles, handle, accepted=accepted)

    desk = shop.desk()
    await desk.start(mode=GenesisMode.FREE_FORM, seed="a lamp")
    await shop.waits_for(desk.session_id, 1)
    monkeypatch.setattr(Handles, "resumed", kill_first)
    await desk.do(GenerateInspiration(count=1))

    async def is_killed() -> bool:
        return bool(killed)

    try:
        await eventually(is_killed)
    finally:
        await asyncio.to_thread(prefect.start)
    await done_once(shop, desk)
    assert await count(shop, desk.session_id, RESUMING) == 1
