"""The sweep: a row that cannot be dealt with holds up no other, nor a step another, and several at once do no harm."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import httpx
import pytest
from genesis_types.enums import GenesisMode, GenesisStage
from genesis_types.envelope import parse

from domain.genesis.commands import GenerateInspiration
from flows.prefect_server.client import Resumed, Runs
from flows.wait.expiry import Expiry
from flows.wait.handles import Handle
from tests.support.commands import Desk
from tests.support.history import RESUMING, count
from tests.support.prefect import PrefectServer
from tests.support.workshop import Workshop, eventually, settings_for, workshop

pytestmark = pytest.mark.prefect

CONCEPT = GenesisStage.CONCEPT_SELECTION


@pytest.fixture
async def shop(database_url: str, redis_url: str, prefect: PrefectServer) -> AsyncIterator[Workshop]:
    async with workshop(settings_for(database_url, redis_url, prefect.url)) as running:
        running.start("worker")
        yield running


async def take_all(shop: Workshop, desk: Desk) -> None:
    rows = await shop.rows(
        "SELECT headers, payload FROM event_outbox WHERE partition_key = %s ORDER BY position", str(desk.session_id)
    )
    await shop.service.take_all([parse(headers, payload) for headers, payload in rows])


async def waiting(shop: Workshop) -> Desk:
    desk = shop.desk()
    await desk.start(mode=GenesisMode.FREE_FORM, seed="a lamp")
    await take_all(shop, desk)
    await shop.waits_for(desk.session_id, 1)
    return desk


async def decided_unheard(shop: Workshop, desk: Desk) -> None:
    """A decision whose signal is stored, and whose resume nobody has done."""
    await desk.do(GenerateInspiration(count=1))
    async with shop.made.pool.connection() as connection:
        await connection.execute(
            "UPDATE flow_resume_handles SET resume_payload = '{\"turn\": 1}' WHERE session_id = %s", (desk.session_id,)
        )


async def aged(shop: Workshop) -> None:
    await shop.execute_untriggered("UPDATE flow_resume_handles SET updated_at = now() - interval '1 minute'")


@pytest.mark.parametrize(
    "trouble",
    [
        RuntimeError("odd"),
        httpx.HTTPStatusError("no", request=httpx.Request("POST", "http://p"), response=httpx.Response(500)),
    ],
    ids=["an error nobody expects", "a refusal of Prefect's"],
)
async def test_a_row_that_cannot_be_dealt_with_holds_up_no_other(
    shop: Workshop, monkeypatch: pytest.MonkeyPatch, trouble: Exception
) -> None:
    bad, good = await waiting(shop), await waiting(shop)
    bad_run = await shop.waits_for(bad.session_id, 1)
    for desk in (bad, good):
        await decided_unheard(shop, desk)
    await aged(shop)
    resume = Runs.resume

    async def but_one(runs: Runs, run_id: Any) -> Resumed:
        if run_id == bad_run:
            raise trouble
        return await resume(runs, run_id)

    with monkeypatch.context() as patched:
        patched.setattr(Runs, "resume", but_one)
        await shop.sweep.sweep()
        await shop.waits_for(good.session_id, 2)
        assert await shop.handles(bad.session_id) == [(1, "PAUSED")]
    await shop.execute_untriggered("UPDATE flow_resume_handles SET resuming_until = NULL")
    await aged(shop)
    await shop.sweep.sweep()
    await shop.waits_for(bad.session_id, 2)


async def test_a_prefect_that_does_not_answer_leaves_what_needs_only_sql_done(
    shop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    expiring, deciding = await waiting(shop), await waiting(shop)
    await decided_unheard(shop, deciding)
    await aged(shop)
    async with shop.made.pool.connection() as connection:
        await connection.execute(
            "UPDATE flow_resume_handles SET expires_at = now() - interval '1 second' WHERE session_id = %s",
            (expiring.session_id,),
        )

    async def away(*_: Any) -> Any:
        raise httpx.ConnectError("nobody there")

    with monkeypatch.context() as patched:
        for name in ("resume", "state", "create", "scheduled"):
            patched.setattr(Runs, name, away)
        await shop.sweep.sweep()
    assert await shop.handles(expiring.session_id) == [(1, "EXPIRED")]
    assert (await shop.events(expiring.session_id))[-1] == "WaitExpired"
    await aged(shop)
    await shop.sweep.sweep()
    await shop.waits_for(deciding.session_id, 2)


async def test_a_step_that_fails_holds_up_no_other_step(shop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = await waiting(shop)
    await decided_unheard(shop, desk)
    await aged(shop)

    async def broken() -> None:
        raise RuntimeError("odd")

    for step in ("_settle", "_close_passed", "_expire", "_tell", "_hear", "_confirm"):
        monkeypatch.setattr(shop.sweep, step, broken)
    await shop.sweep.sweep()
    await shop.waits_for(desk.session_id, 2)


async def test_several_sweeps_at_once_do_no_harm(shop: Workshop) -> None:
    desks = [await waiting(shop) for _ in range(3)]
    for desk in desks:
        await decided_unheard(shop, desk)
    await aged(shop)
    await asyncio.gather(*(shop.sweep.sweep() for _ in range(4)))
    for desk in desks:
        await shop.waits_for(desk.session_id, 2)
        assert (await shop.events(desk.session_id)).count("ProposalsRecorded") == 1
        assert await count(shop, desk.session_id, RESUMING) == 1


async def test_an_expired_wait_whose_run_is_gone_is_told_and_closed(shop: Workshop) -> None:
    desk = await waiting(shop)
    await shop.runs.client.delete_flow_run(await shop.waits_for(desk.session_id, 1))
    await shop.execute("UPDATE flow_resume_handles SET expires_at = now() - interval '1 second'")
    await shop.sweep.sweep()
    await shop.sweep.sweep()
    assert await shop.rows("SELECT status::text, resumed_at IS NULL FROM flow_resume_handles") == [("EXPIRED", False)]
    assert (await shop.events(desk.session_id)).count("WaitExpired") == 1


async def test_a_writer_is_told_of_an_expired_wait_once_although_its_notice_dies_before_it_is_noted(
    shop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = await waiting(shop)
    await shop.execute("UPDATE flow_resume_handles SET expires_at = now() - interval '1 second'")
    tell = Expiry.tell

    async def dies_after(expiry: Expiry, handle: Handle) -> None:
        await tell(expiry, handle)
        raise RuntimeError("died")

    with monkeypatch.context() as patched:
        patched.setattr(Expiry, "tell", dies_after)
        await shop.sweep.sweep()
    await shop.execute("UPDATE flow_resume_handles SET noticed_at = NULL")
    await shop.sweep.sweep()
    assert (await shop.events(desk.session_id)).count("WaitExpired") == 1


async def test_a_run_made_by_hand_with_odd_parameters_stops_nothing(
    shop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = await waiting(shop)
    run_id = await shop.waits_for(desk.session_id, 1)
    scheduled = Runs.scheduled

    async def with_an_odd_one(runs: Runs, limit: int) -> list[Any]:
        found = await scheduled(runs, limit)
        odd = await runs.client.read_flow_run(run_id)
        return [odd.model_copy(update={"id": uuid4(), "parameters": {}}), *found]

    monkeypatch.setattr(Runs, "scheduled", with_an_odd_one)
    await shop.runs.client.resume_flow_run(run_id)  # by hand: nobody here knows of it
    await shop.sweep.sweep()

    async def again() -> bool:
        attempts = await shop.rows("SELECT attempt, status::text FROM flow_resume_handles")
        return attempts == [(1, "PAUSED")]

    await eventually(again)


async def test_a_session_whose_run_could_not_be_made_gets_one(shop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    async def away(*_: Any) -> Any:
        raise httpx.ConnectError("nobody there")

    desk = shop.desk()
    await desk.start(mode=GenesisMode.FREE_FORM, seed="a lamp")
    with monkeypatch.context() as patched:
        patched.setattr(Runs, "create", away)
        await take_all(shop, desk)
    assert await shop.handles(desk.session_id) == [(1, "PENDING_PAUSE")]
    await aged(shop)
    await shop.sweep.sweep()
    await shop.waits_for(desk.session_id, 1)
