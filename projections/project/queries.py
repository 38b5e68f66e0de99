"""What readers ask of projects and chapters, as plain SQL over the read tables. Ownership is part of every query."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any
from uuid import UUID

from genesis_types.enums import ChapterStatus
from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool

from domain.chapter.draft import Draft
from domain.chapter.order import BlockOrder
from domain.project.matter import BookMatter
from domain.project.outline import Outline
from domain.project.style import Style
from domain.prose.fingerprint import fingerprint, paragraphs_in
from projections.engine import cursors
from projections.project.book import BookText
from projections.project.book_queries import read_book
from projections.project.continuity_queries import read_continuity
from projections.project.continuity_views import ContinuityView
from projections.project.search import read_chapters
from projections.project.views import (
    Block,
    Chapter,
    ChapterDraft,
    ContentsEntry,
    DraftScene,
    Project,
    ProjectItem,
    ProjectPage,
    RemovedEntry,
    SceneSoFar,
)

_WRITTEN = """(
    SELECT coalesce(jsonb_object_agg(c.chapter_id, jsonb_build_object('words', c.words, 'status', c.status,
        'version', c.version)), '{}') FROM chapters c WHERE c.project_id = p.id AND c.user_id = p.user_id
) AS written"""

PROJECT_COLUMNS = f"""
    p.id, p.title, p.logline, p.language, p.genre, p.audience, p.initiation, p.session_id, p.novel_id, p.version,
    p.last_event_at, p.outline,
    (SELECT coalesce(jsonb_agg(e.entry_id), '[]') FROM project_entries e
        WHERE e.project_id = p.id AND e.kind = 'chapter') AS chapters, {_WRITTEN}"""  # noqa: S608  (constants)

_PROJECTS = f"""
SELECT {PROJECT_COLUMNS}
FROM projects p
WHERE p.user_id = %(user_id)s
    AND (%(moment)s::timestamptz IS NULL OR (p.last_event_at, p.id) < (%(moment)s, %(key)s::uuid))
ORDER BY p.last_event_at DESC, p.id DESC LIMIT %(limit)s
"""  # noqa: S608  (constants)

_PROJECT = f"""
SELECT p.id, p.title, p.logline, p.language, p.genre, p.audience, p.initiation, p.session_id, p.novel_id, p.version,
    p.last_event_at, p.outline, p.matter, p.style,
    (SELECT coalesce(jsonb_object_agg(e.entry_id, jsonb_build_object('kind', e.kind, 'title', e.title,
        'summary', e.plan->>'summary', 'target_words', (e.plan->>'target_words')::int, 'planned', e.planned)), '{{}}')
        FROM project_entries e WHERE e.project_id = p.id) AS entries, {_WRITTEN}
FROM projects p WHERE p.id = %(project_id)s AND p.user_id = %(user_id)s
"""  # noqa: S608  (constants)

_CHAPTER = """
SELECT p.id AS project_id, p.title AS project_title, p.language, p.outline, e.title, e.plan, e.planned,
    (SELECT coalesce(jsonb_agg(o.entry_id), '[]') FROM project_entries o
        WHERE o.project_id = p.id AND o.kind = 'chapter') AS chapters,
    c.status, c.words, c.version, c.block_order, c.last_event_at, c.draft, coalesce(c.summary, '') AS summary,
    (SELECT coalesce(jsonb_agg(jsonb_build_object('number', s.number, 'aim', s.aim, 'paragraphs', s.paragraphs,
        'words', s.words, 'accepted', s.accepted, 'critique', s.critique)
        ORDER BY s.number), '[]') FROM chapter_scenes s
        WHERE s.chapter_id = c.chapter_id AND s.draft_id = (c.draft->>'draft_id')::uuid) AS scenes,
    t.phase, t.progress::float8 AS percent, t.draft->'scene' AS so_far,
    (SELECT coalesce(jsonb_object_agg(b.block_id, jsonb_build_object('id', b.block_id, 'text', b.text,
        'words', b.words, 'version', b.version, 'locked', b.locked)), '{}') FROM chapter_blocks b
        WHERE b.chapter_id = c.chapter_id) AS blocks
