"""Every table as a model: field names are column names; a test holds types, nullability and defaults to the schema.

The write side is here, in work_tables.py and in model_tables.py, what projections keep in read_tables.py and in
analytics_tables.py.
"""

from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import AwareDatetime, Field

from genesis_types import analytics_tables, model_tables, read_tables, work_tables
from genesis_types.columns import BigInt, Column, Generated, JsonObject, Now, TableRow, TransactionId
from genesis_types.enums import CommandStatus, OutboxStatus


class DomainEventRow(TableRow):
    table: ClassVar = "domain_events"

    id: Annotated[BigInt, Generated("identity")]
    event_id: UUID
    event_type: str
    event_version: int = 1
    aggregate_type: str
    aggregate_id: str
    aggregate_version: int
    payload: JsonObject
    payload_hash: str
    metadata: JsonObject = Field(default_factory=dict)
    correlation_id: UUID | None = None
    causation_id: UUID | None = None
    tx_id: Annotated[TransactionId, Generated("pg_current_xact_id()")]
    created_at: Now
    payload_salt: bytes | None = None
    chain: bytes


class ArchivedEventRow(DomainEventRow):
    """An event whose stream ended long ago. The table inherits from domain_events: what reads that reads this, too."""

    table: ClassVar = "domain_events_archive"

    id: BigInt


class ArchivedSessionRow(TableRow):
    """A session with events in the archive, and how many; brought_back_at: it stays in the log for a while."""

    table: ClassVar = "archived_sessions"

    session_id: UUID
    events: int
    archived_at: Now
    brought_back_at: AwareDatetime | None = None


class UserRow(TableRow):
    table: ClassVar = "users"

    id: UUID
    name: str
    role: str = "writer"
    password_hash: str | None = None
    created_at: Now
    updated_at: Now
    name_key: str
    disabled_at: AwareDatetime | None = None


class AccessTokenRow(TableRow):
    table: ClassVar = "access_tokens"

    id: UUID
    user_id: UUID
    kind: str
    token_hash: str
    label: str = ""
    expires_at: AwareDatetime
    used_at: AwareDatetime | None = None
    revoked_at: AwareDatetime | None = None
    created_at: Now
    scopes: Annotated[list[str], Column("text[]")] = Field(default_factory=lambda: ["read", "write"])
    last_seen_at: AwareDatetime | None = None


class CommandInboxRow(TableRow):
    table: ClassVar = "command_inbox"

    id: UUID
    session_id: UUID
    user_id: UUID | None = None
    command_type: str
    request_hash: str
    status: CommandStatus = CommandStatus.RECEIVED
    response: JsonObject = Field(default_factory=dict)
    correlation_id: UUID | None = None
    error_message: str | None = None
    deadline_at: AwareDatetime | None = None
    created_at: Now
    updated_at: Now


class EventOutboxRow(TableRow):
    table: ClassVar = "event_outbox"

    id: UUID
    position: BigInt
    topic: str
    partition_key: str
    payload: JsonObject
    headers: dict[str, str] = Field(default_factory=dict)
    status: OutboxStatus = OutboxStatus.PENDING
    retry_count: int = 0
    max_retries: int = 5
    last_error: str | None = None
    scheduled_at: Now
    sent_at: AwareDatetime | None = None
    sent_tx: TransactionId | None = None
    created_at: Now


class BusCheckpointRow(TableRow):
    table: ClassVar = "bus_checkpoints"

    consumer_group: str
    sent_tx: TransactionId = 0
    position: BigInt = 0
    updated_at: Now


class BusParkedRow(TableRow):
    """A message that a consumer could not take. `value` is cut at 64 KiB, `size` is what came, in bytes."""

    table: ClassVar = "bus_parked"

    id: UUID
    consumer_group: str
    source: str
    event_id: UUID | None = None
    code: str
    reason: str
    message_key: str | None = None
    headers: Annotated[list[tuple[str, str]], Column("jsonb")] = Field(default_factory=list)
    value: Annotated[bytes, Column("bytea")]
    size: BigInt
    looks: int = 1
    retry_at: AwareDatetime | None = None
    created_at: Now


