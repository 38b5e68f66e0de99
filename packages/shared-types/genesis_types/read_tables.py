"""The read tables as models: what projections keep, and what can be rebuilt from the log at any time."""

from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import AwareDatetime, Field

from genesis_types.columns import BigInt, Column, JsonObject, Now, TableRow
from genesis_types.enums import GenesisStage, GenesisStatus


class GenesisSessionRow(TableRow):
    table: ClassVar = "genesis_sessions"

    id: UUID
    user_id: UUID
    novel_id: UUID | None = None
    mode: str
    status: GenesisStatus = GenesisStatus.IN_PROGRESS
    current_stage: GenesisStage = GenesisStage.CONCEPT_SELECTION
    title: str = ""
    seed: str = ""
    genre: str = ""
    audience: str = ""
    language: str = "en"
    is_pending: bool = False
    pending: JsonObject | None = None
    last_failure: JsonObject | None = None
    confirmed_data: JsonObject = Field(default_factory=dict)
    version: int = 0
    turn: int = 0
    source_session_id: UUID | None = None
    source_version: int | None = None
    started_at: AwareDatetime
    last_event_at: AwareDatetime
    expires_at: AwareDatetime
    created_at: Now
    updated_at: Now


class GenesisStageRecordRow(TableRow):
    table: ClassVar = "genesis_stage_records"

    session_id: UUID
    stage: GenesisStage
    status: str = "empty"
    record: JsonObject
    updated_at: Now


class GenesisGenerationRow(TableRow):
    """A generation that has ended: what was asked for it, and what it cost."""

    table: ClassVar = "genesis_generations"

    session_id: UUID
    correlation_id: UUID
    stage: GenesisStage
    proposal_ids: Annotated[list[UUID], Column("jsonb")]
    writer: str
    model: str
    prompt_version: str
    usage: JsonObject
    cost_usd: Annotated[float, Column("double precision")] | None = None
    price_source: str | None = None
    failure: str | None = None
    notes: Annotated[list[str], Column("jsonb")]
    asked: JsonObject | None = None
    ended_at: AwareDatetime


class GenesisTimelineRow(TableRow):
    table: ClassVar = "genesis_timeline"

    session_id: UUID
    version: int
    event_id: UUID
    event_type: str
    stage: GenesisStage | None = None
    correlation_id: UUID | None = None
    data: JsonObject = Field(default_factory=dict)
    occurred_at: AwareDatetime


class NovelRow(TableRow):
    table: ClassVar = "novels"

    id: UUID
    user_id: UUID
    session_id: UUID
    title: str
    language: str = "en"
    content: JsonObject = Field(default_factory=dict)
    version: int
    finished_at: AwareDatetime
    created_at: Now
    updated_at: Now


class ProjectRow(TableRow):
    """`outline`: the order of the contents, and what was removed, as domain/project/outline.py has it; `proposed` as
    proposed.py there, `matter` as matter.py; `waived`: reasons of findings about the contents, by their ids."""

    table: ClassVar = "projects"

    id: UUID
    user_id: UUID
    title: str
    logline: str
    language: str
    genre: str
    audience: str
    initiation: str | None = None
    session_id: UUID | None = None
    novel_id: UUID | None = None
    outline: JsonObject
    matter: JsonObject
    proposed: JsonObject | None = None
    waived: JsonObject
    version: int
    started_at: AwareDatetime
    last_event_at: AwareDatetime
    updated_at: Now


class ProjectEntryRow(TableRow):
    """A part, a chapter or a section of a project's contents."""

    table: ClassVar = "project_entries"

    project_id: UUID
    entry_id: UUID
    kind: str
    title: str
    plan: JsonObject
    planned: bool


class ProjectProposedChapterRow(TableRow):
    """A chapter of proposed contents, whatever became of them; `entry_id` once it is in the contents."""

    table: ClassVar = "project_proposed_chapters"

    project_id: UUID
    contents_id: UUID
    number: int
    part: str
    title: str
    plan: JsonObject
    entry_id: UUID | None = None