FROM projects p JOIN project_entries e ON e.project_id = p.id AND e.entry_id = %(chapter_id)s AND e.kind = 'chapter'
LEFT JOIN chapters c ON c.chapter_id = e.entry_id AND c.project_id = p.id AND c.user_id = p.user_id
LEFT JOIN async_tasks t ON t.id = (c.draft->>'correlation_id')::uuid
WHERE p.id = %(project_id)s AND p.user_id = %(user_id)s
"""

MAX_PAGE = 200
_FACTS = (
    *("id", "title", "logline", "language", "genre", "audience", "initiation", "session_id", "novel_id"),
    *("version", "last_event_at"),
)


class ProjectQueries:
    def __init__(self, pool: AsyncConnectionPool[Any]) -> None:
        self._pool = pool

    async def _rows(self, query: str, parameters: Mapping[str, Any]) -> list[dict[str, Any]]:
        async with self._pool.connection() as connection, connection.cursor(row_factory=dict_row) as cursor:
            await cursor.execute(query.encode(), parameters)
            rows: list[dict[str, Any]] = await cursor.fetchall()
        return rows

    async def projects(self, user_id: UUID, cursor: str | None = None, limit: int = 50) -> ProjectPage:
        """The user's projects, the last changed first. Raises InvalidCursor."""
        moment, key = cursors.decode(cursor) if cursor else (None, None)
        limit = min(max(limit, 1), MAX_PAGE)
        rows = await self._rows(_PROJECTS, {"user_id": user_id, "moment": moment, "key": key, "limit": limit + 1})
        items = tuple(project_line(row) for row in rows[:limit])
        more = len(rows) > limit
        return ProjectPage(
            items=items, next_cursor=cursors.encode(items[-1].last_event_at, items[-1].id) if more else None
        )

    async def project(self, project_id: UUID, user_id: UUID) -> Project | None:
        rows = await self._rows(_PROJECT, {"project_id": project_id, "user_id": user_id})
        return _project(rows[0]) if rows else None

    async def chapter(self, project_id: UUID, chapter_id: UUID, user_id: UUID) -> Chapter | None:
        """A chapter of the contents, opened or not, removed from them or not; None for anything else."""
        parameters = {"project_id": project_id, "chapter_id": chapter_id, "user_id": user_id}
        rows = await self._rows(_CHAPTER, parameters)
        return _chapter(rows[0], chapter_id) if rows else None

    async def book(self, project_id: UUID, user_id: UUID, chapters: Collection[UUID] = ()) -> BookText | None:
        """The texts of all chapters, or of these, at one moment."""
        async with self._pool.connection() as connection:
            return await read_book(connection, project_id, user_id, chapters)

    async def continuity(self, project_id: UUID, user_id: UUID, *, with_facts: bool = True) -> ContinuityView | None:
        """The check of the book as it is now."""
        async with self._pool.connection() as connection:
            return await read_continuity(connection, project_id, user_id, with_facts=with_facts)

    async def searched(self, project_id: UUID, user_id: UUID) -> tuple[dict[str, Any], list[dict[str, Any]]] | None:
        """The texts of all chapters, to look for words in."""
        async with self._pool.connection() as connection:
            return await read_chapters(connection, project_id, user_id)


def project_line(row: dict[str, Any]) -> ProjectItem:
    places = Outline.model_validate(row["outline"]).places()
    chapters = [one for one in row["chapters"] if UUID(one) in places]
    return ProjectItem(
        **{name: row[name] for name in _FACTS},
        chapters=len(chapters),
        words=sum(row["written"][one]["words"] for one in chapters if one in row["written"]),
    )


