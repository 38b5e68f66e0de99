"""Decisions about content: shapes are validated here, and locks are kept here, whatever a model or a page sends."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from uuid import UUID, uuid5

from genesis_types.enums import GenesisStage, Origin
from genesis_types.text import clean
from pydantic import ValidationError

from domain.aggregate import Command
from domain.genesis import rejections
from domain.genesis.commands import AnyBody, EditContent, ProvideFeedback, RecordProposals
from domain.genesis.events import ContentEdited, Event, GenerationRequested, LocksChanged, ProposalsRecorded
from domain.genesis.proposals import Content, Incomplete, Proposal, resolve
from domain.genesis.rejections import InvalidContent, unknown_proposal
from domain.genesis.session import Session
from domain.genesis.stages import STAGE_BY_KEY
from domain.rejections import WORK_NOT_ACTIVE, Refused


def validated(stage: GenesisStage, content: Content) -> Content:
    """`content` in the full shape of `stage`. Raises InvalidContent with a message for each field."""
    try:
        return STAGE_BY_KEY[stage].content.model_validate(content).model_dump(mode="json")
    except ValidationError as error:
        details = tuple(
            (".".join(["content", *map(str, item["loc"])]), item["msg"]) for item in error.errors(include_url=False)
        )
        raise InvalidContent(details) from None


def stage_of(body: AnyBody, state: Session) -> GenesisStage | None:
    """The stage that a command is about; None when it is about the session."""
    if isinstance(body, ProvideFeedback):
        for key, record in state.stages.items():
            if record.proposal(body.proposal_id) is not None:
                return key
        raise unknown_proposal(body.proposal_id)
    if "stage" not in type(body).model_fields:
        return None
    stage: GenesisStage | None = getattr(body, "stage", None)
    return stage or state.current_stage


def active_work(correlation_id: UUID, state: Session) -> GenerationRequested:
    """The running generation with this id. Raises Refused when it has ended or never was."""
    if state.pending is None or state.pending.correlation_id != correlation_id:
        raise Refused(WORK_NOT_ACTIVE, "This work is no longer active.")
    return state.pending


def record_proposals(body: RecordProposals, state: Session, now: datetime) -> tuple[Event, ...]:
    work = active_work(body.correlation_id, state)
    record = state.stages[work.stage]
    missing = body.item_missing or (body.missing,)
    proposals = []
    for index, raw in enumerate(body.contents[: work.count]):
        content = validated(work.stage, clean(raw))
        kept = validated(work.stage, record.with_locks_kept(content))
        proposals.append(
            Proposal(
                id=uuid5(body.correlation_id, f"proposal:{index}"),
                stage=work.stage,
                version=len(record.proposals) + index + 1,
                content=kept,
                origin=Origin.AI,
                revision_of=work.proposal_id or work.rest_of,
                adjustments=tuple(clean(body.adjustments[index])) if index < len(body.adjustments) else (),
                created_at=now,
                notes=tuple(clean(body.item_notes[index])) if index < len(body.item_notes) else (),
                note_codes=body.item_note_codes[index] if index < len(body.item_note_codes) else (),
            )
        )
    return (
        ProposalsRecorded(
            occurred_at=now,
            correlation_id=work.correlation_id,
            stage=work.stage,
            proposals=tuple(proposals),
            writer=body.writer,
            model=body.model,
            prompt_version=body.prompt_version,
            usage=body.usage,
            cost_usd=body.cost_usd,
            price_source=body.price_source,
            wanted=work.count,
            notes=tuple(clean(body.notes)),
            asked=body.asked,
            missing=missing[0] if proposals and missing else (),
            incomplete=tuple(_incomplete(work, proposals, missing, body.item_unchanged)),
            rest_of=work.rest_of,
            note_codes=body.note_codes,
        ),
    )


def _incomplete(
    work: GenerationRequested,
    proposals: Sequence[Proposal],
    missing: Sequence[tuple[str, ...]],
    unchanged: Sequence[tuple[str, ...]],
) -> Iterator[Incomplete]:
    """What each proposal lacks, of those that lack something. The two lists may be shorter than that of proposals."""
    for at, proposal in enumerate(proposals):
        lacks, left = (tuple(clean(of[at])) if at < len(of) else () for of in (missing, unchanged))
        if lacks or left:
            noted = work.feedback_id if left else None
            yield Incomplete(proposal_id=proposal.id, missing=lacks, unchanged=left, feedback_id=noted)


def edit_content(command: Command, body: EditContent, state: Session, now: datetime) -> tuple[Event, ...]:
    record = state.stages[body.stage]
    edited_from = record.proposal(body.proposal_id) if body.proposal_id else None
    if body.proposal_id is not None and edited_from is None:
        raise unknown_proposal(body.proposal_id)
    if body.content is None and body.locked_paths is None:
        raise Refused(rejections.EMPTY_EDIT, "Nothing to change: give content, locked_paths, or both.")
    events: list[Event] = []
    proposal = edited_from
    if body.content is not None:
        proposal = Proposal(
            id=uuid5(command.command_id, "proposal"),
            stage=body.stage,
            version=len(record.proposals) + 1,
            content=validated(body.stage, body.content),
            origin=edited_origin(edited_from),
            revision_of=edited_from.id if edited_from else None,
            created_at=now,
        )
        events.append(ContentEdited(occurred_at=now, stage=body.stage, proposal=proposal))
    if body.locked_paths is not None:
        events.append(_locks(body, proposal, state, now))
    return tuple(events)


def edited_origin(edited_from: Proposal | None) -> Origin:
    return Origin.HUMAN if edited_from is None or edited_from.origin is Origin.HUMAN else Origin.AI_EDITED


def _locks(body: EditContent, proposal: Proposal | None, state: Session, now: datetime) -> LocksChanged:
    record = state.stages[body.stage]
    paths = tuple(dict.fromkeys("/" + path.removeprefix("/") for path in body.locked_paths or ()))
    base = proposal.content if proposal else record.lock_base or record.confirmed
    source = proposal.id if proposal else record.lock_source
    if base is None:
        if paths:
            raise Refused(rejections.STAGE_EMPTY, "There is nothing to lock: name the proposal that holds the text.")
        base = {}
    for path in paths:
        if not resolve(base, path)[0]:
            raise Refused(rejections.UNKNOWN_PATH, f"There is nothing at “{path}” to lock.")
    return LocksChanged(occurred_at=now, stage=body.stage, locked_paths=paths, base=base, source_proposal_id=source)
