"""Reads, at one moment of the read side, what a book's chapters rest on, and what has changed of it."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from psycopg.rows import dict_row

from application.chapter_material import Placed
from application.staleness import BookNow, Change, StandingScene, changes, manifest
from domain.chapter.sources import Source
from infrastructure.postgres.pool import Pool
from infrastructure.writers.chapter_material import (
    ONE_MOMENT,
    Statements,
    book_material,
    book_row,
    book_statements,
    reading_order,
)
from projections.project.staleness_views import RestingSentence, SourceChange, StaleBook, StaleChapter

_SCENES = """
SELECT s.chapter_id, s.draft_id, s.number, s.sources, EXISTS (
        SELECT 1 FROM chapter_blocks b WHERE b.chapter_id = s.chapter_id AND s.placed ? b.block_id::text) AS standing
FROM chapter_scenes s JOIN chapters c USING (chapter_id)
WHERE c.project_id = %(project_id)s AND c.user_id = %(user_id)s AND (s.accepted OR s.sources IS NOT NULL)
"""
_ACKNOWLEDGED = """
SELECT chapter_id, acknowledged FROM chapters
WHERE project_id = %(project_id)s AND user_id = %(user_id)s AND acknowledged <> '{}'
"""
_BLOCKS = """
SELECT b.chapter_id, b.block_id, b.meaning, b.text FROM chapter_blocks b JOIN chapters c USING (chapter_id)
WHERE c.project_id = %(project_id)s AND c.user_id = %(user_id)s AND b.block_id = ANY(%(blocks)s)
"""


class StaleChapters:
    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def of(self, project_id: UUID, user_id: UUID) -> StaleBook | None:
        """None: there is no such project of this user's."""
        parameters: dict[str, Any] = {"project_id": project_id, "user_id": user_id}
        async with (
            self._pool.connection() as connection,
            connection.transaction(),
            connection.cursor(row_factory=dict_row) as cursor,
        ):
            await cursor.execute(ONE_MOMENT)
            row = await book_row(cursor, parameters)
            if row is None:
                return None
            await cursor.execute(_SCENES, parameters)
            manifests = await asyncio.to_thread(_manifests, await cursor.fetchall())
            if not any(manifests.values()):
                return StaleBook(project_id=project_id, chapters=(), acknowledged=0)
            named = {one.block_id for told in manifests.values() for one in told if one.block_id is not None}
            await cursor.execute(_BLOCKS, parameters | {"blocks": list(named)})
            blocks = {
                one["block_id"]: Placed(one["chapter_id"], one["block_id"], one["meaning"], one["text"])
                for one in await cursor.fetchall()
            }
            await cursor.execute(_ACKNOWLEDGED, parameters)
            known = {one["chapter_id"]: one["acknowledged"] for one in await cursor.fetchall()}
            stated = await book_statements(cursor, parameters)
        return await asyncio.to_thread(lambda: _compared(project_id, _now(row, stated, blocks), manifests, known))


def _now(row: Mapping[str, Any], stated: Statements, blocks: Mapping[UUID, Placed]) -> BookNow:
    return BookNow(book_material(row, reading_order(row), stated), blocks)


def _manifests(rows: Sequence[Mapping[str, Any]]) -> dict[UUID, list[Source]]:
    scenes: dict[UUID, list[StandingScene]] = {}
    for row in rows:
        sources = None if row["sources"] is None else [Source.model_validate(one) for one in row["sources"]]
        scenes.setdefault(row["chapter_id"], []).append(
            StandingScene(row["draft_id"], row["number"], row["standing"], sources)
        )
    return {chapter_id: list(manifest(of_chapter)) for chapter_id, of_chapter in scenes.items()}


def _compared(
    project_id: UUID,
    now: BookNow,
    manifests: Mapping[UUID, Sequence[Source]],
    acknowledged: Mapping[UUID, Mapping[str, str]],
) -> StaleBook:
    titles = {one.chapter_id: one.title for one in now.material.chapters}
    stale: list[StaleChapter] = []
    settled = 0
    for number, chapter_id in enumerate(titles, start=1):
        known = acknowledged.get(chapter_id, {})
        found = list(changes(chapter_id, manifests.get(chapter_id, ()), now))
        fresh = tuple(_shown(one, titles) for one in found if str(one.id) not in known)
        settled += len(found) - len(fresh)
        if fresh:
            stale.append(StaleChapter(id=chapter_id, number=number, title=titles[chapter_id], changes=fresh))
    return StaleBook(project_id=project_id, chapters=tuple(stale), acknowledged=settled)


def _shown(change: Change, titles: Mapping[UUID, str]) -> SourceChange:
    told = change.source
    return SourceChange(
        id=change.id,
        kind=told.kind,
        ref=told.ref,
        chapter_id=told.chapter_id,
        chapter_title=titles.get(told.chapter_id, "") if told.chapter_id is not None else "",
        block_id=told.block_id,
        old=change.old,
        new=change.new,
        resting=tuple(RestingSentence(block_id=one.block_id, sentence=one.sentence) for one in change.resting),
    )
