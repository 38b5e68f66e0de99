"""Says what a shop or a reader would miss in a book, each with its mend, before the file is taken along."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from infrastructure.exports.books.edition import Edition
from infrastructure.exports.books.formats import BookFormat
from infrastructure.exports.books.renderer import BookFile
from infrastructure.exports.books.shops import SHOPS, Demands, Shop
from projections.documents.tree import Document

Severity = Literal["error", "warning", "note"]
"""error: the shop refuses it; warning: readers will mind; note: worth knowing."""

_PLACES = 20
_SENTENCES: dict[str, tuple[Severity, str, str]] = {
    "TITLE_TOO_LONG": (
        "error",
        "Title and subtitle have {count} characters; {shop} takes {most}.",
        "Shorten the title, or the subtitle under “Before and after the text”.",
    ),
    "NO_AUTHOR": (
        "error",
        "No author is named.",
        "Write the author's name under “Before and after the text”.",
    ),
    "NO_LANGUAGE": (
        "error",
        "The book's language is not known, so it is not hyphenated, sorted or read aloud rightly.",
        "Make the project again in its language, or have readers told elsewhere.",
    ),
    "NO_DESCRIPTION": (
        "warning",
        "There is no description; shops show it beside the book.",
        "Write one under “Before and after the text”.",
    ),
    "DESCRIPTION_TOO_LONG": (
        "error",
        "The description has {count} characters; {shop} takes {most}.",
        "Shorten it under “Before and after the text”.",
    ),
    "NO_COPYRIGHT": (
        "warning",
        "There is no copyright page.",
        "Write it under “Before and after the text”: whose the text is, the year, and who may use it.",
    ),
    "EMPTY_CHAPTER": (
        "warning",
        "Chapters without text are left out: {count}.",
        "Write them, or remove them from the contents.",
    ),
    "MISSING_GLYPH": (
        "error",
        "No font here has {characters}; � stands in its place.",
        "Put a font that has it into the folder “fonts” of the studio's data, or write it otherwise.",
    ),
    "COVER_FROM_TITLE": (
        "note",
        "The cover is made from the title and the author's name.",
        "A shop lets you upload a cover of your own beside the file.",
    ),
    "COVER_APART": (
        "note",
        "The file is the inside of the book; printers take the cover as a file of its own.",
        "Make it with the printer's own cover template, for {pages} pages.",
    ),
    "TOO_FEW_PAGES": (
        "error",
        "The book has {pages} pages; {shop} prints from {least}.",
        "Choose a smaller page, or wait until more is written.",
    ),
    "TOO_MANY_PAGES": (
        "error",
        "The book has {pages} pages; {shop} prints up to {most}.",
        "Choose a larger page, or make two volumes of it.",
    ),
}


@dataclass(frozen=True, slots=True)
class Fault:
    """`values`: what the sentences are filled with; `places`: titles of the book, in its order, the first of them."""

    code: str
    places: tuple[str, ...] = ()
    values: Mapping[str, str | int] = field(default_factory=dict)

    @property
    def severity(self) -> Severity:
        return _SENTENCES[self.code][0]

    @property
    def message(self) -> str:
        return _SENTENCES[self.code][1].format(**self.values)

    @property
    def mend(self) -> str:
        return _SENTENCES[self.code][2].format(**self.values)


def preflight(
    document: Document, empty: tuple[str, ...], made: BookFile, shop: Shop, edition: Edition
) -> tuple[Fault, ...]:
    """The worst first. `empty`: titles of chapters without text. `made`: the very file that is asked about."""
    found = [*_told(document, SHOPS[shop]), *_inside(document, empty, made), *_around(made, SHOPS[shop], edition)]
    return tuple(sorted(found, key=lambda one: _ORDER.index(one.severity)))


_ORDER: tuple[Severity, ...] = ("error", "warning", "note")


def _told(document: Document, demands: Demands) -> Iterator[Fault]:
    """What catalogues are told."""
    front = document.front
    length = len(front.title) + len(front.subtitle)
    if demands.title and length > demands.title:
        yield Fault("TITLE_TOO_LONG", values={"count": length, "most": demands.title, "shop": demands.name})
    if not front.author:
        yield Fault("NO_AUTHOR")
    if front.language.lower().partition("-")[0] in ("", "und", "zxx", "mis", "mul"):
        yield Fault("NO_LANGUAGE")
    if demands.described and not front.description:
        yield Fault("NO_DESCRIPTION")
    if demands.description and len(front.description) > demands.description:
        yield Fault(
            "DESCRIPTION_TOO_LONG",
            values={"count": len(front.description), "most": demands.description, "shop": demands.name},
        )


def _inside(document: Document, empty: tuple[str, ...], made: BookFile) -> Iterator[Fault]:
    if not any(page.kind == "copyright" for page in document.before):
        yield Fault("NO_COPYRIGHT")
    if empty:
        yield Fault("EMPTY_CHAPTER", empty[:_PLACES], {"count": len(empty)})
    for one in made.missing:
        yield Fault("MISSING_GLYPH", one.places, {"characters": f"{one.characters} ({one.code_points})"})


def _around(made: BookFile, demands: Demands, edition: Edition) -> Iterator[Fault]:
    if edition.cover and demands.format in (BookFormat.EPUB, BookFormat.PDF):
        yield Fault("COVER_FROM_TITLE")
    if not edition.prints:
        return
    least, most = demands.pages
    counts: dict[str, str | int] = {"pages": made.pages, "shop": demands.name}
    if made.pages < least:
        yield Fault("TOO_FEW_PAGES", values=counts | {"least": least})
    if made.pages > most:
        yield Fault("TOO_MANY_PAGES", values=counts | {"most": most})
    yield Fault("COVER_APART", values=counts)
