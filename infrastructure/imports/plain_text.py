"""Reads plain text: paragraphs by blank lines or by lines, lines that were wrapped by hand joined again."""

import re
from collections.abc import Iterator

from infrastructure.imports.book import Piece
from infrastructure.imports.joining import joined
from infrastructure.imports.marks import is_mark, is_scene_break

_BLANK = re.compile(r"\n[ \t\u3000]*\n")
_TITLE = re.compile(r"^Title: (.+)$", re.MULTILINE)
_WRAPPED_FROM, _WRAPPED_TO = 45, 90
"""Characters of a line that a typewriter or Project Gutenberg ends by hand."""
_GUTENBERG = re.compile(
    r"\*\*\* ?(START|END) OF (?:THE|THIS) PROJECT GUTENBERG[^\n]*(?:\n[^\n]+)?\*\*\*", re.IGNORECASE
)


def text_pieces(text: str) -> Iterator[Piece]:
    """The text in order. Form feeds end pages."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n\n")
    blocks = [block for block in _BLANK.split(text) if block.strip()]
    lines = sum(bool(line.strip()) for line in text.split("\n"))
    by_blank_lines = len(blocks) * 2 >= lines or _wrapped(blocks)
    wrapped = by_blank_lines and _wrapped(blocks)
    for number, page in enumerate(text.split("\f")):
        if number:
            yield Piece("page")
        for block in _BLANK.split(page) if by_blank_lines else page.split("\n"):
            yield from _block(block, wrapped=wrapped)


def book_alone(text: str) -> tuple[str, str]:
    """(title, text): what Project Gutenberg writes before and after a book is no text of it, and names its title."""
    marks = {found[1].upper(): found for found in _GUTENBERG.finditer(text)}
    begins = marks["START"].end() if "START" in marks else 0
    ends = marks["END"].start() if "END" in marks else len(text)
    title = _TITLE.search(text[:begins])
    return title[1].strip() if title else "", text[begins:ends] if begins < ends else text


def _wrapped(blocks: list[str]) -> bool:
    """Whether paragraphs of several lines have lines of about one length: the last of each apart."""
    inner = [
        len(line.rstrip())
        for block in blocks
        if "\n" in block and not is_mark(block.strip().partition("\n")[0])  # of a block, not of each of its lines
        for line in block.strip("\n").split("\n")[:-1]
    ]
    return len(inner) >= 3 and sum(_WRAPPED_FROM <= length <= _WRAPPED_TO for length in inner) >= len(inner) * 0.7


def _block(block: str, *, wrapped: bool) -> Iterator[Piece]:
    lines = [stripped for line in block.split("\n") if (stripped := line.strip())]
    if not lines:
        return
    if len(lines) == 1 and is_scene_break(lines[0]):
        yield Piece("break")
    elif wrapped and not is_mark(lines[0]) and sum(map(len, lines)) > _WRAPPED_FROM * (len(lines) - 1):
        yield Piece("text", joined(lines))
    else:
        yield Piece("text", "\n".join(lines))
