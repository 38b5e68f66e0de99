"""What is answered about a project that begins from a keyword, and about the work that is done for it."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from genesis_types.enums import AudienceLevel, InitiationStatus, Intent, TaskStatus
from pydantic import Field, JsonValue

from domain.project.ideas import Landscape, Thesis
from projections.genesis.views import View


class ConceptView(View):
    """A book that could be written. CHOOSE_CONCEPT names its id."""

    id: UUID
    number: int
    title: str
    tagline: str
    logline: str
    audience: str
    angle: str
    chosen: bool


class StepSoFar(View):
    """The step that is being made, as far as it was last kept, item by item."""

    name: str
    content: JsonValue


class BookConcepts(View):
    """What came of a keyword. A step that has not come is null, or has no concepts.

    `code`, `message`: why a failed one failed. `phase`, `percent`, `so_far`: of one that is under way.
    """

    project_id: UUID
    version: int
    job_id: UUID
    status: InitiationStatus
    keyword: str
    genre: str
    audience: str
    audience_level: AudienceLevel
    intent: Intent
    language: str
    writer: Annotated[str | None, Field(description="Who was asked for; null: whoever usually writes.")]
    requested_at: datetime
    deadline_at: datetime
    landscape: Landscape | None
    thesis: Thesis | None
    concepts: tuple[ConceptView, ...]
    chosen: UUID | None
    notes: tuple[str, ...]
    model: str
    code: str
    message: str
    cost_usd: Annotated[float | None, Field(description="So far; null: nobody knows.")]
    phase: str
    percent: float
    so_far: StepSoFar | None


class Job(View):
    """Work that was asked of a project. `error`: why a failed one failed. `cost_usd` null: unknown, or nothing yet."""

    id: UUID
    project_id: UUID
    command_type: str
    status: TaskStatus
    phase: str
    progress: float
    error: Annotated[str | None, Field(description="The code of a failure.")]
    message: str
    cost_usd: float | None
    retry_count: int
    requested_at: datetime
    deadline_at: datetime
    ended_at: datetime | None
