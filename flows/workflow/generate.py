"""Carries out one generation, from the request to its recorded outcome. Safe to run again at any point."""

import asyncio
import random
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from uuid import uuid5

import structlog
from genesis_types.enums import TaskStatus
from genesis_types.text import clean
from pydantic import JsonValue

from application.command_results import CommandIdReused
from application.usage_total import UsageTotal
from application.writer_request import material_hash, writer_request
from application.writers import Proposed, Spent, WriterError
from domain.aggregate import Command
from domain.genesis.asked import Asked
from domain.genesis.commands import AnyBody, FailGeneration, RecordContradictions, RecordProposals
from domain.genesis.events import GenerationRequested
from domain.genesis.rejections import WORK_NOT_ACTIVE, InvalidContent, SessionNotFound
from domain.genesis.session import Session
from domain.rejections import Refused
from flows.workflow.context import Services
from flows.workflow.draft_stream import DraftStream, WorkEnded
from flows.workflow.kept_parts import KeptParts
from flows.workflow.usage import Earlier
from infrastructure.observability.tracing import Fact, span
from infrastructure.work.task_store import Claimed
from infrastructure.writers.limits import RETRIES

log = structlog.get_logger(__name__)

TOO_LATE = "The writer took too long. Everything you confirmed is safe; try again."
MISSHAPEN = "The writer's text did not have the shape of this stage. Everything you confirmed is safe; try again."
AGAIN = "That did not work; trying again."

CLAIM_AGAIN_SECONDS = 0.5


async def generate(given: Services, session: Session, work: GenerationRequested) -> None:
    """Bring `work` to its end: proposals recorded, a failure recorded, or found to be no longer wanted."""
    with structlog.contextvars.bound_contextvars(
        session_id=str(session.session_id), correlation_id=str(work.correlation_id)
    ):
        claimed = await _claim(given, session, work)
        if claimed is None:
            return
        facts: dict[str, Fact] = {
            "stage": work.stage,
            "command_type": work.command_type,
            "retries": claimed.retry_count,
        }
        with span("generation", work.correlation_id, session_id=session.session_id, **facts):
            await _carry_out(given, session, work, claimed)


async def _carry_out(given: Services, session: Session, work: GenerationRequested, claimed: Claimed) -> None:
    log.info("generation_begins", stage=work.stage, retries=claimed.retry_count)
    try:
        await _attempts(given, session, work, claimed)
        log.info("generation_ended")
    except WorkEnded:
        late = given.clock() >= work.deadline_at
        await given.tasks.finish(work.correlation_id, given.owner, TaskStatus.FAILED if late else TaskStatus.CANCELLED)
        log.info("generation_ended_elsewhere")
    except BaseException:
        with suppress(Exception):  # the lease runs out by itself; this only spares the next worker the wait
            await asyncio.shield(given.tasks.release(work.correlation_id, given.owner))
        raise


async def _claim(given: Services, session: Session, work: GenerationRequested) -> Claimed | None:
    """Ours to work on, once nobody else's lease is on it. None: it has ended."""
    while True:
        claimed = await given.tasks.claim(work, session.session_id, session.user_id, given.owner)
        if claimed is not None:
            return claimed
        await asyncio.sleep(CLAIM_AGAIN_SECONDS)
        status = await given.tasks.status(work.correlation_id)
        if status not in (TaskStatus.PENDING, TaskStatus.RUNNING):
            return None


async def _attempts(given: Services, session: Session, work: GenerationRequested, claimed: Claimed) -> None:
    drafts = DraftStream(given, session, work, claimed.draft_seq, claimed.progress)
    kept = claimed.result_data
    retries = claimed.retry_count
    earlier = Earlier.latest(Earlier.kept(claimed.error_data), Earlier.kept(claimed.parts))
    parts = KeptParts(given, work, material_hash(writer_request(session, work)))
    if not kept:
        await parts.take_up(session.session_id, claimed.parts)
    while True:
        outcome = _outcome_type(work).model_validate(kept) if kept else None
        try:
            if outcome is None:
                outcome = await _write(given, session, work, drafts, parts, earlier=earlier)
            await _record(given, session, work, outcome)
        except InvalidContent as error:
            log.info("content_refused", fields=[at for at, _ in error.errors])
            problem = WriterError("INVALID_CONTENT", MISSHAPEN, retryable=True)
            if outcome is not None:  # which counts all attempts so far
                used = UsageTotal.nothing().plus(Spent(outcome.usage, outcome.cost_usd, outcome.price_source))
                earlier = Earlier(used, outcome.asked)
                requests = outcome.usage.get("requests")
                problem.tries = requests if isinstance(requests, int) else 1
            await parts.forget()  # or the same would be made of them again
        except WriterError as error:
            problem = error
        else:
            await given.tasks.finish(work.correlation_id, given.owner, TaskStatus.COMPLETED)
            return
        kept = None
        earlier = earlier.with_spent(problem.spent)
        if problem.sent is not None:
            earlier = earlier.with_asked(problem.sent.asked)
            await given.sent.keep(session.session_id, problem.sent.texts)
        pause = given.retry_seconds * 2**retries * random.uniform(0.75, 1.25)  # noqa: S311  (jitter)
        in_time = given.clock() + timedelta(seconds=pause) < work.deadline_at
        error_data: dict[str, JsonValue] = {
            "code": problem.code,
            "message": problem.message,
            "attempt": retries + 1,
            **earlier.as_json(),
        }
        retries += max(problem.tries, 1) - 1  # its own, which count as well
        if not problem.retryable or retries >= min(claimed.max_retries, RETRIES) or not in_time:
            charged = earlier.used.spent
            body = FailGeneration(
                correlation_id=work.correlation_id,
                code=problem.code,
                message=problem.message,
                usage=clean(dict(charged.usage)),
                cost_usd=charged.cost_usd,
                price_source=charged.price_source,
                model=problem.sent.model if problem.sent else "",
                prompt_version=problem.sent.prompt_version if problem.sent else "",
                asked=earlier.asked,
            )
            await _record(given, session, work, body)
            await given.tasks.finish(
                work.correlation_id,
                given.owner,
                TaskStatus.FAILED,
                error=error_data,
                message=problem.message,
                spent=charged,
                label=problem.label,
            )
            return
        retries += 1
        if not await given.tasks.retrying(work.correlation_id, given.owner, error_data, AGAIN):
            raise WorkEnded
        await drafts.pause(pause, AGAIN)


