"""Decisions: a command and a state in, facts out. Pure: ids are derived from the command's, the time is given."""

from datetime import datetime
from typing import assert_never
from uuid import uuid5

from genesis_types.enums import GenesisStage

from domain.aggregate import Command
from domain.genesis import rejections
from domain.genesis.availability import why_not
from domain.genesis.commands import (
    AbandonGenesis,
    AnyBody,
    BranchGenesis,
    CancelGeneration,
    ConfirmStage,
    CorrectContradictions,
    DismissContradictions,
    EditContent,
    ExpireWait,
    ExtendSession,
    FailGeneration,
    FindContradictions,
    FinishGenesis,
    GenerateInspiration,
    NavigateToStage,
    PauseSession,
    ProvideFeedback,
    RecordContradictions,
    RecordProposals,
    RestoreContradictions,
    SelectConcept,
    StartGenesis,
)
from domain.genesis.decide_agreement import correct, dismiss, restore
from domain.genesis.decide_content import edit_content, record_proposals, stage_of, validated
from domain.genesis.decide_lifetime import abandoned, branch, completed, expire_wait, extend, pause, start
from domain.genesis.decide_search import record_contradictions, search
from domain.genesis.decide_work import cancelled, failed, lacking, requested
from domain.genesis.events import (
    ConceptsShortlisted,
    Event,
    FeedbackGiven,
    StageConfirmed,
    StageEntered,
)
from domain.genesis.proposals import resolve
from domain.genesis.rejections import SessionNotFound, unknown_proposal
from domain.genesis.session import Session
from domain.genesis.stages import MODES, STAGE_ORDER, later_stages
from domain.rejections import CommandActive, Refused


def decide(command: Command, state: Session | None, now: datetime) -> tuple[Event, ...]:
    """The facts that follow from `command`, at least one.

    Raises Rejection (rejections.py) when the command is refused; nothing may be written then.
    """
    body = command.body
    assert isinstance(body, AnyBody), f"{type(body).__name__} is no command to a session"
    if isinstance(body, StartGenesis):
        return start(command, body, state, now)
    if isinstance(body, BranchGenesis):
        return branch(command, body, state, now)
    if state is None or (command.user_id is not None and command.user_id != state.user_id):
        raise SessionNotFound
    match body:
        case RecordProposals():
            return record_proposals(body, state, now)
        case RecordContradictions():
            return (record_contradictions(body, state, now),)
        case FailGeneration():
            return (failed(body, state, now),)
        case PauseSession():
            return pause(state, now)
        case ExpireWait():
            return expire_wait(body, state, now)
        case _:
            pass
    stage = stage_of(body, state)
    refusal = why_not(body.command_type, stage, state.facts)
    if refusal is not None:
        code, sentence = refusal
        raise CommandActive(sentence) if code == CommandActive.code else Refused(code, sentence)
    match body:
        case SelectConcept():
            return _select(body, state, now)
        case GenerateInspiration():
            assert stage is not None
            entered = (StageEntered(occurred_at=now, stage=stage),) if stage != state.current_stage else ()
            rest = lacking(body, state, stage)
            refined = rest is not None and rest.unchanged  # what its note was to change comes before what it lacks
            work = requested(
                command,
                state,
                now,
                stage,
                count=body.count if rest is None else 1,
                rest_of=rest.proposal_id if rest else None,
                proposal_id=rest.proposal_id if rest and refined else None,
                feedback_id=rest.feedback_id if rest and refined else None,
                instructions=body.instructions,
                writer=body.writer,
                fewer_details=body.fewer_details,
            )
            return (*entered, work)
        case ProvideFeedback():
            assert stage is not None
            return _feedback(command, body, state, now, stage)
        case ConfirmStage():
            return _confirm(command, body, state, now)
        case NavigateToStage():
            return (StageEntered(occurred_at=now, stage=body.stage),)
        case EditContent():
            return edit_content(command, body, state, now)
        case FindContradictions():
            return (search(command, state, now),)
        case CorrectContradictions():
            return correct(command, body, state, now)
        case DismissContradictions():
            return dismiss(body, state, now)
        case RestoreContradictions():
            return restore(body, state, now)
        case CancelGeneration():
            return (cancelled(state, now),)
        case ExtendSession():
            return extend(body, state, now)
        case FinishGenesis():
            return (completed(command, state, now),)
        case AbandonGenesis():
            return abandoned(body, state, now)
        case _:
            assert_never(body)


