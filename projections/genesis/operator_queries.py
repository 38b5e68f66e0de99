"""What an operator asks of the read tables: sessions of everybody, and which branched from which. Never the content."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.rows import dict_row

from projections.genesis.session_line import SESSION_COLUMNS, SESSION_TABLES, session_line
from projections.genesis.views import SessionItem

_OWNED = f"""
SELECT u.name AS owner, {SESSION_COLUMNS}{SESSION_TABLES} LEFT JOIN users u ON u.id = s.user_id"""

_NEWEST = f"""{_OWNED}
WHERE %(owner)s::text IS NULL OR u.name_key = %(owner)s
ORDER BY s.last_event_at DESC, s.id DESC LIMIT %(limit)s
"""
_FAMILY = f"""
WITH RECURSIVE up AS (
    SELECT id, source_session_id FROM genesis_sessions WHERE id = %(session_id)s
    UNION SELECT g.id, g.source_session_id FROM genesis_sessions g JOIN up ON g.id = up.source_session_id
), family AS (
    SELECT id FROM up
    UNION SELECT g.id FROM genesis_sessions g JOIN family ON g.source_session_id = family.id
)
{_OWNED} JOIN family ON family.id = s.id ORDER BY s.started_at, s.id
"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class OwnedSession:
    """A line of the list, and whose it is; "" when nobody of that id has an account here any more."""

    item: SessionItem
    owner: str


async def newest_sessions(
    connection: AsyncConnection[Any], owner: str | None = None, limit: int | None = 50
) -> tuple[OwnedSession, ...]:
    """The last changed first; of one person, by `name_key`, if one is given. `limit` None: all."""
    return await _read(connection, _NEWEST, {"owner": owner, "limit": limit})


async def family_of(connection: AsyncConnection[Any], session_id: UUID) -> tuple[OwnedSession, ...]:
    """The session, what it came from, and all that branched from any of these, oldest first; () if there is none."""
    return await _read(connection, _FAMILY, {"session_id": session_id})


async def _read(
    connection: AsyncConnection[Any], query: str, parameters: Mapping[str, Any]
) -> tuple[OwnedSession, ...]:
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(query.encode(), parameters)
        rows = await cursor.fetchall()
    return tuple(OwnedSession(owner=row.pop("owner") or "", item=session_line(row)) for row in rows)
