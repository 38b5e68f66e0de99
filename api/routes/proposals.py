"""Reads what a compact state leaves out: the state itself, one proposal, one stage, and its lists in pages."""

from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar
from uuid import UUID

from fastapi import APIRouter, Header, Query, Request, Response
from genesis_types.enums import GenesisStage

from api.audited_reading import PromptsOwner, StateOwner, owner_read_as
from api.dependencies import Readers, SessionReading, SignedIn
from api.errors import Problem, documented
from api.routes.genesis import Cursor, Limit, MinVersion, of_session, session_at, shown
from projections.genesis.compact_views import CompactState, FeedbackPage, ProposalPage, StageDetail
from projections.genesis.requests import ProposalRequest, WorkRequest
from projections.genesis.views import ProposalView

router = APIRouter(tags=["sessions"])

T = TypeVar("T")
_FOUND = documented("INVALID_REQUEST", "UNAUTHENTICATED", "NOT_FOUND")
_KEPT = {
    # for ever, but for the one who was let in: another account in the same browser has another cookie
    "Cache-Control": "private, max-age=31536000, immutable",
    "Vary": "Cookie, Authorization",
}


async def _found(
    reading: Readers,
    asked: tuple[UUID, UUID],
    read: Callable[[], Awaitable[T | None]],
    *,
    min_version: int = 0,
    what: str = "session",
) -> T:
    """What `read` gives for (session, user), once at `min_version`. Raises Problem NOT_FOUND, ProjectionLagging."""
    await session_at(reading, *asked, min_version)
    found = await of_session(reading, *asked, read)
    if found is None:
        raise Problem.not_found(what)
    return found


@router.get("/genesis/{session_id}/state/compact", responses=_FOUND, response_model=CompactState)
async def get_compact_state(
    session_id: UUID, owner: StateOwner, reading: SessionReading, min_version: MinVersion = 0
) -> Response:
    """The state within 200 KB, as the stream's `state` frame has it: contents that do not fit are null."""
    asked = (session_id, owner)
    standing = await _found(reading, asked, lambda: reading.queries.contents.standing(*asked), min_version=min_version)
    return Response(standing.body, media_type="application/json")


@router.get(
    "/genesis/{session_id}/proposals/{proposal_id}",
    responses=_FOUND | {304: {"description": "You have it: a proposal never changes."}},
    response_model=ProposalView,
)
async def get_proposal(
    session_id: UUID,
    proposal_id: UUID,
    owner: StateOwner,
    reading: SessionReading,
    if_none_match: Annotated[str | None, Header()] = None,
) -> Response:
    """One proposal with its whole content. It never changes, so it may be kept."""
    asked = (session_id, owner)
    found = await _found(
        reading, asked, lambda: reading.queries.contents.proposal(*asked, proposal_id), what="proposal"
    )
    tag = f'"{proposal_id}"'
    known = if_none_match is not None and tag in if_none_match
    answer = Response(status_code=304) if known else shown(found)
    answer.headers.update(_KEPT | {"ETag": tag})
    return answer


@router.get("/genesis/{session_id}/proposals/{proposal_id}/request", responses=_FOUND, response_model=ProposalRequest)
async def get_proposal_request(
    request: Request,
    session_id: UUID,
    proposal_id: UUID,
    *,
    person: SignedIn,
    owner: PromptsOwner,
    reading: SessionReading,
) -> Response:
    """What was sent for a proposal: each request with its parts, parameters, tokens and what came of it.

    A branch has proposals of its source: of somebody else's for as long as whoever asks may read that.
    """
    requests, at, whose = reading.queries.requests, session_id, owner
    found = await of_session(reading, at, whose, lambda: requests.of(at, whose, proposal_id))
    while found is None and (source := await requests.beyond(at, whose)) is not None:
        if (next_owner := await owner_read_as(request, person, reading, source, "prompts")) is None:
            break
        at, whose = source, next_owner
        found = await requests.of(at, whose, proposal_id)
    return shown(found and found.model_copy(update={"session_id": session_id}), "request")


@router.get("/genesis/{session_id}/generations/{generation_id}/request", responses=_FOUND, response_model=WorkRequest)
async def get_generation_request(
    session_id: UUID, generation_id: UUID, owner: PromptsOwner, reading: SessionReading
) -> Response:
    """What was sent in a generation that has ended: in a search for contradictions, or in one that failed, as well.

    `generation_id`: the correlation id of its request.
    """
    asked = (session_id, owner)
    found = await _found(
        reading, asked, lambda: reading.queries.requests.of_generation(*asked, generation_id), what="request"
    )
    return shown(found)


@router.get("/genesis/{session_id}/stages/{stage}", responses=_FOUND, response_model=StageDetail)
async def get_stage(
    session_id: UUID, stage: GenesisStage, owner: StateOwner, reading: SessionReading, min_version: MinVersion = 0
) -> Response:
    """What is settled of one stage: all its locks, and the content that is confirmed."""
    asked = (session_id, owner)
    return shown(
        await _found(reading, asked, lambda: reading.queries.contents.stage(*asked, stage), min_version=min_version)
    )


@router.get("/genesis/{session_id}/stages/{stage}/proposals", responses=_FOUND, response_model=ProposalPage)
async def list_proposals(
    session_id: UUID,
    stage: GenesisStage,
    owner: StateOwner,
    reading: SessionReading,
    *,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Response:
    """The proposals of a stage, newest first; with their contents as far as 200 KB go."""
    asked, before = (session_id, owner), _place(cursor)
    page = await _found(reading, asked, lambda: reading.queries.contents.proposals(*asked, stage, before, limit=limit))
    # as in a state: what tells that a content was left out stands only where it was
    return Response(page.model_dump_json(exclude_defaults=True), media_type="application/json")


@router.get("/genesis/{session_id}/stages/{stage}/feedback", responses=_FOUND, response_model=FeedbackPage)
async def list_feedback(
    session_id: UUID,
    stage: GenesisStage,
    owner: StateOwner,
    reading: SessionReading,
    *,
    proposal_id: Annotated[UUID | None, Query(description="Only what was said about this one.")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Response:
    """What was said about the proposals of a stage, newest first."""
    asked, before = (session_id, owner), _place(cursor)
    page = await _found(
        reading,
        asked,
        lambda: reading.queries.contents.feedback(*asked, stage, before, limit=limit, proposal_id=proposal_id),
    )
    return shown(page)


def _place(cursor: str | None) -> int | None:
    if cursor is None:
        return None
    if not (cursor.isascii() and cursor.isdigit() and len(cursor) < 10):
        raise Problem.invalid("cursor", "This is not a cursor of this list.")
    return int(cursor)
