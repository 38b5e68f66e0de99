"""Downloads the story bible: what a session has confirmed, now or at any version, as a file for readers."""

import json
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from api.audited_reading import PastOwner
from api.dependencies import SessionReading, limited
from api.errors import Problem, documented
from api.routes.genesis import session_exists
from api.routes.record import AtVersion, ReplayOf, moment_or_now
from infrastructure.exports.books.formats import MEDIA, BookFormat, content_disposition
from infrastructure.exports.books.pdf import MissingGlyph
from infrastructure.exports.books.programs import RenderFailed
from infrastructure.exports.books.renderer import Renderer, TooManyRenders
from projections.genesis.bible.bible import NothingConfirmed, bible

router = APIRouter(tags=["exports"])

MISSING = "Genesis-Missing-Glyphs"
_MOST_TOLD = 12
_LONGEST_PLACE = 60

_ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The whole file. With pdf, `Genesis-Missing-Glyphs` lists characters that no font had.",
        "content": {
            media.split(";")[0]: {"schema": {"type": "string", "format": "binary"}} for media in MEDIA.values()
        },
        "headers": {
            MISSING: {
                "description": "JSON: `characters` and the `places` (titles) where they stand, of the first few.",
                "schema": {"type": "string"},
            }
        },
    }
}


@router.get(
    "/genesis/{session_id}/bible",
    responses=_ANSWERS
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
    format: Annotated[BookFormat, Query(description="epub (3.3), pdf, docx, markdown, html.")] = BookFormat.EPUB,
    at_version: AtVersion = None,
) -> Response:
    """Everything that is confirmed (concept, story, people, world, plot) as one document; the same bytes each time.

    Refused (422, NOTHING_CONFIRMED) while nothing is. The file bears the time of the session's last event.
    """
    await session_exists(reading, session_id, owner)
    found = await replay.at(session_id, moment_or_now(at_version))
    renderer: Renderer = request.app.state.renderer
    try:
        made = await renderer.file(lambda: bible(found.state, found.recorded_at), format)
    except NothingConfirmed as error:
        raise Problem("NOTHING_CONFIRMED", str(error)) from error
    except TooManyRenders as error:
        raise Problem("RENDERING_BUSY", str(error), headers={"Retry-After": f"{error.retry_after:.0f}"}) from error
    except RenderFailed as error:
        raise Problem("RENDERING_FAILED", f"{error} {error.remedy}".strip(), headers={"Retry-After": "5"}) from error
    headers = {
        "Content-Disposition": content_disposition(made.name),
        "Cache-Control": "private, no-cache",
        "Genesis-Version": str(found.version),
    }
    if made.missing:
        headers[MISSING] = _told(made.missing)
    return Response(made.data, headers=headers, media_type=MEDIA[format])


def _told(missing: tuple[MissingGlyph, ...]) -> str:
    """As ASCII, so that it may stand in a header."""
    told = [
        {"characters": one.characters, "places": [place[:_LONGEST_PLACE] for place in one.places]}
        for one in missing[:_MOST_TOLD]
    ]
    return json.dumps(told)
