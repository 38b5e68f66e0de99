"""Server-sent events: one session's stream, and the stream of everything that is mine."""

from collections.abc import AsyncIterator
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Query, Request
from pydantic import BaseModel
from sse_starlette import EventSourceResponse

from api.dependencies import AllReading, Granted, SessionReading
from api.errors import documented
from api.routes.genesis import MinVersion, session_at, session_exists
from api.schemas.responses import DraftFrame, DraftPieceFrame, PresenceFrame, ProgressFrame, ResetFrame
from api.streaming.hub import UserStream
from api.streaming.presence import Attending
from api.streaming.session_stream import SessionStream
from projections.genesis.compact_views import CompactState
from projections.genesis.views import NovelPage, SessionItem, SessionPage, TimelineEntry

PING_SECONDS = 15
SEND_SECONDS = 20
"""A client that takes nothing for so long is cut off; it resumes."""

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
    return Attending(reading.presence, session_id, client_id, request.headers.get("user-agent", ""))


LastEventId = Annotated[str | None, Depends(known_event)]
AttendingOf = Annotated[Attending | None, Depends(who_attends)]


def _frames(**data: type[BaseModel]) -> dict[int | str, dict[str, Any]]:
    """Each event's name and its data, as the interface's document says it: one schema for each frame of a stream."""
    kinds = [
        {
            "type": "object",
            "required": ["event", "data"],
            "properties": {
                "event": {"const": event},
                "id": {"type": "string", "description": "Of `timeline` only: the session's version."},
                "data": {
                    "type": "string",
                    "contentMediaType": "application/json",
                    "contentSchema": {"$ref": f"#/components/schemas/{model.__name__}"},
                },
            },
        }
        for event, model in data.items()
    ]
    content = {"text/event-stream": {"schema": {"oneOf": kinds}}}
    return {200: {"description": "Frames as they come.", "content": content}}


SESSION_FRAMES = _frames(
    reset=ResetFrame,
    timeline=TimelineEntry,
    state=CompactState,
    progress=ProgressFrame,
    draft=DraftFrame,
    draft_piece=DraftPieceFrame,
    presence=PresenceFrame,
)
MY_FRAMES = _frames(sessions=SessionPage, session=SessionItem, novels=NovelPage, progress=ProgressFrame)


def _streamed(frames: AsyncIterator[bytes]) -> EventSourceResponse:
    return EventSourceResponse(frames, ping=PING_SECONDS, send_timeout=SEND_SECONDS, sep="\n", cleanup_timeout=2)


@router.get(
    "/genesis/{session_id}/events/stream",
    responses=SESSION_FRAMES | documented("INVALID_REQUEST", "UNAUTHENTICATED", "NOT_FOUND"),
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
    return _streamed(
        reading.streams.run(client.opening, client.parts, stream_id=session_id, token_id=token_id, during=during)
    )


@router.get(
    "/events/stream",
    responses=MY_FRAMES | documented("UNAUTHENTICATED"),
    response_class=EventSourceResponse,
)
async def stream_mine(grant: Granted, reading: AllReading) -> EventSourceResponse:
    """`sessions` and `novels` first; then `session`, `novels` and `progress` as they move."""
    user_id = grant.account.id
    client = UserStream(reading.streams, user_id)
    return _streamed(reading.streams.run(client.opening, client.parts, owner=user_id, token_id=grant.token_id))
