"""Decisions about a writer's work: how a generation is asked for, fails, and is stopped."""

from datetime import datetime
from uuid import UUID, uuid5

from genesis_types.enums import CommandType, GenesisStage

from domain.aggregate import Command
from domain.genesis import rejections
from domain.genesis.asked import WriterChoice
from domain.genesis.commands import FailGeneration, GenerateInspiration
from domain.genesis.decide_content import active_work
from domain.genesis.events import GenerationCancelled, GenerationFailed, GenerationRequested
from domain.genesis.proposals import Incomplete
from domain.genesis.rejections import unknown_proposal
from domain.genesis.session import Session
from domain.genesis.stages import STAGE_BY_KEY
from domain.rejections import Refused

_ASKS = (CommandType.GENERATE_INSPIRATION, CommandType.PROVIDE_FEEDBACK, CommandType.FIND_CONTRADICTIONS)
"""Commands that mean work themselves: their own inbox rows stay until the outcome."""


def work_id(command_id: UUID) -> UUID:
    """The correlation id of the generation that a command starts."""
    return uuid5(command_id, "generation")


def requested(
    command: Command,
    state: Session | None,
    now: datetime,
    stage: GenesisStage,
    *,
    count: int | None = None,
    instructions: str = "",
    proposal_id: UUID | None = None,
    feedback_id: UUID | None = None,
    writer: WriterChoice | None = None,
    fewer_details: bool = False,
    rest_of: UUID | None = None,
    agreement: bool = False,
) -> GenerationRequested:
    """Work for a writer. A command that does not itself mean "generate" gets an inbox row of its own for the work."""
    own = command.body.command_type in _ASKS
    data = STAGE_BY_KEY[stage]
    refinement = proposal_id is not None
    wanted = 1 if refinement or agreement else (count or data.default_count)
    command_type = CommandType.PROVIDE_FEEDBACK if refinement else CommandType.GENERATE_INSPIRATION
    return GenerationRequested(
        occurred_at=now,
        correlation_id=work_id(command.command_id),
        command_id=command.command_id if own else work_id(command.command_id),
        command_type=CommandType.FIND_CONTRADICTIONS if agreement else command_type,
        stage=stage,
        kind="agreement" if agreement else "refinement" if refinement else "inspiration",
        count=min(wanted, data.max_count),
        instructions=instructions,
        proposal_id=proposal_id,
        feedback_id=feedback_id,
        turn=(state.turn if state else 0) + 1,
        deadline_at=now + command.limits.generation,
        writer=writer,
        fewer_details=fewer_details,
        rest_of=rest_of,
    )


def lacking(body: GenerateInspiration, state: Session, stage: GenesisStage) -> Incomplete | None:
    """What of which proposal is asked for, None: a new one is. Raises Refused when that proposal lacks nothing."""
    if body.rest_of is None and not body.rest:
        return None
    record = state.stages[stage]
    last = record.last_round
    wanted = body.rest_of or (last.proposal_id if last is not None else None)
    if wanted is not None and record.proposal(wanted) is None:
        raise unknown_proposal(wanted)
    found = record.lacking(wanted)
    if found is None:
        raise Refused(rejections.NOTHING_MISSING, "Nothing is missing of that proposal: ask for a new one.")
    return found


def failed(body: FailGeneration, state: Session, now: datetime) -> GenerationFailed:
    work = active_work(body.correlation_id, state)
    return GenerationFailed(
        occurred_at=now,
        correlation_id=work.correlation_id,
        stage=work.stage,
        code=body.code,
        message=body.message,
        usage=body.usage,
        cost_usd=body.cost_usd,
        price_source=body.price_source,
        model=body.model,
        prompt_version=body.prompt_version,
        asked=body.asked,
        note_codes=body.note_codes,
    )


def cancelled(state: Session, now: datetime) -> GenerationCancelled:
    assert state.pending is not None
    return GenerationCancelled(
        occurred_at=now,
        correlation_id=state.pending.correlation_id,
        stage=state.pending.stage,
        turn=state.turn + 1,
    )
