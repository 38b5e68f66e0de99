"""Reads the contents of a book with what a writer proposes for them and what code finds in them."""

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool

from domain.project.analysis.finding import Finding, PlannedChapter, StoryBeat
from domain.project.analysis.findings import findings
from domain.project.outline import Outline
from domain.project.plan import ChapterPlan
from domain.project.proposed import ProposedContents as Proposed
from projections.project import finding_texts
from projections.project.contents_views import (
    Contents,
    ContentsFinding,
    CurvePoint,
    FindingChapter,
    ProposedChapter,
    ProposedContents,
)

_CONTENTS = """
SELECT p.id, p.version, p.outline, p.proposed, p.waived,
    (SELECT coalesce(jsonb_object_agg(e.entry_id, jsonb_build_object('title', e.title, 'plan', e.plan)), '{}')
        FROM project_entries e WHERE e.project_id = p.id AND e.kind = 'chapter') AS chapters,
    (SELECT coalesce(jsonb_agg(jsonb_build_object('number', c.number, 'part', c.part, 'title', c.title, 'plan', c.plan,
        'entry_id', c.entry_id) ORDER BY c.number), '[]') FROM project_proposed_chapters c
        WHERE c.project_id = p.id AND c.contents_id = (p.proposed->>'contents_id')::uuid) AS came,
    t.phase, t.progress::float8 AS percent,
    (SELECT r.record->'confirmed'->'beats' FROM genesis_stage_records r JOIN genesis_sessions s ON s.id = r.session_id
        WHERE s.id = p.session_id AND s.user_id = p.user_id AND r.stage = 'PLOT_OUTLINE') AS beats
FROM projects p LEFT JOIN async_tasks t ON t.id = (p.proposed->>'correlation_id')::uuid
WHERE p.id = %(project_id)s AND p.user_id = %(user_id)s
"""


class ContentsQueries:
    def __init__(self, pool: AsyncConnectionPool[Any]) -> None:
        self._pool = pool

    async def contents(self, project_id: UUID, user_id: UUID) -> Contents | None:
        async with self._pool.connection() as connection, connection.cursor(row_factory=dict_row) as cursor:
            await cursor.execute(_CONTENTS, {"project_id": project_id, "user_id": user_id})
            row = await cursor.fetchone()
        return _contents(row) if row is not None else None


def _contents(row: Mapping[str, Any]) -> Contents:
    chapters = tuple(_chapters(row))
    waived: Mapping[str, str] = row["waived"]
    found = [_finding(one, waived.get(str(one.id))) for one in findings(chapters, tuple(_beats(row["beats"])))]
    return Contents(
        project_id=row["id"],
        version=row["version"],
        proposed=_proposed(row) if row["proposed"] else None,
        findings=tuple(one for one in found if one.reason is None),
        waived=tuple(one for one in found if one.reason is not None),
        curve=tuple(
            CurvePoint(id=one.entry_id, number=one.number, title=one.title, tension=one.plan.tension)
            for one in chapters
        ),
    )


def _chapters(row: Mapping[str, Any]) -> Iterator[PlannedChapter]:
    entries = row["chapters"]
    shown = [one for one in Outline.model_validate(row["outline"]).places() if str(one) in entries]
    for number, entry_id in enumerate(shown, start=1):
        entry = entries[str(entry_id)]
        yield PlannedChapter(entry_id, number, entry["title"], ChapterPlan.model_validate(entry["plan"]))


def _beats(beats: Any) -> Iterator[StoryBeat]:
    for beat in beats if isinstance(beats, list) else ():
        percent = beat.get("target_pct") if isinstance(beat, dict) else None
        if isinstance(percent, int | float):
            yield StoryBeat(str(beat.get("label") or ""), float(percent), str(beat.get("summary") or ""))


def _finding(finding: Finding, reason: str | None) -> ContentsFinding:
    return ContentsFinding(
        id=finding.id,
        kind=finding.kind,
        chapters=tuple(FindingChapter(id=one.entry_id, number=one.number, title=one.title) for one in finding.chapters),
        facts=finding.facts,
        said=finding_texts.said(finding),
        change=finding_texts.change(finding),
        reason=reason,
    )


def _proposed(row: Mapping[str, Any]) -> ProposedContents:
    proposed = Proposed.model_validate(row["proposed"])
    facts = proposed.model_dump(include=set(ProposedContents.model_fields))
    return ProposedContents(
        **facts,
        id=proposed.contents_id,
        chapters=tuple(ProposedChapter.model_validate(one) for one in row["came"]),
        phase=(row["phase"] or "") if proposed.active else "",
        percent=(row["percent"] or 0.0) if proposed.active else 0.0,
    )