def _project(row: dict[str, Any]) -> Project:
    outline = Outline.model_validate(row["outline"])
    entries, written = row["entries"], row["written"]
    places = outline.places()

    def words(ids: Iterable[UUID]) -> int:
        return sum(written[str(one)]["words"] for one in ids if str(one) in written)

    under = _words_under(outline, written)
    return Project(
        **{name: row[name] for name in _FACTS},
        words=words(places),
        matter=BookMatter.model_validate(row["matter"]),
        style=(style := Style.model_validate(row["style"])),
        sample=fingerprint(paragraphs_in(style.sample)),
        contents=tuple(
            ContentsEntry(
                id=entry_id,
                parent_id=place.parent_id,
                position=place.position,
                depth=place.depth,
                kind=(entry := entries[str(entry_id)])["kind"],
                title=entry["title"],
                summary=entry["summary"],
                target_words=entry["target_words"],
                status=_status(written.get(str(entry_id)), planned=entry["planned"])
                if entry["kind"] == "chapter"
                else None,
                words=under[entry_id],
                version=written.get(str(entry_id), {}).get("version", 0),
            )
            for entry_id, place in places.items()
        ),
        removed=tuple(
            RemovedEntry(
                id=one.entry_id,
                kind=entries[str(one.entry_id)]["kind"],
                title=entries[str(one.entry_id)]["title"],
                words=words(outline.subtree(one.entry_id)),
            )
            for one in reversed(outline.removed)
        ),
    )


def _words_under(outline: Outline, written: Mapping[str, Mapping[str, Any]]) -> dict[UUID, int]:
    """The words of each entry that is not removed, with those of all under it."""
    places = outline.places()
    found = {entry_id: int(written.get(str(entry_id), {}).get("words", 0)) for entry_id in places}
    for entry_id in reversed(places):  # what is under an entry comes after it
        parent_id = places[entry_id].parent_id
        if parent_id is not None:
            found[parent_id] += found[entry_id]
    return found


def _status(written: Mapping[str, Any] | None, *, planned: bool) -> ChapterStatus:
    """A chapter that was not opened is planned as soon as anything is said of it."""
    status = ChapterStatus(written["status"]) if written and written["status"] else ChapterStatus.DRAFT
    return ChapterStatus.PLANNED if status is ChapterStatus.DRAFT and planned else status


def _chapter(row: dict[str, Any], chapter_id: UUID) -> Chapter:
    places = Outline.model_validate(row["outline"]).places()
    chapters = set(map(UUID, row["chapters"]))
    order = [one for one in places if one in chapters]
    place = order.index(chapter_id) if chapter_id in places else None
    shown = BlockOrder.model_validate(row["block_order"]).shown if row["block_order"] else ()
    return Chapter(
        id=chapter_id,
        project_id=row["project_id"],
        project_title=row["project_title"],
        language=row["language"],
        title=row["title"],
        plan=row["plan"],
        status=_status(row, planned=row["planned"]),
        words=row["words"] or 0,
        version=row["version"] or 0,
        removed=place is None,
        previous_id=order[place - 1] if place else None,
        next_id=order[place + 1] if place is not None and place + 1 < len(order) else None,
        last_event_at=row["last_event_at"],
        blocks=tuple(Block.model_validate(row["blocks"][str(one)]) for one in shown),
        summary=row["summary"],
        draft=_draft(row) if row["draft"] else None,
    )


def _draft(row: dict[str, Any]) -> ChapterDraft:
    draft = Draft.model_validate(row["draft"])
    facts = draft.model_dump(include=set(ChapterDraft.model_fields))
    scenes = tuple(DraftScene.model_validate(scene) for scene in row["scenes"])
    so_far = row["so_far"] if draft.active else None
    if so_far is not None and so_far["number"] <= draft.came:  # it has come since
        so_far = None
    return ChapterDraft(
        **facts,
        id=draft.draft_id,
        scenes=scenes,
        phase=row["phase"] or "",
        percent=row["percent"] or 0.0,
        so_far=SceneSoFar.model_validate(so_far) if so_far else None,
    )
