"""Several executors on one studio: one dies, one freezes and comes back. Work goes on elsewhere, and counts once."""

import asyncio
import os
import signal
import subprocess
import time
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest
from genesis_types.enums import GenesisMode, GenesisStage

from domain.genesis.commands import GenerateInspiration
from infrastructure.writers.model.writer import ModelWriter
from tests.support.commands import Desk
from tests.support.dying import start_dying
from tests.support.history import count, runs_of, states
from tests.support.model_answers import muse_answer, settings
from tests.support.openai_server import Behaviour, OpenAIServer
from tests.support.prefect import PrefectServer
from tests.support.worker_process import start_worker
from tests.support.workshop import Workshop, eventually, settings_for, workshop

pytestmark = pytest.mark.prefect

CONCEPT = GenesisStage.CONCEPT_SELECTION
Start = Callable[[], "subprocess.Popen[bytes]"]


@pytest.fixture
async def shop(database_url: str, redis_url: str, prefect: PrefectServer) -> AsyncIterator[Workshop]:
    async with workshop(settings_for(database_url, redis_url, prefect.url)) as running:
        running.start("relay", "projector", "callbacks")
        yield running


@pytest.fixture
def another(database_url: str, redis_url: str, prefect: PrefectServer) -> Iterator[Start]:
    """Starts one more worker, whose generations take some seconds."""
    children: list[subprocess.Popen[bytes]] = []

    def start() -> "subprocess.Popen[bytes]":
        children.append(start_worker(database_url, redis_url, prefect.url, pace=0.1, drafts=60))
        return children[-1]

    yield start
    for child in children:
        child.kill()
        child.wait()


async def drafting(shop: Workshop) -> tuple[int, int]:
    """(pid of the worker that writes, its draft's number), once there is one."""
    query = """SELECT lease_owner, draft_seq FROM async_tasks
        WHERE status = 'RUNNING' AND draft IS NOT NULL AND lease_expires_at > clock_timestamp()"""
    ((owner, seq),) = await eventually(lambda: shop.rows(query), 60)
    return int(owner.split(":")[1]), seq


async def recorded(shop: Workshop, desk: Desk) -> list[dict[str, Any]]:
    rows = await shop.rows(
        "SELECT payload FROM domain_events WHERE aggregate_id = %s AND event_type = 'ProposalsRecorded'",
        str(desk.session_id),
    )
    return [row[0] for row in rows]


async def test_of_three_workers_one_is_killed_while_it_writes_and_another_goes_on(
    shop: Workshop, another: Start
) -> None:
    for _ in range(3):
        another()
    desk = shop.desk()
    await desk.start(mode=GenesisMode.GUIDED, seed="a lamp")
    pid, seq = await drafting(shop)
    os.kill(pid, signal.SIGKILL)
    died = time.monotonic()

    async def goes_on() -> bool:
        taken = await shop.rows("SELECT lease_owner, draft_seq FROM async_tasks")
        return int(taken[0][0].split(":")[1]) != pid and taken[0][1] > seq if taken[0][0] else False

    await eventually(goes_on)
    print("seconds from the kill to the next draft:", round(time.monotonic() - died, 1))
    print(f"\nfrom the kill to the next draft elsewhere: {time.monotonic() - died:.1f} s")
    await shop.waits_for(desk.session_id, 2)
    outcome = await recorded(shop, desk)
    assert [event["cost_usd"] for event in outcome] == [0.01], "one outcome, one charge"


async def test_a_worker_that_was_frozen_comes_back_too_late_and_changes_nothing(shop: Workshop, another: Start) -> None:
    children = [another(), another()]
    desk = shop.desk()
    await desk.start(mode=GenesisMode.GUIDED, seed="a lamp")
    pid, _ = await drafting(shop)
    os.kill(pid, signal.SIGSTOP)
    try:
        run_id = await shop.waits_for(desk.session_id, 2, 60)
        before = await facts(shop, desk)
        assert [event["cost_usd"] for event in await recorded(shop, desk)] == [0.01]
        for child in children:
            if child.pid != pid:
                child.terminate()
                assert await asyncio.to_thread(child.wait, 30) == 0
    finally:
        os.kill(pid, signal.SIGCONT)
    # what only the one that came back can do: it is awake, and past everything that it was at
    other = shop.desk()
    await other.start(mode=GenesisMode.GUIDED, seed="a tide")
    await shop.waits_for(other.session_id, 2, 60)
    assert await facts(shop, desk) == before
    history = await states(shop, run_id)
    assert history[-1] == "Suspended"
    assert "Crashed" not in history
    assert "Failed" not in history
    await desk.do(GenerateInspiration(count=1))
    await shop.waits_for(desk.session_id, 3, 60)


async def facts(shop: Workshop, desk: Desk) -> list[Any]:
    """Everything that is kept of the session's work, here and in Prefect."""
    tasks = "SELECT status::text, draft_seq, progress, cost_usd, retry_count, updated_at FROM async_tasks"
    handles = "SELECT turn, status::text, attempt, updated_at FROM flow_resume_handles"
    return [
        await shop.rows(tasks + " WHERE session_id = %s", desk.session_id),
        await shop.rows(handles + " WHERE session_id = %s ORDER BY turn", desk.session_id),
        await shop.events(desk.session_id),
        [await states(shop, run_id) for run_id in await runs_of(shop, desk.session_id)],
    ]


@pytest.mark.parametrize(
    ("step", "asked"), [("between answer and kept result", 2), ("between kept result and outcome", 1)]
)
async def test_a_worker_killed_between_a_providers_answer_and_its_outcome_charges_once(
    shop: Workshop,
    *,
    database_url: str,
    redis_url: str,
    prefect: PrefectServer,
    step: str,
    asked: int,
) -> None:
    with OpenAIServer(Behaviour(answer=muse_answer)) as server:
        desk = shop.desk()
        await desk.start(mode=GenesisMode.GUIDED, seed="a clockmaker and the tide")
        child = start_dying("worker", step, database_url, redis_url, prefect.url, model_url=server.url())
        try:
            assert await asyncio.to_thread(child.wait, 90) == -9
        finally:
            child.kill()
            child.wait()
        assert len(server.requests) == 1
        assert await recorded(shop, desk) == []
        shop.start("worker", writer=ModelWriter(settings(server)))
        await shop.waits_for(desk.session_id, 2)
        (outcome,) = await recorded(shop, desk)
        assert (outcome["usage"]["input_tokens"], outcome["usage"]["output_tokens"]) == (1200, 800)
        assert len(server.requests) == asked, "the provider may be asked twice; what it costs is written once"
        assert await count(shop, desk.session_id, "Resuming") == 0
        await shop.end("worker")
