"""One connection for a whole browser: every session that its tabs show, and the lists."""

import re
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from sse_starlette import EventSourceResponse

from api.dependencies import AllReading, Granted
from api.errors import Problem, documented
from api.routes.frames import documented_frames, streamed
from api.schemas.frames import LIVE
from api.streaming.live_stream import MOST_PAGES, MOST_SESSIONS, LiveStream, Wanted
from api.streaming.presence import Attending

router = APIRouter(tags=["streams"])

_UUID = "[0-9a-fA-F]{8}(?:-?[0-9a-fA-F]{4}){3}-?[0-9a-fA-F]{12}"
_ENTRY = re.compile(f"({_UUID}):([0-9]{{1,9}})((?::{_UUID})*)")


async def wanted_sessions(
    sessions: Annotated[
        str,
        Query(
            description=f"`id:version` for each session, {MOST_SESSIONS} at most, joined by commas: the last version"
            " that the client has of it, 0 for none. Behind it `:client_id` for each page that shows it, to be seen in"
            f" `presence`, {MOST_PAGES} in all.",
        ),
    ] = "",
) -> tuple[Wanted, ...]:
    """Raises Problem INVALID_REQUEST."""
    entries = sessions.split(",") if sessions else []
    if len(entries) > MOST_SESSIONS:
        raise Problem.invalid("sessions", f"At most {MOST_SESSIONS} sessions on one connection.")
    wanted = tuple(_entry(entry) for entry in entries)
    if len({one.session_id for one in wanted}) < len(wanted):
        raise Problem.invalid("sessions", "A session is named twice.")
    if sum(len(one.pages) for one in wanted) > MOST_PAGES:
        raise Problem.invalid("sessions", f"At most {MOST_PAGES} pages on one connection.")
    return wanted


def _entry(entry: str) -> Wanted:
    found = _ENTRY.fullmatch(entry)
    if found is None:
        raise Problem.invalid("sessions", "Each is a session's id, a colon and a version; then the ids of its pages.")
    pages = dict.fromkeys(UUID(page) for page in found[3].split(":")[1:])
    return Wanted(UUID(found[1]), found[2], tuple(pages))


@router.get(
    "/live",
    responses=documented_frames(LIVE, wrapped=True) | documented("INVALID_REQUEST", "UNAUTHENTICATED"),
    response_class=EventSourceResponse,
)
async def stream_live(
    request: Request,
    grant: Granted,
    reading: AllReading,
    wanted: Annotated[tuple[Wanted, ...], Depends(wanted_sessions)],
    lists: Annotated[bool, Query(description="The lists of `/events/stream` as well.")] = False,
) -> EventSourceResponse:
    """The frames of several sessions' streams and of the lists, each with its `session_id`; a `timeline` with its `id`.

    Each session goes on after the version that is asked for. `gone`: a session is not there, or not mine. `ready`: all
    has been opened. To ask for other sessions, open another connection and close this one when that one is `ready`.
    """
    user_id, agent = grant.account.id, request.headers.get("user-agent", "")
    client = LiveStream(
        reading.streams,
        reading.waits,
        user_id,
        wanted,
        lambda session_id, pages: Attending(reading.presence, session_id, pages, agent),
        lists=lists,
    )
    return streamed(
        reading.streams.run(
            client.opening,
            client.parts,
            stream_ids=[one.session_id for one in wanted],
            owner=user_id if lists else None,
            token_id=grant.token_id,
            during=client.here,
        )
    )
