"""What is answered about the continuity of a book: facts and findings with their sentences, and which are waived."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from domain.continuity.facts import FindingKind
from domain.continuity.reading import Kind
from projections.genesis.views import View


class Said(View):
    """A sentence, word for word. `block_id` null: it is of the chapter's plan."""

    chapter_id: UUID
    chapter_title: str
    block_id: UUID | None
    sentence: str


class Waiver(View):
    reason: str
    waived_at: datetime


class FindingView(View):
    """Two sentences that cannot both be so; `first` stands before `second` in the book."""

    id: UUID
    kind: FindingKind
    person: Annotated[str, Field(description="Whom it is about; empty: nobody.")]
    first_value: Annotated[str, Field(description="What the first sentence says, in a word or two; may be empty.")]
    second_value: str
    first: Said
    second: Said
    waived: Annotated[Waiver | None, Field(description="That it is meant so, and why; null: it is not waived.")]


class FactView(View):
    """`value`, `detail` by kind: a colour, an age, a place, a date as `MM`, `MM-DD` or `YYYY-MM-DD` and its weekday."""

    kind: Kind
    person: Annotated[str, Field(description="Empty: the world at large.")]
    value: str
    detail: str
    earlier: Annotated[bool, Field(description="It tells of an earlier time, or of a dream.")]
    said: Said


class Person(View):
    name: str
    sentences: Annotated[int, Field(description="How many name them.")]


class ContinuityView(View):
    """Of all text that is in the book; drafts that were not accepted are not. `findings` in the order of the book."""

    project_id: UUID
    project_title: str
    language: str
    open_findings: Annotated[int, Field(description="Those that are not waived.")]
    findings: tuple[FindingView, ...]
    people: tuple[Person, ...]
    facts: tuple[FactView, ...]
