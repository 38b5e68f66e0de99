"""The history's rows: one per event, with short facts (ids, counts, titles, costs), never the manuscript."""

from datetime import datetime
from typing import Annotated, assert_never, cast
from uuid import UUID

from genesis_types.enums import GenesisStage
from pydantic import JsonValue, SkipValidation

from domain.genesis.events import (
    ConceptsShortlisted,
    ContentEdited,
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
from projections.engine.projection import Key, Row, StoredEvent


class TimelineRow(Row):
    session_id: UUID
    version: int
    event_id: UUID
    event_type: str
    stage: GenesisStage | None
    correlation_id: UUID | None
    data: Annotated[dict[str, JsonValue], SkipValidation]  # made here, or read from a JSON column
    occurred_at: datetime


def apply_timeline(_row: TimelineRow | None, stored: StoredEvent, _key: Key) -> TimelineRow:
    event = cast(Event, stored.event)
    return TimelineRow(
        session_id=stored.stream_id,
        version=stored.version,
        event_id=stored.event_id,
        event_type=type(event).__name__,
        stage=_stage(event),
        correlation_id=vars(event).get("correlation_id"),  # getattr is slow where a model lacks the attribute
        data=_facts(event),
        occurred_at=event.occurred_at,
    )


def _stage(event: Event) -> GenesisStage | None:
    match event:
        case GenesisStarted():
            return event.first_stage
        case GenesisBranched():
            return event.current_stage
        case GenesisCompleted():
            return GenesisStage.FINISHED
        case SessionExtended() | SessionPaused() | WaitExpired() | GenesisAbandoned():
            return None
        case _:
            return event.stage


def _facts(event: Event) -> dict[str, JsonValue]:
    match event:
        case GenesisStarted():
            return {"mode": event.mode.value, "title": event.title, "language": event.language}
        case GenesisBranched():
            return {
                "mode": event.mode.value,
                "title": event.title,
                "source_session_id": str(event.source_session_id),
                "source_version": event.source_version,
            }
        case GenerationRequested():
            return {
                "command_type": event.command_type.value,
                "kind": event.kind,
                "count": event.count,
                "turn": event.turn,
                "proposal_id": _text(event.proposal_id),
                "feedback_id": _text(event.feedback_id),
            }
        case FeedbackGiven():
            return {
                "feedback_id": str(event.feedback_id),
                "proposal_id": str(event.proposal_id),
                "path": event.path,
                "characters": len(event.text),
            }
        case ProposalsRecorded():
            return {
                "proposal_ids": [str(proposal.id) for proposal in event.proposals],
                "count": len(event.proposals),
                "adjustments": sum(len(proposal.adjustments) for proposal in event.proposals),
                "writer": event.writer,
                "model": event.model,
                "prompt_version": event.prompt_version,
                "cost_usd": event.cost_usd,
            }
        case GenerationFailed():
            return {"code": event.code, "message": event.message, "cost_usd": event.cost_usd}
        case ConceptsShortlisted():
            return {"proposal_ids": [str(proposal_id) for proposal_id in event.proposal_ids]}
        case ContentEdited():
            return {
                "proposal_id": str(event.proposal.id),
                "revision_of": _text(event.proposal.revision_of),
                "origin": event.proposal.origin.value,
            }
        case LocksChanged():
            return {"locked": len(event.locked_paths), "proposal_id": _text(event.source_proposal_id)}
        case StageConfirmed():
            return {
                "proposal_id": _text(event.proposal_id),
                "title": _title(event.content),
                "stale": [stage.value for stage in event.stale],
            }
        case SessionExtended():
            return {"hours": event.hours, "expires_at": event.expires_at.isoformat()}
        case SessionPaused() | GenesisAbandoned():
            return {"reason": event.reason}
        case WaitExpired():
            return {"turn": event.turn}
        case GenesisCompleted():
            return {"novel_id": str(event.novel_id), "title": event.title}
        case StageEntered() | GenerationCancelled():
            return {}
        case _:
            assert_never(event)


def _text(value: UUID | None) -> str | None:
    return str(value) if value else None


def _title(content: Content) -> str | None:
    """Of the two stages that name the book."""
    title = content.get("title") or content.get("working_title")
    return title if isinstance(title, str) else None
