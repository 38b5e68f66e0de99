"""What an owner asks of their audit stream: who read what of theirs, and when. Ownership is part of the query."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool
from pydantic import Field

from domain.audit.events import Holding, SessionPart
from projections.genesis.session_view import shown_title
from projections.genesis.views import View

_READS = """
SELECT r.version, r.kind, coalesce(u.name, '') AS reader, r.session_id, r.part, r.at_version, r.holds, r.named,
    r.with_text, r.occurred_at, s.title, s.confirmed_data->'STORY_CONCEPTION'->>'working_title' AS working_title,
    s.confirmed_data->'CONCEPT_SELECTION'->>'title' AS concept_title, s.seed
FROM account_reads r LEFT JOIN users u ON u.id = r.reader_id
LEFT JOIN genesis_sessions s ON s.id = r.session_id AND s.user_id = r.user_id
WHERE r.user_id = %(user_id)s AND (%(before)s::int IS NULL OR r.version < %(before)s::int)
ORDER BY r.version DESC LIMIT %(limit)s
"""


class ReadEntry(View):
    """One entry: `reader` read a part of a session, or took out records that hold something of mine."""

    version: int
    kind: Literal["SessionRead", "RecordsExported"]
    reader: str
    session_id: UUID | None
    session_title: Annotated[str | None, Field(description="As it is now; null where no session is named.")]
    part: Annotated[
        SessionPart | None, Field(description="What of the session was read; `branch`: theirs began from it.")
    ]
    at_version: Annotated[int | None, Field(description="Of a branch: the version that it begins with.")]
    holds: Annotated[Holding | None, Field(description="What was taken out.")]
    named: Annotated[bool, Field(description="With ids and names; else with pseudonyms.")]
    with_text: Annotated[bool, Field(description="With what was written.")]
    occurred_at: Annotated[datetime, Field(description="The first time within a quarter of an hour.")]


class ReadsPage(View):
    """The newest first."""

    items: tuple[ReadEntry, ...]
    next_cursor: str | None


async def reads_of(connection: AsyncConnection[Any], user_id: UUID, before: int | None, limit: int) -> ReadsPage:
    """The entries before version `before`, the newest first."""
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(_READS, {"user_id": user_id, "before": before, "limit": limit + 1})
        rows = await cursor.fetchall()
    items = tuple(_entry(row) for row in rows[:limit])
    return ReadsPage(items=items, next_cursor=str(items[-1].version) if len(rows) > limit else None)


class AuditQueries:
    def __init__(self, pool: AsyncConnectionPool[Any]) -> None:
        self._pool = pool

    async def reads(self, user_id: UUID, before: int | None, limit: int) -> ReadsPage:
        """What others read of this user's, before version `before`, the newest first."""
        async with self._pool.connection() as connection:
            return await reads_of(connection, user_id, before, limit)


def _entry(row: dict[str, Any]) -> ReadEntry:
    parts = [row.pop(part) for part in ("title", "working_title", "concept_title", "seed")]
    return ReadEntry(session_title=None if parts[0] is None else shown_title(*parts), **row)