class OutboxDiscardedRow(TableRow):
    """A dead message that somebody gave up."""

    table: ClassVar = "outbox_discarded"

    id: UUID
    position: BigInt
    event_type: str | None = None
    partition_key: str
    retry_count: int
    last_error: str | None = None
    why: str = ""
    created_at: Now


class OutboxTotalsRow(TableRow):
    """One row: what the relay has published since the first message, also of what retention has ended since."""

    table: ClassVar = "outbox_totals"

    the_only: bool = True
    published: BigInt = 0


class ProjectionCheckpointRow(TableRow):
    table: ClassVar = "projection_checkpoints"

    projection: str
    tx_id: TransactionId = 0
    position: BigInt = 0
    generation: int = 0
    updated_at: Now
    applied: BigInt = 0
    version: int
    moves: BigInt = 0
    built_at: AwareDatetime | None = None


class ProjectionParkedRow(TableRow):
    table: ClassVar = "projection_parked"

    projection: str
    aggregate_id: str
    position: BigInt
    tx_id: TransactionId
    error: str
    created_at: Now
    version: int
    newer: bool = False


class StreamHeadRow(TableRow):
    table: ClassVar = "stream_heads"

    projection: str
    version: int
    stream_id: UUID
    owner: UUID | None = None
    stream_version: int
    position: BigInt
    moved_no: BigInt
    moved_at: Now


class PresenceRow(TableRow):
    """A page that has a session open, where there is no Redis to keep it."""

    table: ClassVar = "presences"

    session_id: UUID
    member: str
    expires_at: AwareDatetime


class RateWindowRow(TableRow):
    """How often somebody did something, where there is no Redis to count it."""

    table: ClassVar = "rate_windows"

    key: str
    expires_at: AwareDatetime
    counted: int
    counted_before: int


class AnalyticsRoleRow(TableRow):
    """A login role of the database for other tools: whose rows it sees (None: everybody's), and whether with texts."""

    table: ClassVar = "analytics_roles"

    name: str
    account_id: UUID | None = None
    with_text: bool = False
    created_at: Now


_READ: tuple[type[TableRow], ...] = (
    read_tables.GenesisSessionRow,
    read_tables.GenesisStageRecordRow,
    read_tables.GenesisTimelineRow,
    read_tables.GenesisGenerationRow,
    read_tables.NovelRow,
    read_tables.ProjectRow,
    read_tables.ProjectEntryRow,
    read_tables.ProjectProposedChapterRow,
    read_tables.BookInitiationRow,
    read_tables.BookConceptRow,
    read_tables.ProjectJobRow,
    read_tables.ContinuityChapterRow,
    read_tables.ContinuityBlockRow,
    read_tables.ContinuityWaiverRow,
    read_tables.ChapterRow,
    read_tables.ChapterBlockRow,
    read_tables.ChapterSceneRow,
    read_tables.AccountCreditsRow,
    read_tables.AccountHistoryRow,
    read_tables.AccountReadsRow,
    analytics_tables.AnalyticsSessionRow,
    analytics_tables.AnalyticsStageRow,
    analytics_tables.AnalyticsTextRow,
    analytics_tables.AnalyticsGenerationRow,
    analytics_tables.AnalyticsResponseRow,
)
_MODULES = (__name__, work_tables.__name__, model_tables.__name__)
_WRITE: tuple[type[TableRow], ...] = (
    *(row for row in TableRow.__subclasses__() if row.__module__ in _MODULES),
    ArchivedEventRow,
)

TABLES: dict[str, type[TableRow]] = {row.table: row for row in (*_WRITE, *_READ)}
"""Table name -> model of its rows."""
