"""Recognises chapters in a text without headings: lines that begin one, numbers in a row, pages, or long breaks."""

from collections.abc import Callable, Sequence

from infrastructure.imports.book import Finding, FindingCode, Piece, ReadEntry
from infrastructure.imports.front import front_entries
from infrastructure.imports.marks import is_bare_number, is_title, mark, named_by
from infrastructure.imports.pieces import paragraphs, words_of

_FEWEST_NUMBERS = 3
_WORDS_BETWEEN = 500
"""Words of a chapter, on average, where nothing but page ends or lines of stars could be its end."""

Found = tuple[tuple[ReadEntry, ...], Finding]


def by_lines(pieces: Sequence[Piece], language: str, *, titled: str) -> Found | None:
    """The entries and how they were found; None: nothing here begins chapters."""
    pieces = _without_lists(pieces)
    marks = [at for at, piece in enumerate(pieces) if piece.kind == "text" and mark(piece.text)]
    if sum(mark(pieces[at].text) != "part" for at in marks) >= 2:
        return _cut(pieces, marks, language, titled), Finding("CHAPTERS_BY_LINES", len(marks))
    numbers = [at for at, piece in enumerate(pieces) if piece.kind == "text" and is_bare_number(piece.text)]
    if len(numbers) >= _FEWEST_NUMBERS and _spread(pieces, numbers):
        return _cut(pieces, numbers, language, titled), Finding("CHAPTERS_BY_LINES", len(numbers))
    return _by_ends(pieces, lambda one: one.kind == "page", "CHAPTERS_BY_PAGES") or _by_ends(
        pieces, lambda one: one.kind == "break", "CHAPTERS_BY_BREAKS"
    )


def _without_lists(pieces: Sequence[Piece]) -> list[Piece]:
    """Without a table of contents that is one paragraph of marks."""
    return [
        piece
        for piece in pieces
        if not (
            piece.kind == "text"
            and piece.text.count("\n") >= 2
            and sum(mark(line) is not None for line in piece.text.split("\n")) * 2 > piece.text.count("\n") + 1
        )
    ]


def _cut(pieces: Sequence[Piece], marks: Sequence[int], language: str, titled: str) -> tuple[ReadEntry, ...]:
    found: list[ReadEntry] = []
    depth = 1
    for at, end in zip(marks, [*marks[1:], len(pieces)], strict=True):
        kind = mark(pieces[at].text)
        title, begins = _title(pieces, at, end)
        text = paragraphs(pieces[begins:end])
        if kind == "part":
            found.append(ReadEntry("part", title, 1))
            depth = 2
            if text:
                found.append(ReadEntry("chapter", title, 2, text))
            continue
        found.append(ReadEntry("chapter", title, 1 if kind == "alone" and not text else depth, text))
    return (*front_entries(pieces[: marks[0]], language, titled=titled), *_without_contents(found))


def _without_contents(entries: Sequence[ReadEntry]) -> list[ReadEntry]:
    """Without those that have no text and come again with it: lines of a table of contents."""
    later = {one.title.casefold(): at for at, one in enumerate(entries)}
    numbers = {_number(one.title): at for at, one in enumerate(entries) if one.paragraphs}
    kept: list[ReadEntry] = []
    for at, one in enumerate(entries):
        again = max(later[one.title.casefold()], numbers.get(_number(one.title), at))
        if one.paragraphs or again <= at:
            kept.append(one)
    return kept


def _number(title: str) -> str:
    """The words that a mark begins with: `chapter iv` of “Chapter IV. Down”."""
    return " ".join(title.casefold().split()[:2]).strip(".:：—–-")


def _title(pieces: Sequence[Piece], at: int, end: int) -> tuple[str, int]:
    """(the title, where the text begins). A line that is a number alone may have its title in the next paragraph."""
    said = pieces[at].text
    begins = at + 1
    bare = is_bare_number(said) or _number(said) == " ".join(said.casefold().split()).strip(".:：—–-")
    if bare and begins + 1 < end and pieces[begins].kind == "text" and is_title(pieces[begins].text):
        said, begins = f"{said}\n{pieces[begins].text}", begins + 1
    return named_by(said), begins


def _spread(pieces: Sequence[Piece], numbers: Sequence[int]) -> bool:
    """Whether there is a text behind each of them: numbers in a list are no chapters."""
    ends = [*numbers[1:], len(pieces)]
    return all(words_of(pieces[at + 1 : end]) >= _FEWEST_NUMBERS for at, end in zip(numbers, ends, strict=True))


def _by_ends(pieces: Sequence[Piece], ends: Callable[[Piece], bool], code: FindingCode) -> Found | None:
    """A chapter for each stretch between ends that is not empty; its title is its number."""
    stretches: list[list[Piece]] = [[]]
    for piece in pieces:
        if ends(piece):
            stretches.append([])
        else:
            stretches[-1].append(piece)
    full = [stretch for stretch in stretches if paragraphs(stretch)]
    if len(full) < 2 or sum(map(words_of, full)) < _WORDS_BETWEEN * len(full):
        return None
    entries = []
    for number, stretch in enumerate(full, 1):
        first = stretch[0].text if stretch[0].kind == "text" else ""
        titled = len(stretch) > 1 and first and is_title(first)
        title = named_by(first) if titled else str(number)
        entries.append(ReadEntry("chapter", title, 1, paragraphs(stretch[1:] if titled else stretch)))
    return tuple(entries), Finding(code, len(entries))
