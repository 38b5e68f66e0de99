"""What the query and stream interfaces answer: one model per answer, with the field names of the HTTP contract."""

from datetime import datetime
from typing import Annotated, Generic, TypeVar
from uuid import UUID

from genesis_types.enums import (
    CommandType,
    GenesisMode,
    GenesisStage,
    GenesisStatus,
    Origin,
    StageStatus,
    TaskStatus,
)
from pydantic import BaseModel, ConfigDict, Field, JsonValue

from domain.genesis.proposals import NoteCode

Content = dict[str, JsonValue]


class View(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


AnyContent = TypeVar("AnyContent")


class ProposalFacts(View, Generic[AnyContent]):
    id: UUID
    version: int
    content: AnyContent
    origin: Origin
    revision_of: UUID | None
    adjustments: tuple[str, ...]
    created_at: datetime
    notes: Annotated[tuple[str, ...], Field(description="What was found in it and not mended.")] = ()
    note_codes: Annotated[
        tuple[NoteCode, ...],
        Field(description="The notes as codes, in their order, for readers of another language; empty: unknown."),
    ] = ()


class ProposalView(ProposalFacts[Content]):
    """One version of a stage's content. It never changes."""


class FeedbackView(View):
    id: UUID
    proposal_id: UUID
    text: str
    path: str | None
    created_at: datetime


class RoundView(View):
    """How the newest generation of a stage ended: `came` proposals of `wanted`; `notes` are about them all, and
    `note_codes` the same as codes.

    `missing`: JSON pointers to the parts of `proposal_id` that did not come, for which `rest` asks.
    """

    correlation_id: UUID
    wanted: int
    came: int
    notes: tuple[str, ...]
    missing: tuple[str, ...] = ()
    proposal_id: UUID | None = None
    note_codes: tuple[NoteCode, ...] = ()


class IncompleteView(View):
    """What a proposal lacks, as JSON pointers: `rest_of` asks for it, for `unchanged` first.

    `missing`: parts that did not come. `unchanged`: what its note was to change, and did not; a last segment of `-` is
    an item that was to be added.
    """

    proposal_id: UUID
    missing: tuple[str, ...]
    unchanged: tuple[str, ...]
    feedback_id: UUID | None


AnyProposal = TypeVar("AnyProposal", bound=View)


class StageFacts(View, Generic[AnyProposal]):
    stage: GenesisStage
    label: str
    label_zh: str
    status: StageStatus
    locked_paths: tuple[str, ...]
    shortlist: tuple[UUID, ...]
    confirmed_proposal_id: UUID | None
    proposals: tuple[AnyProposal, ...]
    feedback: tuple[FeedbackView, ...]
    last_round: RoundView | None = None
    incomplete: tuple[IncompleteView, ...] = ()


class StageView(StageFacts[ProposalView]):
    """What lies on the table of one stage. `shortlist` and `confirmed_proposal_id` point into `proposals`."""


class PendingView(View):
    """The generation that runs. `progress` in percent; `draft` is what is written so far, as of `draft_seq`."""

    command_type: CommandType
    correlation_id: UUID
    stage: GenesisStage
    since: datetime
    phase: str
    progress: float
    message: str
    draft: JsonValue
    draft_seq: int


class ActionView(View):
    """A command that could be offered; when it cannot be given now, `code` and a sentence say why."""

    command_type: CommandType
    stage: GenesisStage | None
    enabled: bool
    code: str | None
    reason: str | None


class WarningView(View):
    code: str
    message: str


AnyStage = TypeVar("AnyStage", bound=View)
AnyPending = TypeVar("AnyPending", bound=View)


class StateFacts(View, Generic[AnyPending, AnyContent, AnyStage]):
    session_id: UUID
    title: str
    mode: GenesisMode
    status: GenesisStatus
    seed: str
    genre: str
    audience: str
    language: str
    current_stage: GenesisStage
    is_pending: bool
    pending: AnyPending | None
    confirmed_data: dict[GenesisStage, AnyContent]
    stages: tuple[AnyStage, ...]
    available_actions: tuple[ActionView, ...]
    warnings: tuple[WarningView, ...]
    version: int
    started_at: datetime
    expires_at: datetime
    warns_at: Annotated[datetime | None, Field(exclude=True, description="When the next warning comes by itself.")]
    novel_id: UUID | None
    source_session_id: UUID | None
    source_version: int | None


class SessionState(StateFacts[PendingView, Content, StageView]):
    """GET state: everything. `title` is the one to show."""


class SessionItem(View):
    """One line of the list of sessions; `confirmed_stages` counts those that are settled.

    `source_…`: of a branch, where it comes from, by the title that the original has now; else null.
    `archived`: its events lie in the archive, and can be seen as before.
    """

    session_id: UUID
    title: str
    mode: GenesisMode
    status: GenesisStatus
    genre: str
    language: str
    current_stage: GenesisStage
    confirmed_stages: int
    is_pending: bool
    version: int
    started_at: datetime
    last_event_at: datetime
    expires_at: datetime
    novel_id: UUID | None
    source_session_id: UUID | None
    source_version: int | None
    source_title: str | None
    archived: bool


class SessionFamily(View):
    """The sessions that a session shares its history with: what it came from, and all that branched from any of these.

    Oldest first, the nearest of them where they are many; `more`: how many are left out.
    """

    items: tuple[SessionItem, ...]
    more: int


class TimelineEntry(View):
    """One event of the history: short facts only, the content lies in the stages."""

    version: int
    event_id: UUID
    event_type: str
    stage: GenesisStage | None
    correlation_id: UUID | None
    data: dict[str, JsonValue]
    occurred_at: datetime


class MissedChange(View):
    """An event that somebody's command did not know of; its place in the history is `version`."""

    version: int
    event_type: str
    stage: GenesisStage | None
    occurred_at: datetime


class TaskView(View):
    """A generation's outcome. `cost_usd` None means unknown, which is not zero."""

    correlation_id: UUID
    session_id: UUID
    status: TaskStatus
    stage: GenesisStage | None
    phase: str
    progress: float
    message: str
    error: WarningView | None
    cost_usd: float | None
    retry_count: int
    created_at: datetime
    started_at: datetime | None
    completed_at: datetime | None


class NovelItem(View):
    id: UUID
    session_id: UUID
    title: str
    language: str
    logline: str
    version: int
    finished_at: datetime


class Novel(View):
    """The book that a finished session became: the confirmed content of every stage."""

    id: UUID
    session_id: UUID
    title: str
    language: str
    content: dict[GenesisStage, Content]
    version: int
    finished_at: datetime


class DraftView(View):
    """Work in progress of one session, as the worker last stored it; `content` is the whole draft."""

    session_id: UUID
    user_id: UUID
    correlation_id: UUID
    status: TaskStatus
    seq: int
    phase: str
    percent: float
    message: str
    content: JsonValue


Item = TypeVar("Item", bound=View)


class Page(View, Generic[Item]):
    """Part of a list; `next_cursor` None says that nothing follows."""

    items: tuple[Item, ...]
    next_cursor: str | None


class SessionPage(Page[SessionItem]):
    pass


class TimelinePage(Page[TimelineEntry]):
    pass


class NovelPage(Page[NovelItem]):
    pass
