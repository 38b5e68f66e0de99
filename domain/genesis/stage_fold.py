"""How facts change what lies on the table of each stage. One fold, used by the aggregate and by the read side."""

from collections.abc import Sequence
from types import SimpleNamespace
from typing import cast
from uuid import UUID

from genesis_types.enums import GenesisStage

from domain.genesis.events import (
    ConceptsShortlisted,
    ContentCorrected,
    ContentEdited,
    ContradictionsDismissed,
    ContradictionsFound,
    ContradictionsRestored,
    Event,
    FeedbackGiven,
    LocksChanged,
    ProposalsRecorded,
    StageConfirmed,
    StageEvent,
)
from domain.genesis.naming import former_names
from domain.genesis.proposals import Content, Feedback, Incomplete, Round, StageRecord

MOST_INCOMPLETE = 20
"""Proposals of a stage of which it is kept what they lack; of older ones it is forgotten."""


def touched_stages(event: Event) -> tuple[GenesisStage, ...]:
    """The stages whose record `event` changes."""
    match event:
        case StageConfirmed():
            return (event.stage, *event.stale)
        case ContradictionsFound():
            return event.searched
        case StageEvent() | ProposalsRecorded():
            return (event.stage,)
        case _:
            return ()


def fold_stages(stages: dict[GenesisStage, StageRecord], event: Event) -> dict[GenesisStage, StageRecord]:
    """The stages after `event`; the same mapping when none is touched."""
    touched = touched_stages(event)
    if not touched:
        return stages
    return stages | {stage: fold_stage(stages[stage], stage, event) for stage in touched}


def fold_stage(record: StageRecord, stage: GenesisStage, event: Event) -> StageRecord:
    """One stage's record after `event`."""
    changes = _changes(record, stage, event)
    return record.model_copy(update=changes) if changes else record


def fold_stage_events(record: StageRecord, stage: GenesisStage, events: Sequence[Event]) -> StageRecord:
    """The same for several events, without a record for each."""
    draft = SimpleNamespace(**vars(record))
    last: ProposalsRecorded | None = None
    for event in events:
        if isinstance(event, ProposalsRecorded):
            draft.proposals += event.proposals
            draft.incomplete = _incomplete(cast(StageRecord, draft), event)
            last = event
        else:
            vars(draft).update(_changes(cast(StageRecord, draft), stage, event))
    if last is not None:
        draft.last_round = _round(last)
    return record.model_copy(update=vars(draft))


def _changes(record: StageRecord, stage: GenesisStage, event: Event) -> dict[str, object]:
    match event:
        case ProposalsRecorded():
            return {
                "proposals": record.proposals + event.proposals,
                "last_round": _round(event),
                "incomplete": _incomplete(record, event),
            }
        case FeedbackGiven():
            feedback = Feedback(
                id=event.feedback_id,
                proposal_id=event.proposal_id,
                text=event.text,
                path=event.path,
                created_at=event.occurred_at,
            )
            return {"feedback": (*record.feedback, feedback)}
        case ConceptsShortlisted():
            return {"shortlist": event.proposal_ids}
        case ContentEdited():
            return _edited(record, event)
        case ContentCorrected():
            content = event.proposal.content
            return _edited(record, event) | {
                "confirmed": content,
                "confirmed_proposal_id": event.proposal.id,
                "former": _former(record, event.proposal.revision_of, content),
            }
        case ContradictionsFound():
            found = tuple(one for one in event.found if one.stage is stage)
            return {"found": found, "search": event.correlation_id}
        case ContradictionsDismissed():
            return {"dismissed": tuple(dict.fromkeys((*record.dismissed, *event.contradiction_ids)))}
        case ContradictionsRestored():
            return {"dismissed": tuple(one for one in record.dismissed if one not in event.contradiction_ids)}
        case LocksChanged():
            locked = bool(event.locked_paths)
            return {
                "locked_paths": event.locked_paths,
                "lock_base": event.base if locked else None,
                "lock_source": event.source_proposal_id if locked else None,
            }
        case StageConfirmed() if event.stage == stage:
            return {
                "confirmed": event.content,
                "confirmed_proposal_id": event.proposal_id,
                "stale": False,
                "former": _former(record, event.proposal_id, event.content),
            }
        case StageConfirmed():
            return {"stale": True}
        case _:
            return {}


def _round(event: ProposalsRecorded) -> Round:
    came = len(event.proposals)
    first = next(iter(event.incomplete), None)
    return Round(
        correlation_id=event.correlation_id,
        wanted=event.wanted or came,
        came=came,
        notes=event.notes,
        note_codes=event.note_codes,
        missing=(first.unchanged or first.missing) if first else (),
        proposal_id=first.proposal_id if first else None,
    )


def _incomplete(record: StageRecord, event: ProposalsRecorded) -> tuple[Incomplete, ...]:
    """What lacks something still: a proposal whose rest has come lacks nothing, for the one that came has it."""
    before = tuple(one for one in record.incomplete if one.proposal_id != event.rest_of) if event.proposals else ()
    return (*before, *event.incomplete)[-MOST_INCOMPLETE:] if event.proposals else record.incomplete


def _edited(record: StageRecord, event: ContentEdited | ContentCorrected) -> dict[str, object]:
    changes: dict[str, object] = {"proposals": (*record.proposals, event.proposal)}
    if record.lock_base is not None and event.proposal.revision_of == record.lock_source:
        # the writer changed the very text that carries the locks: what stands there now is what is locked
        changes |= {"lock_base": event.proposal.content, "lock_source": event.proposal.id}
    return changes


def _former(record: StageRecord, proposal_id: UUID | None, content: Content) -> object:
    """The names that `content`, now confirmed, no longer has: of what was confirmed, and of what it was made from."""
    # the class's own: a fold of several events gives a draft that has the fields alone
    earlier = [proposal.content for proposal in reversed(StageRecord.lineage(record, proposal_id))]
    confirmed = [record.confirmed] if record.confirmed else []
    # what is the same names the same
    return former_names(record.former, [one for one in (*earlier, *confirmed) if one != content], content)
