"""Carries out one piece of work under a lease, whatever kind it is: claimed, tried again, recorded once, given back."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

import structlog
from genesis_types.enums import TaskStatus
from pydantic import JsonValue

from application.command_results import CommandIdReused, CommandOutcome
from application.writers import Spent, WriterError
from domain.aggregate import Body, Command
from domain.rejections import WORK_NOT_ACTIVE, NotFound, Refused
from flows.workflow.context import Services
from flows.workflow.draft_stream import DraftStream, WorkEnded
from flows.workflow.usage import Earlier
from infrastructure.observability.tracing import Fact, span
from infrastructure.work.task_store import Claimed, Task
from infrastructure.writers.limits import RETRIES

log = structlog.get_logger(__name__)

AGAIN = "That did not work; trying again."

CLAIM_AGAIN_SECONDS = 0.5


async def carry_out(
    given: Services, task: Task, deadline_at: datetime, attempts: Callable[[Claimed], Awaitable[None]]
) -> None:
    """Bring the work to its end: an outcome recorded, a failure recorded, or found to be no longer wanted."""
    with structlog.contextvars.bound_contextvars(
        session_id=str(task.stream_id), correlation_id=str(task.correlation_id)
    ):
        claimed = await _claim(given, task)
        if claimed is None:
            return
        facts: dict[str, Fact] = {"command_type": task.task_type, "retries": claimed.retry_count}
        if isinstance(stage := task.facts.get("stage"), str):
            facts["stage"] = stage
        with span("generation", task.correlation_id, session_id=task.stream_id, **facts):
            await _carry_out(given, task, deadline_at, claimed, attempts)


async def _carry_out(
    given: Services,
    task: Task,
    deadline_at: datetime,
    claimed: Claimed,
    attempts: Callable[[Claimed], Awaitable[None]],
) -> None:
    log.info("generation_begins", retries=claimed.retry_count, **task.facts)
    try:
        await attempts(claimed)
        log.info("generation_ended")
    except WorkEnded:
        late = given.clock() >= deadline_at
        await given.tasks.finish(task.correlation_id, given.owner, TaskStatus.FAILED if late else TaskStatus.CANCELLED)
        log.info("generation_ended_elsewhere")
    except BaseException:
        with suppress(Exception):  # the lease runs out by itself; this only spares the next worker the wait
            await asyncio.shield(given.tasks.release(task.correlation_id, given.owner))
        raise


async def _claim(given: Services, task: Task) -> Claimed | None:
    """Ours to work on, once nobody else's lease is on it. None: it has ended."""
    while True:
        claimed = await given.tasks.claim(task, given.owner)
        if claimed is not None:
            return claimed
        await asyncio.sleep(CLAIM_AGAIN_SECONDS)
        status = await given.tasks.status(task.correlation_id)
        if status not in (TaskStatus.PENDING, TaskStatus.RUNNING):
            return None


@dataclass
class Retries:
    """How often a writer of this work was asked in vain: `count`, over all workers."""

    given: Services
    task: Task
    deadline_at: datetime
    most: int
    count: int

    @classmethod
    def of(cls, given: Services, task: Task, deadline_at: datetime, claimed: Claimed) -> "Retries":
        return cls(given, task, deadline_at, min(claimed.max_retries, RETRIES), claimed.retry_count)

    async def wait(
        self, problem: WriterError, earlier: Earlier, drafts: DraftStream[Any]
    ) -> dict[str, JsonValue] | None:
        """Wait before the writer is asked again. What is to be kept of the failure, when it is not: it was the last.

        Raises WorkEnded.
        """
        given, work_id = self.given, self.task.correlation_id
        pause = given.retry_seconds * 2**self.count * random.uniform(0.75, 1.25)  # noqa: S311  (jitter)
        in_time = given.clock() + timedelta(seconds=pause) < self.deadline_at
        error_data: dict[str, JsonValue] = {
            "code": problem.code,
            "message": problem.message,
            "attempt": self.count + 1,
            **earlier.as_json(),
        }
        self.count += max(problem.tries, 1) - 1  # its own, which count as well
        if not problem.retryable or self.count >= self.most or not in_time:
            return error_data
        self.count += 1
        if not await given.tasks.retrying(work_id, given.owner, error_data, AGAIN):
            raise WorkEnded
        await drafts.pause(pause, AGAIN)
        return None


async def fail(
    given: Services, task: Task, body: Body, problem: WriterError, *, error_data: dict[str, JsonValue], used: Spent
) -> None:
    """Record the failure, then end the task with what was used. Raises WorkEnded."""
    await record(given, uuid5(task.correlation_id, "outcome"), task.stream_id, body)
    await given.tasks.finish(
        task.correlation_id,
        given.owner,
        TaskStatus.FAILED,
        error=error_data,
        message=problem.message,
        spent=used,
        label=problem.label,
    )


async def record(given: Services, command_id: UUID, stream_id: UUID, body: Body) -> CommandOutcome:
    """Handle an outcome. Its id comes from the work, so that it is recorded once, however often we come here.

    Raises Rejection, and WorkEnded when the work has ended otherwise.
    """
    try:
        return await given.commands.handle(Command(command_id, stream_id, None, body))
    except (CommandIdReused, NotFound):
        raise WorkEnded from None
    except Refused as refused:
        if refused.code == WORK_NOT_ACTIVE:
            raise WorkEnded from None
        raise
