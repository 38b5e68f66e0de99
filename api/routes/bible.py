"""Downloads the story bible: what a session has confirmed, now or at any version, as a file for readers."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from api.audited_reading import PastOwner
from api.dependencies import SessionReading, limited
from api.errors import Problem, documented
from api.made_files import ANSWERS, FORMATS, made_file
from api.routes.genesis import session_exists
from api.routes.record import AtVersion, ReplayOf, moment_or_now
from infrastructure.exports.books.formats import BookFormat
from projections.genesis.bible.bible import NothingConfirmed, bible

router = APIRouter(tags=["exports"])


@router.get(
    "/genesis/{session_id}/bible",
    responses=ANSWERS
    | documented(
        "INVALID_REQUEST", "UNAUTHENTICATED", "NOT_FOUND", "NOTHING_CONFIRMED", "RATE_LIMITED", "RENDERING_FAILED"
    ),
    response_class=Response,
    dependencies=[Depends(limited("export"))],
)
async def download_bible(
    request: Request,
    session_id: UUID,
    owner: PastOwner,
    reading: SessionReading,
    replay: ReplayOf,
    *,
    format: Annotated[BookFormat, Query(description=FORMATS)] = BookFormat.EPUB,
    at_version: AtVersion = None,
) -> Response:
    """Everything that is confirmed (concept, story, people, world, plot) as one document; the same bytes each time.

    Refused (422, NOTHING_CONFIRMED) while nothing is. The file bears the time of the session's last event.
    """
    await session_exists(reading, session_id, owner)
    found = await replay.at(session_id, moment_or_now(at_version))
    try:
        return await made_file(
            request,
            lambda: bible(found.state, found.recorded_at),
            format,
            {"Genesis-Version": str(found.version)},
        )
    except NothingConfirmed as error:
        raise Problem("NOTHING_CONFIRMED", str(error)) from error