async def _write(
    given: Services,
    session: Session,
    work: GenerationRequested,
    drafts: DraftStream,
    parts: KeptParts,
    *,
    earlier: Earlier,
) -> RecordProposals | RecordContradictions:
    """The writer's end, stored before anything is recorded of it; it bears what earlier attempts asked and used.

    Raises WriterError, WorkEnded.
    """
    left = (work.deadline_at - given.clock()).total_seconds()
    try:
        async with asyncio.timeout(max(left, 0)):
            with span("write", work.correlation_id, stage=work.stage):
                writer = given.muse if work.writer == "muse" else given.writer
                asked = replace(writer_request(session, work), kept=parts.kept, wasted=earlier.wasted)
                proposed = await drafts.follow(writer.write(asked), lambda came: parts.keep(session, came, earlier))
    except TimeoutError:
        raise WriterError("TIMED_OUT", TOO_LATE, retryable=False) from None
    spent = earlier.used.plus(Spent(proposed.usage, proposed.cost_usd, proposed.price_source)).spent
    await given.sent.keep(session.session_id, proposed.texts)
    outcome = _outcome(work, proposed, spent, earlier.with_asked(proposed.asked).asked)
    result = outcome.model_dump(mode="json")
    if not await given.tasks.keep_result(work.correlation_id, given.owner, result, spent, label=proposed.label):
        raise WorkEnded
    return outcome


def _outcome_type(work: GenerationRequested) -> type[RecordProposals | RecordContradictions]:
    return RecordContradictions if work.kind == "agreement" else RecordProposals


def _outcome(
    work: GenerationRequested, proposed: Proposed, spent: Spent, asked: Asked | None
) -> RecordProposals | RecordContradictions:
    if work.kind == "agreement":
        return RecordContradictions(
            correlation_id=work.correlation_id,
            found=proposed.found,
            writer=proposed.writer,
            model=proposed.model,
            prompt_version=proposed.prompt_version,
            usage=clean(dict(spent.usage)),
            cost_usd=spent.cost_usd,
            price_source=spent.price_source,
            notes=tuple(clean(proposed.notes)),
            asked=asked,
        )
    return RecordProposals(
        correlation_id=work.correlation_id,
        contents=tuple(clean(content) for content in proposed.contents),
        adjustments=tuple(tuple(clean(said)) for said in proposed.adjustments),
        writer=proposed.writer,
        model=proposed.model,
        prompt_version=proposed.prompt_version,
        usage=clean(dict(spent.usage)),
        cost_usd=spent.cost_usd,
        price_source=spent.price_source,
        item_notes=tuple(tuple(clean(said)) for said in proposed.item_notes),
        notes=tuple(clean(proposed.notes)),
        asked=asked,
        item_missing=tuple(tuple(clean(paths)) for paths in proposed.item_missing),
        item_unchanged=tuple(tuple(clean(paths)) for paths in proposed.item_unchanged),
    )


async def _record(given: Services, session: Session, work: GenerationRequested, body: AnyBody) -> None:
    """Handle the outcome command. Its id comes from the work, so that it is recorded once, however often we come here.

    Raises InvalidContent, and WorkEnded when the work has ended otherwise.
    """
    command = Command(uuid5(work.correlation_id, "outcome"), session.session_id, None, body)
    try:
        await given.commands.handle(command)
    except (CommandIdReused, SessionNotFound):
        raise WorkEnded from None
    except Refused as refused:
        if refused.code == WORK_NOT_ACTIVE:
            raise WorkEnded from None
        raise
