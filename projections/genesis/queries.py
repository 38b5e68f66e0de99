"""Every question that readers ask, as plain SQL over the read tables. Ownership is part of every query.

Each answer is one statement, so it is one snapshot. Columns are named: a rebuild may add some under running readers.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from genesis_types.enums import TaskStatus
from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool

from projections.engine import cursors
from projections.engine.batch_loader import Together
from projections.genesis import contradictions, family
from projections.genesis.contents import Contents
from projections.genesis.contents_sql import ASKED, FACTS
from projections.genesis.contradictions import ContradictionList, contradiction_list
from projections.genesis.requests import Requests
from projections.genesis.session_line import SESSION_COLUMNS, SESSION_TABLES, TITLES, session_line
from projections.genesis.session_view import session_state
from projections.genesis.views import (
    DraftView,
    MissedChange,
    Novel,
    NovelItem,
    NovelPage,
    SessionFamily,
    SessionItem,
    SessionPage,
    SessionState,
    TaskView,
    TimelineEntry,
    TimelinePage,
    WarningView,
)

MAX_PAGE = 200

_STATE = f"""
SELECT {FACTS}, s.confirmed_data, {TITLES},
    coalesce(
        (SELECT jsonb_object_agg(r.stage, r.record) FROM genesis_stage_records r WHERE r.session_id = s.id), '{{}}'
    ) AS records,
    t.draft AS task_draft{ASKED}
"""  # noqa: S608  (constants)

_SESSION = f"""
SELECT {SESSION_COLUMNS}{SESSION_TABLES}
WHERE s.user_id = %(user_id)s AND s.id = %(session_id)s
"""
_SESSIONS = f"""
SELECT {SESSION_COLUMNS}{SESSION_TABLES}
WHERE s.user_id = %(user_id)s
    AND (%(moment)s::timestamptz IS NULL OR (s.last_event_at, s.id) < (%(moment)s, %(key)s::uuid))
ORDER BY s.last_event_at DESC, s.id DESC LIMIT %(limit)s
"""

_TIMELINE = """
SELECT asked.n, e.version, e.event_id, e.event_type, e.stage, e.correlation_id, e.data, e.occurred_at
FROM unnest(%(sessions)s::uuid[], %(users)s::uuid[], %(after)s::int[], %(limits)s::int[]) WITH ORDINALITY
    AS asked (session_id, user_id, after, most, n)
JOIN genesis_sessions s ON s.id = asked.session_id AND s.user_id = asked.user_id
LEFT JOIN LATERAL (
    SELECT t.version, t.event_id, t.event_type, t.stage, t.correlation_id, t.data, t.occurred_at
    FROM genesis_timeline t WHERE t.session_id = s.id AND t.version > asked.after ORDER BY t.version LIMIT asked.most
) e ON true
ORDER BY asked.n, e.version
"""

_TASK = """
SELECT r.stage, r.occurred_at AS requested_at, o.event_type AS outcome, o.data AS outcome_data,
    o.occurred_at AS ended_at, t.status, t.phase, t.progress, t.message, t.error_data, t.cost_usd, t.retry_count,
    t.started_at, t.completed_at
FROM genesis_sessions s
JOIN genesis_timeline r ON r.session_id = s.id AND r.correlation_id = %(correlation_id)s
    AND r.event_type = 'GenerationRequested'
LEFT JOIN genesis_timeline o ON o.session_id = s.id AND o.correlation_id = %(correlation_id)s
    AND o.event_type IN ('ProposalsRecorded', 'ContradictionsFound', 'GenerationFailed', 'GenerationCancelled')
LEFT JOIN async_tasks t ON t.id = %(correlation_id)s AND t.session_id = s.id
WHERE s.id = %(session_id)s AND s.user_id = %(user_id)s
"""

_DRAFTS = """
SELECT s.id AS session_id, s.user_id, t.id AS correlation_id, t.status, t.draft_seq AS seq, t.phase,
    t.progress AS percent, t.message, t.draft AS content
FROM genesis_sessions s JOIN async_tasks t ON t.id = (s.pending->>'correlation_id')::uuid
WHERE s.is_pending AND s.user_id = %(user_id)s AND (%(session_id)s::uuid IS NULL OR s.id = %(session_id)s)
"""

_NOVELS = """
SELECT n.id, n.session_id, n.title, n.language, n.version, n.finished_at,
    coalesce(n.content->'CONCEPT_SELECTION'->>'logline', '') AS logline
