"""Looks back into the record: a session at any moment, what differs between two, and where its texts came from.

The one query route that goes to the log: everything else that is read comes from the read tables.
"""

import asyncio
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from api.audited_reading import PastOwner, ProvenanceOwner, owner_read_as, read_as
from api.dependencies import SessionReading, SignedIn, limited
from api.errors import Problem, documented
from api.routes.genesis import session_exists, shown
from application.lineage import read_lineage
from application.moments import LAST_VERSION, Moment, parse_time
from application.replay import History, Replay
from projections.engine.projection import StoredEvent
from projections.genesis.compact import framed_state
from projections.genesis.compact_views import CompactState
from projections.genesis.contradictions import ContradictionList
from projections.genesis.provenance.disclosure import Disclosure, as_markdown, disclosure
from projections.genesis.provenance.prov_json import prov_json
from projections.genesis.provenance.provenance import NothingConfirmedThere, session_provenance
from projections.genesis.provenance.views import SessionProvenance
from projections.genesis.session_differences import SessionDifferences, session_differences
from projections.genesis.views import SessionState

router = APIRouter(tags=["sessions"], dependencies=[Depends(limited("look_back"))])


async def replay_of(request: Request) -> Replay[StoredEvent, SessionState]:
    found: Replay[StoredEvent, SessionState] = request.app.state.replay
    return found


async def history_of(request: Request) -> History[StoredEvent]:
    found: History[StoredEvent] = request.app.state.history
    return found


async def past_contradictions_of(request: Request) -> Replay[StoredEvent, ContradictionList]:
    found: Replay[StoredEvent, ContradictionList] = request.app.state.past_contradictions
    return found


HistoryOf = Annotated[History[StoredEvent], Depends(history_of)]
ReplayOf = Annotated[Replay[StoredEvent, SessionState], Depends(replay_of)]
LOOKED_BACK = documented("INVALID_REQUEST", "UNAUTHENTICATED", "NOT_FOUND", "RATE_LIMITED", "LOG_DAMAGED")


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
    owner: PastOwner,
    reading: SessionReading,
    replay: ReplayOf,
    *,
    at_version: AtVersion = None,
    at: AtTime = None,
) -> Response:
    """The state as it was: the body that `state` gave then, of running work only what the log says of it.

    Warnings are those of that moment. Past drafts and progress are not kept: work that ran then is shown as queued.
    """
    await session_exists(reading, session_id, owner)
    return shown((await replay.at(session_id, _moment(at_version, at))).state)


@router.get("/genesis/{session_id}/replay/compact", responses=LOOKED_BACK, response_model=CompactState)
async def replay_compact_session_state(
    session_id: UUID,
    owner: PastOwner,
    reading: SessionReading,
    replay: ReplayOf,
    *,
    at_version: AtVersion = None,
    at: AtTime = None,
) -> Response:
    """The same within 200 KB, as `state/compact` gave it then: contents that do not fit are null."""
    await session_exists(reading, session_id, owner)
    found = await replay.at(session_id, _moment(at_version, at))
    return Response(await asyncio.to_thread(framed_state, found.state), media_type="application/json")


@router.get("/genesis/{session_id}/replay/contradictions", responses=LOOKED_BACK, response_model=ContradictionList)
async def replay_contradictions(
    session_id: UUID,
    owner: PastOwner,
    reading: SessionReading,
    replay: Annotated[Replay[StoredEvent, ContradictionList], Depends(past_contradictions_of)],
    *,
    at_version: AtVersion = None,
    at: AtTime = None,
) -> Response:
    """Where confirmed stages contradicted each other then: what `contradictions` gave at that moment."""
    await session_exists(reading, session_id, owner)
    return shown((await replay.at(session_id, _moment(at_version, at))).state)


@router.get("/genesis/{session_id}/diff", responses=LOOKED_BACK, response_model=SessionDifferences)
async def compare_session_states(
    request: Request,
    session_id: UUID,
    account: SignedIn,
    owner: PastOwner,
    *,
    reading: SessionReading,
    replay: ReplayOf,
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
    await session_exists(reading, session_id, owner)
    if with_ is None and from_ is None:
        raise Problem.invalid("from", "Name the version to compare from, or another session to compare with.")
    if with_ is None and to is not None and from_ is not None and from_ > to:
        raise Problem.invalid("from", f"Version {from_} comes after version {to}: exchange the two.")
    earlier, later = Moment(version=from_), Moment(version=to)
    if with_ is None:
        before, after = await replay.at_each(session_id, (earlier, later))
    else:
        await session_exists(reading, with_, await read_as(request, account, reading, with_, "past"))
        before, after = await replay.at(session_id, earlier), await replay.at(with_, later)
    return shown(await asyncio.to_thread(session_differences, before, after))


def moment_or_now(at_version: int | None) -> Moment:
    return Moment(version=at_version)


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


async def provenance_asked(
    request: Request,
    session_id: UUID,
    account: SignedIn,
    owner: ProvenanceOwner,
    *,
    reading: SessionReading,
    history: HistoryOf,
    path: Annotated[
        str,
        Query(max_length=1_000, description="/STAGE/…: a JSON pointer into what is confirmed, items by id or place."),
    ] = "",
) -> SessionProvenance:
    """Of a session that this person may read. Raises Problem NOT_FOUND for a path that leads nowhere."""
    await session_exists(reading, session_id, owner)

    async def may_read(source: UUID) -> bool:
        return await owner_read_as(request, account, reading, source, "provenance") is not None

    lineage = await read_lineage(history, session_id, may_read)
    try:
        return await asyncio.to_thread(session_provenance, lineage, path)
    except NothingConfirmedThere as error:
        raise Problem("NOT_FOUND", str(error)) from error


Asked = Annotated[SessionProvenance, Depends(provenance_asked)]


@router.get("/genesis/{session_id}/provenance", responses=LOOKED_BACK, response_model=SessionProvenance)
async def explain_session(found: Asked) -> Response:
    """Where every confirmed value came from, step by step, and whose its characters are.

    With a path: only what lies there, and which step wrote which characters. A branch reaches back through its source.
    """
    return shown(found)


@router.get("/genesis/{session_id}/provenance/prov", responses=LOOKED_BACK)
async def export_session_provenance(found: Asked) -> dict[str, Any]:
    """The same as W3C PROV-JSON: identifiers and times, no texts."""
    return prov_json(found)


@router.get(
    "/genesis/{session_id}/provenance/disclosure",
    responses=LOOKED_BACK | {200: {"content": {"text/markdown": {}}}},
    response_model=Disclosure,
)
async def disclose_session(
    found: Asked, form: Annotated[Literal["json", "markdown"], Query(alias="format")] = "json"
) -> Response:
    """What of the work an AI wrote, in shares of characters, for publishers and readers. No text of it is in here."""
    report = disclosure(found)
    if form == "markdown":
        return Response(as_markdown(report), media_type="text/markdown; charset=utf-8")
    return shown(report)
