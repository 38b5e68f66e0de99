"""A generation as a task: how a program learns what became of it."""

from uuid import UUID

from fastapi import APIRouter, Response

from api.audited_reading import StateOwner
from api.dependencies import SessionReading
from api.errors import documented
from api.routes.genesis import of_session, shown
from projections.genesis.views import TaskView

router = APIRouter(tags=["sessions"])


@router.get(
    "/genesis/{session_id}/tasks/{correlation_id}",
    responses=documented("INVALID_REQUEST", "UNAUTHENTICATED", "NOT_FOUND"),
    response_model=TaskView,
)
async def get_task(session_id: UUID, correlation_id: UUID, owner: StateOwner, reading: SessionReading) -> Response:
    """Status, progress, error and cost of one generation."""
    task = await of_session(reading, session_id, owner, lambda: reading.queries.task(session_id, owner, correlation_id))
    return shown(task, "task")
