"""Lets analysts read what is somebody else's: finds whose it is, and records the read before anything is shown.

Routes ask for the owner of what their address names. For everybody but analysts that is whoever asks, so what is not
theirs is not found. What an analyst reads has its entry in the owner's audit stream first; without it, it is refused.
"""

from collections.abc import Awaitable, Callable, Coroutine
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Depends, Query, Request

from api.dependencies import Readers, SessionReading, SignedIn, may_see_everyone
from api.errors import Problem
from application.audit import Audit, NotRecorded
from domain.audit.events import SessionPart
from infrastructure.identity.authentication import Identity
from infrastructure.identity.users import Users

SESSION = "genesis_session"


_NOT_RECORDED = (
    "What is read of somebody else's is written down for them first, and that cannot be done just now. "
    "Nothing was shown; ask again."
)


async def recorded(entry: Awaitable[None]) -> None:
    """Returns once an entry is written. Raises Problem UNAVAILABLE: nothing may be shown then."""
    try:
        await entry
    except NotRecorded as error:
        raise Problem("UNAVAILABLE", _NOT_RECORDED, headers={"Retry-After": "2"}) from error


def audit_of(request: Request) -> Audit:
    found: Audit = request.app.state.audit
    return found


async def is_analyst(request: Request, person: Identity) -> bool:
    """Whether `person` may read what is everybody's, also by what the database says now: a role ends at once."""
    users: Users = request.app.state.users
    return may_see_everyone(person) and await users.is_analyst(person.id)


async def analyst(request: Request, person: SignedIn) -> Identity:
    """Raises Problem ANALYST_ONLY for everybody else: that there is such a role is no secret, a session is."""
    if not await is_analyst(request, person):
        raise Problem("ANALYST_ONLY", "What is everybody's is shown to analysts only. Ask for your own.")
    return person


async def read_as(request: Request, person: Identity, reading: Readers, session_id: UUID, part: SessionPart) -> UUID:
    """By whom the session has to be owned for `person` to read it. Raises Problem, ProjectionLagging."""
    if not may_see_everyone(person):
        return person.id
    owner = await reading.waits.found(SESSION, person.id, lambda: reading.waits.heads.owner_of(SESSION, session_id))
    if owner is None or owner == person.id or not await is_analyst(request, person):
        return person.id
    await recorded(audit_of(request).session_read(person.id, owner, session_id, part))
    return owner


async def owner_read_as(
    request: Request, person: Identity, reading: Readers, session_id: UUID, part: SessionPart
) -> UUID | None:
    """Whose a session is that another one names: its source; None when `person` may not read it. Recorded first."""
    owner = await read_as(request, person, reading, session_id, part)
    there = await reading.waits.heads.version_of(SESSION, session_id, owner)
    return None if there is None else owner


async def source_owner(request: Request, person: Identity, source_id: UUID) -> UUID | None:
    """Whose the session is that an analyst begins one of their own from; None for everybody else, and for their own.

    Nothing is recorded here: a branch is written with its entry, or not at all (application/branches.py).
    """
    if not may_see_everyone(person):
        return None
    readers: Readers = request.app.state.readers
    heads = readers.waits.heads
    owner = await readers.waits.found(SESSION, person.id, lambda: heads.owner_of(SESSION, source_id))
    return owner if owner not in (None, person.id) and await is_analyst(request, person) else None


def _reading(part: SessionPart) -> Callable[..., Coroutine[Any, Any, UUID]]:
    async def owner(request: Request, session_id: UUID, person: SignedIn, reading: SessionReading) -> UUID:
        return await read_as(request, person, reading, session_id, part)

    return owner


Scope = Annotated[
    Literal["own", "all"], Query(description="all: everybody's, for an analyst; recorded for each owner.")
]
Names = Annotated[bool, Query(description="With `scope=all`: with ids and names, which is recorded; else pseudonyms.")]
Analyst = Annotated[Identity, Depends(analyst)]
StateOwner = Annotated[UUID, Depends(_reading("state"))]
"""Whose the session is, for who may read it as it is now."""
HistoryOwner = Annotated[UUID, Depends(_reading("history"))]
PastOwner = Annotated[UUID, Depends(_reading("past"))]
ProvenanceOwner = Annotated[UUID, Depends(_reading("provenance"))]
PromptsOwner = Annotated[UUID, Depends(_reading("prompts"))]
