"""Reading sessions: the list, a session's state, its history. From projections only."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from api.dependencies import Reading, SignedIn
from api.errors import Problem, documented
from projections.engine.min_version import wait_for_version
from projections.genesis.queries import MAX_PAGE
from projections.genesis.views import SessionPage, SessionState, TimelinePage, View

router = APIRouter(tags=["sessions"])

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


@router.get("/genesis", responses=documented("INVALID_REQUEST", "UNAUTHENTICATED"), response_model=SessionPage)
async def list_sessions(account: SignedIn, reading: Reading, cursor: Cursor = None, limit: Limit = 50) -> Response:
    """My sessions, the last changed first."""
    return shown(await reading.queries.sessions(account.id, cursor, limit))


@router.get(
    "/genesis/{session_id}/state",
    responses=documented("INVALID_REQUEST", "UNAUTHENTICATED", "NOT_FOUND"),
    response_model=SessionState,
)
async def get_session_state(
    session_id: UUID, account: SignedIn, reading: Reading, min_version: MinVersion = 0
) -> Response:
    """Everything that the studio shows of a session: stages, what waits, which actions make sense and why not."""
    await wait_for_version(
        reading.queries, reading.changes, session_id, account.id, min_version, patience=reading.patience
    )
    return shown(await reading.queries.state(session_id, account.id))


@router.get(
    "/genesis/{session_id}/events",
    responses=documented("INVALID_REQUEST", "UNAUTHENTICATED", "NOT_FOUND"),
    response_model=TimelinePage,
)
async def list_session_events(
    session_id: UUID, account: SignedIn, reading: Reading, cursor: Cursor = None, limit: Limit = 100
) -> Response:
    """The history, oldest first: one entry for each event."""
    return shown(await reading.queries.timeline(session_id, account.id, _version(cursor), limit))


def _version(cursor: str | None) -> int:
    if cursor is None:
        return 0
    if not (cursor.isascii() and cursor.isdigit() and len(cursor) < 10):
        raise Problem.invalid("cursor", "This is not a cursor of this list.")
    return int(cursor)
