"""Server-sent events: one session's stream, and the stream of everything that is mine."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Query, Request
from sse_starlette import EventSourceResponse

from api.dependencies import AllReading, Granted, SessionReading
from api.errors import documented
from api.routes.frames import documented_frames, streamed
from api.routes.genesis import MinVersion, session_at, session_exists
from api.schemas.frames import LISTS, SESSION
from api.streaming.presence import Attending
from api.streaming.session_stream import SessionStream
from api.streaming.user_stream import UserStream

router = APIRouter(tags=["streams"])


async def known_event(
    last_event_id: Annotated[
        str | None, Query(description="For a first connection; later ones send the header.")
    ] = None,
    header: Annotated[str | None, Header(alias="Last-Event-ID")] = None,
) -> str | None:
    """The last event that the client has."""
    return header if header is not None else last_event_id


async def who_attends(
    request: Request,
    session_id: UUID,
    reading: SessionReading,
    client_id: Annotated[
        UUID | None,
        Query(description="The page's own id, the same when it connects again: others see it in `presence`."),
    ] = None,
) -> Attending | None:
    """The page that opens the stream. A program that does not say who it is sees nobody and is not seen."""
    if client_id is None:
        return None
    return Attending(reading.presence, session_id, (client_id,), request.headers.get("user-agent", ""))


LastEventId = Annotated[str | None, Depends(known_event)]
AttendingOf = Annotated[Attending | None, Depends(who_attends)]


@router.get(
    "/genesis/{session_id}/events/stream",
    responses=documented_frames(SESSION) | documented("INVALID_REQUEST", "UNAUTHENTICATED", "NOT_FOUND"),
    response_class=EventSourceResponse,
)
async def stream_session(
    session_id: UUID,
    grant: Granted,
    reading: SessionReading,
    last_event_id: LastEventId,
    min_version: MinVersion = 0,
    *,
    attending: AttendingOf,
) -> EventSourceResponse:
    """`timeline` (id: the version), `state`, `progress`, `draft`; `reset` when the last id is not of this session.

    A `state` is 200 KB at most: what does not fit is had by its id. A `draft` that is longer comes as `draft_piece`s.
    With a `client_id` also `presence`: who has the session open, this client included.
    """
    account, token_id = grant.account, grant.token_id
    await session_at(reading, session_id, account.id, min_version)
    await session_exists(reading, session_id, account.id)
    client = SessionStream(reading.streams, session_id, account.id, last_event_id, attending)
    during = attending.here() if attending else None
    return streamed(
        reading.streams.run(client.opening, client.parts, stream_ids=[session_id], token_id=token_id, during=during)
    )


@router.get(
    "/events/stream",
    responses=documented_frames(LISTS) | documented("UNAUTHENTICATED"),
    response_class=EventSourceResponse,
)
async def stream_mine(grant: Granted, reading: AllReading) -> EventSourceResponse:
    """`sessions` and `novels` first; then what moves: those, `progress`, `credits`, `project` and `chapter`."""
    user_id = grant.account.id
    client = UserStream(reading.streams, user_id)
    return streamed(reading.streams.run(client.opening, client.parts, owner=user_id, token_id=grant.token_id))
