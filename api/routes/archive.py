"""Says what of a session lies in the archive, and brings it back to the log, for its owner."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from pydantic import Field

from api.audited_reading import StateOwner
from api.dependencies import SessionReading, SignedIn, limited
from api.errors import Problem, documented
from api.routes.genesis import session_exists, shown
from infrastructure.event_store.archive import MoveRefused, StreamBusy, StreamDamaged
from infrastructure.work.archiving import SessionArchive
from projections.genesis.views import View

router = APIRouter(tags=["sessions"])

_MAY = ("INVALID_REQUEST", "UNAUTHENTICATED", "NOT_FOUND")


class ArchiveView(View):
    """All of it can be read as ever: archived events lie in another table than the log's newest."""

    session_id: UUID
    archived_events: Annotated[
        int, Field(description="Events that lie in the archive; 0: the session is not archived.")
    ]
    archived_at: datetime | None


class BroughtBack(ArchiveView):
    """What is left in the archive after one step. Ask again until `archived_events` is 0."""

    moved: Annotated[int, Field(description="Events that this step moved to the log.")]


async def _archive(request: Request) -> SessionArchive:
    found: SessionArchive = request.app.state.archive
    return found


ArchiveOf = Annotated[SessionArchive, Depends(_archive)]


@router.get("/genesis/{session_id}/archive", responses=documented(*_MAY), response_model=ArchiveView)
async def get_session_archive(
    session_id: UUID, owner: StateOwner, reading: SessionReading, archive: ArchiveOf
) -> Response:
    """How many events of a session that ended long ago lie in the archive, and since when."""
    await session_exists(reading, session_id, owner)
    events, at = await archive.of(session_id)
    return shown(ArchiveView(session_id=session_id, archived_events=events, archived_at=at))


@router.post(
    "/genesis/{session_id}/archive/bring-back",
    responses=documented(*_MAY, "RATE_LIMITED", "LOG_DAMAGED"),
    response_model=BroughtBack,
    dependencies=[Depends(limited("look_back"))],
)
async def bring_session_back(
    session_id: UUID, person: SignedIn, reading: SessionReading, archive: ArchiveOf
) -> Response:
    """Move events of my session from the archive back to the log, 2,000 or so in a step, each step proved.

    It stays in the log for as long as the setting says. What is not archived is left as it is.
    """
    await session_exists(reading, session_id, person.id)
    try:
        moved = await archive.bring_back(session_id)
    except (StreamBusy, MoveRefused) as error:
        raise Problem(
            "UNAVAILABLE",
            "The events of this session are being moved just now. Ask again.",
            headers={"Retry-After": "1"},
        ) from error
    except StreamDamaged as error:
        raise Problem("LOG_DAMAGED", f"{error} Nothing was moved. A backup from before may have it.") from error
    events, at = await archive.of(session_id)
    return shown(BroughtBack(session_id=session_id, archived_events=events, archived_at=at, moved=moved))
