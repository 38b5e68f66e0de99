"""Reads a session's events and those of the sessions that it was branched from. Writes nothing, asks no AI."""

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar
from uuid import UUID

from application.ports import EventTooNew
from application.replay import History, LogDamaged, NoSuchStream, Recorded
from domain.genesis.events import GenesisBranched

E = TypeVar("E", bound=Recorded)

MOST_SOURCES = 100
"""Branches of branches that are followed back; what lies before is known from what the branch brought along."""


async def _all(_: UUID) -> bool:
    return True


async def read_lineage(
    history: History[E], session_id: UUID, may_read: Callable[[UUID], Awaitable[bool]] = _all
) -> list[Sequence[E]]:
    """The events of each session: the oldest source first, up to where it was branched; the session itself last.

    A source that is gone, cannot be read, or that `may_read` says no of ends the way back: each branch carries what it
    took along.
    Raises NoSuchStream, LogDamaged and EventTooNew for the session itself.
    """
    past = await history.read(session_id)
    if past.head == 0:
        raise NoSuchStream
    if past.broken is not None:
        raise past.broken
    found = [past.events]
    while isinstance(born := found[0][0].event, GenesisBranched) and len(found) <= MOST_SOURCES:
        if not await may_read(born.source_session_id):
            break
        try:
            source = await history.read(born.source_session_id, born.source_version)
        except (LogDamaged, EventTooNew):
            break
        if len(source.events) < born.source_version:
            break
        found.insert(0, source.events)
    return found