def _select(body: SelectConcept, state: Session, now: datetime) -> tuple[Event, ...]:
    stage = GenesisStage.CONCEPT_SELECTION
    for proposal_id in body.proposal_ids:
        if state.stages[stage].proposal(proposal_id) is None:
            raise unknown_proposal(proposal_id)
    return (ConceptsShortlisted(occurred_at=now, stage=stage, proposal_ids=tuple(dict.fromkeys(body.proposal_ids))),)


def _feedback(
    command: Command, body: ProvideFeedback, state: Session, now: datetime, stage: GenesisStage
) -> tuple[Event, ...]:
    proposal = state.stages[stage].proposal(body.proposal_id)
    assert proposal is not None  # stage_of found it there
    if body.path is not None and not resolve(proposal.content, body.path)[0]:
        raise Refused(rejections.UNKNOWN_PATH, f"The proposal has nothing at “{body.path}”.")
    text = body.text.strip() or body.text
    latest = state.stages[stage].feedback[-1:]
    # said once more after a failure: the same note is asked for again, it does not stand there twice
    repeated = next(
        (one for one in latest if (one.proposal_id, one.text, one.path) == (body.proposal_id, text, body.path)), None
    )
    given = FeedbackGiven(
        occurred_at=now,
        feedback_id=uuid5(command.command_id, "feedback"),
        stage=stage,
        proposal_id=body.proposal_id,
        text=text,
        path=body.path,
    )
    work = requested(
        command,
        state,
        now,
        stage,
        proposal_id=body.proposal_id,
        feedback_id=repeated.id if repeated else given.feedback_id,
        writer=body.writer,
        fewer_details=body.fewer_details,
    )
    return (work,) if repeated else (given, work)


def _confirm(command: Command, body: ConfirmStage, state: Session, now: datetime) -> tuple[Event, ...]:
    record = state.stages[body.stage]
    if body.content is not None:
        content = validated(body.stage, body.content)
    elif body.proposal_id is not None:
        proposal = record.proposal(body.proposal_id)
        if proposal is None:
            if not record.proposals:
                raise Refused(rejections.STAGE_EMPTY, "There is nothing to confirm in this stage yet.")
            raise unknown_proposal(body.proposal_id)
        content = proposal.content
    else:
        raise Refused(rejections.STAGE_EMPTY, "Say what to confirm: a proposal, or content of your own.")
    changed = record.confirmed is not None and record.confirmed != content
    later = later_stages(body.stage) if changed else ()
    confirmed = StageConfirmed(
        occurred_at=now,
        stage=body.stage,
        proposal_id=body.proposal_id,
        content=content,
        stale=tuple(stage for stage in later if state.stages[stage].confirmed is not None),
    )
    if not MODES[state.mode].auto_advance:
        return (confirmed,)
    following = next((stage for stage in STAGE_ORDER if _needs_attention(stage, confirmed, state)), None)
    if following is None:
        return (confirmed,)
    entered = (StageEntered(occurred_at=now, stage=following),) if following != state.current_stage else ()
    if state.stages[following].proposals:
        return (confirmed, *entered)
    return (confirmed, *entered, requested(command, state, now, following))


def _needs_attention(stage: GenesisStage, confirmed: StageConfirmed, state: Session) -> bool:
    """Whether a guided session should lead to `stage` after this confirmation: it is open, or stale."""
    if stage == confirmed.stage:
        return False
    record = state.stages[stage]
    return record.confirmed is None or record.stale or stage in confirmed.stale
