"""Reading sessions: the list, a session's state, its history. From projections only."""

from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar
from uuid import UUID

from fastapi import APIRouter, Query, Response

from api.audited_reading import SESSION, HistoryOwner, StateOwner
from api.dependencies import Readers, SessionReading, SignedIn
from api.errors import Problem, documented
from projections.genesis.contradictions import ContradictionList
from projections.genesis.queries import MAX_PAGE
from projections.genesis.views import SessionFamily, SessionPage, SessionState, TimelinePage, View

router = APIRouter(tags=["sessions"])

T = TypeVar("T")

Cursor = Annotated[str | None, Query(max_length=200, description="`next_cursor` of the page before.")]
Limit = Annotated[int, Query(ge=1, le=MAX_PAGE)]
MinVersion = Annotated[
    int,
    Query(ge=0, le=2**31 - 1, description="Wait, 5 s at most, until what is read is at this version of the session."),
]


def shown(view: View | None, what: str = "session") -> Response:
    """A view as JSON. Raises Problem NOT_FOUND for None."""
    if view is None:
        raise Problem.not_found(what)
    return Response(view.model_dump_json(), media_type="application/json")


async def session_at(reading: Readers, session_id: UUID, user_id: UUID, min_version: int) -> None:
    """Returns when the session can be read at `min_version`. Raises Problem NOT_FOUND, ProjectionLagging."""
    if min_version > 0 and not await reading.waits.reached(SESSION, session_id, user_id, min_version):
        await session_exists(reading, session_id, user_id)


async def of_session(
    reading: Readers, session_id: UUID, user_id: UUID, read: Callable[[], Awaitable[T | None]]
) -> T | None:
    """What `read` gives, asked again once all that was written before can be read. Raises ProjectionLagging."""
    return await reading.waits.found(SESSION, user_id, read, stream_id=session_id)


async def session_exists(reading: Readers, session_id: UUID, user_id: UUID) -> None:
    """Raises NOT_FOUND unless there is such a session of this person, ProjectionLagging while that cannot be told."""
    if (
        await of_session(
            reading, session_id, user_id, lambda: reading.waits.heads.version_of(SESSION, session_id, user_id)
        )
        is None
    ):
        raise Problem.not_found()


@router.get("/genesis", responses=documented("INVALID_REQUEST", "UNAUTHENTICATED"), response_model=SessionPage)
async def list_sessions(
    account: SignedIn, reading: SessionReading, cursor: Cursor = None, limit: Limit = 50
) -> Response:
    """My sessions, the last changed first."""
    return shown(await reading.queries.sessions(account.id, cursor, limit))


@router.get(
    "/genesis/{session_id}/state",
    responses=documented("INVALID_REQUEST", "UNAUTHENTICATED", "NOT_FOUND"),
    response_model=SessionState,
)
async def get_session_state(
    session_id: UUID, owner: StateOwner, reading: SessionReading, min_version: MinVersion = 0
) -> Response:
    """Everything that the studio shows of a session: stages, what waits, which actions make sense and why not."""
    await session_at(reading, session_id, owner, min_version)
    return shown(await of_session(reading, session_id, owner, lambda: reading.queries.state(session_id, owner)))


@router.get(
    "/genesis/{session_id}/contradictions",
    responses=documented("INVALID_REQUEST", "UNAUTHENTICATED", "NOT_FOUND"),
    response_model=ContradictionList,
)
async def list_contradictions(
    session_id: UUID, owner: StateOwner, reading: SessionReading, min_version: MinVersion = 0
) -> Response:
    """Where confirmed stages contradict each other, with a proposed change where there can be one. Changes nothing."""
    await session_at(reading, session_id, owner, min_version)
    return shown(
        await of_session(reading, session_id, owner, lambda: reading.queries.contradictions(session_id, owner))
    )


@router.get(
    "/genesis/{session_id}/family",
    responses=documented("INVALID_REQUEST", "UNAUTHENTICATED", "NOT_FOUND"),
    response_model=SessionFamily,
)
async def list_session_family(
    session_id: UUID, owner: HistoryOwner, reading: SessionReading, min_version: MinVersion = 0
) -> Response:
    """The tree of branches that a session is in: each line names what it branched from, and at which version."""
    await session_at(reading, session_id, owner, min_version)
    return shown(await of_session(reading, session_id, owner, lambda: reading.queries.family(session_id, owner)))


@router.get(
    "/genesis/{session_id}/events",
    responses=documented("INVALID_REQUEST", "UNAUTHENTICATED", "NOT_FOUND"),
    response_model=TimelinePage,
)
async def list_session_events(
    session_id: UUID, owner: HistoryOwner, reading: SessionReading, cursor: Cursor = None, limit: Limit = 100
) -> Response:
    """The history, oldest first: one entry for each event."""
    after = _version(cursor)
    return shown(
        await of_session(reading, session_id, owner, lambda: reading.queries.timeline(session_id, owner, after, limit))
    )


def _version(cursor: str | None) -> int:
    if cursor is None:
        return 0
    if not (cursor.isascii() and cursor.isdigit() and len(cursor) < 10):
        raise Problem.invalid("cursor", "This is not a cursor of this list.")
    return int(cursor)
