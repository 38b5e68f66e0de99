"""What is answered beside the read side's own views: commands' answers, who is signed in, health, and stream frames."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from genesis_types.enums import CommandStatus
from pydantic import AfterValidator, BaseModel, Field, JsonValue

from projections.genesis.views import View


class CommandResult(BaseModel):
    """`session_id` of a new session, `novel_id` of a finished one."""

    session_id: UUID | None = None
    novel_id: UUID | None = None


class CommandAnswer(BaseModel):
    """The same every time it is asked. `correlation_id` names the generation that has begun, if one has."""

    command_id: UUID
    session_id: UUID
    status: Annotated[CommandStatus, Field(description="COMPLETED: done. PROCESSING: work has begun.")]
    version: Annotated[int, Field(description="The session's version after it; good as min_version.")]
    correlation_id: UUID | None
    result: CommandResult


class ProjectResult(BaseModel):
    """`project_id` of a new project, `entry_id` of a new entry, `contents_id` of contents that are to be written."""

    project_id: UUID | None = None
    entry_id: UUID | None = None
    contents_id: UUID | None = None


class ProjectAnswer(BaseModel):
    """The same every time it is asked. `correlation_id` names the work that has begun, if some has."""

    command_id: UUID
    project_id: UUID
    status: CommandStatus
    version: Annotated[int, Field(description="The project's version after it; good as min_version.")]
    result: ProjectResult
    correlation_id: Annotated[UUID | None, Field(description="The work that has begun, if some has.")] = None


class ContentsJob(BaseModel):
    """Contents that are to be written. `job_id`: of the work; `contents_id`: of what it proposes."""

    job_id: UUID
    contents_id: UUID
    project_id: UUID
    version: Annotated[int, Field(description="The project's version after it; good as min_version.")]


class InitiationAnswer(BaseModel):
    """The same every time it is asked. `job_id` null: made from a finished session, so nothing is to be waited for."""

    project_id: UUID
    job_id: Annotated[UUID | None, Field(description="GET /tasks/{id} tells how far it is.")]
    status: CommandStatus
    version: Annotated[int, Field(description="The project's version after it; good as min_version.")]


class ChapterResult(BaseModel):
    """`words`: of the whole chapter, after something that changed its text. `draft_id`: of a draft that has begun."""

    words: int | None = None
    draft_id: UUID | None = None


class ChapterAnswer(BaseModel):
    """The same every time it is asked. `correlation_id` names the work that has begun, if some has."""

    command_id: UUID
    chapter_id: UUID
    status: CommandStatus
    version: Annotated[
        int, Field(description="The chapter's version after it, and that of each block that the command changed.")
    ]
    result: ChapterResult
    correlation_id: UUID | None = None


class Me(BaseModel):
    id: UUID
    name: str
    role: Literal["owner", "writer", "analyst"]
    has_password: bool


class AccessItem(BaseModel):
    """A browser that is signed in, or a program's token. `current`: the one that asks."""

    id: UUID
    kind: Literal["session", "bearer"]
    label: str
    scopes: list[str]
    created_at: datetime
    last_seen_at: datetime | None
    expires_at: datetime
    current: bool


class AccessList(BaseModel):
    items: list[AccessItem]
    next_cursor: None = None


class NewToken(BaseModel):
    """`token` is shown this once: only its hash is kept."""

    id: UUID
    token: str
    label: str
    scopes: list[str]
    expires_at: datetime


class Check(BaseModel):
    name: str
    ok: bool
    detail: str


class Readiness(BaseModel):
    """`degraded`: it works, slower or later than usual, and `checks` say why."""

    status: Literal["ready", "degraded", "unavailable"]
    checks: list[Check]


class Alive(BaseModel):
    status: Literal["alive"] = "alive"


class ResetFrame(BaseModel):
    """Forget what was streamed before: the whole history and the state follow."""

    reason: Literal["invalid", "ahead"]


