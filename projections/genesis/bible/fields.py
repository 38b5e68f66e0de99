"""Turns the fields of a stage's content into blocks: labelled, in a given order, empty ones left out."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from projections.documents.tree import Block, Definitions, Heading, ListBlock, Paragraph, Quote, Text, paragraphs, run
from projections.genesis.bible.labels import Labels

Fields = Mapping[str, Any]
Told = tuple[Text, tuple[Block, ...]]
"""A label and what is said under it."""


class Writer:
    """Writes the blocks of one bible, in the language of its labels."""

    def __init__(self, labels: Labels) -> None:
        self.labels = labels

    def label(self, key: str) -> Text:
        return run(self.labels(key), language=self.labels.language)

    def value(self, key: str) -> Text:
        """Of an enumeration."""
        return run(self.labels.value(key), language=self.labels.language)

    def words(self, count: object) -> Text:
        """A length; empty for none."""
        if not isinstance(count, int) or count <= 0:
            return ()
        return run(self.labels("words", count=f"{count:,}"), language=self.labels.language)

    def told(self, content: Fields, keys: Iterable[str]) -> list[Told]:
        """The fields that say something: texts as paragraphs, lists of lines as one line or, where long, as a list."""
        found = []
        for key in keys:
            blocks = self.blocks(content.get(key))
            if blocks:
                found.append((self.label(key), blocks))
        return found

    def blocks(self, value: object) -> tuple[Block, ...]:
        if isinstance(value, list | tuple):
            return self.lines(value)
        return paragraphs(value) if isinstance(value, str) else ()

    def lines(self, values: Sequence[object]) -> tuple[Block, ...]:
        """A few short ones on a line, others as a list."""
        items = tuple(text for value in values if (text := run(value)))
        if not items:
            return ()
        joined = self.labels.comma.join(text[0].text for text in items if hasattr(text[0], "text"))
        if len(joined) <= _LINE and not any(mark in joined for mark in ".。!！?？;；"):
            return (Paragraph(run(joined)),)
        return (ListBlock(items),)

    def facts(self, *told: list[Told]) -> tuple[Block, ...]:
        """One list of definitions of all of them; nothing where there is none."""
        items = tuple(one for some in told for one in some)
        return (Definitions(items),) if items else ()

    def one(self, key: str, text: Text) -> list[Told]:
        """A field whose text was made by the caller."""
        return [(self.label(key), (Paragraph(text),))] if text else []

    def section(self, key: str, blocks: Sequence[Block], level: int = 1) -> tuple[Block, ...]:
        """Blocks under a heading; nothing where there are none."""
        return (Heading(self.label(key), level), *blocks) if blocks else ()

    def quoted(self, value: object) -> tuple[Block, ...]:
        found = paragraphs(value) if isinstance(value, str) else ()
        return (Quote(found),) if found else ()


_LINE = 90
"""Characters that a few words are set in a line, and not as a list."""


def lead(value: object) -> tuple[Block, ...]:
    """A text that opens what follows."""
    found = paragraphs(value) if isinstance(value, str) else ()
    return tuple(Paragraph(one.text, lead=True) for one in found)


def table_of(content: Fields, key: str) -> Fields:
    """A nested object; empty for anything else."""
    found = content.get(key)
    return found if isinstance(found, Mapping) else {}


def items_of(content: Fields, key: str) -> list[Fields]:
    """A list of objects; what is none of these is left out."""
    found = content.get(key)
    return [one for one in found if isinstance(one, Mapping)] if isinstance(found, list | tuple) else []


def names(items: Iterable[Fields]) -> dict[str, str]:
    """By id."""
    return {str(one.get("id")): str(one.get("name", "")) for one in items}
