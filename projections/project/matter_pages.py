"""Builds the pages before and after the text of a book, from what its author said and what is on record."""

from collections.abc import Iterator
from dataclasses import dataclass

from domain.project.matter import BookMatter
from projections.documents.tree import MatterKind, MatterPage, Paragraph, Text, paragraphs, run
from projections.genesis.bible.labels import Labels


@dataclass(frozen=True, slots=True)
class Drafted:
    """How much of the text a program drafted: words of scenes that were taken over, and in how many chapters."""

    words: int
    chapters: int
    of_words: int
    of_chapters: int


def pages_before(matter: BookMatter, labels: Labels) -> tuple[MatterPage, ...]:
    return (*_said("copyright", matter.copyright, labels), *_said("dedication", matter.dedication, labels))


def pages_after(matter: BookMatter, labels: Labels, drafted: Drafted) -> tuple[MatterPage, ...]:
    return (
        *_said("acknowledgements", matter.acknowledgements, labels),
        *_said("about_author", matter.about_author, labels),
        *([_ai_use(labels, drafted)] if matter.tells_ai_use else []),
    )


def _said(kind: MatterKind, text: str, labels: Labels) -> Iterator[MatterPage]:
    if blocks := paragraphs(text):
        yield MatterPage(kind, _own(labels, kind), blocks)


def _ai_use(labels: Labels, drafted: Drafted) -> MatterPage:
    """Facts of the record alone: who typed what was not drafted here, nobody knows."""
    figures = {
        "words": f"{drafted.words:,}",
        "chapters": f"{drafted.chapters:,}",
        "of_words": f"{drafted.of_words:,}",
        "of_chapters": f"{drafted.of_chapters:,}",
    }
    told = labels("ai_drafted", **figures) if drafted.words else labels("ai_drafted_nothing")
    blocks = (Paragraph(run(told)), Paragraph(run(labels("ai_typed"))))
    return MatterPage("ai_use", run(labels("ai_use")), blocks, language=labels.language)


def _own(labels: Labels, kind: MatterKind) -> Text:
    return run(labels(kind), language=labels.language)