class GoneFrame(BaseModel):
    """There is no such session of yours, or no longer. No more of it comes on this connection."""

    reason: Literal["not_found"]


class ReadyFrame(BaseModel):
    """All that was asked for has been opened: a connection that was kept open until then can be closed."""


class CreditsFrame(BaseModel):
    """My credits have moved, to this version of my account: they can be read again."""

    version: int


class ProjectFrame(BaseModel):
    """A project of mine or its contents have moved, to this version: they can be read again."""

    project_id: UUID
    version: int


class ConceptsFrame(BaseModel):
    """What came of a keyword, or a project of mine, has moved, to this version: its concepts can be read again."""

    project_id: UUID
    version: int


class ChapterFrame(BaseModel):
    """A chapter of mine has moved, to this version: it can be read again."""

    chapter_id: UUID
    version: int


Sentence = Annotated[str, AfterValidator(lambda text: text if len(text) <= 1_000 else text[:999] + "…")]


class ChapterDraftFrame(BaseModel):
    """The scene of a chapter's draft that is being written, so far. `seq` rises; the highest replaces all before it."""

    chapter_id: UUID
    correlation_id: UUID
    seq: int
    percent: float
    phase: Sentence
    number: int
    of: int
    aim: str
    paragraphs: tuple[str, ...]


class IdeasDraftFrame(BaseModel):
    """The step that is being made for a project, item by item. `seq` rises; the highest replaces all before it."""

    project_id: UUID
    correlation_id: UUID
    seq: int
    percent: float
    phase: Sentence
    name: Literal["landscape", "thesis", "concepts"]
    content: JsonValue


class PresentClient(BaseModel):
    """One open page, by the id that it gave itself; `label` is its kind of browser."""

    client_id: UUID
    label: str
    since: datetime
    you: bool


class PresenceFrame(BaseModel):
    """Who has the session open now, the first to come first: 50 at most, `you` always among them."""

    clients: tuple[PresentClient, ...]


class ProgressFrame(BaseModel):
    session_id: UUID
    correlation_id: UUID
    phase: Sentence
    percent: float
    message: Sentence


class DraftFrame(BaseModel):
    """What is written so far. `offset` 0: all of it; otherwise `content` goes on from there."""

    session_id: UUID
    correlation_id: UUID
    seq: int
    offset: int
    content: JsonValue


class DraftPieceFrame(BaseModel):
    """A piece of a draft that is too long for one frame: `content` is a part of the JSON that `draft` would have.

    Pieces come in their order, `piece` from 0 to `pieces` - 1; those of a higher `seq` take the place of all before.
    """

    session_id: UUID
    correlation_id: UUID
    seq: int
    offset: int
    piece: int
    pieces: int
    content: str


class Estimate(View):
    """The most that a generation can cost, in the smallest unit of an account. `enabled`: whether credits are on.

    `charged`: what this session's generations were charged so far; `charged_last`: the last of them, if there was one.
    `tokens` of the prompt and `context` of the model are estimates, null where no model is asked. `left_out`: what of
    the material it would be told in short (`proposals`, `notes`, `confirmed`); `fits`: whether it can read the rest.
    `fewer_helps`: whether `fewer_details` would make the request smaller; null where no model is asked.
    `parts`: in how many requests it comes at most when all goes well; what fails costs two more in all.
    `seconds`: how long it may take at most, all of them together; null where no model is asked.
    """

    enabled: bool
    amount: int
    available: int
    charged: int
    charged_last: int | None
    tokens: int | None = None
    context: int | None = None
    left_out: tuple[str, ...] = ()
    fits: bool = True
    fewer_helps: bool | None = None
    parts: int = 1
    seconds: int | None = None


class Backups(View):
    """`automatic`: whether this installation makes them by itself, one a day. `failure`: why the last try made none."""

    automatic: bool
    folder: str
    count: int
    newest_at: datetime | None
    newest_bytes: int | None
    failure: str | None
