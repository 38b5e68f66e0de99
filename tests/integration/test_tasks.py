"""async_tasks: one lease at a time, and no write once the work is not wanted any more."""

from dataclasses import replace

import pytest
from genesis_types.enums import GenesisMode, TaskStatus

from application.writers import Spent
from domain.genesis.aggregate import GENESIS_SESSION
from domain.genesis.commands import CancelGeneration
from domain.genesis.events import GenerationRequested
from flows.workflow.generate import task_of
from infrastructure.event_store.store import PostgresEventStore
from infrastructure.postgres.pool import Pool
from infrastructure.work.task_store import TaskProgress, Tasks
from tests.support.commands import Desk

HALF = TaskProgress(50, "writing", "", {"contents": [{"title": "Half"}]}, 3)


@pytest.fixture
async def work(desk: Desk, store: PostgresEventStore) -> GenerationRequested:
    await desk.start(mode=GenesisMode.GUIDED, seed="a lamp")
    session = await store.load(GENESIS_SESSION, desk.session_id)
    assert session is not None
    assert session.pending is not None
    return session.pending


async def test_only_one_worker_has_a_task(pool: Pool, desk: Desk, work: GenerationRequested) -> None:
    tasks = Tasks(pool)
    first = await tasks.claim(task_of(work, desk.session_id, desk.user_id), "one")
    assert first is not None
    assert (first.draft_seq, first.retry_count, first.max_retries) == (0, 0, 3)
    assert await tasks.claim(task_of(work, desk.session_id, desk.user_id), "two") is None
    assert not await tasks.flush(work.correlation_id, "two", HALF)
    assert await tasks.claim(task_of(work, desk.session_id, desk.user_id), "one") is not None


async def test_a_dead_workers_task_is_taken_over_with_its_draft(
    pool: Pool, desk: Desk, work: GenerationRequested
) -> None:
    dying = Tasks(pool, lease_seconds=-1)
    await dying.claim(task_of(work, desk.session_id, desk.user_id), "dead")
    assert await dying.flush(work.correlation_id, "dead", HALF)
    taken = await Tasks(pool).claim(task_of(work, desk.session_id, desk.user_id), "heir")
    assert taken is not None
    assert (taken.draft, taken.draft_seq) == (HALF.draft, 3)
    assert not await dying.flush(work.correlation_id, "dead", HALF)


async def test_a_cancelled_generation_takes_no_more_writes_and_keeps_its_draft(
    pool: Pool, desk: Desk, work: GenerationRequested
) -> None:
    tasks = Tasks(pool)
    await tasks.claim(task_of(work, desk.session_id, desk.user_id), "one")
    assert await tasks.flush(work.correlation_id, "one", HALF)
    await desk.do(CancelGeneration())
    assert not await tasks.flush(work.correlation_id, "one", replace(HALF, percent=60))
    assert not await tasks.keep_result(work.correlation_id, "one", {"contents": []}, Spent(cost_usd=0.5))
    await tasks.finish(work.correlation_id, "one", TaskStatus.CANCELLED)
    async with pool.connection() as connection:
        row = await (await connection.execute("SELECT status::text, draft, progress FROM async_tasks")).fetchone()
    assert row == ("CANCELLED", HALF.draft, 50)


async def test_a_retry_is_counted_and_forgets_the_refused_result(
    pool: Pool, desk: Desk, work: GenerationRequested
) -> None:
    tasks = Tasks(pool)
    await tasks.claim(task_of(work, desk.session_id, desk.user_id), "one")
    assert await tasks.keep_result(work.correlation_id, "one", {"contents": [{}]}, Spent(cost_usd=0.25))
    assert await tasks.retrying(work.correlation_id, "one", {"code": "INVALID_CONTENT"}, "trying again")
    again = await tasks.claim(task_of(work, desk.session_id, desk.user_id), "one")
    assert again is not None
    assert (again.result_data, again.retry_count) == (None, 1)


async def test_a_task_whose_work_ended_without_it_is_settled(pool: Pool, desk: Desk, work: GenerationRequested) -> None:
    tasks = Tasks(pool, lease_seconds=-1)
    await tasks.claim(task_of(work, desk.session_id, desk.user_id), "dead")
    assert await tasks.settle() == 0
    await desk.record(work.correlation_id, work.stage, count=3)
    assert await tasks.settle() == 1
    assert await tasks.status(work.correlation_id) is TaskStatus.COMPLETED


PARTS = {"material": "a hash", "parts": {"cast": {"characters": []}}, "spent": None, "asked": None}


async def test_parts_are_kept_for_the_next_worker_until_they_are_forgotten(
    pool: Pool, desk: Desk, work: GenerationRequested
) -> None:
    dying = Tasks(pool, lease_seconds=-1)
    claimed = await dying.claim(task_of(work, desk.session_id, desk.user_id), "dead")
    assert claimed is not None
    assert claimed.parts is None
    assert await dying.flush(work.correlation_id, "dead", replace(HALF, message="Part 1 of 6."))
    assert await dying.keep_parts(work.correlation_id, "dead", PARTS)
    tasks = Tasks(pool)
    taken = await tasks.claim(task_of(work, desk.session_id, desk.user_id), "heir")
    assert taken is not None
    assert taken.parts == PARTS
    assert not await dying.keep_parts(work.correlation_id, "dead", PARTS), "the lease is another's"
    assert await tasks.retrying(work.correlation_id, "heir", {"code": "OVERLOADED"}, "trying again")
    assert await tasks.keep_parts(work.correlation_id, "heir", None)
    again = await tasks.claim(task_of(work, desk.session_id, desk.user_id), "heir")
    assert again is not None
    assert again.parts is None


async def test_parts_of_a_failure_are_left_to_whoever_writes_from_the_same_material(
    pool: Pool, desk: Desk, work: GenerationRequested
) -> None:
    tasks = Tasks(pool)
    await tasks.claim(task_of(work, desk.session_id, desk.user_id), "one")
    assert await tasks.keep_parts(work.correlation_id, "one", PARTS)
    assert await tasks.parts_left(desk.session_id, "a hash") is None, "it is still at work"
    await tasks.finish(work.correlation_id, "one", TaskStatus.FAILED)
    assert await tasks.parts_left(desk.session_id, "a hash") == PARTS["parts"]
    assert await tasks.parts_left(desk.session_id, "another") is None
    assert await tasks.parts_left(work.command_id, "a hash") is None, "another session's"
