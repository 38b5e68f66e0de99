"""Reads what a whole book states at one moment, and checks it."""

import asyncio
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.rows import dict_row

from domain.chapter.order import BlockOrder
from domain.continuity.check import check
from domain.continuity.facts import Chapter, Evidence
from domain.continuity.reading import Reading
from domain.project.outline import Outline
from domain.project.plan import NO_PLAN, ChapterPlan
from projections.project.continuity_views import ContinuityView, FactView, FindingView, Person, Said, Waiver

_ONE_MOMENT = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"

_PROJECT = """
SELECT p.id, p.title, p.language, p.outline,
    (SELECT coalesce(jsonb_object_agg(e.entry_id, jsonb_build_object('title', e.title, 'plan', e.plan)), '{}')
        FROM project_entries e WHERE e.project_id = p.id AND e.kind = 'chapter') AS chapters,
    (SELECT coalesce(jsonb_object_agg(w.finding_id, jsonb_build_object('reason', w.reason, 'waived_at', w.waived_at)),
        '{}') FROM continuity_waivers w WHERE w.project_id = p.id) AS waivers
FROM projects p WHERE p.id = %(project_id)s AND (%(user_id)s::uuid IS NULL OR p.user_id = %(user_id)s)
"""

_READINGS = """
SELECT c.chapter_id, c.block_order, (SELECT coalesce(jsonb_object_agg(b.block_id, b.reading), '{}')
    FROM continuity_blocks b WHERE b.chapter_id = c.chapter_id) AS readings
FROM continuity_chapters c JOIN projects p ON p.id = c.project_id AND p.user_id = c.user_id
WHERE c.project_id = %(project_id)s
"""


async def read_continuity(
    connection: AsyncConnection[Any], project_id: UUID, user_id: UUID | None, *, with_facts: bool = True
) -> ContinuityView | None:
    """The check of a book as it is now. `user_id` None: whoever's it is. None: there is no such project.

    The connection must not be in a transaction. The check takes tens of milliseconds for a novel, in a thread.
    """
    parameters = {"project_id": project_id, "user_id": user_id}
    async with connection.transaction(), connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(_ONE_MOMENT)
        await cursor.execute(_PROJECT.encode(), parameters)
        project = await cursor.fetchone()
        if project is None:
            return None
        await cursor.execute(_READINGS, parameters)
        rows = await cursor.fetchall()
    return await asyncio.to_thread(_checked, project, rows, with_facts)


def _checked(project: dict[str, Any], rows: list[dict[str, Any]], with_facts: bool) -> ContinuityView:
    written = {row["chapter_id"]: _paragraphs(row) for row in rows}
    planned = {UUID(one): entry for one, entry in project["chapters"].items()}
    chapters = [
        Chapter(
            chapter_id=entry_id,
            title=planned[entry_id]["title"],
            plan=ChapterPlan.model_validate(planned[entry_id]["plan"]) if planned[entry_id]["plan"] else NO_PLAN,
            paragraphs=written.get(entry_id, ()),
        )
        for entry_id in Outline.model_validate(project["outline"]).places()
        if entry_id in planned
    ]
    found = check(chapters)
    titles = {chapter.chapter_id: chapter.title for chapter in chapters}

    def said(evidence: Evidence) -> Said:
        return Said(**evidence._asdict(), chapter_title=titles[evidence.chapter_id])

    waivers = {UUID(one): Waiver.model_validate(waiver) for one, waiver in project["waivers"].items()}
    findings = tuple(
        FindingView(
            id=one.id,
            kind=one.kind,
            person=one.person,
            first_value=one.values[0],
            second_value=one.values[1],
            first=said(one.first),
            second=said(one.second),
            waived=waivers.get(one.id),
        )
        for one in found.findings
    )
    facts = tuple(
        FactView(
            kind=one.kind,
            person=one.person,
            value=one.value,
            detail=one.detail,
            earlier=one.earlier,
            said=said(one.evidence),
        )
        for one in (found.facts if with_facts else ())
    )
    return ContinuityView(
        project_id=project["id"],
        project_title=project["title"],
        language=project["language"],
        open_findings=sum(one.waived is None for one in findings),
        findings=findings,
        people=tuple(Person(name=name, sentences=count) for name, count in found.people.items()),
        facts=facts,
    )


def _paragraphs(row: dict[str, Any]) -> list[tuple[UUID, Reading]]:
    shown = BlockOrder.model_validate(row["block_order"]).shown
    return [(one, Reading.model_validate(row["readings"][str(one)])) for one in shown if str(one) in row["readings"]]
