"""Reads what a chapter is written from, at one moment of the read side: contents, plans, summaries, the last words."""

from typing import Any
from uuid import UUID

from genesis_types.enums import GenesisStage
from psycopg.rows import dict_row

from application.chapter_request import Material, Planned
from domain.chapter.order import BlockOrder
from domain.project.outline import Outline
from domain.project.plan import ChapterPlan
from infrastructure.postgres.pool import Pool

_ONE_MOMENT = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"

_PROJECT = """
SELECT p.title, p.language, p.logline, p.outline, p.version, coalesce(nullif(p.genre, ''), s.genre, '') AS genre,
    coalesce(nullif(p.audience, ''), s.audience, '') AS audience,
    (SELECT coalesce(jsonb_object_agg(e.entry_id, jsonb_build_object('title', e.title, 'plan', e.plan,
        'summary', coalesce(c.summary, ''))), '{}')
        FROM project_entries e LEFT JOIN chapters c ON c.chapter_id = e.entry_id AND c.user_id = p.user_id
        WHERE e.project_id = p.id AND e.kind = 'chapter') AS chapters,
    (SELECT coalesce(jsonb_object_agg(r.stage, r.record->'confirmed'), '{}') FROM genesis_stage_records r
        WHERE r.session_id = s.id AND jsonb_typeof(r.record->'confirmed') = 'object') AS stages
FROM projects p LEFT JOIN genesis_sessions s ON s.id = p.session_id AND s.user_id = p.user_id
WHERE p.id = %(project_id)s AND p.user_id = %(user_id)s
"""
_TEXTS = """
SELECT c.chapter_id, c.version, c.block_order,
    (SELECT coalesce(jsonb_object_agg(b.block_id, b.text), '{}') FROM chapter_blocks b
        WHERE b.chapter_id = c.chapter_id) AS texts
FROM chapters c WHERE c.chapter_id = ANY(%(chapters)s) AND c.user_id = %(user_id)s
"""


class ChapterMaterials:
    """Implements application.chapter_request.Materials."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def of(self, project_id: UUID, chapter_id: UUID, user_id: UUID) -> Material | None:
        parameters: dict[str, Any] = {"project_id": project_id, "user_id": user_id}
        async with (
            self._pool.connection() as connection,
            connection.transaction(),
            connection.cursor(row_factory=dict_row) as cursor,
        ):
            await cursor.execute(_ONE_MOMENT)
            await cursor.execute(_PROJECT, parameters)
            row = await cursor.fetchone()
            if row is None or str(chapter_id) not in row["chapters"]:
                return None
            order = _order(row, chapter_id)
            index = order.index(chapter_id)
            await cursor.execute(_TEXTS, parameters | {"chapters": order[max(index - 1, 0) : index + 1]})
            texts = {found["chapter_id"]: found for found in await cursor.fetchall()}
        own = texts.get(chapter_id)
        before = texts.get(order[index - 1]) if index else None
        return Material(
            title=row["title"],
            language=row["language"],
            logline=row["logline"],
            genre=row["genre"],
            audience=row["audience"],
            stages={GenesisStage(stage): content for stage, content in row["stages"].items()},
            chapters=tuple(_planned(one, row["chapters"][str(one)]) for one in order),
            tail=_paragraphs(own) or _paragraphs(before),
            project_version=row["version"],
            chapter_version=own["version"] if own else 0,
        )


def _order(row: dict[str, Any], chapter_id: UUID) -> list[UUID]:
    """The chapters as a reader has them; one that was removed from the contents stands alone, behind them."""
    order = [one for one in Outline.model_validate(row["outline"]).places() if str(one) in row["chapters"]]
    return order if chapter_id in order else [*order, chapter_id]


def _planned(chapter_id: UUID, entry: dict[str, Any]) -> Planned:
    return Planned(chapter_id, entry["title"], ChapterPlan.model_validate(entry["plan"]), entry["summary"])


def _paragraphs(row: dict[str, Any] | None) -> tuple[str, ...]:
    if row is None:
        return ()
    return tuple(row["texts"][str(one)] for one in BlockOrder.model_validate(row["block_order"]).shown)
