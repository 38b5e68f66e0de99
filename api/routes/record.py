"""Looks back into the record: a session as it was at any version or time, and what differs between two moments.

The one query route that goes to the log: everything else that is read comes from the read tables.
"""

import asyncio
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from api.dependencies import SessionReading, SignedIn
from api.errors import Problem, documented
from api.routes.genesis import session_exists, shown
from application.moments import LAST_VERSION, Moment, parse_time
from application.replay import Replay
from projections.engine.projection import StoredEvent
from projections.genesis.session_differences import SessionDifferences, session_differences
from projections.genesis.views import SessionState

router = APIRouter(tags=["sessions"])


async def replay_of(request: Request) -> Replay[StoredEvent, SessionState]:
    found: Replay[StoredEvent, SessionState] = request.app.state.replay
    return found


ReplayOf = Annotated[Replay[StoredEvent, SessionState], Depends(replay_of)]
LOOKED_BACK = documented("INVALID_REQUEST", "UNAUTHENTICATED", "NOT_FOUND", "LOG_DAMAGED")


AtVersion = Annotated[
    int | None, Query(ge=1, le=LAST_VERSION, description="The state after so many events, as of the last one's time.")
]
AtTime = Annotated[
    str | None,
    Query(max_length=60, description="The state at this time (RFC 3339; UTC without a zone). Later than now: now."),
]


@router.get("/genesis/{session_id}/replay", responses=LOOKED_BACK, response_model=SessionState)
async def replay_session_state(
    session_id: UUID,
    account: SignedIn,
    reading: SessionReading,
    replay: ReplayOf,
    *,
    at_version: AtVersion = None,
    at: AtTime = None,
) -> Response:
    """The state as it was: the body that `state` gave then, of running work only what the log says of it.

    Warnings are those of that moment. Past drafts and progress are not kept: work that ran then is shown as queued.
    """
    await session_exists(reading, session_id, account.id)
    return shown((await replay.at(session_id, _moment(at_version, at))).state)


@router.get("/genesis/{session_id}/diff", responses=LOOKED_BACK, response_model=SessionDifferences)
async def compare_session_states(
    session_id: UUID,
    account: SignedIn,
    reading: SessionReading,
    replay: ReplayOf,
    *,
    from_: Annotated[
        int | None,
        Query(alias="from", ge=1, le=LAST_VERSION, description="A version of this session; `with` another: the last."),
    ] = None,
    to: Annotated[
        int | None,
        Query(ge=1, le=LAST_VERSION, description="A version of this session, or of `with`; the last if none is given."),
    ] = None,
    with_: Annotated[
        UUID | None, Query(alias="with", description="Another session, perhaps a branch: what leads from this to it.")
    ] = None,
) -> Response:
    """What differs between two moments of a session, or between two sessions: by stage, item, field and word.

    `patch` (RFC 6902) leads from the body that `replay` gives of the one to the body that it gives of the other.
    """
    await session_exists(reading, session_id, account.id)
    if with_ is None and from_ is None:
        raise Problem.invalid("from", "Name the version to compare from, or another session to compare with.")
    if with_ is None and to is not None and from_ is not None and from_ > to:
        raise Problem.invalid("from", f"Version {from_} comes after version {to}: exchange the two.")
    earlier, later = Moment(version=from_), Moment(version=to)
    if with_ is None:
        before, after = await replay.at_each(session_id, (earlier, later))
    else:
        await session_exists(reading, with_, account.id)
        before, after = await replay.at(session_id, earlier), await replay.at(with_, later)
    return shown(await asyncio.to_thread(session_differences, before, after))


def _moment(at_version: int | None, at: str | None) -> Moment:
    """One of the two. Raises Problem INVALID_REQUEST for both, neither, or what is no time."""
    if (at_version is None) == (at is None):
        raise Problem.invalid("at_version", "Name a version (at_version) or a time (at), one of the two.")
    if at is None:
        return Moment(version=at_version)
    try:
        return Moment(at=parse_time(at))
    except ValueError as error:
        raise Problem.invalid("at", str(error)) from error
