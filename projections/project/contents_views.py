"""What is answered about a book's contents beside the list of them: what is proposed, what is found, and the curve."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from genesis_types.enums import DraftStatus
from pydantic import Field

from domain.project.analysis.finding import FindingKind
from domain.project.plan import ChapterPlan
from projections.genesis.views import View

Number = Annotated[int, Field(description="As the book counts its chapters, from 1.")]


class ProposedChapter(View):
    number: Number
    part: Annotated[str, Field(description="The title of the part that it is to stand in; empty for none.")]
    title: str
    plan: ChapterPlan
    entry_id: Annotated[UUID | None, Field(description="What it became in the contents; null: not accepted yet.")]


class ProposedContents(View):
    """A range of chapters by a writer, until all of it is accepted or it is refused.

    `code`, `message`: why a failed one failed. `phase`, `percent`: of one that is being written.
    """

    id: UUID
    correlation_id: UUID
    status: DraftStatus
    from_chapter: Number
    to_chapter: Number
    instructions: str
    writer: Annotated[str | None, Field(description="Who was asked for; null: whoever usually writes.")]
    chapters: tuple[ProposedChapter, ...]
    model: str
    notes: tuple[str, ...]
    code: str
    message: str
    cost_usd: Annotated[float | None, Field(description="So far; null: nobody knows.")]
    requested_at: datetime
    deadline_at: datetime
    phase: str
    percent: float


class FindingChapter(View):
    id: UUID
    number: Number
    title: str


class ContentsFinding(View):
    """What code has found in the contents. Its id stays the same while what it is about is unchanged.

    `chapters`: the one that the change concerns comes first. `facts`: what the sentences name. `said` and `change`
    are in English; pages make their own sentences of `kind` and `facts`.
    """

    id: UUID
    kind: FindingKind
    chapters: tuple[FindingChapter, ...]
    facts: dict[str, str | int]
    said: str
    change: Annotated[str, Field(description="What would mend it.")]
    reason: Annotated[str | None, Field(description="Why it is meant so, of one that was waived; else null.")] = None


class CurvePoint(View):
    id: UUID
    number: Number
    title: str
    tension: Annotated[int, Field(description="1 to 10; 0: its plan does not say.")]


class Contents(View):
    """`version`: the project's, that all of this was read at."""

    project_id: UUID
    version: int
    proposed: ProposedContents | None
    findings: tuple[ContentsFinding, ...]
    waived: tuple[ContentsFinding, ...]
    curve: tuple[CurvePoint, ...]
