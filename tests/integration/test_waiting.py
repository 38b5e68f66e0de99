"""The handle protocol: a signal takes effect exactly once, whenever it comes. Callbacks are played by hand here."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from genesis_types.enums import GenesisMode, GenesisStage
from genesis_types.envelope import Message, parse

import flows.workflow.wait_for_user_input
from domain.genesis.commands import CancelGeneration, GenerateInspiration
from flows.execution.leases import Leases
from flows.wait.handles import Handles
from tests.support.commands import Desk
from tests.support.prefect import PrefectServer
from tests.support.workshop import Workshop, eventually, settings_for, workshop

pytestmark = pytest.mark.prefect

CONCEPT = GenesisStage.CONCEPT_SELECTION


@pytest.fixture
async def shop(database_url: str, redis_url: str, prefect: PrefectServer) -> AsyncIterator[Workshop]:
    async with workshop(settings_for(database_url, redis_url, prefect.url)) as running:
        yield running


async def messages_of(shop: Workshop, desk: Desk) -> list[Message]:
    rows = await shop.rows(
        "SELECT headers, payload FROM event_outbox WHERE partition_key = %s ORDER BY position", str(desk.session_id)
    )
    return [parse(headers, payload) for headers, payload in rows]


async def waiting_session(shop: Workshop) -> Desk:
    """A free-form session whose flow waits for its first decision."""
    desk = shop.desk()
    await desk.start(mode=GenesisMode.FREE_FORM, seed="a lamp")
    await shop.service.take_all(await messages_of(shop, desk))
    await shop.waits_for(desk.session_id, 1)
    return desk


async def test_a_signal_that_finds_the_run_paused_resumes_it(shop: Workshop) -> None:
    shop.start("worker")
    desk = await waiting_session(shop)
    await desk.do(GenerateInspiration(count=1))
    await shop.service.take((await messages_of(shop, desk))[-1])
    assert len((await shop.idle(desk)).stages[CONCEPT].proposals) == 1
    assert await shop.handles(desk.session_id) == [(1, "RESUMED"), (2, "PAUSED")]


async def test_a_signal_before_the_handle_is_kept_and_applied(shop: Workshop) -> None:
    desk = shop.desk()
    await desk.start(mode=GenesisMode.FREE_FORM, seed="a lamp")
    await desk.do(GenerateInspiration(count=1))
    await shop.service.take_all(await messages_of(shop, desk))
    assert await shop.handles(desk.session_id) == [(1, "PENDING_PAUSE")]
    shop.start("worker")
    assert len((await shop.idle(desk)).stages[CONCEPT].proposals) == 1
    assert await shop.handles(desk.session_id) == [(1, "RESUMED"), (2, "PAUSED")]


async def test_a_signal_between_handle_and_suspension_is_applied_when_the_pause_is_confirmed(
    shop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = shop.desk()
    suspend = flows.workflow.wait_for_user_input.asuspend_flow_run
    loop = asyncio.get_running_loop()
    late: list[str] = []

    async def decide_first(**options: Any) -> None:
        if not late:
            late.append("decided")
            await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(_decide(shop, desk), loop))
        await suspend(**options)

    monkeypatch.setattr(flows.workflow.wait_for_user_input, "asuspend_flow_run", decide_first)
    await desk.start(mode=GenesisMode.FREE_FORM, seed="a lamp")
    await shop.service.take_all(await messages_of(shop, desk))
    shop.start("worker")
    await shop.waits_for(desk.session_id, 2)
    assert len((await shop.session(desk)).stages[CONCEPT].proposals) == 1
    assert await shop.handles(desk.session_id) == [(1, "RESUMED"), (2, "PAUSED")]


async def _decide(shop: Workshop, desk: Desk) -> None:
    await desk.do(GenerateInspiration(count=1))
    await shop.service.take((await messages_of(shop, desk))[-1])
    assert await shop.handles(desk.session_id) == [(1, "PENDING_PAUSE")]


async def test_a_signal_that_comes_twice_and_late_changes_nothing(shop: Workshop) -> None:
    shop.start("worker")
    desk = await waiting_session(shop)
    await desk.do(GenerateInspiration(count=1))
    decision = (await messages_of(shop, desk))[-1]
    await asyncio.gather(shop.service.take(decision), shop.service.take(decision))
    run_id = await shop.waits_for(desk.session_id, 2)
    await shop.service.take(decision)
    await shop.sweep.sweep()
    assert await shop.waits_for(desk.session_id, 2) == run_id
    assert len(shop.writer.requests) == 1
    assert await shop.handles(desk.session_id) == [(1, "RESUMED"), (2, "PAUSED")]


async def test_eight_sessions_are_resumed_at_once(shop: Workshop) -> None:
    shop.start("worker")
    desks = [await waiting_session(shop) for _ in range(8)]
    await asyncio.gather(*(desk.do(GenerateInspiration(count=1)) for desk in desks))
    decisions = [(await messages_of(shop, desk))[-1] for desk in desks]
    await shop.service.take_all(decisions)
    for desk in desks:
        assert len((await shop.idle(desk)).stages[CONCEPT].proposals) == 1
        assert await shop.handles(desk.session_id) == [(1, "RESUMED"), (2, "PAUSED")]
    assert len(shop.writer.requests) == 8


async def test_two_inputs_at_once_while_a_wait_is_made_both_take_effect(
    shop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    suspend = flows.workflow.wait_for_user_input.asuspend_flow_run
    loop = asyncio.get_running_loop()
    handles_then: list[list[tuple[int, str]]] = []

    async def decide_twice_first(**options: Any) -> None:
        if not handles_then:
            handles_then.append(await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(decide_twice(), loop)))
        await suspend(**options)

    async def decide_twice() -> list[tuple[int, str]]:
        found = await shop.handles(desk.session_id)
        await desk.do(GenerateInspiration(count=1))
        await desk.do(CancelGeneration())
        return found

    monkeypatch.setattr(flows.workflow.wait_for_user_input, "asuspend_flow_run", decide_twice_first)
    desk = shop.desk()
    shop.start("relay", "callbacks", "worker")
    await desk.start(mode=GenesisMode.FREE_FORM, seed="a lamp")
    await shop.handles_become(desk.session_id, [(1, "RESUMED"), (2, "RESUMED"), (3, "PAUSED")])
    assert handles_then == [[(1, "PENDING_PAUSE")]]
    assert (await shop.session(desk)).turn == 2
    assert (await shop.events(desk.session_id))[1:] == ["GenerationRequested", "GenerationCancelled"]


async def test_a_pause_that_nobody_confirmed_is_found_by_the_sweep(shop: Workshop) -> None:
    shop.start("worker")
    desk = await waiting_session(shop)
    await desk.do(GenerateInspiration(count=1))
    decision = (await messages_of(shop, desk))[-1]
    # as if the executor had died between Prefect's answer and the hook, and the callbacks after writing the payload
    await shop.execute("UPDATE flow_resume_handles SET status = 'PENDING_PAUSE', resume_payload = '{}'")
    await shop.execute_untriggered("UPDATE flow_resume_handles SET updated_at = now() - interval '1 minute'")
    await shop.sweep.sweep()
    await shop.execute_untriggered("UPDATE flow_resume_handles SET updated_at = now() - interval '1 minute'")
    await shop.sweep.sweep()
    assert len((await shop.idle(desk)).stages[CONCEPT].proposals) == 1
    await shop.service.take(decision)
    assert await shop.handles(desk.session_id) == [(1, "RESUMED"), (2, "PAUSED")]


async def test_requested_work_whose_message_was_lost_gets_a_run(shop: Workshop) -> None:
    shop.start("worker")
    desk = shop.desk()
    await desk.start(mode=GenesisMode.GUIDED, seed="a lamp")
    await shop.execute_untriggered("UPDATE command_inbox SET created_at = now() - interval '1 minute'")
    await shop.sweep.sweep()
    assert len((await shop.idle(desk)).stages[CONCEPT].proposals) == 3


async def test_a_wait_that_times_out_expires_its_run_ends_and_the_session_goes_on(shop: Workshop) -> None:
    shop.start("worker")
    desk = await waiting_session(shop)
    first_run = await shop.waits_for(desk.session_id, 1)
    await shop.execute("UPDATE flow_resume_handles SET expires_at = now() - interval '1 second'")
    await shop.sweep.sweep()
    assert await shop.handles(desk.session_id) == [(1, "EXPIRED")]

    async def ended() -> bool:
        state = await shop.runs.state(first_run)
        return state is not None and state.is_completed() and await shop.nothing("SELECT 1 FROM flow_run_leases")

    await eventually(ended)
    await desk.do(GenerateInspiration(count=1))
    await shop.service.take((await messages_of(shop, desk))[-1])
    assert len((await shop.idle(desk)).stages[CONCEPT].proposals) == 1
    assert await shop.waits_for(desk.session_id, 2) != first_run


async def test_a_wait_whose_run_is_gone_from_prefect_is_taken_up_by_a_new_run(shop: Workshop) -> None:
    shop.start("worker")
    desk = await waiting_session(shop)
    lost = await shop.waits_for(desk.session_id, 1)
    await shop.runs.client.delete_flow_run(lost)
    await desk.do(GenerateInspiration(count=1))
    await shop.service.take((await messages_of(shop, desk))[-1])
    assert len((await shop.idle(desk)).stages[CONCEPT].proposals) == 1
    assert await shop.waits_for(desk.session_id, 2) != lost


async def test_a_second_run_of_a_session_leaves_the_wait_to_the_first(shop: Workshop) -> None:
    shop.start("worker")
    desk = await waiting_session(shop)
    first = await shop.waits_for(desk.session_id, 1)
    second = await shop.runs.create(desk.session_id, 99)
    await shop.sweep.sweep()

    async def ended() -> bool:
        state = await shop.runs.state(second.id)
        return state is not None and state.is_completed()

    await eventually(ended)
    assert await shop.waits_for(desk.session_id, 1) == first


async def test_a_run_that_another_has_overtaken_is_woken_to_end(shop: Workshop) -> None:
    shop.start("worker")
    desk = await waiting_session(shop)
    first = await shop.waits_for(desk.session_id, 1)
    await desk.do(GenerateInspiration(count=1))  # and its message is late
    second = await shop.runs.create(desk.session_id, 99)
    await Leases(shop.made.pool).due(desk.session_id, second.id)
    assert await shop.waits_for(desk.session_id, 2) == second.id

    async def first_ended() -> bool:
        await shop.sweep.sweep()
        state = await shop.runs.state(first)
        return state is not None and state.is_completed()

    await eventually(first_ended)
    assert await shop.waits_for(desk.session_id, 2) == second.id
    assert len(shop.writer.requests) == 1


async def test_the_first_payload_wins(shop: Workshop) -> None:
    desk = shop.desk()
    handles = Handles(shop.made.pool)
    await handles.signal(desk.session_id, 1, {"turn": 1, "first": True})
    handle = await handles.signal(desk.session_id, 1, {"turn": 1, "first": False})
    assert handle is not None
    assert handle.resume_payload == {"turn": 1, "first": True}
