"""Decisions: a command and a state in, facts out. Pure: ids are derived from the command's, the time is given."""

from datetime import datetime, timedelta
from typing import assert_never
from uuid import UUID, uuid5

from genesis_types.enums import CommandType, GenesisStage, GenesisStatus

from domain.genesis import rejections
from domain.genesis.availability import why_not
from domain.genesis.commands import (
    AbandonGenesis,
    BranchGenesis,
    CancelGeneration,
    Command,
    ConfirmStage,
    EditContent,
    ExtendSession,
    FailGeneration,
    FinishGenesis,
    GenerateInspiration,
    NavigateToStage,
    PauseSession,
    ProvideFeedback,
    RecordProposals,
    SelectConcept,
    StartGenesis,
)
from domain.genesis.decide_content import active_work, edit_content, record_proposals, stage_of, validated
from domain.genesis.events import (
    ConceptsShortlisted,
    Event,
    FeedbackGiven,
    GenerationCancelled,
    GenerationFailed,
    GenerationRequested,
    GenesisAbandoned,
    GenesisBranched,
    GenesisCompleted,
    GenesisStarted,
    SessionExtended,
    SessionPaused,
    StageConfirmed,
    StageEntered,
)
from domain.genesis.proposals import resolve
from domain.genesis.rejections import CommandActive, Refused, SessionNotFound, unknown_proposal
from domain.genesis.session import Session
from domain.genesis.stages import MODES, STAGE_BY_KEY, STAGE_ORDER, later_stages


def work_id(command_id: UUID) -> UUID:
    """The correlation id of the generation that a command starts."""
    return uuid5(command_id, "generation")


def decide(command: Command, state: Session | None, now: datetime) -> tuple[Event, ...]:
    """The facts that follow from `command`, at least one.

    Raises Rejection (rejections.py) when the command is refused; nothing may be written then.
    """
    body = command.body
    if isinstance(body, StartGenesis):
        return _start(command, body, state, now)
    if isinstance(body, BranchGenesis):
        return _branch(command, body, state, now)
    if state is None or (command.user_id is not None and command.user_id != state.user_id):
        raise SessionNotFound
    match body:
        case RecordProposals():
            return record_proposals(body, state, now)
        case FailGeneration():
            pending = active_work(body.correlation_id, state)
            return (
                GenerationFailed(
                    occurred_at=now,
                    correlation_id=pending.correlation_id,
                    stage=pending.stage,
                    code=body.code,
                    message=body.message,
                ),
            )
        case PauseSession():
            return _pause(state, now)
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
            return (*entered, _requested(command, state, now, stage, count=body.count, instructions=body.instructions))
        case ProvideFeedback():
            assert stage is not None
            return _feedback(command, body, state, now, stage)
        case ConfirmStage():
            return _confirm(command, body, state, now)
        case NavigateToStage():
            return (StageEntered(occurred_at=now, stage=body.stage),)
        case EditContent():
            return edit_content(command, body, state, now)
        case CancelGeneration():
            return (_cancelled(state, now),)
        case ExtendSession():
            return _extend(body, state, now)
        case FinishGenesis():
            return (_completed(command, state, now),)
        case AbandonGenesis():
            stopped = (_cancelled(state, now),) if state.pending else ()
            turn = state.turn + 1 + len(stopped)
            return (*stopped, GenesisAbandoned(occurred_at=now, reason=body.reason, turn=turn))
        case _:
            assert_never(body)


def _start(command: Command, body: StartGenesis, state: Session | None, now: datetime) -> tuple[Event, ...]:
    assert command.user_id is not None
    if state is not None:
        raise Refused(rejections.SESSION_EXISTS, "This session has begun already.")
    started = GenesisStarted(
        occurred_at=now,
        user_id=command.user_id,
        mode=body.mode,
        title=body.title.strip(),
        seed=body.seed.strip(),
        genre=body.genre.strip(),
        audience=body.audience.strip(),
        language=body.language,
        first_stage=STAGE_ORDER[0],
        expires_at=now + command.limits.session,
    )
    if not (MODES[body.mode].auto_advance and started.seed):
        return (started,)
    return (started, _requested(command, None, now, started.first_stage))


