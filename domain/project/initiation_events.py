"""The facts of a project that begins from a keyword: asked for, recorded step by step, ended, a concept chosen."""

from typing import ClassVar
from uuid import UUID

from genesis_types.enums import ProjectCommandType

from domain.aggregate import DomainEvent
from domain.project.ideas import Brief, Concept, Landscape, Thesis
from domain.work import PieceRecorded, WorkCancelled, WorkCompleted, WorkFailed, WorkRequested


class ProjectInitiated(WorkRequested):
    """Begins a project's stream, and work for a writer. `title`: what it is called until a concept is chosen."""

    command_type: ClassVar = ProjectCommandType.INITIATE_PROJECT

    user_id: UUID
    title: str
    brief: Brief


class InitiationResumed(WorkRequested):
    """The author asks for the steps that a failed or stopped initiation still lacks; those that came stay."""

    command_type: ClassVar = ProjectCommandType.RESUME_INITIATION


class LandscapeRecorded(PieceRecorded):
    landscape: Landscape


class ThesisRecorded(PieceRecorded):
    thesis: Thesis


class ConceptsRecorded(PieceRecorded):
    concepts: tuple[Concept, ...]


class IdeationCompleted(WorkCompleted):
    """All steps have come: a concept can be chosen."""

    concepts: int


class InitiationFailed(WorkFailed):
    """Steps that came stay: they can be gone on from."""


class InitiationCancelled(WorkCancelled):
    """The author has stopped it. Steps that came stay."""


class ConceptChosen(DomainEvent):
    """The project is called and told by this concept from now on."""

    concept_id: UUID
    title: str
    logline: str
    audience: str


InitiationEvent = (
    ProjectInitiated
    | InitiationResumed
    | LandscapeRecorded
    | ThesisRecorded
    | ConceptsRecorded
    | IdeationCompleted
    | InitiationFailed
    | InitiationCancelled
    | ConceptChosen
)
