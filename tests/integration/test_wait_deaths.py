"""Callbacks and executor are SIGKILLed between any two of their steps: the wait is resumed, the work is done, once."""

import asyncio
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

import pytest
from genesis_types.enums import GenesisMode, GenesisStage

from domain.genesis.commands import GenerateInspiration
from tests.support.commands import Desk
from tests.support.dying import start_dying
from tests.support.history import RESUMING, count
from tests.support.prefect import PrefectServer
from tests.support.workshop import Workshop, eventually, settings_for, workshop

pytestmark = pytest.mark.prefect

CONCEPT = GenesisStage.CONCEPT_SELECTION


@pytest.fixture
async def shop(database_url: str, redis_url: str, prefect: PrefectServer) -> AsyncIterator[Workshop]:
    async with workshop(settings_for(database_url, redis_url, prefect.url)) as running:
        running.start("relay", "projector")
        yield running


@contextmanager
def dying(
    role: str, step: str, database_url: str, redis_url: str, prefect: PrefectServer
) -> Iterator["subprocess.Popen[bytes]"]:
    child = start_dying(role, step, database_url, redis_url, prefect.url)
    try:
        yield child
    finally:
        child.kill()
        child.wait()


async def killed(child: "subprocess.Popen[bytes]") -> None:
    assert await asyncio.to_thread(child.wait, 60) == -9, "it ended without coming to its step"


async def done_once(shop: Workshop, desk: Desk) -> None:
    """One outcome, and the flow waits for the next turn, in Prefect and here."""
    session = await shop.idle(desk)
    assert len(session.stages[CONCEPT].proposals) == 1
    assert (await shop.events(desk.session_id)).count("ProposalsRecorded") == 1
    await shop.handles_become(desk.session_id, [(1, "RESUMED"), (2, "PAUSED")])
    run_id = await shop.waits_for(desk.session_id, 2)
    state = await shop.runs.state(run_id)
    assert state is not None
    assert state.is_paused()

    async def settled() -> bool:
        pending = "SELECT 1 FROM async_tasks WHERE status IN ('PENDING', 'RUNNING') UNION ALL SELECT 1 FROM "
        return await shop.nothing(pending + "command_inbox WHERE status = 'PROCESSING'")

    await eventually(settled)


@pytest.mark.parametrize(
    "step",
    [
        "before the signal",
        "between signal and resume",
        "between Prefect's accept and our row",
        "before the checkpoint",
    ],
)
async def test_callbacks_killed_at_a_step(
    shop: Workshop, database_url: str, redis_url: str, prefect: PrefectServer, step: str
) -> None:
    desk = shop.desk()
    with dying("callbacks", step, database_url, redis_url, prefect) as child:
        shop.start("worker")
        await desk.start(mode=GenesisMode.FREE_FORM, seed="a lamp")
        await eventually(lambda: shop.rows("SELECT 1 FROM flow_resume_handles WHERE status = 'PAUSED'"), 60)
        await desk.do(GenerateInspiration(count=1))
        await killed(child)
    shop.start("callbacks")
    await done_once(shop, desk)
    assert len(shop.writer.requests) == 1
    assert await count(shop, desk.session_id, RESUMING) == 1


WAITING, DEAD = "while it waits", "when it is dead"


@pytest.mark.parametrize(
    ("step", "decided", "written_again"),
    [
        ("between claim and Pending", None, True),
        ("between Pending and the first line", None, True),
        ("between handle and suspension", DEAD, True),
        ("between Prefect's accept and confirmation", DEAD, True),
        ("between resume and the first line", WAITING, True),
        ("between answer and kept result", None, True),
        ("between kept result and outcome", None, False),
        ("between outcome and the task's end", None, False),
    ],
)
async def test_an_executor_killed_at_a_step(
    shop: Workshop,
    *,
    database_url: str,
    redis_url: str,
    prefect: PrefectServer,
    step: str,
    decided: str | None,
    written_again: bool,
) -> None:
    desk = shop.desk()
    shop.start("callbacks")
    await desk.start(mode=GenesisMode.FREE_FORM, seed="a lamp")
    if decided is None:
        await desk.do(GenerateInspiration(count=1))
    with dying("worker", step, database_url, redis_url, prefect) as child:
        if decided == WAITING:
            await eventually(lambda: shop.rows("SELECT 1 FROM flow_resume_handles WHERE status = 'PAUSED'"), 60)
            await desk.do(GenerateInspiration(count=1))
        await killed(child)
    if decided == DEAD:
        await desk.do(GenerateInspiration(count=1))
    shop.start("worker")
    await done_once(shop, desk)
    assert len(shop.writer.requests) == written_again, "a kept result is recorded without writing again"
    assert await count(shop, desk.session_id, RESUMING) <= 1
