"""Lists everybody's sessions for analysts, under pseudonyms unless names are asked for; says whose one is."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response

from api.audited_reading import Analyst, Names, StateOwner, audit_of, recorded
from api.dependencies import SessionReading, SignedIn, limited
from api.errors import Problem, documented
from api.routes.genesis import Cursor, Limit, session_exists, shown
from infrastructure.exports.downloads import Downloads
from infrastructure.exports.key import NoKey
from infrastructure.exports.redaction import Redactor
from projections.genesis.everyone import EverybodysSessions, Everyone, SessionAccess

router = APIRouter()


async def _everyone(request: Request) -> Everyone:
    found: Everyone = request.app.state.everyone
    return found


async def pseudonyms(request: Request) -> Redactor:
    """Pseudonyms as anonymised exports have them. Raises Problem UNAVAILABLE."""
    downloads: Downloads = request.app.state.downloads
    try:
        return Redactor(await downloads.key(), with_text=False, anonymise=True)
    except NoKey as error:
        raise Problem("UNAVAILABLE", "This installation has no key for pseudonyms: set GENESIS_EXPORT_KEY.") from error


@router.get(
    "/analytics/sessions",
    responses=documented("INVALID_REQUEST", "UNAUTHENTICATED", "ANALYST_ONLY", "RATE_LIMITED"),
    tags=["analytics"],
    response_model=EverybodysSessions,
    dependencies=[Depends(limited("look_back"))],
)
async def list_everybodys_sessions(
    request: Request,
    person: Analyst,
    _: SessionReading,
    everyone: Annotated[Everyone, Depends(_everyone)],
    redactor: Annotated[Redactor, Depends(pseudonyms)],
    *,
    names: Names = False,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Response:
    """Everybody's sessions, the last changed first, for analysts. Each can be read by its id, which is recorded.

    Without `names` nobody is named and no title shown. With them, everybody who is on the page sees that.
    """
    page, owners = await everyone.sessions(redactor.pseudonym, cursor, limit, names=names)
    if names:
        asked = f"{cursor}/{limit}"
        entry = audit_of(request).exported(
            person.id, owners, "session_list", named=True, with_text=True, selection=asked
        )
        await recorded(entry)
    return shown(page)


@router.get(
    "/genesis/{session_id}/access",
    responses=documented("INVALID_REQUEST", "UNAUTHENTICATED", "NOT_FOUND"),
    tags=["sessions"],
    response_model=SessionAccess,
)
async def get_session_access(
    request: Request, session_id: UUID, person: SignedIn, owner: StateOwner, reading: SessionReading
) -> Response:
    """Whether a session is one's own; the pseudonyms of somebody else's, which an analyst reads. That is recorded."""
    await session_exists(reading, session_id, owner)
    if owner == person.id:
        return shown(SessionAccess(session_id=session_id, own=True))
    pseudonym = (await pseudonyms(request)).pseudonym
    return shown(
        SessionAccess(
            session_id=session_id,
            own=False,
            owner_pseudonym=pseudonym(owner),
            session_pseudonym=pseudonym(session_id),
        )
    )
