"""Reads what contents are written from, at one moment of the read side: the confirmed stages, and what stands there."""

from typing import Any
from uuid import UUID

from genesis_types.enums import GenesisStage
from psycopg.rows import dict_row

from application.contents_request import ContentsMaterial, StandingChapter
from domain.project.outline import Outline
from domain.project.plan import ChapterPlan
from infrastructure.postgres.pool import Pool

_CONTENTS = """
SELECT p.title, p.language, p.logline, p.outline, p.version, coalesce(s.genre, '') AS genre,
    coalesce(s.audience, '') AS audience,
    (SELECT coalesce(jsonb_object_agg(e.entry_id, jsonb_build_object('kind', e.kind, 'title', e.title, 'plan', e.plan)),
        '{}') FROM project_entries e WHERE e.project_id = p.id AND e.kind <> 'section') AS entries,
    (SELECT coalesce(jsonb_object_agg(r.stage, r.record->'confirmed'), '{}') FROM genesis_stage_records r
        WHERE r.session_id = s.id AND jsonb_typeof(r.record->'confirmed') = 'object') AS stages
FROM projects p LEFT JOIN genesis_sessions s ON s.id = p.session_id AND s.user_id = p.user_id
WHERE p.id = %(project_id)s AND p.user_id = %(user_id)s
"""


class ContentsOfProjects:
    """Implements application.contents_request.ContentsMaterials."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def contents(self, project_id: UUID, user_id: UUID) -> ContentsMaterial | None:
        async with self._pool.connection() as connection, connection.cursor(row_factory=dict_row) as cursor:
            await cursor.execute(_CONTENTS, {"project_id": project_id, "user_id": user_id})
            row = await cursor.fetchone()
        if row is None:
            return None
        return ContentsMaterial(
            title=row["title"],
            language=row["language"],
            logline=row["logline"],
            genre=row["genre"],
            audience=row["audience"],
            stages={GenesisStage(stage): content for stage, content in row["stages"].items()},
            chapters=tuple(_chapters(row)),
            version=row["version"],
        )


def _chapters(row: dict[str, Any]) -> list[StandingChapter]:
    entries, found = row["entries"], []
    for entry_id, place in Outline.model_validate(row["outline"]).places().items():
        entry = entries.get(str(entry_id))
        if entry is None or entry["kind"] != "chapter":
            continue
        above = entries[str(place.parent_id)] if place.parent_id is not None else None
        plan = ChapterPlan.model_validate(entry["plan"])
        found.append(StandingChapter(entry_id, above["title"] if above else "", entry["title"], plan))
    return found
