"""Looks back into the record: a session as it was at any version or time, folded from the log.

The one query route that goes to the log: everything else that is read comes from the read tables.
"""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from api.dependencies import SessionReading, SignedIn
from api.errors import Problem, documented
from api.routes.genesis import session_exists, shown
from application.moments import LAST_VERSION, Moment, parse_time
from application.replay import Replay
from projections.engine.projection import StoredEvent
from projections.genesis.views import SessionState

router = APIRouter(tags=["sessions"])


async def replay_of(request: Request) -> Replay[StoredEvent, SessionState]:
    found: Replay[StoredEvent, SessionState] = request.app.state.replay
    return found


ReplayOf = Annotated[Replay[StoredEvent, SessionState], Depends(replay_of)]
LOOKED_BACK = documented("INVALID_REQUEST", "UNAUTHENTICATED", "NOT_FOUND", "LOG_DAMAGED")


async def moment_asked(
    at_version: Annotated[
        int | None, Query(ge=1, le=LAST_VERSION, description="The state after so many events, at the last one's time.")
    ] = None,
    at: Annotated[
        str | None,
        Query(max_length=60, description="The state at this time (RFC 3339; UTC without a zone). Later than now: now."),
    ] = None,
) -> Moment:
    """One of the two. Raises Problem INVALID_REQUEST for both, neither, or what is no time."""
    if (at_version is None) == (at is None):
        raise Problem.invalid("at_version", "Name a version (at_version) or a time (at), one of the two.")
    if at is None:
        return Moment(version=at_version)
    try:
        return Moment(at=parse_time(at))
    except ValueError as error:
        raise Problem.invalid("at", str(error)) from error


@router.get("/genesis/{session_id}/replay", responses=LOOKED_BACK, response_model=SessionState)
async def replay_session_state(
    session_id: UUID,
    account: SignedIn,
    reading: SessionReading,
    replay: ReplayOf,
    moment: Annotated[Moment, Depends(moment_asked)],
) -> Response:
    """The state as it was: the body that `state` gave then, of running work only what the log says of it.

    Warnings are those of that moment. Past drafts and progress are not kept: work that ran then is shown as queued.
    """
    await session_exists(reading, session_id, account.id)
    return shown((await replay.at(session_id, moment)).state)
