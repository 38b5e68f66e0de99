"""The facts of a genesis session, in the past tense. Names and versions are stored: they never change their meaning."""

from datetime import datetime
from typing import ClassVar, Literal
from uuid import UUID

from genesis_types.enums import CommandType, GenesisMode, GenesisStage
from pydantic import BaseModel, ConfigDict, JsonValue

from domain.genesis.proposals import Proposal, StageRecord


class GenesisEvent(BaseModel):
    """Base of all facts. `event_type` is the class's name; `schema_version` rises when the payload changes shape."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    schema_version: ClassVar[int] = 1

    occurred_at: datetime


class GenesisStarted(GenesisEvent):
    user_id: UUID
    mode: GenesisMode
    title: str
    seed: str
    genre: str
    audience: str
    language: str
    first_stage: GenesisStage
    expires_at: datetime


class GenesisBranched(GenesisEvent):
    """A new session from a moment of another: the folded content is in here, so the source is never read again."""

    user_id: UUID
    source_session_id: UUID
    source_version: int
    mode: GenesisMode
    title: str
    seed: str
    genre: str
    audience: str
    language: str
    current_stage: GenesisStage
    stages: dict[GenesisStage, StageRecord]
    expires_at: datetime


class StageEntered(GenesisEvent):
    stage: GenesisStage


class GenerationRequested(GenesisEvent):
    """Work for a writer (the AI or the muse). `command_id` is the inbox row that stays PROCESSING until the outcome."""

    correlation_id: UUID
    command_id: UUID
    command_type: CommandType
    stage: GenesisStage
    kind: Literal["inspiration", "refinement"]
    count: int
    instructions: str = ""
    proposal_id: UUID | None = None
    feedback_id: UUID | None = None
    turn: int
    deadline_at: datetime


class FeedbackGiven(GenesisEvent):
    feedback_id: UUID
    stage: GenesisStage
    proposal_id: UUID
    text: str
    path: str | None = None


class ProposalsRecorded(GenesisEvent):
    """The outcome of a generation, with what it cost. `cost_usd` None means unknown, which is not zero."""

    correlation_id: UUID
    stage: GenesisStage
    proposals: tuple[Proposal, ...]
    writer: str
    model: str
    prompt_version: str
    usage: dict[str, JsonValue]
    cost_usd: float | None
    price_source: str | None


class GenerationFailed(GenesisEvent):
    """`usage` and `cost_usd`: what was used in vain, as far as it was reported. None means unknown, or not reported."""

    schema_version: ClassVar[int] = 2

    correlation_id: UUID
    stage: GenesisStage
    code: str
    message: str
    usage: dict[str, JsonValue]
    cost_usd: float | None
    price_source: str | None


class GenerationCancelled(GenesisEvent):
    correlation_id: UUID
    stage: GenesisStage
    turn: int


class ConceptsShortlisted(GenesisEvent):
    stage: GenesisStage
    proposal_ids: tuple[UUID, ...]


class ContentEdited(GenesisEvent):
    """The writer's own hand: a new proposal beside the one it came from."""

    stage: GenesisStage
    proposal: Proposal


class LocksChanged(GenesisEvent):
    """From now on the values at `locked_paths` (RFC 6901) of `base` stand in every later proposal of this stage."""

    stage: GenesisStage
    locked_paths: tuple[str, ...]
    base: dict[str, JsonValue]
    source_proposal_id: UUID | None


class StageConfirmed(GenesisEvent):
    """`stale` names the confirmed later stages that were built on what this confirmation replaced."""

    stage: GenesisStage
    proposal_id: UUID | None
    content: dict[str, JsonValue]
    stale: tuple[GenesisStage, ...]


class SessionExtended(GenesisEvent):
    hours: int
    expires_at: datetime


class SessionPaused(GenesisEvent):
    reason: Literal["expired"]
    turn: int


class WaitExpired(GenesisEvent):
    """The workflow has waited long enough for the decision of `turn`. It can still come, and is then done."""

    turn: int


class GenesisCompleted(GenesisEvent):
    """`title` and `content` make the novel: its page needs nothing but this event."""

    novel_id: UUID
    user_id: UUID
    language: str
    title: str
    content: dict[GenesisStage, dict[str, JsonValue]]
    turn: int


class GenesisAbandoned(GenesisEvent):
    reason: str
    turn: int


Event = (
    GenesisStarted
    | GenesisBranched
    | StageEntered
    | GenerationRequested
    | FeedbackGiven
    | ProposalsRecorded
    | GenerationFailed
    | GenerationCancelled
    | ConceptsShortlisted
    | ContentEdited
    | LocksChanged
    | StageConfirmed
    | SessionExtended
    | SessionPaused
    | WaitExpired
    | GenesisCompleted
    | GenesisAbandoned
)

EVENT_TYPES: dict[str, type[GenesisEvent]] = {
    cls.__name__: cls
    for cls in (
        GenesisStarted,
        GenesisBranched,
        StageEntered,
        GenerationRequested,
        FeedbackGiven,
        ProposalsRecorded,
        GenerationFailed,
        GenerationCancelled,
        ConceptsShortlisted,
        ContentEdited,
        LocksChanged,
        StageConfirmed,
        SessionExtended,
        SessionPaused,
        WaitExpired,
        GenesisCompleted,
        GenesisAbandoned,
    )
}
"""Stored name -> class. A test holds it against the union above."""
