"""How far an initiation is: what was asked, which steps have come, what it cost. Both sides fold it."""

from datetime import datetime
from uuid import UUID

from genesis_types.enums import InitiationStatus
from pydantic import BaseModel, ConfigDict

from domain.aggregate import DomainEvent
from domain.genesis.asked import WriterChoice
from domain.project.ideas import Brief, Concept, Landscape, Thesis
from domain.project.initiation_events import (
    ConceptChosen,
    ConceptsRecorded,
    IdeationCompleted,
    InitiationCancelled,
    InitiationFailed,
    InitiationResumed,
    LandscapeRecorded,
    ProjectInitiated,
    ThesisRecorded,
)
from domain.work import PieceRecorded, WorkCompleted, WorkFailed


class Initiation(BaseModel):
    """`correlation_id`: of the last request. None, no concepts: that step has not come.

    `model`: of a whole one. `code`, `message`: why a failed one failed. `cost_usd` None: unknown. `chosen`: a concept.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    correlation_id: UUID
    status: InitiationStatus
    brief: Brief
    writer: WriterChoice | None
    requested_at: datetime
    deadline_at: datetime
    landscape: Landscape | None = None
    thesis: Thesis | None = None
    concepts: tuple[Concept, ...] = ()
    chosen: UUID | None = None
    notes: tuple[str, ...] = ()
    model: str = ""
    code: str = ""
    message: str = ""
    cost_usd: float | None = 0.0

    def concept(self, concept_id: UUID) -> Concept | None:
        return next((one for one in self.concepts if one.concept_id == concept_id), None)


def fold_initiation(initiation: Initiation | None, event: DomainEvent) -> Initiation | None:
    """The initiation after `event`; None: the project did not begin from a keyword. It never refuses."""
    if isinstance(event, ProjectInitiated):
        return Initiation(
            correlation_id=event.correlation_id,
            status=InitiationStatus.WORKING,
            brief=event.brief,
            writer=event.writer,
            requested_at=event.occurred_at,
            deadline_at=event.deadline_at,
        )
    if initiation is None:
        return None
    match event:
        case InitiationResumed():
            again = {
                "correlation_id": event.correlation_id,
                "status": InitiationStatus.WORKING,
                "writer": event.writer,
                "requested_at": event.occurred_at,
                "deadline_at": event.deadline_at,
                "code": "",
                "message": "",
            }
            return initiation.model_copy(update=again)
        case LandscapeRecorded():
            return _changed(initiation, event, landscape=event.landscape)
        case ThesisRecorded():
            return _changed(initiation, event, thesis=event.thesis)
        case ConceptsRecorded():
            return _changed(initiation, event, concepts=event.concepts)
        case IdeationCompleted():
            return _changed(initiation, event, status=InitiationStatus.READY, model=event.model)
        case InitiationFailed():
            failed = {"status": InitiationStatus.FAILED, "code": event.code, "message": event.message}
            return _changed(initiation, event, **failed)
        case InitiationCancelled():
            return initiation.model_copy(update={"status": InitiationStatus.CANCELLED})
        case ConceptChosen():
            return initiation.model_copy(update={"chosen": event.concept_id})
        case _:
            return initiation


def _changed(before: Initiation, event: PieceRecorded | WorkCompleted | WorkFailed, **update: object) -> Initiation:
    """With what was used for it: nothing at all adds nothing, something of an unknown price makes all unknown."""
    cost = before.cost_usd
    if event.cost_usd is not None or event.usage:
        cost = None if cost is None or event.cost_usd is None else round(cost + event.cost_usd, 9)
    notes = event.notes if isinstance(event, PieceRecorded | WorkCompleted) else ()
    return before.model_copy(update=update | {"cost_usd": cost, "notes": (*before.notes, *notes)})
