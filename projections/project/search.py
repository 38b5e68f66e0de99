"""Finds words in all chapters of a book: each place with what stands around it, and what an edit of it is based on."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any, NamedTuple
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.rows import dict_row
from pydantic import Field

from domain.chapter.order import BlockOrder
from domain.project.outline import Outline
from projections.genesis.views import View

MOST_PLACES = 1_000
_AROUND = 48

# Languages that put no spaces between words: a word beside one of these characters is whole all the same.
_UNSPACED = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_WORD = rf"[^\W_{_UNSPACED}]"

_PROJECT = """
SELECT p.outline, (SELECT coalesce(jsonb_object_agg(e.entry_id, e.title), '{}') FROM project_entries e
    WHERE e.project_id = p.id AND e.kind = 'chapter') AS titles
FROM projects p WHERE p.id = %(project_id)s AND p.user_id = %(user_id)s
"""

_TEXTS = """
SELECT c.chapter_id, c.block_order,
    (SELECT coalesce(jsonb_object_agg(b.block_id, jsonb_build_array(b.text, b.version, b.locked)), '{}')
        FROM chapter_blocks b WHERE b.chapter_id = c.chapter_id) AS blocks
FROM chapters c WHERE c.project_id = %(project_id)s AND c.user_id = %(user_id)s
"""

Utf16 = Annotated[int, Field(ge=0, description="In UTF-16 code units, as JavaScript counts.")]


class FoundPlace(View):
    """`version` and `locked`: the paragraph's. `before`, `match`, `after`: as the text has them, line breaks too."""

    block_id: UUID
    version: int
    locked: bool
    start: Utf16
    end: Utf16
    before: str
    match: str
    after: str


class FoundChapter(View):
    """A chapter in which the words stand. `total`: all of its places, more than `places` where those are too many."""

    id: UUID
    title: str
    total: int
    places: tuple[FoundPlace, ...]


class BookSearch(View):
    """In the order of the contents; chapters that were removed from them are not searched."""

    total: int
    chapters: tuple[FoundChapter, ...]


class Paragraph(NamedTuple):
    """`block_id`, `text`, `version`, `locked`, as they are stored."""

    block_id: UUID
    text: str
    version: int
    locked: bool


class SearchedChapter(NamedTuple):
    id: UUID
    title: str
    paragraphs: tuple[Paragraph, ...]


def pattern(words: str, *, case: bool = False, whole: bool = False) -> re.Pattern[str]:
    """What finds `words` as they are typed. `whole`: only where no letter or number goes on before or behind them."""
    found = re.escape(words)
    if whole:
        before = rf"(?<!{_WORD})" if re.match(_WORD, words) else ""
        behind = rf"(?!{_WORD})" if re.match(_WORD, words[-1:]) else ""
        found = f"{before}{found}{behind}"
    return re.compile(found, 0 if case else re.IGNORECASE)


def search(chapters: Iterable[SearchedChapter], wanted: re.Pattern[str], most: int = MOST_PLACES) -> BookSearch:
    """Every place of `wanted`; the first `most` of them with what stands around. Some milliseconds for a book."""
    found: list[FoundChapter] = []
    left = most
    for chapter in chapters:
        total, places = 0, list[FoundPlace]()
        for paragraph in chapter.paragraphs:
            for match in wanted.finditer(paragraph.text):
                total += 1
                if left > 0:
                    left -= 1
                    places.append(_place(paragraph, match))
        if total:
            found.append(FoundChapter(id=chapter.id, title=chapter.title, total=total, places=tuple(places)))
    return BookSearch(total=sum(one.total for one in found), chapters=tuple(found))


def _place(paragraph: Paragraph, match: re.Match[str]) -> FoundPlace:
    text, (start, end) = paragraph.text, match.span()
    return FoundPlace(
        block_id=paragraph.block_id,
        version=paragraph.version,
        locked=paragraph.locked,
        start=_units(text[:start]),
        end=_units(text[:end]),
        before=text[max(0, start - _AROUND) : start],
        match=match.group(),
        after=text[end : end + _AROUND],
    )


def _units(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-16-le")) // 2


async def read_chapters(
    connection: AsyncConnection[Any], project_id: UUID, user_id: UUID
) -> tuple[dict[str, Any], list[dict[str, Any]]] | None:
    """What `chapters_in` makes chapters of; None where the user has no such project."""
    parameters = {"project_id": project_id, "user_id": user_id}
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(_PROJECT, parameters)
        project: dict[str, Any] | None = await cursor.fetchone()
        if project is None:
            return None
        await cursor.execute(_TEXTS, parameters)
        return project, await cursor.fetchall()


def chapters_in(project: Mapping[str, Any], written: Iterable[Mapping[str, Any]]) -> Iterator[SearchedChapter]:
    """The chapters that were opened, in the order of the contents."""
    texts = {row["chapter_id"]: row for row in written}
    for entry_id in Outline.model_validate(project["outline"]).places():
        title, row = project["titles"].get(str(entry_id)), texts.get(entry_id)
        if title is None or row is None:
            continue
        shown = BlockOrder.model_validate(row["block_order"]).shown
        yield SearchedChapter(entry_id, title, tuple(Paragraph(one, *row["blocks"][str(one)]) for one in shown))
