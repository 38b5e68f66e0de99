"""Builds the document for readers of a project: what is written of the book, in the order of its contents.

Texts are texts, as everywhere in the tree: `*stars*` around a word are shown as typed. Only a paragraph that is nothing
but a sign for a scene break becomes one.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID, uuid5

from genesis_types.words import count_words

from domain.project.matter import NO_MATTER, BookMatter
from domain.project.outline import Outline, Place
from domain.project.plan import EntryKind
from projections.documents.tree import (
    Block,
    Chapter,
    Document,
    FrontMatter,
    Heading,
    Inline,
    LineBreak,
    Paragraph,
    Part,
    SceneBreak,
    Text,
    run,
    said,
)
from projections.genesis.bible.labels import Labels
from projections.project.matter_pages import Drafted, pages_after, pages_before

NO_NAME = "owner"
"""What the account of whoever set the studio up is called until somebody says otherwise: nobody's name."""

_SCENE_BREAK = re.compile(r"[*＊] ?[*＊] ?[*＊]|⁂|#")
_LOWEST_HEADING = 3


class NothingWritten(Exception):
    """There is no text to make a document of. The message is a sentence for the writer."""

    def __init__(self) -> None:
        super().__init__("Nothing is written here yet. Write something in a chapter first: its text makes the file.")


class NoSuchChapter(Exception):
    """The contents have no such chapter: there never was one, it is no chapter, or it was removed."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A part, a chapter or a section of the contents, removed or not."""

    kind: EntryKind
    title: str


@dataclass(frozen=True, slots=True)
class Written:
    """The text of a chapter, block by block, after `version` events. `drafted`: words of scenes taken over."""

    version: int
    last_event_at: datetime
    texts: tuple[str, ...]
    drafted: int = 0


@dataclass(frozen=True, slots=True)
class BookText:
    """A project with the texts of its chapters. `written`: of those that were opened. `author`: an account's name."""

    project_id: UUID
    title: str
    author: str
    logline: str
    language: str
    version: int
    last_event_at: datetime
    outline: Outline
    entries: Mapping[UUID, Entry]
    written: Mapping[UUID, Written]
    matter: BookMatter = NO_MATTER


def book(text: BookText, chapters: Collection[UUID] = (), *, with_empty: bool = False) -> Document:
    """The whole book, or the named `chapters` of it, always in the order of the contents.

    `with_empty`: with the titles of what has no text, which is left out otherwise, as are parts without any. One
    chapter alone stands without its part. Equal texts give equal documents. Raises NoSuchChapter, NothingWritten.
    """
    labels = Labels(text.language)
    places = text.outline.places()
    wanted = frozenset(chapters)
    if any(one not in places or text.entries[one].kind != "chapter" for one in wanted):
        raise NoSuchChapter
    prose = {
        entry_id: _prose(text.written[entry_id].texts)
        for entry_id in places
        if entry_id in text.written and (not wanted or entry_id in wanted)
    }
    full = {entry_id for entry_id, blocks in prose.items() if any(isinstance(one, Paragraph) for one in blocks)}
    if not full:
        raise NothingWritten
    above = {one: tuple(_above(places, one)) for one in places}
    shown = {one for one in places if not wanted or wanted.intersection((one, *above[one]))} if with_empty else full
    around = set() if len(wanted) == 1 else {higher for one in shown for higher in above[one]}
    titles = {one: _title(text.entries[one].title, labels) for one in places}
    parts = tuple(_parts(text, [one for one in places if one in shown | around], prose, titles))
    alone = said(text.entries[next(iter(wanted))].title) if len(wanted) == 1 else ""
    opened = {entry_id: text.written[entry_id] for entry_id in prose}
    front = FrontMatter(
        title=said(text.title) or labels("untitled"),
        subtitle=alone or said(text.matter.subtitle),
        facts=(),
        contents=run(labels("contents"), language=labels.language),
        description=said(text.matter.description or text.logline),
        language=text.language or "en",
        identifier=uuid5(text.project_id, _state(text.version, opened, wanted, with_empty=with_empty)).urn,
        date=max([text.last_event_at, *(one.last_event_at for one in opened.values())]).astimezone(UTC),
        author=author_of(text),
    )
    if wanted:
        return Document(front, parts, new_pages=True)
    before, after = pages_before(text.matter, labels), pages_after(text.matter, labels, _drafted(text, full))
    return Document(front, parts, new_pages=True, before=before, after=after)


