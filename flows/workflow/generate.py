"""Carries out one generation, from the request to its recorded outcome. Safe to run again at any point."""

import asyncio
from dataclasses import replace
from uuid import UUID, uuid5

import structlog
from genesis_types.enums import TaskStatus
from genesis_types.text import clean
from pydantic import JsonValue

from application.notes import note_codes
from application.usage_total import UsageTotal
from application.writer_request import material_hash, writer_request
from application.writers import Draft, PartsCame, Proposed, Spent, WriterError
from domain.genesis.asked import Asked
from domain.genesis.commands import FailGeneration, RecordContradictions, RecordProposals
from domain.genesis.events import GenerationRequested
from domain.genesis.rejections import InvalidContent
from domain.genesis.session import Session
from flows.workflow.context import Services
from flows.workflow.draft_stream import DraftStream, WorkEnded
from flows.workflow.kept_parts import KeptParts
from flows.workflow.task import Retries, carry_out, fail, record
from flows.workflow.usage import Earlier
from infrastructure.observability.tracing import span
from infrastructure.work.task_store import Claimed, Task

log = structlog.get_logger(__name__)

TOO_LATE = "The writer took too long. Everything you confirmed is safe; try again."
MISSHAPEN = "The writer's text did not have the shape of this stage. Everything you confirmed is safe; try again."


async def generate(given: Services, session: Session, work: GenerationRequested) -> None:
    """Bring `work` to its end: proposals recorded, a failure recorded, or found to be no longer wanted."""
    task = task_of(work, session.session_id, session.user_id)
    await carry_out(given, task, work.deadline_at, lambda claimed: _attempts(given, session, work, task, claimed))


def task_of(work: GenerationRequested, session_id: UUID, user_id: UUID) -> Task:
    facts: dict[str, JsonValue] = {"stage": work.stage, "kind": work.kind, "count": work.count, "turn": work.turn}
    return Task(work.correlation_id, session_id, user_id, work.command_id, work.command_type.value, facts)


async def _attempts(given: Services, session: Session, work: GenerationRequested, task: Task, claimed: Claimed) -> None:
    drafts = DraftStream(given, task, claimed, _content)
    retries = Retries.of(given, task, work.deadline_at, claimed)
    kept = claimed.result_data
    earlier = Earlier.latest(Earlier.kept(claimed.error_data), Earlier.kept(claimed.parts))
    parts = KeptParts(given, work, material_hash(writer_request(session, work)))
    if not kept:
        await parts.take_up(session.session_id, claimed.parts)
    while True:
        outcome = _outcome_type(work).model_validate(kept) if kept else None
        try:
            if outcome is None:
                outcome = await _write(given, session, work, drafts, parts, earlier=earlier)
            await record(given, uuid5(work.correlation_id, "outcome"), session.session_id, outcome)
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
        error_data = await retries.wait(problem, earlier, drafts)
        if error_data is None:
            continue
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
            note_codes=note_codes(problem.notes),
        )
        await fail(given, task, body, problem, error_data=error_data, used=charged)
        return


async def _write(
    given: Services,
    session: Session,
    work: GenerationRequested,
    drafts: DraftStream[Draft],
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
                proposed = await drafts.follow(
                    writer.write(asked), PartsCame, Proposed, lambda came: parts.keep(session, came, earlier)
                )
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
            note_codes=note_codes(proposed.notes),
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
        item_note_codes=tuple(note_codes(said) for said in proposed.item_notes),
        notes=tuple(clean(proposed.notes)),
        note_codes=note_codes(proposed.notes),
        asked=asked,
        item_missing=tuple(tuple(clean(paths)) for paths in proposed.item_missing),
        item_unchanged=tuple(tuple(clean(paths)) for paths in proposed.item_unchanged),
    )


def _content(draft: Draft) -> dict[str, JsonValue]:
    """As it is shown: the contents, which attempt they are of, and text that has no place in them yet."""
    content: dict[str, JsonValue] = {"contents": clean(list(draft.contents))}
    if draft.attempt is not None:
        content["attempt"] = {"number": draft.attempt.number, "of": draft.attempt.of, "why": draft.attempt.why}
    if draft.raw:
        content["raw"] = clean(draft.raw)
    return content
