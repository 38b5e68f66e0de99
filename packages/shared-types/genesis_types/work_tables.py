"""The tables of work as models: tasks, the waits of their flows, and the runs that hold them."""

from decimal import Decimal
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import AwareDatetime, Field

from genesis_types.columns import BigInt, Column, JsonObject, Now, TableRow
from genesis_types.enums import HandleStatus, TaskStatus


class TaskTotalsRow(TableRow):
    """What the generations of one model came to, added up by the statements that change them."""

    table: ClassVar = "task_totals"

    model: str
    completed: BigInt = 0
    failed: BigInt = 0
    cancelled: BigInt = 0
    cost_usd: Annotated[Decimal, Column("numeric(18,6)")] = Decimal(0)
    input_tokens: BigInt = 0
    output_tokens: BigInt = 0


class AsyncTaskRow(TableRow):
    table: ClassVar = "async_tasks"

    id: UUID
    session_id: UUID
    user_id: UUID
    task_type: str
    triggered_by_command_id: UUID | None = None
    status: TaskStatus = TaskStatus.PENDING
    progress: Annotated[Decimal, Column("numeric(5,2)")] = Decimal(0)
    phase: str = ""
    message: str = ""
    draft: JsonObject | None = None
    draft_seq: int = 0
    input_data: JsonObject = Field(default_factory=dict)
    result_data: JsonObject | None = None
    error_data: JsonObject | None = None
    cost_usd: Annotated[Decimal, Column("numeric(12,6)")] | None = None
    lease_owner: str | None = None
    lease_expires_at: AwareDatetime | None = None
    retry_count: int = 0
    max_retries: int = 3
    started_at: AwareDatetime | None = None
    completed_at: AwareDatetime | None = None
    created_at: Now
    updated_at: Now
    model: str | None = None
    input_tokens: BigInt | None = None
    output_tokens: BigInt | None = None
    parts: JsonObject | None = None


class SentPartRow(TableRow):
    """The text of one part of what models were sent in a session, by its SHA-256 as hex digits."""

    table: ClassVar = "sent_parts"

    session_id: UUID
    hash: str
    text: str
    created_at: Now


class FlowResumeHandleRow(TableRow):
    table: ClassVar = "flow_resume_handles"

    id: UUID
    correlation_id: UUID
    session_id: UUID
    turn: int
    flow_run_id: UUID | None = None
    task_run_id: UUID | None = None
    attempt: int = 0
    status: HandleStatus = HandleStatus.PENDING_PAUSE
    resume_payload: JsonObject | None = None
    timeout_seconds: int | None = None
    context_data: JsonObject = Field(default_factory=dict)
    expires_at: AwareDatetime | None = None
    paused_at: AwareDatetime | None = None
    resumed_at: AwareDatetime | None = None
    created_at: Now
    updated_at: Now
    resuming_until: AwareDatetime | None = None
    noticed_at: AwareDatetime | None = None


class FlowRunLeaseRow(TableRow):
    """The flow run that is due (no owner) or at work for a session."""

    table: ClassVar = "flow_run_leases"

    session_id: UUID
    flow_run_id: UUID
    lease_owner: str | None = None
    lease_expires_at: Now
    failures: int = 0
    created_at: Now
    updated_at: Now
