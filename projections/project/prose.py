"""How a chapter reads: what in it sounds machine-made, with the places, and how far it is from its author's style."""

from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

from genesis_types.words import count_words
from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool
from pydantic import Field

from domain.chapter.order import BlockOrder
from domain.project.style import NO_STYLE, Style
from domain.prose.fingerprint import Deviation, Fingerprint, deviations, fingerprint, paragraphs_in
from domain.prose.machine import Kind, flags, per_thousand
from projections.genesis.views import View

_TEXT = """
SELECT p.language, p.style, c.block_order,
    (SELECT coalesce(jsonb_object_agg(b.block_id, b.text), '{}') FROM chapter_blocks b
        WHERE b.chapter_id = c.chapter_id) AS texts,
    (SELECT coalesce(jsonb_agg(s.paragraphs ORDER BY s.number), '[]') FROM chapter_scenes s
        WHERE s.chapter_id = c.chapter_id AND s.draft_id = (c.draft->>'draft_id')::uuid) AS scenes
FROM projects p JOIN project_entries e ON e.project_id = p.id AND e.entry_id = %(chapter_id)s AND e.kind = 'chapter'
LEFT JOIN chapters c ON c.chapter_id = e.entry_id AND c.project_id = p.id AND c.user_id = p.user_id
WHERE p.id = %(project_id)s AND p.user_id = %(user_id)s
"""


class ProseFlag(View):
    """A hint, never a verdict. `block_id`: the paragraph, null in a draft; `start`, `end`: characters in it."""

    kind: Kind
    block_id: UUID | None
    start: int
    end: int
    about: Annotated[str, Field(description="The words themselves.")]
    count: Annotated[int, Field(description="How often, where a flag stands for all of a kind; else 1.")]


class Prose(View):
    """`per_thousand`: flags in 1,000 words. `measured`: null for a text too short to say anything."""

    words: int
    per_thousand: float
    flags: tuple[ProseFlag, ...]
    measured: Fingerprint | None
    deviations: Annotated[tuple[Deviation, ...], Field(description="Where it is far from the sample of the style.")]


class ChapterProse(View):
    """`text`: what stands in the chapter; `draft`: what a writer proposes, null where there is none."""

    text: Prose
    draft: Prose | None
    sample: Annotated[Fingerprint | None, Field(description="Of the style's sample; null: there is none to speak of.")]


class ProseQueries:
    def __init__(self, pool: AsyncConnectionPool[Any]) -> None:
        self._pool = pool

    async def material(self, project_id: UUID, chapter_id: UUID, user_id: UUID) -> dict[str, Any] | None:
        """What a chapter's prose is measured of, for `measured`; None where there is no such chapter of this user's."""
        parameters = {"project_id": project_id, "chapter_id": chapter_id, "user_id": user_id}
        async with self._pool.connection() as connection, connection.cursor(row_factory=dict_row) as cursor:
            await cursor.execute(_TEXT, parameters)
            row: dict[str, Any] | None = await cursor.fetchone()
        return row


def measured(row: dict[str, Any]) -> ChapterProse:
    """Takes about a tenth of a second for the longest chapters: keep it off the event loop."""
    style = Style.model_validate(row["style"]) if row["style"] else NO_STYLE
    sample = fingerprint(paragraphs_in(style.sample))
    ids = BlockOrder.model_validate(row["block_order"]).shown if row["block_order"] else ()
    draft = [text for scene in row["scenes"] for text in scene]
    return ChapterProse(
        text=_prose([row["texts"][str(one)] for one in ids], ids, row["language"], style, sample),
        draft=_prose(draft, (), row["language"], style, sample) if draft else None,
        sample=sample,
    )


def _prose(
    paragraphs: Sequence[str], ids: Sequence[UUID], language: str, style: Style, sample: Fingerprint | None
) -> Prose:
    found = flags(paragraphs, language, style.sample)
    measured = fingerprint(paragraphs)
    return Prose(
        words=sum(map(count_words, paragraphs)),
        per_thousand=per_thousand(found, paragraphs),
        flags=tuple(
            ProseFlag(
                **one.model_dump(include={"kind", "start", "end", "about", "count"}),
                block_id=ids[one.paragraph] if ids else None,
            )
            for one in found
        ),
        measured=measured,
        deviations=deviations(sample, measured),
    )
