"""Declares the writer of ideas, as a port: what it is given of a book that is not there yet, what it gives in steps."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, Protocol
from uuid import UUID

from pydantic import JsonValue

from application.writers import Attempt, Spent
from domain.genesis.asked import Asked, WriterChoice
from domain.project.ideas import ArgumentThesis, Brief, Idea, Landscape, NarrativeThesis
from domain.project.initiation import Initiation

Step = Literal["landscape", "thesis", "concepts"]
STEPS: tuple[Step, ...] = ("landscape", "thesis", "concepts")

Made = Landscape | NarrativeThesis | ArgumentThesis | tuple[Idea, ...]
"""What a step has made: a landscape, a thesis of the brief's kind, or ideas for books."""


@dataclass(frozen=True, slots=True)
class IdeaRequest:
    """Everything that a writer may know. What is recorded already is given, and only what is None is asked for."""

    correlation_id: UUID
    project_id: UUID
    user_id: UUID
    brief: Brief
    writer: WriterChoice | None = None
    landscape: Landscape | None = None
    thesis: NarrativeThesis | ArgumentThesis | None = None
    concepts: tuple[Idea, ...] | None = None

    @property
    def left(self) -> tuple[Step, ...]:
        """The steps that have not come, in order."""
        return tuple(step for step in STEPS if getattr(self, step) is None)


def idea_request(initiation: Initiation, project_id: UUID, user_id: UUID) -> IdeaRequest:
    """What is asked of a writer. Built from what is recorded, so a repeated run asks the same."""
    return IdeaRequest(
        correlation_id=initiation.correlation_id,
        project_id=project_id,
        user_id=user_id,
        brief=initiation.brief,
        writer=initiation.writer,
        landscape=initiation.landscape,
        thesis=initiation.thesis,
        concepts=initiation.concepts or None,
    )


@dataclass(frozen=True, slots=True)
class IdeaDraft:
    """A step as far as it is written, as JSON. `percent` 0 to 100 of all steps; `phase` a stable word."""

    step: Step
    content: JsonValue
    percent: float
    phase: str
    attempt: Attempt | None = None
    message: str = ""


@dataclass(frozen=True, slots=True)
class StepWritten:
    """A whole step, and what it cost by itself. `asked` and `texts` as in application.writers.Proposed."""

    step: Step
    made: Made
    spent: Spent | None = None
    asked: Asked | None = None
    texts: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def with_step(request: IdeaRequest, written: StepWritten) -> IdeaRequest:
    """The same request, with a step more that is known."""
    match written.made:
        case Landscape() as landscape:
            return replace(request, landscape=landscape)
        case NarrativeThesis() | ArgumentThesis() as thesis:
            return replace(request, thesis=thesis)
        case ideas:
            return replace(request, concepts=ideas)


@dataclass(frozen=True, slots=True)
class IdeasWritten:
    """The end: all steps have been given."""

    writer: str
    model: str
    prompt_version: str
    spent: Spent | None = None
    notes: tuple[str, ...] = ()


IdeaItems = AsyncIterator[IdeaDraft | StepWritten | IdeasWritten]


class IdeaWriter(Protocol):
    def write_ideas(self, request: IdeaRequest) -> IdeaItems:
        """Drafts as they grow, each step once it is whole, then exactly one IdeasWritten.

        Raises application.writers.WriterError. Cancelling the task stops it.
        """
