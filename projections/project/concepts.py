"""The book_concepts projection: how far initiations are, the concepts that came, and what became of each job."""

from datetime import datetime
from pathlib import Path
from typing import cast, get_args
from uuid import UUID

from genesis_types.enums import TaskStatus

from domain.project.events import Event
from domain.project.initiation import Initiation, fold_initiation
from domain.project.initiation_events import ConceptsRecorded, InitiationEvent, ProjectInitiated
from domain.work import WorkCancelled, WorkCompleted, WorkFailed, WorkRequested
from projections.engine.projection import Key, Projection, Row, StoredEvent, Table


class InitiationRow(Row):
    """`initiation`: as in domain/project/initiation.py; its concepts are rows of their own."""

    project_id: UUID
    user_id: UUID
    initiation: Initiation
    version: int


class ConceptRow(Row):
    """`number` from 1, as they were proposed."""

    project_id: UUID
    concept_id: UUID
    number: int
    title: str
    tagline: str
    logline: str
    audience: str
    angle: str


class JobRow(Row):
    """A piece of work that was asked of a project. `code`, `message`: why a failed one failed."""

    job_id: UUID
    project_id: UUID
    command_type: str
    status: str
    code: str
    message: str
    requested_at: datetime
    deadline_at: datetime
    ended_at: datetime | None


def _initiation(stored: StoredEvent) -> tuple[Key, ...]:
    return ((stored.stream_id,),) if isinstance(stored.event, get_args(InitiationEvent)) else ()


def apply_initiation(row: InitiationRow | None, stored: StoredEvent, key: Key) -> InitiationRow | None:
    event = cast(Event, stored.event)
    after = fold_initiation(row.initiation if row is not None else None, event)
    if after is None:
        return None
    after = after.model_copy(update={"concepts": ()})
    if isinstance(event, ProjectInitiated):
        return InitiationRow(project_id=key[0], user_id=event.user_id, initiation=after, version=stored.version)
    assert row is not None, f"{type(event).__name__} cannot be the first event of an initiation"
    return row.model_copy(update={"initiation": after, "version": stored.version})


def _concepts(stored: StoredEvent) -> tuple[Key, ...]:
    if not isinstance(stored.event, ConceptsRecorded):
        return ()
    return tuple((stored.stream_id, concept.concept_id) for concept in stored.event.concepts)


def apply_concept(_row: ConceptRow | None, stored: StoredEvent, key: Key) -> ConceptRow:
    assert isinstance(stored.event, ConceptsRecorded), "nothing else touches concepts"
    number, concept = next(
        (number, one) for number, one in enumerate(stored.event.concepts, start=1) if one.concept_id == key[1]
    )
    return ConceptRow(project_id=key[0], number=number, **concept.model_dump())


def _job(stored: StoredEvent) -> tuple[Key, ...]:
    match stored.event:
        case WorkRequested() | WorkCompleted() | WorkFailed() | WorkCancelled() as event:
            return ((event.correlation_id,),)
        case _:
            return ()


def apply_job(row: JobRow | None, stored: StoredEvent, key: Key) -> JobRow | None:
    event = stored.event
    match event:
        case WorkRequested():
            return JobRow(
                job_id=key[0],
                project_id=stored.stream_id,
                command_type=event.command_type,
                status=TaskStatus.RUNNING,
                code="",
                message="",
                requested_at=event.occurred_at,
                deadline_at=event.deadline_at,
                ended_at=None,
            )
        case WorkCompleted():
            ended = {"status": TaskStatus.COMPLETED.value}
        case WorkFailed():
            ended = {"status": TaskStatus.FAILED.value, "code": event.code, "message": event.message}
        case _:
            ended = {"status": TaskStatus.CANCELLED.value}
    return row and row.model_copy(update={**ended, "ended_at": event.occurred_at})


BOOK_CONCEPTS = Projection(
    name="book_concepts",
    version=1,
    reads={"project": None},
    sql=Path(__file__).with_name("concepts.sql"),
    tables=(
        Table(
            name="book_initiations",
            row=InitiationRow,
            key=(("project_id", "uuid"),),
            stream="project_id",
            keys=_initiation,
            apply=apply_initiation,
        ),
        Table(
            name="book_concepts",
            row=ConceptRow,
            key=(("project_id", "uuid"), ("concept_id", "uuid")),
            stream="project_id",
            keys=_concepts,
            apply=apply_concept,
        ),
        Table(
            name="project_jobs",
            row=JobRow,
            key=(("job_id", "uuid"),),
            stream="project_id",
            keys=_job,
            apply=apply_job,
        ),
    ),
)
