"""What stands before the first chapter: a title page that is left out, or a text that is a chapter of its own."""

from collections.abc import Sequence

from infrastructure.imports.book import Piece, ReadEntry
from infrastructure.imports.marks import is_title, matter, named_by
from infrastructure.imports.pieces import paragraphs, words_of

_LONGEST_FRONT = 300
"""Words of a title page with whatever publishers put on it."""

_LONGEST_CONTENTS = 1_500
"""The same with a table of contents or a notice: what is longer has a text of the book behind it, which is kept."""


def front_entries(front: Sequence[Piece], language: str, *, titled: str) -> list[ReadEntry]:
    """Nothing, or one entry of all that stands there."""
    text = paragraphs(front)
    if not text:
        return []
    says_so = any(matter(one) is not None for one in text)
    if words_of(front) <= (_LONGEST_CONTENTS if says_so else _LONGEST_FRONT):
        named = titled or (named_by(text[0]) if is_title(text[0]) else _opening(language))
        return [ReadEntry("chapter", named, 1, text, "title_page")]
    return [opening(front, "", language)]


def title_of(entries: Sequence[ReadEntry]) -> str:
    """The title that a title page begins with; "" where there is none that looks like one."""
    pages = (one.paragraphs[0] for one in entries[:1] if one.left_out == "title_page")
    return next((text for text in pages if is_title(text)), "")


def opening(pieces: Sequence[Piece], title: str, language: str) -> ReadEntry:
    """A chapter of what has no title of its own."""
    return ReadEntry("chapter", title or _opening(language), 1, paragraphs(pieces))


def _opening(language: str) -> str:
    return "开头" if language.startswith("zh") else "Opening"
