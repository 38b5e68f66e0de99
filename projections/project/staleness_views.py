"""What is answered about stale chapters: which, and what has changed of what they rest on."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from domain.chapter.sources import SourceKind
from projections.genesis.views import View


class RestingSentence(View):
    """A sentence of the stale chapter that says what the changed item said."""

    block_id: UUID
    sentence: str


class SourceChange(View):
    """An item that the chapter's writer was told, and what has become of it.

    `kind` with `ref`: a field of the book, the style or a plan, `characters/<id>/<field>` of the bible, a thread, or
    `kind/person/value/detail` of a fact. `old`, `new`: the first sentences that differ.
    """

    id: Annotated[UUID, Field(description="For ACKNOWLEDGE_CHANGES; a later change of the same item is another.")]
    kind: SourceKind
    ref: str
    chapter_id: Annotated[UUID | None, Field(description="Whose plan, summary, paragraph or fact it is.")]
    chapter_title: Annotated[str, Field(description="Empty: of no chapter, or of one that is in the contents no more.")]
    block_id: UUID | None
    old: str
    new: Annotated[str, Field(description="Empty: it is gone.")]
    resting: tuple[RestingSentence, ...]


class StaleChapter(View):
    """`number`: as the book counts its chapters, from 1."""

    id: UUID
    number: int
    title: str
    changes: tuple[SourceChange, ...]


class StaleBook(View):
    """The chapters that rest on something that has changed since they were written, in reading order.

    What was acknowledged is left out; `acknowledged` counts those changes that still differ.
    """

    project_id: UUID
    chapters: tuple[StaleChapter, ...]
    acknowledged: int
