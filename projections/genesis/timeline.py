"""The history's rows: one per event, with short facts (ids, counts, titles, costs), never the manuscript."""

from datetime import datetime
from typing import Annotated, Any, assert_never, cast
from uuid import UUID

from genesis_types.enums import GenesisStage
from pydantic import SkipValidation

from domain.genesis.events import (
    ConceptsShortlisted,
    ContentCorrected,
    ContentEdited,
    ContradictionsDismissed,
    ContradictionsFound,
    ContradictionsRestored,
    Event,
    FeedbackGiven,
    GenerationCancelled,
    GenerationFailed,
    GenerationRequested,
    GenesisAbandoned,
    GenesisBranched,
    GenesisCompleted,
    GenesisStarted,
    LocksChanged,
    ProposalsRecorded,
    SessionExtended,
    SessionPaused,
    StageConfirmed,
    StageEntered,
    WaitExpired,
)
from domain.genesis.proposals import Content
from projections.engine.projection import AddRow, Row, StoredEvent


class TimelineRow(Row):
    session_id: UUID
    version: int
    event_id: UUID
    event_type: str
    stage: GenesisStage | None
    correlation_id: UUID | None
    data: Annotated[dict[str, Any], SkipValidation]  # made here, or read from a JSON column
    occurred_at: datetime


def _values(stored: StoredEvent) -> dict[str, Any]:
    event = cast(Event, stored.event)
    named = vars(event)  # getattr is slow where a model lacks the attribute
    return {
        "session_id": stored.stream_id,
        "version": stored.version,
        "event_id": stored.event_id,
        "event_type": type(event).__name__,
        "stage": named.get("stage") or _stage(event),
        "correlation_id": named.get("correlation_id"),
        "data": _facts(event),
        "occurred_at": event.occurred_at,
    }


def _stage(event: Event) -> GenesisStage | None:
    """Of an event that does not name one as such."""
    match event:
        case GenesisStarted():
            return event.first_stage
        case GenesisBranched():
            return event.current_stage
        case GenesisCompleted():
            return GenesisStage.FINISHED
        case _:
            return None


apply_timeline = AddRow(TimelineRow, _values)


def _codes(event: ProposalsRecorded | ContradictionsFound | GenerationFailed) -> dict[str, Any]:
    return {"note_codes": [one.model_dump() for one in event.note_codes]} if event.note_codes else {}


def _facts(event: Event) -> dict[str, Any]:
    """Ids and names are written as JSON where the row is."""
    match event:
        case GenerationRequested():
            return {
                "command_type": event.command_type,
                "kind": event.kind,
                "count": event.count,
                "turn": event.turn,
                "proposal_id": event.proposal_id,
                "feedback_id": event.feedback_id,
                "writer": event.writer,
                "fewer_details": event.fewer_details,
                **({"rest_of": event.rest_of} if event.rest_of else {}),
            }
        case ProposalsRecorded():
            return {
                "proposal_ids": [proposal.id for proposal in event.proposals],
                "count": len(event.proposals),
                "adjustments": sum(len(proposal.adjustments) for proposal in event.proposals),
                "writer": event.writer,
                "model": event.model,
                "prompt_version": event.prompt_version,
                "cost_usd": event.cost_usd,
                # only where there is something to say: the entries of before stay what they are
                **({"notes": list(event.notes)} if event.notes else {}),
                **_codes(event),
            }
        case ContradictionsFound():
            return {
                "count": len(event.found),
                "dropped": event.dropped,
                "writer": event.writer,
                "model": event.model,
                "prompt_version": event.prompt_version,
                "cost_usd": event.cost_usd,
                **({"notes": list(event.notes)} if event.notes else {}),
                **_codes(event),
            }
        case FeedbackGiven():
            return {
                "feedback_id": event.feedback_id,
                "proposal_id": event.proposal_id,
                "path": event.path,
                "characters": len(event.text),
            }
        case StageConfirmed():
            return {
                "proposal_id": event.proposal_id,
                "title": _title(event.content),
                "stale": event.stale,
            }
        case StageEntered() | GenerationCancelled():
            return {}
        case GenesisStarted():
            return {"mode": event.mode, "title": event.title, "language": event.language}
        case GenesisBranched():
            return {
                "mode": event.mode,
                "title": event.title,
                "source_session_id": event.source_session_id,
                "source_version": event.source_version,
            }
        case GenerationFailed():
            return {
                "code": event.code,
                "message": event.message,
                "cost_usd": event.cost_usd,
                "model": event.model,
                "attempts": len(event.asked.attempts) if event.asked is not None else None,
                **_codes(event),
            }
        case ConceptsShortlisted():
            return {"proposal_ids": event.proposal_ids}
        case ContentEdited() | ContentCorrected():
            return {
                "proposal_id": event.proposal.id,
                "revision_of": event.proposal.revision_of,
                "origin": event.proposal.origin,
            }
        case ContradictionsDismissed() | ContradictionsRestored():
            return {"count": len(event.contradiction_ids)}
        case LocksChanged():
            return {"locked": len(event.locked_paths), "proposal_id": event.source_proposal_id}
        case SessionExtended():
            return {"hours": event.hours, "expires_at": event.expires_at.isoformat()}
        case SessionPaused() | GenesisAbandoned():
            return {"reason": event.reason}
        case WaitExpired():
            return {"turn": event.turn}
        case GenesisCompleted():
            return {"novel_id": event.novel_id, "title": event.title}
        case _:
            assert_never(event)


def _title(content: Content) -> str | None:
    """Of the two stages that name the book."""
    title = content.get("title") or content.get("working_title")
    return title if isinstance(title, str) else None
