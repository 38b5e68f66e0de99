"""Decisions about a project that begins from a keyword: how its steps are asked for, come, fail, and are stopped."""

from datetime import datetime
from typing import TYPE_CHECKING, assert_never
from uuid import UUID, uuid5

from genesis_types.enums import InitiationStatus

from domain.aggregate import Command
from domain.project import rejections
from domain.project.ideas import Brief, Concept
from domain.project.initiation import Initiation
from domain.project.initiation_commands import (
    CancelInitiation,
    ChooseConcept,
    CompleteIdeation,
    FailInitiation,
    InitiateProject,
    InitiationBody,
    InitiationInternalBody,
    RecordConcepts,
    RecordLandscape,
    RecordThesis,
    ResumeInitiation,
)
from domain.project.initiation_events import (
    ConceptChosen,
    ConceptsRecorded,
    IdeationCompleted,
    InitiationCancelled,
    InitiationEvent,
    InitiationFailed,
    InitiationResumed,
    LandscapeRecorded,
    ProjectInitiated,
    ThesisRecorded,
)
from domain.rejections import WORK_NOT_ACTIVE, CommandActive, NotFound, Refused
from domain.work import told

if TYPE_CHECKING:
    from domain.project.project import Project

BUSY = "Something is being written for this book. Wait for it, or stop it first."
TOO_LATE = "The ideas took too long, so the work was ended. The steps that came are kept: go on from them."


def initiation_work(command_id: UUID) -> UUID:
    """The correlation id of the work that a command asks for: the job's id."""
    return uuid5(command_id, "initiation")


def initiated(
    command: Command, body: InitiateProject, project: "Project | None", now: datetime
) -> tuple[InitiationEvent, ...]:
    assert command.user_id is not None, "a project has an owner"
    if project is not None:
        raise Refused(rejections.PROJECT_EXISTS, "This project was created before.")
    brief = Brief(
        keyword=body.keyword,
        genre=body.genre.strip(),
        audience=body.audience.strip(),
        audience_level=body.audience_level,
        intent=body.intent,
        language=body.language,
    )
    return (
        ProjectInitiated(
            occurred_at=now,
            correlation_id=initiation_work(command.command_id),
            command_id=command.command_id,
            writer=body.writer,
            turn=1,
            deadline_at=now + command.limits.generation,
            user_id=command.user_id,
            title=body.keyword,
            brief=brief,
        ),
    )


def decide_initiation(
    command: Command, body: InitiationBody, project: "Project", now: datetime
) -> tuple[InitiationEvent, ...]:
    """What the author asks of an initiation. Raises Rejection."""
    initiation = project.initiation
    match body:
        case InitiateProject():
            return initiated(command, body, project, now)
        case ResumeInitiation():
            return (_resumed(command, body, project, now),)
        case CancelInitiation():
            if initiation is None or not _is_active(project, initiation.correlation_id):
                raise Refused(WORK_NOT_ACTIVE, "No ideas are being made for this book.")
            return (InitiationCancelled(occurred_at=now, correlation_id=initiation.correlation_id),)
        case ChooseConcept():
            return _chosen(body, initiation, now)
        case _:
            assert_never(body)


def record_initiation(body: InitiationInternalBody, project: "Project", now: datetime) -> tuple[InitiationEvent, ...]:
    """What a writer's work has brought; nothing when it was recorded before. Raises Rejection."""
    initiation = project.initiation
    if initiation is None or not _is_active(project, body.correlation_id):
        raise Refused(WORK_NOT_ACTIVE, "These ideas are not being made any more.")
    facts = told(body)
    match body:
        case RecordLandscape():
            if initiation.landscape is not None:
                return ()
            return (LandscapeRecorded(occurred_at=now, landscape=body.landscape, **facts),)
        case RecordThesis():
            if initiation.thesis is not None:
                return ()
            if initiation.landscape is None or body.thesis.kind != initiation.brief.intent:
                raise Refused(rejections.STEP_OUT_OF_PLACE, "This thesis does not belong here.")
            return (ThesisRecorded(occurred_at=now, thesis=body.thesis, **facts),)
        case RecordConcepts():
            if initiation.concepts:
                return ()
            if initiation.thesis is None:
                raise Refused(rejections.STEP_OUT_OF_PLACE, "Concepts come after the thesis.")
            return (ConceptsRecorded(occurred_at=now, concepts=_concepts(body), **facts),)
        case CompleteIdeation():
            if not initiation.concepts:
                raise Refused(rejections.STEP_OUT_OF_PLACE, "Not all steps have come.")
            return (IdeationCompleted(occurred_at=now, concepts=len(initiation.concepts), **facts),)
        case FailInitiation():
            return (InitiationFailed(occurred_at=now, **facts),)
        case _:
            assert_never(body)


def _resumed(command: Command, body: ResumeInitiation, project: "Project", now: datetime) -> InitiationResumed:
    initiation = project.initiation
    if project.work is not None:
        raise CommandActive(BUSY)
    if initiation is None or initiation.status is InitiationStatus.READY:
        raise Refused(rejections.NOTHING_TO_RESUME, "No ideas of this book have ended early.")
    return InitiationResumed(
        occurred_at=now,
        correlation_id=initiation_work(command.command_id),
        command_id=command.command_id,
        writer=body.writer,
        turn=project.turn + 1,
        deadline_at=now + command.limits.generation,
    )


def _chosen(body: ChooseConcept, initiation: Initiation | None, now: datetime) -> tuple[ConceptChosen, ...]:
    concept = initiation.concept(body.concept_id) if initiation is not None else None
    if initiation is None or concept is None:
        raise NotFound("concept of this book")
    if initiation.chosen == concept.concept_id:
        return ()
    return (
        ConceptChosen(
            occurred_at=now,
            concept_id=concept.concept_id,
            title=concept.title,
            logline=concept.logline,
            audience=concept.audience,
        ),
    )


def _concepts(body: RecordConcepts) -> tuple[Concept, ...]:
    """With ids that are derived from the work's. Raises Refused where two have one title."""
    if len({" ".join(one.title.split()).casefold() for one in body.concepts}) < len(body.concepts):
        raise Refused(rejections.SAME_CONCEPT, "Two of the concepts have one title.")
    return tuple(
        Concept(concept_id=uuid5(body.correlation_id, f"concept:{number}"), **one.model_dump())
        for number, one in enumerate(body.concepts, start=1)
    )


def _is_active(project: "Project", correlation_id: UUID) -> bool:
    """Whether this very initiation is the work that is under way."""
    return isinstance(project.work, ProjectInitiated | InitiationResumed) and (
        project.work.correlation_id == correlation_id
    )
