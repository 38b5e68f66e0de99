"""How facts change what lies on the table of each stage. One fold, used by the aggregate and by the read side."""

from genesis_types.enums import GenesisStage

from domain.genesis.events import (
    ConceptsShortlisted,
    ContentEdited,
    Event,
    FeedbackGiven,
    LocksChanged,
    ProposalsRecorded,
    StageConfirmed,
)
from domain.genesis.proposals import Feedback, StageRecord

StageEvent = ProposalsRecorded | FeedbackGiven | ConceptsShortlisted | ContentEdited | LocksChanged | StageConfirmed


def touched_stages(event: Event) -> tuple[GenesisStage, ...]:
    """The stages whose record `event` changes."""
    if isinstance(event, StageConfirmed):
        return (event.stage, *event.stale)
    return (event.stage,) if isinstance(event, StageEvent) else ()


def fold_stages(stages: dict[GenesisStage, StageRecord], event: Event) -> dict[GenesisStage, StageRecord]:
    """The stages after `event`; the same mapping when none is touched."""
    touched = touched_stages(event)
    if not touched:
        return stages
    return stages | {stage: fold_stage(stages[stage], stage, event) for stage in touched}


def fold_stage(record: StageRecord, stage: GenesisStage, event: Event) -> StageRecord:
    """One stage's record after `event`."""
    match event:
        case ProposalsRecorded():
            return record.model_copy(update={"proposals": record.proposals + event.proposals})
        case FeedbackGiven():
            feedback = Feedback(
                id=event.feedback_id,
                proposal_id=event.proposal_id,
                text=event.text,
                path=event.path,
                created_at=event.occurred_at,
            )
            return record.model_copy(update={"feedback": (*record.feedback, feedback)})
        case ConceptsShortlisted():
            return record.model_copy(update={"shortlist": event.proposal_ids})
        case ContentEdited():
            changes: dict[str, object] = {"proposals": (*record.proposals, event.proposal)}
            if record.lock_base is not None and event.proposal.revision_of == record.lock_source:
                # the writer changed the very text that carries the locks: what stands there now is what is locked
                changes |= {"lock_base": event.proposal.content, "lock_source": event.proposal.id}
            return record.model_copy(update=changes)
        case LocksChanged():
            locked = bool(event.locked_paths)
            return record.model_copy(
                update={
                    "locked_paths": event.locked_paths,
                    "lock_base": event.base if locked else None,
                    "lock_source": event.source_proposal_id if locked else None,
                }
            )
        case StageConfirmed() if event.stage == stage:
            return record.model_copy(
                update={"confirmed": event.content, "confirmed_proposal_id": event.proposal_id, "stale": False}
            )
        case StageConfirmed():
            return record.model_copy(update={"stale": True})
        case _:
            return record
