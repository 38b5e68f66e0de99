"""Every race of a wait with its signal, the order of steps forced: resumed exactly once, in Prefect's own history."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest
from genesis_types.enums import GenesisMode, GenesisStage
from genesis_types.envelope import Message, parse
from psycopg.types.json import Jsonb

import flows.workflow.wait_for_user_input
from domain.genesis.commands import AbandonGenesis, GenerateInspiration
from flows.callbacks.service import PrefectCallbackService, build
from flows.prefect_server.client import Resumed, Runs, prefect_runs
from flows.wait.handles import Handle, Handles
from flows.wait.resume import Resumer
from infrastructure.bootstrap import studio
from tests.support.commands import Desk
from tests.support.history import RESUMING, SUSPENDED, count, states
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


async def begun(shop: Workshop) -> Desk:
    """A free-form session whose run is due; nobody executes it yet."""
    desk = shop.desk()
    await desk.start(mode=GenesisMode.FREE_FORM, seed="a lamp")
    await shop.service.take_all(await messages_of(shop, desk))
    return desk


async def waiting(shop: Workshop) -> Desk:
    desk = await begun(shop)
    await shop.waits_for(desk.session_id, 1)
    return desk


async def decide(shop: Workshop, desk: Desk) -> Message:
    await desk.do(GenerateInspiration(count=1))
    return (await messages_of(shop, desk))[-1]


async def resumed_once(shop: Workshop, desk: Desk, times: int = 1) -> None:
    await shop.waits_for(desk.session_id, 2)
    assert len((await shop.session(desk)).stages[CONCEPT].proposals) == 1
    assert await shop.handles(desk.session_id) == [(1, "RESUMED"), (2, "PAUSED")]
    assert len(shop.writer.requests) == 1
    assert await count(shop, desk.session_id, RESUMING) == times


class Gate:
    """Runs something on the test's loop, once, wherever the step that it stands before is taken."""

    def __init__(self, act: Callable[[], Awaitable[Any]]) -> None:
        self._loop = asyncio.get_running_loop()
        self._act = act
        self.passed = False

    async def __call__(self) -> None:
        if not self.passed:
            self.passed = True
            await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(_awaited(self._act), self._loop))


async def _awaited(act: Callable[[], Awaitable[Any]]) -> None:
    await act()


