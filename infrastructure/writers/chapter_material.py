"""Reads what a chapter is written from, at one moment of the read side: contents, plans, summaries, the last words."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from genesis_types.enums import GenesisStage
from psycopg import AsyncCursor
from psycopg.rows import dict_row

from application.chapter_material import LATEST_CHAPTERS, Material, Placed, Planned
from domain.chapter.order import BlockOrder
from domain.continuity.established import book_facts
from domain.continuity.facts import Chapter, Fact
from domain.continuity.people import People
from domain.continuity.reading import Reading
from domain.project.outline import Outline
from domain.project.plan import ChapterPlan
from domain.project.style import Style
from infrastructure.postgres.pool import Pool

ONE_MOMENT = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"

_PROJECT = """
SELECT p.title, p.language, p.logline, p.outline, p.style, p.version,
    coalesce(nullif(p.genre, ''), s.genre, '') AS genre, coalesce(nullif(p.audience, ''), s.audience, '') AS audience,
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
    (SELECT coalesce(jsonb_object_agg(b.block_id, jsonb_build_object('text', b.text, 'meaning', b.meaning)), '{}')
        FROM chapter_blocks b WHERE b.chapter_id = c.chapter_id) AS texts
FROM chapters c WHERE c.chapter_id = ANY(%(chapters)s) AND c.user_id = %(user_id)s
"""
_READINGS = """
SELECT c.chapter_id, c.block_order,
    (SELECT coalesce(jsonb_object_agg(b.block_id, b.reading - 'sketch'), '{}') FROM continuity_blocks b
        WHERE b.chapter_id = c.chapter_id) AS readings
FROM continuity_chapters c WHERE c.project_id = %(project_id)s AND c.user_id = %(user_id)s
"""
_VERSIONS = """
SELECT b.block_id, b.meaning FROM chapter_blocks b JOIN chapters c USING (chapter_id)
WHERE c.project_id = %(project_id)s AND c.user_id = %(user_id)s
"""


class ChapterMaterials:
    """Implements application.chapter_material.Materials."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def of(self, project_id: UUID, chapter_id: UUID, user_id: UUID) -> Material | None:
        parameters: dict[str, Any] = {"project_id": project_id, "user_id": user_id}
        async with (
            self._pool.connection() as connection,
            connection.transaction(),
            connection.cursor(row_factory=dict_row) as cursor,
        ):
            await cursor.execute(ONE_MOMENT)
            row = await book_row(cursor, parameters)
            if row is None or str(chapter_id) not in row["chapters"]:
                return None
            order = _order(row, chapter_id)
            index = order.index(chapter_id)
            latest = order[max(index - LATEST_CHAPTERS, 0) : index + 1]
            await cursor.execute(_TEXTS, parameters | {"chapters": latest})
            texts = {found["chapter_id"]: found for found in await cursor.fetchall()}
            stated = await book_statements(cursor, parameters)
        own = texts.get(chapter_id)
        material = await asyncio.to_thread(book_material, row, order, stated)
        return replace(
            material,
            own=_paragraphs(own),
            previous=_paragraphs(texts.get(order[index - 1]) if index else None),
            chapter_version=own["version"] if own else 0,
            recent=tuple(tuple(placed.text for placed in _paragraphs(texts.get(one))) for one in latest),
        )


@dataclass(frozen=True, slots=True)
class Statements:
    """`readings`: rows of the continuity projection; `versions`: of each paragraph, as in Placed."""

    readings: list[dict[str, Any]]
    versions: Mapping[UUID, int]


async def book_statements(cursor: AsyncCursor[Any], parameters: Mapping[str, Any]) -> Statements:
    """What a book's paragraphs state, within the transaction of `cursor`, whose rows are mappings."""
    await cursor.execute(_READINGS, parameters)
    readings = await cursor.fetchall()
    await cursor.execute(_VERSIONS, parameters)
    return Statements(readings, {found["block_id"]: found["meaning"] for found in await cursor.fetchall()})


async def book_row(cursor: AsyncCursor[Any], parameters: Mapping[str, Any]) -> dict[str, Any] | None:
    await cursor.execute(_PROJECT, parameters)
    row: dict[str, Any] | None = await cursor.fetchone()
    return row


def book_material(row: Mapping[str, Any], order: Sequence[UUID], stated: Statements) -> Material:
    """What is recorded of a book, without the paragraphs of any chapter. Takes tens of milliseconds for a novel."""
    planned = tuple(_planned(one, row["chapters"][str(one)]) for one in order)
    facts, people = _facts(planned, stated.readings)
    return Material(
        title=row["title"],
        language=row["language"],
        logline=row["logline"],
        genre=row["genre"],
        audience=row["audience"],
        stages={GenesisStage(stage): content for stage, content in row["stages"].items()},
        chapters=planned,
        own=(),
        previous=(),
        project_version=row["version"],
        chapter_version=0,
        style=Style.model_validate(row["style"]),
        facts=facts,
        people=people,
        versions=stated.versions,
    )


def _facts(planned: Sequence[Planned], readings: Sequence[Mapping[str, Any]]) -> tuple[tuple[Fact, ...], People]:
    written = {row["chapter_id"]: row for row in readings}
    chapters = [
        Chapter(one.chapter_id, one.title, one.plan, tuple(_readings(written.get(one.chapter_id)))) for one in planned
    ]
    return book_facts(chapters)


def _readings(row: Mapping[str, Any] | None) -> Iterator[tuple[UUID, Reading]]:
    if row is None:
        return
    for one in BlockOrder.model_validate(row["block_order"]).shown:
        if (reading := row["readings"].get(str(one))) is not None:
            yield one, Reading.model_validate(reading)


def reading_order(row: Mapping[str, Any]) -> list[UUID]:
    """The chapters as a reader has them."""
    return [one for one in Outline.model_validate(row["outline"]).places() if str(one) in row["chapters"]]


def _order(row: Mapping[str, Any], chapter_id: UUID) -> list[UUID]:
    """The chapters as a reader has them; one that was removed from the contents stands alone, behind them."""
    order = reading_order(row)
    return order if chapter_id in order else [*order, chapter_id]


def _planned(chapter_id: UUID, entry: dict[str, Any]) -> Planned:
    return Planned(chapter_id, entry["title"], ChapterPlan.model_validate(entry["plan"]), entry["summary"])


def _paragraphs(row: Mapping[str, Any] | None) -> tuple[Placed, ...]:
    if row is None:
        return ()
    shown = BlockOrder.model_validate(row["block_order"]).shown
    texts = row["texts"]
    return tuple(Placed(row["chapter_id"], one, texts[str(one)]["meaning"], texts[str(one)]["text"]) for one in shown)
