"""Answers what an analyst asks of everybody's sessions: the list, under pseudonyms or by name."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from genesis_types.enums import GenesisMode, GenesisStage, GenesisStatus
from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool
from pydantic import Field

from projections.engine import cursors
from projections.genesis.queries import MAX_PAGE
from projections.genesis.session_line import SESSION_COLUMNS, SESSION_TABLES, session_line
from projections.genesis.views import SessionItem, View

_SESSIONS = f"""
SELECT s.user_id, u.name AS owner, {SESSION_COLUMNS}{SESSION_TABLES} LEFT JOIN users u ON u.id = s.user_id
WHERE %(moment)s::timestamptz IS NULL OR (s.last_event_at, s.id) < (%(moment)s, %(key)s::uuid)
ORDER BY s.last_event_at DESC, s.id DESC LIMIT %(limit)s
"""

Pseudonym = Callable[[UUID], UUID]


class SessionOfSomebody(View):
    """One line of the list. Pseudonyms are those of anonymised exports that were made with the same key."""

    session_id: UUID
    session_pseudonym: UUID
    owner_pseudonym: UUID
    owner_id: Annotated[UUID | None, Field(description="Null without `names`.")]
    owner: Annotated[str | None, Field(description="Null without `names`; empty for somebody who is gone.")]
    title: Annotated[str | None, Field(description="Null without `names`.")]
    mode: GenesisMode
    status: GenesisStatus
    language: str
    current_stage: GenesisStage
    confirmed_stages: int
    is_pending: bool
    version: int
    started_at: datetime
    last_event_at: datetime
    source_session_id: UUID | None
    source_version: int | None


class SessionAccess(View):
    """As whom somebody reads a session. The pseudonyms are null for its owner, who may give commands to it as well."""

    session_id: UUID
    own: bool
    owner_pseudonym: UUID | None = None
    session_pseudonym: UUID | None = None


class EverybodysSessions(View):
    """The last changed first. Branches name what they came from."""

    items: tuple[SessionOfSomebody, ...]
    next_cursor: str | None


class Everyone:
    def __init__(self, pool: AsyncConnectionPool[Any]) -> None:
        self._pool = pool

    async def sessions(
        self, pseudonym: Pseudonym, cursor: str | None, limit: int, *, names: bool
    ) -> tuple[EverybodysSessions, set[UUID]]:
        """(a page, whose sessions are on it). Raises InvalidCursor."""
        moment, key = cursors.decode(cursor) if cursor else (None, None)
        limit = min(max(limit, 1), MAX_PAGE)
        async with self._pool.connection() as connection, connection.cursor(row_factory=dict_row) as rows:
            await rows.execute(_SESSIONS.encode(), {"moment": moment, "key": key, "limit": limit + 1})
            found = await rows.fetchall()
        whose = [(row.pop("user_id"), row.pop("owner") or "") for row in found[:limit]]
        items = [session_line(row) for row in found[:limit]]
        lines = tuple(_line(item, *owner, pseudonym, names=names) for item, owner in zip(items, whose, strict=True))
        more = len(found) > limit
        next_cursor = cursors.encode(items[-1].last_event_at, items[-1].session_id) if more else None
        return EverybodysSessions(items=lines, next_cursor=next_cursor), {owner_id for owner_id, _ in whose}


def _line(item: SessionItem, owner_id: UUID, owner: str, pseudonym: Pseudonym, *, names: bool) -> SessionOfSomebody:
    facts = {name: getattr(item, name) for name in SessionOfSomebody.model_fields if name in SessionItem.model_fields}
    return SessionOfSomebody(
        **facts
        | {
            "session_pseudonym": pseudonym(item.session_id),
            "owner_pseudonym": pseudonym(owner_id),
            "owner_id": owner_id if names else None,
            "owner": owner if names else None,
            "title": item.title if names else None,
        }
    )