async def test_a_signal_between_suspension_and_its_confirmation_is_applied_with_it(
    shop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = await begun(shop)
    confirm = Resumer.confirm

    async def signalled() -> None:
        message = await decide(shop, desk)
        (run_id,) = [row[0] for row in await shop.rows("SELECT flow_run_id FROM flow_resume_handles")]
        assert (await states(shop, run_id))[-1] == SUSPENDED
        await shop.service.take(message)
        assert await shop.handles(desk.session_id) == [(1, "PENDING_PAUSE")]

    gate = Gate(signalled)

    async def late(resumer: Resumer, handle: Handle) -> None:
        await gate()
        await confirm(resumer, handle)

    monkeypatch.setattr(Resumer, "confirm", late)
    shop.start("worker")
    await resumed_once(shop, desk)


async def test_eight_callbacks_at_once_resume_one_wait_once(shop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = await waiting_with_worker(shop)
    message = await decide(shop, desk)
    barrier = asyncio.Barrier(8)
    take, resume = Handles.take, Runs.resume
    asked: list[Resumed] = []

    async def all_at_once(handles: Handles, handle: Handle) -> bool:
        await barrier.wait()
        return await take(handles, handle)

    async def counted(runs: Runs, run_id: Any) -> Resumed:
        asked.append(await resume(runs, run_id))
        return asked[-1]

    monkeypatch.setattr(Handles, "take", all_at_once)
    monkeypatch.setattr(Runs, "resume", counted)
    async with AsyncExitStack() as stack:
        services: list[PrefectCallbackService] = []
        for number in range(8):
            made = await stack.enter_async_context(
                studio(shop.made.settings, application_name=f"callbacks-{number}", pool_size=2)
            )
            assert made.settings.prefect_api_url is not None
            runs = await stack.enter_async_context(prefect_runs(made.settings.prefect_api_url))
            services.append(build(made, runs)[0])
        await asyncio.gather(*(service.take(message) for service in services))
    monkeypatch.undo()
    assert asked == [Resumed.ACCEPTED]
    await resumed_once(shop, desk)


async def waiting_with_worker(shop: Workshop) -> Desk:
    shop.start("worker")
    return await waiting(shop)


async def test_a_sweep_beside_callbacks_resumes_once(shop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = await waiting_with_worker(shop)
    message = await decide(shop, desk)
    resume = Runs.resume
    within: list[str] = []

    async def swept_meanwhile(runs: Runs, run_id: Any) -> Resumed:
        if not within:
            within.append("swept")
            await shop.execute_untriggered("UPDATE flow_resume_handles SET updated_at = now() - interval '1 minute'")
            await shop.sweep.sweep()
            await shop.service.take(message)
        return await resume(runs, run_id)

    monkeypatch.setattr(Runs, "resume", swept_meanwhile)
    await shop.service.take(message)
    assert within == ["swept"]
    await resumed_once(shop, desk)


async def test_a_signal_after_the_session_has_ended_begins_nothing(shop: Workshop) -> None:
    desk = await waiting_with_worker(shop)
    run_id = await shop.waits_for(desk.session_id, 1)
    await desk.do(AbandonGenesis())
    message = (await messages_of(shop, desk))[-1]
    await shop.service.take(message)

    async def ended() -> bool:
        state = await shop.runs.state(run_id)
        return state is not None and state.is_completed() and await shop.nothing("SELECT 1 FROM flow_run_leases")

    await eventually(ended)
    before = await states(shop, run_id)
    await shop.service.take(message)
    await shop.service.take(message)
    await shop.sweep.sweep()
    assert await states(shop, run_id) == before
    assert before.count(RESUMING) == 1
    assert await shop.handles(desk.session_id) == [(1, "RESUMED")]
    assert await shop.nothing("SELECT 1 FROM flow_run_leases")


async def test_a_wait_that_ended_while_it_was_being_made_does_not_sleep_for_ever(
    shop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    suspend = flows.workflow.wait_for_user_input.asuspend_flow_run

    async def expire() -> None:
        await shop.execute("UPDATE flow_resume_handles SET expires_at = now() - interval '1 second'")
        await shop.sweep.sweep()
        assert await shop.handles(desk.session_id) == [(1, "EXPIRED")]

    gate = Gate(expire)

    async def expired_meanwhile(**options: Any) -> None:
        await gate()
        await suspend(**options)

    monkeypatch.setattr(flows.workflow.wait_for_user_input, "asuspend_flow_run", expired_meanwhile)
    desk = await begun(shop)
    (run_id,) = [row[0] for row in await shop.rows("SELECT flow_run_id FROM flow_run_leases")]
    shop.start("worker", "callbacks")

    async def ended() -> bool:
        state = await shop.runs.state(run_id)
        return state is not None and state.is_completed()

    await eventually(ended)
    assert gate.passed
    assert (await shop.events(desk.session_id))[-1] == "WaitExpired"


async def test_a_run_that_a_person_resumes_in_prefect_waits_on(shop: Workshop) -> None:
    desk = await waiting_with_worker(shop)
    run_id = await shop.waits_for(desk.session_id, 1)
    await shop.runs.client.resume_flow_run(run_id)
    await shop.sweep.sweep()

    async def again() -> bool:
        return (await states(shop, run_id)).count(SUSPENDED) == 2

    await eventually(again)
    await shop.handles_become(desk.session_id, [(1, "PAUSED")])
    await shop.service.take(await decide(shop, desk))
    await resumed_once(shop, desk, times=2)


@pytest.mark.parametrize(
    "payload",
    ["a string", ["a", "list"], {"turn": 99}, {"text": "x" * 2_000_000}, {}, 7, True, None],
    ids=["string", "list", "wrong turn", "huge", "empty", "number", "true", "null"],
)
async def test_a_payload_of_the_wrong_shape_wakes_the_flow_which_believes_the_log(
    shop: Workshop, capsys: pytest.CaptureFixture[str], payload: object
) -> None:
    desk = await waiting_with_worker(shop)
    run_id = await shop.waits_for(desk.session_id, 1)
    async with shop.made.pool.connection() as connection:
        await connection.execute("UPDATE flow_resume_handles SET resume_payload = %s", (Jsonb(payload),))
    await shop.execute_untriggered("UPDATE flow_resume_handles SET updated_at = now() - interval '1 minute'")
    await shop.sweep.sweep()

    async def waits_again() -> bool:
        asleep = (await states(shop, run_id)).count(SUSPENDED) == 2
        return asleep and await shop.handles(desk.session_id) == [(1, "PAUSED")]

    await eventually(waits_again)
    assert "resume_payload_ignored" in capsys.readouterr().out
    assert await shop.rows("SELECT resume_payload FROM flow_resume_handles") == [(None,)]
    await shop.service.take(await decide(shop, desk))
    await resumed_once(shop, desk, times=2)


async def test_a_signal_for_a_decision_that_nobody_made_wakes_the_flow_once(shop: Workshop) -> None:
    desk = await waiting_with_worker(shop)
    run_id = await shop.waits_for(desk.session_id, 1)
    decided = await decide_elsewhere(shop)
    await shop.service.take(decided.model_copy(update={"session_id": desk.session_id}))

    async def waits_again() -> bool:
        asleep = (await states(shop, run_id)).count(SUSPENDED) == 2
        return asleep and await shop.handles(desk.session_id) == [(1, "PAUSED")]

    await eventually(waits_again)
    await shop.service.take(await decide(shop, desk))
    assert len((await shop.idle(desk)).stages[CONCEPT].proposals) == 1


async def decide_elsewhere(shop: Workshop) -> Message:
    other = shop.desk()
    await other.start(mode=GenesisMode.FREE_FORM, seed="a tide")
    return await decide(shop, other)


@pytest.mark.parametrize("turn", ["1", 0, -3, 2**40, True, None, {"a": 1}], ids=repr)
async def test_a_message_whose_turn_is_none_is_passed_over(shop: Workshop, turn: object) -> None:
    message = await decide_elsewhere(shop)
    await shop.service.take(message.model_copy(update={"payload": dict(message.payload) | {"turn": turn}}))
    assert await shop.nothing("SELECT 1 FROM flow_resume_handles")
