"""What readers ask of initiations and jobs, as plain SQL over the read tables. Ownership is part of every query."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from genesis_types.enums import InitiationStatus
from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool

from domain.project.initiation import Initiation
from projections.project.concept_views import BookConcepts, ConceptView, Job, StepSoFar

_INITIATION = """
SELECT i.project_id, i.version, i.initiation, t.phase, t.progress::float8 AS percent, t.draft->'step' AS so_far,
    (SELECT coalesce(jsonb_agg(to_jsonb(c) ORDER BY c.number), '[]') FROM book_concepts c
        WHERE c.project_id = i.project_id) AS concepts
FROM book_initiations i LEFT JOIN async_tasks t ON t.id = (i.initiation->>'correlation_id')::uuid
WHERE i.project_id = %(project_id)s AND i.user_id = %(user_id)s
"""
_JOB = """
SELECT j.job_id AS id, j.project_id, j.command_type, j.status, nullif(j.code, '') AS error,
    coalesce(nullif(j.message, ''), t.message, '') AS message, coalesce(t.phase, '') AS phase,
    CASE j.status WHEN 'COMPLETED' THEN 100 ELSE coalesce(t.progress, 0) END::float8 AS progress,
    t.cost_usd::float8 AS cost_usd, coalesce(t.retry_count, 0) AS retry_count, j.requested_at, j.deadline_at, j.ended_at
FROM project_jobs j JOIN book_initiations i ON i.project_id = j.project_id AND i.user_id = %(user_id)s
LEFT JOIN async_tasks t ON t.id = j.job_id
WHERE j.job_id = %(job_id)s
"""
_BRIEF = ("keyword", "genre", "audience", "audience_level", "intent", "language")
_SAME = ("status", "writer", "requested_at", "deadline_at", "landscape", "thesis", "chosen", "notes", "model")
_CONCEPT = ("number", "title", "tagline", "logline", "audience", "angle")


class ConceptQueries:
    def __init__(self, pool: AsyncConnectionPool[Any]) -> None:
        self._pool = pool

    async def concepts(self, project_id: UUID, user_id: UUID) -> BookConcepts | None:
        """None: there is no such project of this user's, or it did not begin from a keyword."""
        row = await self._row(_INITIATION, {"project_id": project_id, "user_id": user_id})
        return _concepts(row) if row is not None else None

    async def job(self, job_id: UUID, user_id: UUID) -> Job | None:
        row = await self._row(_JOB, {"job_id": job_id, "user_id": user_id})
        return Job.model_validate(row) if row is not None else None

    async def _row(self, query: str, parameters: Mapping[str, Any]) -> dict[str, Any] | None:
        async with self._pool.connection() as connection, connection.cursor(row_factory=dict_row) as cursor:
            await cursor.execute(query.encode(), parameters)
            row: dict[str, Any] | None = await cursor.fetchone()
        return row


def _concepts(row: dict[str, Any]) -> BookConcepts:
    initiation = Initiation.model_validate(row["initiation"])
    working = initiation.status is InitiationStatus.WORKING
    so_far = StepSoFar.model_validate(row["so_far"]) if working and row["so_far"] else None
    if so_far is not None and (getattr(initiation, so_far.name) or (so_far.name == "concepts" and row["concepts"])):
        so_far = None  # it has come since
    chosen = initiation.chosen
    return BookConcepts(
        project_id=row["project_id"],
        version=row["version"],
        job_id=initiation.correlation_id,
        **{name: getattr(initiation.brief, name) for name in _BRIEF},
        **{name: getattr(initiation, name) for name in _SAME},
        concepts=tuple(
            ConceptView(
                id=one["concept_id"],
                chosen=UUID(one["concept_id"]) == chosen,
                **{name: one[name] for name in _CONCEPT},
            )
            for one in row["concepts"]
        ),
        code=initiation.code,
        message=initiation.message,
        cost_usd=initiation.cost_usd,
        phase=row["phase"] or "" if working else "",
        percent=(row["percent"] or 0.0) if working else 0.0,
        so_far=so_far,
    )
