"""Recognises parts and chapters in a text: by its headings, else by lines that begin a chapter, pages or breaks."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from infrastructure.imports.book import Finding, LeftOut, Piece, ReadEntry
from infrastructure.imports.front import front_entries, opening, title_of
from infrastructure.imports.lines import by_lines
from infrastructure.imports.marks import mark, matter
from infrastructure.imports.pieces import paragraphs, words_of

_EPIGRAPH = 80
"""Words that a part may have before its first chapter, as an epigraph."""
_TITLE_PAGE = 60
_DEEPEST_PART = 6


@dataclass(slots=True)
class Section:
    """A heading with what stands under it."""

    title: str
    level: int
    role: str
    own: list[Piece] = field(default_factory=list)
    below: "list[Section]" = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Recognised:
    """`title`: of the book, as its text says it; "" where it does not."""

    title: str
    entries: tuple[ReadEntry, ...]
    findings: tuple[Finding, ...]


def recognised(pieces: Sequence[Piece], title: str, language: str) -> Recognised:
    """The book's contents. `title`: as the file's metadata has it."""
    before, sections = _sections(pieces)
    name, front, sections = _titled(before, sections, title)
    entries = [one for section in sections for one in _entries(section, 1)]
    if sum(one.kind == "chapter" and one.left_out is None for one in entries) > 1:
        entries = [*front_entries(front, language, titled=name), *entries]
        subheadings = sum(_subheadings(section) for section in sections)
        found = [Finding("SUBHEADINGS_AS_TEXT", subheadings)] if subheadings else []
        return Recognised(name or title_of(entries), tuple(entries), tuple(found))
    flat = [*front, *(piece for section in sections for piece in _flat(section))]
    by = by_lines(flat, language, titled=name)
    if by is not None:
        return Recognised(name or title_of(by[0]), by[0], (by[1],))
    if entries:
        entries = [*front_entries(front, language, titled=name), *entries]
        return Recognised(name, tuple(entries), (Finding("ONE_CHAPTER"),))
    return Recognised(name, (opening(flat, name, language),), (Finding("ONE_CHAPTER"),))


def _sections(pieces: Sequence[Piece]) -> tuple[list[Piece], list[Section]]:
    """What stands before the first heading, and the headings, each under the last that is higher."""
    before: list[Piece] = []
    top: list[Section] = []
    path: list[Section] = []
    for piece in pieces:
        if piece.kind != "heading":
            (path[-1].own if path else before).append(piece)
            continue
        while path and path[-1].level >= piece.level:
            path.pop()
        made = Section(piece.text, piece.level, piece.role)
        (path[-1].below if path else top).append(made)
        path.append(made)
    return before, top


def _titled(before: list[Piece], sections: list[Section], title: str) -> tuple[str, list[Piece], list[Section]]:
    """(the book's title, what stands before its first section, its sections without that of the title)."""
    if not sections:
        return title, before, sections
    first, *rest = sections
    same = bool(title) and _same(first.title, title)
    plain = mark(first.title) is None and matter(first.title, first.role) is None and first.role != "part"
    short = words_of(first.own) <= _TITLE_PAGE
    over_all = not rest and first.below and plain and short and (same or not title)
    if over_all:
        return title or first.title, [*before, *first.own], first.below
    alone = not first.below and short and plain and len(rest) >= 1
    if alone and (same or (not title and (not first.own or (len(rest) >= 3 and _marked(rest))))):
        return title or first.title, [*before, *first.own], rest
    return title, before, sections


def _same(one: str, other: str) -> bool:
    return " ".join(one.split()).casefold() == " ".join(other.split()).casefold()


def _marked(sections: Sequence[Section]) -> bool:
    return sum(mark(one.title) is not None for one in sections) * 2 > len(sections)


def _entries(section: Section, depth: int) -> Iterator[ReadEntry]:
    left = matter(section.title, section.role)
    if left is not None:
        yield _chapter(section, depth, left)
        return
    if not _is_part(section) or depth > _DEEPEST_PART:
        yield _chapter(section, depth)
        return
    yield ReadEntry("part", section.title, depth)
    if paragraphs(section.own):  # an epigraph: a part has no text of its own
        yield ReadEntry("chapter", section.title, depth + 1, paragraphs(section.own))
    for below in section.below:
        yield from _entries(below, depth + 1)


def _is_part(section: Section) -> bool:
    """Whether it holds chapters: nothing is written in it before the first of them, or hardly anything."""
    own = words_of(section.own)
    if not section.below:
        return section.role == "part" and own == 0
    kind = mark(section.title)
    below = any(mark(one.title) in ("chapter", "alone") for one in section.below)
    if kind == "chapter" and not below:
        return False
    return own == 0 or ((kind == "part" or below) and own <= _EPIGRAPH)


def _chapter(section: Section, depth: int, left: LeftOut | None = None) -> ReadEntry:
    text = list(_flat(section))[1:]
    return ReadEntry("chapter", section.title, depth, paragraphs(text), left)


def _flat(section: Section) -> Iterator[Piece]:
    """Its heading and all under it as text."""
    yield Piece("text", section.title)
    yield from section.own
    for below in section.below:
        yield from _flat(below)


def _subheadings(section: Section) -> int:
    if matter(section.title, section.role) is not None:
        return 0
    if _is_part(section):
        return sum(_subheadings(one) for one in section.below)
    return sum(1 + _subheadings(one) for one in section.below)