FROM novels n
WHERE n.user_id = %(user_id)s
    AND (%(moment)s::timestamptz IS NULL OR (n.finished_at, n.id) < (%(moment)s, %(key)s::uuid))
ORDER BY n.finished_at DESC, n.id DESC LIMIT %(limit)s
"""

_NOVEL = """
SELECT n.id, n.session_id, n.title, n.language, n.content, n.version, n.finished_at
FROM novels n WHERE n.id = %(novel_id)s AND n.user_id = %(user_id)s
"""

_OUTCOMES = {
    "ProposalsRecorded": TaskStatus.COMPLETED,
    "ContradictionsFound": TaskStatus.COMPLETED,
    "GenerationFailed": TaskStatus.FAILED,
    "GenerationCancelled": TaskStatus.CANCELLED,
}


def _now() -> datetime:
    return datetime.now(UTC)


class Queries:
    """The readers' side. None from a query means: no such thing, or not this user's; the two look alike on purpose."""

    def __init__(self, pool: AsyncConnectionPool, clock: Callable[[], datetime] = _now) -> None:
        self._pool = pool
        self._clock = clock
        self.contents = Contents(pool, clock)
        self.requests = Requests(pool)
        self._states = Together(self._read_states)
        self._timelines = Together(self._read_timelines)

    async def _rows(self, query: str, parameters: Mapping[str, Any]) -> list[dict[str, Any]]:
        async with self._pool.connection() as connection, connection.cursor(row_factory=dict_row) as cursor:
            await cursor.execute(query.encode(), parameters)
            return await cursor.fetchall()

    async def state(self, session_id: UUID, user_id: UUID) -> SessionState | None:
        """The body of GET state."""
        row = await self._states.ask((session_id, user_id))
        return session_state(row, self._clock()) if row else None

    async def _read_states(self, asked: Sequence[tuple[UUID, UUID]]) -> dict[tuple[UUID, UUID], dict[str, Any]]:
        sessions, users = (list(column) for column in zip(*asked, strict=True))
        rows = await self._rows(_STATE, {"sessions": sessions, "users": users})
        return {(row["id"], row["user_id"]): row for row in rows}

    async def version_of(self, session_id: UUID, user_id: UUID) -> int | None:
        """The version that the session projection has reached."""
        query = "SELECT version FROM genesis_sessions WHERE id = %(session_id)s AND user_id = %(user_id)s"
        rows = await self._rows(query, {"session_id": session_id, "user_id": user_id})
        return rows[0]["version"] if rows else None

    async def contradictions(self, session_id: UUID, user_id: UUID) -> ContradictionList | None:
        """Where the confirmed stages contradict each other."""
        rows = await self._rows(contradictions.QUERY, {"session_id": session_id, "user_id": user_id})
        return contradiction_list(rows[0]) if rows else None

    async def sessions(self, user_id: UUID, cursor: str | None = None, limit: int = 50) -> SessionPage:
        """The user's sessions, the last changed first. Raises InvalidCursor."""
        moment, key = cursors.decode(cursor) if cursor else (None, None)
        limit = min(max(limit, 1), MAX_PAGE)
        parameters = {"user_id": user_id, "moment": moment, "key": key, "limit": limit + 1}
        items = tuple(session_line(row) for row in await self._rows(_SESSIONS, parameters))
        shown = items[:limit]
        more = len(items) > limit
        return SessionPage(
            items=shown, next_cursor=cursors.encode(shown[-1].last_event_at, shown[-1].session_id) if more else None
        )

    async def session_item(self, session_id: UUID, user_id: UUID) -> SessionItem | None:
        """One line of the list, for the stream of all that is the user's."""
        rows = await self._rows(_SESSION, {"user_id": user_id, "session_id": session_id})
        return session_line(rows[0]) if rows else None

    async def family(self, session_id: UUID, user_id: UUID) -> SessionFamily | None:
        """The session, what it came from, and all that branched from any of these."""
        rows = await self._rows(family.QUERY, {"session_id": session_id, "user_id": user_id, "most": family.MOST})
        return family.session_family(rows)

    async def timeline(
        self, session_id: UUID, user_id: UUID, after_version: int = 0, limit: int = 100
    ) -> TimelinePage | None:
        """The history after `after_version`, oldest first; `next_cursor` is the last version shown, as text."""
        limit = min(max(limit, 1), MAX_PAGE)
        rows = await self._timelines.ask((session_id, user_id, after_version, limit + 1))
        if rows is None:
            return None
        shown = tuple(TimelineEntry.model_validate(row) for row in rows[:limit])
        return TimelinePage(items=shown, next_cursor=str(shown[-1].version) if len(rows) > limit else None)

    async def _read_timelines(
        self, asked: Sequence[tuple[UUID, UUID, int, int]]
    ) -> dict[tuple[UUID, UUID, int, int], list[dict[str, Any]]]:
        sessions, users, after, limits = (list(column) for column in zip(*asked, strict=True))
        rows = await self._rows(_TIMELINE, {"sessions": sessions, "users": users, "after": after, "limits": limits})
        return {
            asked[n - 1]: [row for row in own if row["version"] is not None]
            for n, own in groupby(rows, key=lambda row: row.pop("n"))
        }

    async def changes_after(
        self, session_id: UUID, user_id: UUID, version: int, limit: int
    ) -> tuple[MissedChange, ...]:
        """What happened after `version`, oldest first, as far as the read side knows."""
        page = await self.timeline(session_id, user_id, version, limit)
        return tuple(
            MissedChange(
                version=item.version, event_type=item.event_type, stage=item.stage, occurred_at=item.occurred_at
            )
            for item in (page.items if page else ())
        )

    async def task(self, session_id: UUID, user_id: UUID, correlation_id: UUID) -> TaskView | None:
        """A generation: its outcome from the history, its progress from the worker (who may not have begun)."""
        parameters = {"session_id": session_id, "user_id": user_id, "correlation_id": correlation_id}
        rows = await self._rows(_TASK, parameters)
        return _task(rows[0], session_id, correlation_id) if rows else None

    async def drafts(self, user_id: UUID, session_id: UUID | None = None) -> tuple[DraftView, ...]:
        """The work in progress of one session, or of all of the user's sessions."""
        rows = await self._rows(_DRAFTS, {"user_id": user_id, "session_id": session_id})
        return tuple(DraftView.model_validate(row) for row in rows)

    async def novel(self, novel_id: UUID, user_id: UUID) -> Novel | None:
        rows = await self._rows(_NOVEL, {"novel_id": novel_id, "user_id": user_id})
        return Novel.model_validate(rows[0]) if rows else None

    async def novels(self, user_id: UUID, cursor: str | None = None, limit: int = 50) -> NovelPage:
        """The user's novels, newest first. Raises InvalidCursor."""
        moment, key = cursors.decode(cursor) if cursor else (None, None)
        limit = min(max(limit, 1), MAX_PAGE)
        rows = await self._rows(_NOVELS, {"user_id": user_id, "moment": moment, "key": key, "limit": limit + 1})
        items = tuple(NovelItem.model_validate(row) for row in rows)
        shown = items[:limit]
        more = len(items) > limit
        return NovelPage(items=shown, next_cursor=cursors.encode(shown[-1].finished_at, shown[-1].id) if more else None)


