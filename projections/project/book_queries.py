"""Reads a whole book at one moment: its contents, and the text of all its chapters at once."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.rows import dict_row

from domain.chapter.order import BlockOrder
from domain.project.matter import BookMatter
from domain.project.outline import Outline
from projections.project.book import BookText, Entry, Written

_ONE_MOMENT = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"

_PROJECT = """
SELECT p.id AS project_id, p.title, coalesce(u.name, '') AS author, p.logline, p.language, p.version, p.last_event_at,
    p.outline, p.matter,
    (SELECT coalesce(jsonb_object_agg(e.entry_id, jsonb_build_object('kind', e.kind, 'title', e.title)),
        '{}') FROM project_entries e WHERE e.project_id = p.id) AS entries
FROM projects p LEFT JOIN users u ON u.id = p.user_id
WHERE p.id = %(project_id)s AND (%(user_id)s::uuid IS NULL OR p.user_id = %(user_id)s)
"""

_WRITTEN = """
SELECT c.chapter_id, c.version, c.last_event_at, c.block_order,
    (SELECT coalesce(jsonb_object_agg(b.block_id, b.text), '{}') FROM chapter_blocks b
        WHERE b.chapter_id = c.chapter_id) AS texts,
    (SELECT coalesce(sum(s.words), 0)::int FROM chapter_scenes s
        WHERE s.chapter_id = c.chapter_id AND s.accepted) AS drafted
FROM chapters c JOIN projects p ON p.id = c.project_id AND p.user_id = c.user_id
WHERE c.project_id = %(project_id)s AND (%(only)s::uuid[] IS NULL OR c.chapter_id = ANY(%(only)s))
"""


async def read_book(
    connection: AsyncConnection[Any], project_id: UUID, user_id: UUID | None, chapters: Collection[UUID] = ()
) -> BookText | None:
    """A project with the texts of all its chapters, or of these. `user_id` None: whoever's it is. None: there is none.

    The connection must not be in a transaction.
    """
    parameters = {"project_id": project_id, "user_id": user_id, "only": list(chapters) or None}
    async with connection.transaction(), connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(_ONE_MOMENT)
        await cursor.execute(_PROJECT, parameters)
        found = await cursor.fetchone()
        if found is None:
            return None
        await cursor.execute(_WRITTEN, parameters)
        rows = await cursor.fetchall()
    entries = {UUID(one): Entry(**entry) for one, entry in found.pop("entries").items()}
    outline = Outline.model_validate(found.pop("outline"))
    matter = BookMatter.model_validate(found.pop("matter"))
    written = {row["chapter_id"]: _written(row) for row in rows}
    return BookText(**found, outline=outline, matter=matter, entries=entries, written=written)


def _written(row: dict[str, Any]) -> Written:
    shown = BlockOrder.model_validate(row["block_order"]).shown
    return Written(row["version"], row["last_event_at"], tuple(row["texts"][str(one)] for one in shown), row["drafted"])