def empty_chapters(text: BookText) -> tuple[str, ...]:
    """Titles of the chapters that are in the contents and say nothing, in reading order."""
    return tuple(
        said(text.entries[one].title)
        for one in text.outline.places()
        if text.entries[one].kind == "chapter"
        and not (one in text.written and any(isinstance(block, Paragraph) for block in _prose(text.written[one].texts)))
    )


def cover_document(text: BookText) -> Document:
    """Of what a cover says alone: there may be one before anything is written."""
    labels = Labels(text.language)
    front = FrontMatter(
        title=said(text.title) or labels("untitled"),
        subtitle=said(text.matter.subtitle),
        facts=(),
        contents=(),
        description="",
        language=text.language or "en",
        identifier="",
        date=text.last_event_at.astimezone(UTC),
        author=author_of(text),
    )
    return Document(front, ())


def author_of(text: BookText) -> str:
    """As its author said, else as the account is called; "" for nobody."""
    return said(text.matter.author) or ("" if text.author == NO_NAME else said(text.author))


def _drafted(text: BookText, full: Collection[UUID]) -> Drafted:
    chapters = [text.written[one] for one in full]
    return Drafted(
        words=sum(one.drafted for one in chapters),
        chapters=sum(one.drafted > 0 for one in chapters),
        of_words=sum(count_words(said) for one in chapters for said in one.texts),
        of_chapters=len(chapters),
    )


def _parts(
    text: BookText, shown: list[UUID], prose: Mapping[UUID, tuple[Block, ...]], titles: Mapping[UUID, Text]
) -> Iterator[Part]:
    """A part for each one of the contents, however deep, and for each chapter that stands under none, or under one that
    another has followed: so every chapter is in the table of contents, which has two levels. Sections are headings.
    """
    places = text.outline.places()
    part: Part | None = None
    under: UUID | None = None
    at = 0
    while at < len(shown):
        entry_id, kind = shown[at], text.entries[shown[at]].kind
        at += 1
        if kind == "part":
            if part is not None:
                yield part
            part, under = Part(titles[entry_id]), entry_id
            continue
        blocks = list(prose.get(entry_id, ()))
        depth = places[entry_id].depth
        while at < len(shown) and text.entries[shown[at]].kind == "section":
            level = min(places[shown[at]].depth - depth, _LOWEST_HEADING)
            blocks.append(Heading(titles[shown[at]], level))
            at += 1
        if part is not None and under is not None and places[entry_id].parent_id == under:
            chapter = Chapter(titles[entry_id], tuple(blocks))
            part = Part(part.title, part.blocks, (*part.chapters, chapter))
            continue
        if part is not None:
            yield part
        part, under = Part(titles[entry_id], tuple(blocks)), None
    if part is not None:
        yield part


def _above(places: Mapping[UUID, Place], entry_id: UUID) -> Iterator[UUID]:
    parent = places[entry_id].parent_id
    while parent is not None:
        yield parent
        parent = places[parent].parent_id


def _title(title: str, labels: Labels) -> Text:
    return run(title) or run(labels("untitled"), language=labels.language)


def _prose(texts: Collection[str]) -> tuple[Block, ...]:
    """A paragraph for each block that says something; its line breaks stay, blank lines do not."""
    found: list[Block] = []
    for text in texts:
        lines = [line for one in text.splitlines() if (line := run(one))]
        if len(lines) == 1 and _SCENE_BREAK.fullmatch(said(text)):
            found.append(SceneBreak())
        elif lines:
            found.append(Paragraph(_broken(lines)))
    return tuple(found)


def _broken(lines: list[Text]) -> Text:
    first, *rest = lines
    following: list[Inline] = [one for line in rest for one in (LineBreak(), *line)]
    return (*first, *following)


def _state(version: int, opened: Mapping[UUID, Written], wanted: Collection[UUID], *, with_empty: bool) -> str:
    """What tells one text of this book from every other."""
    chapters = ",".join(f"{one}:{opened[one].version}" for one in sorted(opened))
    return f"book:{version}:{with_empty}:{','.join(map(str, sorted(wanted)))}:{chapters}"