def _task(row: Mapping[str, Any], session_id: UUID, correlation_id: UUID) -> TaskView:
    facts: dict[str, Any] = row["outcome_data"] or {}
    # the history decides how it ended: the worker may have died before it could say so
    status = _OUTCOMES.get(row["outcome"]) or _unfinished(row["status"])
    error = None
    if status is TaskStatus.FAILED:
        error = WarningView(code=facts.get("code", "FAILED"), message=facts.get("message", ""))
    cost = facts.get("cost_usd", row["cost_usd"])
    return TaskView(
        correlation_id=correlation_id,
        session_id=session_id,
        status=status,
        stage=row["stage"],
        phase=row["phase"] or "",
        progress=100.0 if status is TaskStatus.COMPLETED else float(row["progress"] or 0),
        message=row["message"] or "",
        error=error,
        cost_usd=None if cost is None else float(cost),
        retry_count=row["retry_count"] or 0,
        created_at=row["requested_at"],
        started_at=row["started_at"],
        completed_at=row["ended_at"],
    )


def _unfinished(stored: str | None) -> TaskStatus:
    """A worker's own COMPLETED or FAILED counts only once the outcome is in the history: until then it runs."""
    if stored is None or stored == TaskStatus.PENDING:
        return TaskStatus.PENDING
    return TaskStatus.RUNNING
