"""Describes a document for readers, whatever file it becomes: front matter, parts, chapters, blocks, runs of text.

Texts are texts: no markup of any format is in them, and none is read out of them. Whoever builds a tree passes every
text through `run` or `said`, which take out what no format can hold. Languages are BCP 47 tags; None: as around it.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from genesis_types.text import clean

# what XML 1.0 cannot say beside control characters, which `clean` takes out: noncharacters, and U+FEFF, which hides
_LAST = "".join(chr(plane * 0x10000 + last) for plane in range(17) for last in (0xFFFE, 0xFFFF))
_UNSAID = re.compile(f"[\ufdd0-\ufdef\ufeff{_LAST}]")


@dataclass(frozen=True, slots=True)
class Run:
    """Characters that look the same; no line breaks."""

    text: str
    strong: bool = False
    emphasis: bool = False
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Footnote:
    """A note that is called where it stands."""

    blocks: tuple["Block", ...]


@dataclass(frozen=True, slots=True)
class LineBreak:
    """What follows begins a new line of the same paragraph."""


Inline = Run | Footnote | LineBreak
Text = tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """Inside a chapter: level 1 is the next below the chapter's own title, 3 the lowest."""

    text: Text
    level: int = 1


@dataclass(frozen=True, slots=True)
class Paragraph:
    text: Text
    lead: bool = False
    """Whether it opens what follows and is set larger."""


@dataclass(frozen=True, slots=True)
class ListBlock:
    items: tuple[Text, ...]
    ordered: bool = False


@dataclass(frozen=True, slots=True)
class Definitions:
    """Terms, each with what is said of it."""

    items: tuple[tuple[Text, tuple["Block", ...]], ...]


@dataclass(frozen=True, slots=True)
class Table:
    """`widths`: shares of the line, one for each column of `head` and of every row; their sum is 1."""

    head: tuple[Text, ...]
    rows: tuple[tuple[Text, ...], ...]
    widths: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class SceneBreak:
    pass


@dataclass(frozen=True, slots=True)
class Quote:
    blocks: tuple["Block", ...]


Block = Heading | Paragraph | ListBlock | Definitions | Table | SceneBreak | Quote


@dataclass(frozen=True, slots=True)
class Chapter:
    title: Text
    blocks: tuple[Block, ...]
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """`blocks` stand before the first chapter."""

    title: Text
    blocks: tuple[Block, ...] = ()
    chapters: tuple[Chapter, ...] = ()
    language: str | None = None


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """What stands before the text, and what catalogues are told.

    title, subtitle, author: plain text of one line; "" for no subtitle, and for nobody. facts: short lines of the title
    page. contents: the heading over the table of contents. identifier: a URN that changes with the text. date: of the
    text, aware; files bear it instead of the time at which they were made.
    """

    title: str
    subtitle: str
    facts: tuple[Text, ...]
    contents: Text
    description: str
    language: str
    identifier: str
    date: datetime
    author: str = ""

    @property
    def name(self) -> str:
        """What the document is called as a whole."""
        return " – ".join(filter(None, (self.title, self.subtitle)))


MatterKind = Literal["copyright", "dedication", "acknowledgements", "about_author", "ai_use"]


@dataclass(frozen=True, slots=True)
class MatterPage:
    """A page before or after the text. Its title stands in tables of contents, and over what comes after the text."""

    kind: MatterKind
    title: Text
    blocks: tuple[Block, ...]
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """`new_pages`: whether chapters begin on a page of their own, where there are pages."""

    front: FrontMatter
    parts: tuple[Part, ...]
    new_pages: bool = False
    before: tuple[MatterPage, ...] = ()
    after: tuple[MatterPage, ...] = ()


def stepped(blocks: Iterable[Block]) -> Iterator[Block]:
    """The same with no level of heading left out on the way down, as readers aloud need it (PDF/UA-1, 7.4.2)."""
    above = 0
    for block in blocks:
        if isinstance(block, Heading):
            above = min(block.level, above + 1)
            yield Heading(block.text, above)
        else:
            yield block


def said(value: object) -> str:
    """One line that any format can hold: control and non-characters gone, white space as single spaces."""
    return " ".join(_UNSAID.sub("", str(clean(str(value)))).split())


def run(value: object, *, strong: bool = False, emphasis: bool = False, language: str | None = None) -> Text:
    """The text of one run; empty when nothing can be seen of it."""
    text = said(value)
    return (Run(text, strong, emphasis, language),) if text else ()


def paragraphs(value: object) -> tuple[Paragraph, ...]:
    """A writer's text, a paragraph for each line that is not empty."""
    lines = (run(line) for line in str(clean(str(value))).splitlines())
    return tuple(Paragraph(line) for line in lines if line)


def plain(text: Text) -> str:
    """Its characters, without notes; lines follow one another after a space."""
    return "".join(" " if isinstance(one, LineBreak) else one.text for one in text if not isinstance(one, Footnote))


def runs(document: Document) -> Iterator[tuple[str, str]]:
    """(place, characters) of every run in reading order. The place: titles from the part down, for people."""
    front = document.front
    for line in (front.title, front.subtitle, front.author, *map(plain, front.facts), plain(front.contents)):
        yield "", line
    yield from _matter(document.before)
    for part in document.parts:
        place = plain(part.title)
        yield place, place
        yield from _runs_of(part.blocks, place)
        for chapter in part.chapters:
            below = f"{place} › {plain(chapter.title)}"
            yield below, plain(chapter.title)
            yield from _runs_of(chapter.blocks, below)
    yield from _matter(document.after)


def _matter(pages: tuple[MatterPage, ...]) -> Iterator[tuple[str, str]]:
    for page in pages:
        place = plain(page.title)
        yield place, place
        yield from _runs_of(page.blocks, place)


def _runs_of(blocks: tuple[Block, ...], place: str) -> Iterator[tuple[str, str]]:
    for block in blocks:
        match block:
            case Heading(text=text) | Paragraph(text=text):
                yield from _runs_in(text, place)
            case ListBlock(items=items):
                for item in items:
                    yield from _runs_in(item, place)
            case Definitions(items=pairs):
                for term, told in pairs:
                    yield from _runs_in(term, place)
                    yield from _runs_of(told, place)
            case Table(head=head, rows=rows):
                for row in (head, *rows):
                    for cell in row:
                        yield from _runs_in(cell, place)
            case Quote(blocks=quoted):
                yield from _runs_of(quoted, place)
            case SceneBreak():
                pass


def _runs_in(text: Text, place: str) -> Iterator[tuple[str, str]]:
    for one in text:
        match one:
            case Run(text=characters):
                yield place, characters
            case Footnote(blocks=blocks):
                yield from _runs_of(blocks, place)
            case LineBreak():
                pass