class BookInitiationRow(TableRow):
    """How far a project is that begins from a keyword, as domain/project/initiation.py has it, without concepts."""

    table: ClassVar = "book_initiations"

    project_id: UUID
    user_id: UUID
    initiation: JsonObject
    version: int
    updated_at: Now


class BookConceptRow(TableRow):
    """A concept that was proposed for a project; `number` from 1."""

    table: ClassVar = "book_concepts"

    project_id: UUID
    concept_id: UUID
    number: int
    title: str
    tagline: str
    logline: str
    audience: str
    angle: str


class ProjectJobRow(TableRow):
    """A piece of work that was asked of a project, and what became of it."""

    table: ClassVar = "project_jobs"

    job_id: UUID
    project_id: UUID
    command_type: str
    status: str
    code: str
    message: str
    requested_at: AwareDatetime
    deadline_at: AwareDatetime
    ended_at: AwareDatetime | None = None


class ContinuityChapterRow(TableRow):
    """An opened chapter whose text is read for contradictions."""

    table: ClassVar = "continuity_chapters"

    chapter_id: UUID
    project_id: UUID
    user_id: UUID
    block_order: JsonObject
    version: int


class ContinuityBlockRow(TableRow):
    """What a paragraph states, as domain/continuity/reading.py has it."""

    table: ClassVar = "continuity_blocks"

    chapter_id: UUID
    block_id: UUID
    reading: JsonObject
    version: int


class ContinuityWaiverRow(TableRow):
    """A finding of the check that is meant."""

    table: ClassVar = "continuity_waivers"

    project_id: UUID
    finding_id: UUID
    reason: str
    waived_at: AwareDatetime


class ChapterRow(TableRow):
    """`block_order`: the ids of its blocks, as domain/chapter/order.py has them; `draft`: see draft.py there."""

    table: ClassVar = "chapters"

    chapter_id: UUID
    project_id: UUID
    user_id: UUID
    status: str
    words: int
    block_order: JsonObject
    summary: str
    draft: JsonObject | None = None
    version: int
    opened_at: AwareDatetime
    last_event_at: AwareDatetime
    updated_at: Now


class ChapterBlockRow(TableRow):
    table: ClassVar = "chapter_blocks"

    chapter_id: UUID
    block_id: UUID
    text: str
    words: int
    version: int


class ChapterSceneRow(TableRow):
    """A scene of a chapter's draft, whatever became of the draft."""

    table: ClassVar = "chapter_scenes"

    chapter_id: UUID
    draft_id: UUID
    number: int
    aim: str
    paragraphs: Annotated[list[str], Column("jsonb")]
    words: int
    accepted: bool


class AccountCreditsRow(TableRow):
    """`ledger`: what is left and what is held of each grant, as domain/account/ledger.py has it."""

    table: ClassVar = "account_credits"

    account_id: UUID
    user_id: UUID
    ledger: JsonObject
    version: int
    period_began: int = 0
    next_deadline_at: AwareDatetime | None = None
    next_expiry_at: AwareDatetime | None = None
    last_event_at: AwareDatetime
    updated_at: Now


class AccountReadsRow(TableRow):
    """What somebody read of an owner's: a part of a session, or records that were taken out."""

    table: ClassVar = "account_reads"

    audit_id: UUID
    version: int
    user_id: UUID
    reader_id: UUID
    kind: str
    session_id: UUID | None = None
    part: str | None = None
    at_version: int | None = None
    holds: str | None = None
    named: bool
    with_text: bool
    occurred_at: AwareDatetime


class AccountHistoryRow(TableRow):
    """Amounts in millionths of a credit."""

    table: ClassVar = "account_history"

    account_id: UUID
    version: int
    event_id: UUID
    event_type: str
    amount: BigInt
    used: BigInt | None = None
    grant_id: UUID | None = None
    reservation_id: UUID | None = None
    subject_id: UUID | None = None
    reason: str = ""
    expires_at: AwareDatetime | None = None
    occurred_at: AwareDatetime
