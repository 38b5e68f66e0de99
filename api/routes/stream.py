"""Server-sent events: one session's stream, and the stream of everything that is mine."""

from collections.abc import AsyncIterator
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Query
from sse_starlette import EventSourceResponse

from api.answers import MyStreamFrames, SessionStreamFrames
from api.dependencies import Reading, SignedIn
from api.errors import Problem, documented
from api.routes.genesis import MinVersion
from api.session_stream import SessionStream
from api.streams import UserStream
from projections.waiting import wait_for_version

PING_SECONDS = 15
SEND_SECONDS = 20
"""A client that takes nothing for so long is cut off; it resumes."""

router = APIRouter(tags=["streams"])


def known_event(
    last_event_id: Annotated[
        str | None, Query(description="For a first connection; later ones send the header.")
    ] = None,
    header: Annotated[str | None, Header(alias="Last-Event-ID")] = None,
) -> str | None:
    """The last event that the client has."""
    return header if header is not None else last_event_id


LastEventId = Annotated[str | None, Depends(known_event)]


def _frames(model: type[object]) -> dict[int | str, dict[str, Any]]:
    schema = {"type": "string", "x-frames": {"$ref": f"#/components/schemas/{model.__name__}"}}
    return {200: {"description": "Frames as they come.", "content": {"text/event-stream": {"schema": schema}}}}


def _streamed(frames: AsyncIterator[bytes]) -> EventSourceResponse:
    return EventSourceResponse(frames, ping=PING_SECONDS, send_timeout=SEND_SECONDS, sep="\n", cleanup_timeout=2)


@router.get(
    "/genesis/{session_id}/events/stream",
    responses=_frames(SessionStreamFrames) | documented("INVALID_REQUEST", "UNAUTHENTICATED", "NOT_FOUND"),
    response_class=EventSourceResponse,
)
async def stream_session(
    session_id: UUID,
    account: SignedIn,
    reading: Reading,
    last_event_id: LastEventId,
    min_version: MinVersion = 0,
) -> EventSourceResponse:
    """`timeline` (id: the version), `state`, `progress`, `draft`; `reset` when the last id is not of this session."""
    await wait_for_version(reading.queries, reading.changes, session_id, account.id, min_version)
    if await reading.queries.version_of(session_id, account.id) is None:
        raise Problem.not_found()
    client = SessionStream(reading.streams, session_id, account.id, last_event_id)
    return _streamed(reading.streams.run(client.opening, client.parts, session_id=session_id))


@router.get(
    "/events/stream",
    responses=_frames(MyStreamFrames) | documented("UNAUTHENTICATED"),
    response_class=EventSourceResponse,
)
async def stream_mine(account: SignedIn, reading: Reading) -> EventSourceResponse:
    """`sessions` and `novels` first; then `session`, `novels` and `progress` as they move."""
    client = UserStream(reading.streams, account.id)
    return _streamed(reading.streams.run(client.opening, client.parts, user_id=account.id))