def _branch(command: Command, body: BranchGenesis, state: Session | None, now: datetime) -> tuple[Event, ...]:
    source = command.source
    if source is None or source.user_id != command.user_id:
        raise SessionNotFound
    if state is not None:
        raise Refused(rejections.SESSION_EXISTS, "This session has begun already.")
    if source.version != body.at_version:
        raise Refused(rejections.UNKNOWN_VERSION, f"The session has no version {body.at_version}.")
    return (
        GenesisBranched(
            occurred_at=now,
            user_id=source.user_id,
            source_session_id=body.from_session_id,
            source_version=body.at_version,
            mode=source.mode,
            title=source.title,
            seed=source.seed,
            genre=source.genre,
            audience=source.audience,
            language=source.language,
            current_stage=source.current_stage if source.current_stage in STAGE_ORDER else STAGE_ORDER[-1],
            stages=source.stages,
            expires_at=now + command.limits.session,
        ),
    )


def _requested(
    command: Command,
    state: Session | None,
    now: datetime,
    stage: GenesisStage,
    *,
    count: int | None = None,
    instructions: str = "",
    proposal_id: UUID | None = None,
    feedback_id: UUID | None = None,
) -> GenerationRequested:
    """Work for a writer. A command that does not itself mean "generate" gets an inbox row of its own for the work."""
    own = command.body.command_type in (CommandType.GENERATE_INSPIRATION, CommandType.PROVIDE_FEEDBACK)
    data = STAGE_BY_KEY[stage]
    refinement = proposal_id is not None
    wanted = 1 if refinement else (count or data.default_count)
    return GenerationRequested(
        occurred_at=now,
        correlation_id=work_id(command.command_id),
        command_id=command.command_id if own else work_id(command.command_id),
        command_type=CommandType.PROVIDE_FEEDBACK if refinement else CommandType.GENERATE_INSPIRATION,
        stage=stage,
        kind="refinement" if refinement else "inspiration",
        count=min(wanted, data.max_count),
        instructions=instructions,
        proposal_id=proposal_id,
        feedback_id=feedback_id,
        turn=(state.turn if state else 0) + 1,
        deadline_at=now + command.limits.generation,
    )


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
    given = FeedbackGiven(
        occurred_at=now,
        feedback_id=uuid5(command.command_id, "feedback"),
        stage=stage,
        proposal_id=body.proposal_id,
        text=body.text.strip() or body.text,
        path=body.path,
    )
    work = _requested(command, state, now, stage, proposal_id=body.proposal_id, feedback_id=given.feedback_id)
    return (given, work)


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
    return (confirmed, *entered, _requested(command, state, now, following))


def _needs_attention(stage: GenesisStage, confirmed: StageConfirmed, state: Session) -> bool:
    """Whether a guided session should lead to `stage` after this confirmation: it is open, or stale."""
    if stage == confirmed.stage:
        return False
    record = state.stages[stage]
    return record.confirmed is None or record.stale or stage in confirmed.stale


def _cancelled(state: Session, now: datetime) -> GenerationCancelled:
    assert state.pending is not None
    return GenerationCancelled(
        occurred_at=now,
        correlation_id=state.pending.correlation_id,
        stage=state.pending.stage,
        turn=state.turn + 1,
    )


def _extend(body: ExtendSession, state: Session, now: datetime) -> tuple[Event, ...]:
    until = max(state.expires_at, now) + timedelta(hours=body.hours)
    return (SessionExtended(occurred_at=now, hours=body.hours, expires_at=until),)


def _pause(state: Session, now: datetime) -> tuple[Event, ...]:
    if state.status is not GenesisStatus.IN_PROGRESS or now < state.expires_at:
        raise Refused(rejections.NOT_READY, "The session's time is not up.")
    stopped = (_cancelled(state, now),) if state.pending else ()
    return (*stopped, SessionPaused(occurred_at=now, reason="expired", turn=state.turn + 1 + len(stopped)))


def _completed(command: Command, state: Session, now: datetime) -> GenesisCompleted:
    content = {stage: record.confirmed for stage, record in state.stages.items() if record.confirmed is not None}
    story = content[GenesisStage.STORY_CONCEPTION].get("working_title")
    concept = content[GenesisStage.CONCEPT_SELECTION].get("title")
    return GenesisCompleted(
        occurred_at=now,
        novel_id=uuid5(command.command_id, "novel"),
        user_id=state.user_id,
        language=state.language,
        title=state.title or str(story or concept),
        content=content,
        turn=state.turn + 1,
    )
