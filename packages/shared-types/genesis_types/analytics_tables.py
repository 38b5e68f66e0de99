"""The read tables of figures as models: what they are counted from (docs/analytics.md)."""

from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import AwareDatetime, Field

from genesis_types.columns import BigInt, Column, JsonObject, TableRow
from genesis_types.enums import GenesisStage, GenesisStatus


class AnalyticsSessionRow(TableRow):
    table: ClassVar = "analytics_sessions"

    session_id: UUID
    user_id: UUID
    mode: str
    language: str
    branched: bool
    status: GenesisStatus = GenesisStatus.IN_PROGRESS
    current_stage: GenesisStage
    started_at: AwareDatetime
    position: BigInt
    event_id: UUID
    ended_at: AwareDatetime | None = None
    ended_position: BigInt | None = None
    ended_event_id: UUID | None = None


class AnalyticsStageRow(TableRow):
    """Positions and event ids are those of the events that the times beside them are of."""

    table: ClassVar = "analytics_stages"

    session_id: UUID
    stage: GenesisStage
    reached_at: AwareDatetime
    reached_position: BigInt
    reached_event_id: UUID
    first_requested_at: AwareDatetime | None = None
    first_proposed_at: AwareDatetime | None = None
    proposed_position: BigInt | None = None
    proposed_event_id: UUID | None = None
    accepted_at: AwareDatetime | None = None
    accepted_position: BigInt | None = None
    accepted_event_id: UUID | None = None
    rounds: int = 0
    rounds_to_acceptance: int | None = None
    edits: int = 0
    edits_after: int = 0
    confirmations: int = 0


class AnalyticsTextRow(TableRow):
    """What is confirmed, measured against the AI's proposal that it goes back to."""

    table: ClassVar = "analytics_texts"

    session_id: UUID
    stage: GenesisStage
    made_from: JsonObject = Field(default_factory=dict)
    texts: JsonObject = Field(default_factory=dict)
    accepted_ids: Annotated[list[str], Column("jsonb")] = Field(default_factory=list)
    proposal_id: UUID | None = None
    proposed_characters: int | None = None
    confirmed_characters: int | None = None
    confirmed_words: int | None = None
    distance: int | None = None


class AnalyticsGenerationRow(TableRow):
    """`cost_nano_usd` in billionths of a US dollar; None: nobody knows."""

    table: ClassVar = "analytics_generations"

    session_id: UUID
    correlation_id: UUID
    stage: GenesisStage
    kind: str | None = None
    requested_at: AwareDatetime | None = None
    ended_at: AwareDatetime | None = None
    outcome: str | None = None
    code: str | None = None
    model: str = ""
    prompt_version: str = ""
    proposal_ids: Annotated[list[UUID], Column("jsonb")] = Field(default_factory=list)
    attempts: int | None = None
    causes: Annotated[list[str], Column("jsonb")] = Field(default_factory=list)
    input_tokens: BigInt | None = None
    output_tokens: BigInt | None = None
    cache_read_tokens: BigInt | None = None
    cost_nano_usd: BigInt | None = None
    position: BigInt
    event_id: UUID


class AnalyticsResponseRow(TableRow):
    table: ClassVar = "analytics_responses"

    session_id: UUID
    version: int
    stage: GenesisStage
    kind: str
    position: BigInt
    event_id: UUID
    occurred_at: AwareDatetime
