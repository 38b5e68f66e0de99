"""Turns a document into pandoc's own tree (its JSON form), in which texts are texts and nothing is parsed.

https://hackage.haskell.org/package/pandoc-types
"""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from infrastructure.exports.books.direction import direction
from infrastructure.exports.books.markdown_text import escaped
from projections.documents.tree import (
    Block,
    Chapter,
    Definitions,
    Document,
    Footnote,
    Heading,
    Inline,
    LineBreak,
    ListBlock,
    MatterPage,
    Paragraph,
    Part,
    Quote,
    Run,
    SceneBreak,
    Table,
    Text,
    plain,
    run,
    stepped,
)

Node = dict[str, Any]
API_VERSION = [1, 23, 1]
_WORDS = re.compile(r"[^ ]+| +")


@dataclass(frozen=True, slots=True)
class Shape:
    """What a format can say.

    markdown: the title stands in the text, over everything; a term is the bold beginning of a paragraph.
    styles: what has no element of its own is named by styles of a word processor, and the table of contents is text.
    """

    markdown: bool = False
    styles: bool = False


def pandoc_json(document: Document, shape: Shape) -> bytes:
    """The document as pandoc reads it with `--from=json`."""
    return json.dumps(pandoc_tree(document, shape), ensure_ascii=False).encode()


def pandoc_tree(document: Document, shape: Shape) -> Node:
    write = _Writer(shape)
    level = 2 if shape.markdown else 1
    blocks = write.opening(document)
    for page in document.before:
        blocks += write.matter(page, level)
    if shape.styles:
        blocks += write.contents(document)
    for number, part in enumerate(document.parts, 1):
        blocks += write.part(part, level, f"part-{number}")
    for page in document.after:
        blocks += write.matter(page, level)
    return {"pandoc-api-version": API_VERSION, "meta": {} if shape.markdown else _metadata(document), "blocks": blocks}


def _metadata(document: Document) -> Node:
    """Texts are inlines or strings: nothing in them is read as Markdown."""
    front = document.front
    found: Node = {
        "title": _meta(front.title),
        "pagetitle": _string(front.title),
        "lang": _string(front.language),
        "dir": _string(direction(front.language)),
        "date": _string(front.date.date().isoformat()),
        "identifier": _string(front.identifier),
        "toc-title": _meta(plain(front.contents)),
        "facts": {"t": "MetaList", "c": [{"t": "MetaInlines", "c": inlines(fact)} for fact in front.facts]},
    }
    if front.subtitle:
        found["subtitle"] = _meta(front.subtitle)
    if front.author:
        found["author"] = _meta(front.author)
    if front.description:
        found["description"] = _string(front.description)
    return found


class _Writer:
    def __init__(self, shape: Shape) -> None:
        self.shape = shape
        self._headings = 0

    def opening(self, document: Document) -> list[Node]:
        """What stands before the first part, where the format does not make it from the metadata."""
        front = document.front
        if self.shape.markdown:
            said = (run(front.subtitle, emphasis=True), run(front.author), *front.facts)
            return [
                _header(1, "", self.inlines((Run(front.title),))),
                *(_para(self.inlines(one)) for one in said if one),
            ]
        if self.shape.styles:
            return [self.styled("Date", inlines(fact)) for fact in front.facts]
        return []

    def matter(self, page: MatterPage, level: int) -> list[Node]:
        """With the role that EPUB has for it: https://www.w3.org/TR/epub-ssv-11/"""
        role = _ROLES.get(page.kind)
        attributes: list[Any] = [page.kind, ["unnumbered", page.kind], [["epub:type", role]] if role else []]
        title = {"t": "Header", "c": [level, attributes, self.inlines(page.title)]}
        return _in_language([title, *self.blocks(stepped(page.blocks), level)], page.language)

    def contents(self, document: Document) -> list[Node]:
        """A table of contents of links: a field of the word processor would ask before it shows anything."""
        found = [self.styled("TOC Heading", inlines(document.front.contents))]
        for number, part in enumerate(document.parts, 1):
            found.append(self.styled("toc 1", [_link(inlines(part.title), f"part-{number}")]))
            for below, chapter in enumerate(part.chapters, 1):
                found.append(self.styled("toc 2", [_link(inlines(chapter.title), f"part-{number}-{below}")]))
        found += [self.styled("toc 1", [_link(inlines(page.title), page.kind)]) for page in document.after]
        return found

    def part(self, part: Part, level: int, name: str) -> list[Node]:
        blocks = [_header(level, name, self.inlines(part.title)), *self.blocks(stepped(part.blocks), level)]
        for number, chapter in enumerate(part.chapters, 1):
            blocks += self.chapter(chapter, level + 1, f"{name}-{number}")
        return _in_language(blocks, part.language)

    def chapter(self, chapter: Chapter, level: int, name: str) -> list[Node]:
        blocks = [_header(level, name, self.inlines(chapter.title)), *self.blocks(stepped(chapter.blocks), level)]
        return _in_language(blocks, chapter.language)

    def blocks(self, blocks: Iterable[Block], level: int) -> list[Node]:
        """`level`: of the heading that they stand under."""
        return [node for block in blocks for node in self.block(block, level)]

    def block(self, block: Block, level: int) -> list[Node]:
        match block:
            case Heading(text=text, level=below):
                self._headings += 1
                return [_header(min(level + below, 6), f"heading-{self._headings}", self.inlines(text))]
            case Paragraph(text=text, lead=lead):
                return [self.lead(self.inlines(text))] if lead else [_para(self.inlines(text))]
            case ListBlock(items=items, ordered=ordered):
                listed = [[{"t": "Plain", "c": self.inlines(item)}] for item in items]
                if ordered:
                    return [{"t": "OrderedList", "c": [[1, {"t": "Decimal"}, {"t": "Period"}], listed]}]
                return [{"t": "BulletList", "c": listed}]
            case Definitions(items=pairs) if not self.shape.markdown:
                told = [[self.inlines(term), [self.blocks(said, level)]] for term, said in pairs]
                return [{"t": "DefinitionList", "c": told}]
            case Definitions(items=pairs):
                return [node for term, said in pairs for node in self.labelled(term, said, level)]
            case Table():
                return [self.table(block)]
            case SceneBreak():
                return [{"t": "HorizontalRule"}]
            case Quote(blocks=quoted):
                return [{"t": "BlockQuote", "c": self.blocks(quoted, level)}]

    def inlines(self, text: Text) -> list[Node]:
        return [node for one in text for node in self.inline(one)]

    def inline(self, one: Inline) -> list[Node]:
        if isinstance(one, Footnote):
            return [{"t": "Note", "c": self.blocks(one.blocks, 6)}]
        return inlines((one,), markdown=self.shape.markdown)

    def lead(self, text: list[Node]) -> Node:
        if self.shape.styles:
            return self.styled("Lead", text)
        return {"t": "Div", "c": [["", ["lead"], []], [_para(text)]]}

    def styled(self, name: str, text: list[Node]) -> Node:
        return {"t": "Div", "c": [["", [], [["custom-style", name]]], [_para(text)]]}

    def labelled(self, term: Text, said: Sequence[Block], level: int) -> list[Node]:
        """The label in bold before the first paragraph, or as a paragraph of its own before anything else."""
        colon = "：" if plain(term)[-1:] > "\u2e80" else ":"
        label = [{"t": "Strong", "c": [*self.inlines(term), {"t": "Str", "c": colon}]}]
        match said:
            case (Paragraph(text=text), *rest):
                return [_para([*label, {"t": "Space"}, *self.inlines(text)]), *self.blocks(rest, level)]
            case _:
                return [_para(label), *self.blocks(said, level)]

    def table(self, table: Table) -> Node:
        columns = [[{"t": "AlignDefault"}, {"t": "ColWidth", "c": width}] for width in table.widths]
        head, *rows = ([_NO_ATTRIBUTES, [self.cell(cell) for cell in row]] for row in (table.head, *table.rows))
        body = [_NO_ATTRIBUTES, 0, [], rows]
        caption: list[Any] = [None, []]
        foot = [_NO_ATTRIBUTES, []]
        return {"t": "Table", "c": [_NO_ATTRIBUTES, caption, columns, [_NO_ATTRIBUTES, [head]], [body], foot]}

    def cell(self, text: Text) -> list[Any]:
        return [_NO_ATTRIBUTES, {"t": "AlignDefault"}, 1, 1, [{"t": "Plain", "c": self.inlines(text)}] if text else []]


_NO_ATTRIBUTES: list[Any] = ["", [], []]
_ROLES = {"copyright": "copyright-page", "dedication": "dedication", "acknowledgements": "acknowledgments"}


def inlines(text: Text, *, markdown: bool = False) -> list[Node]:
    """Runs and line breaks; notes are left out."""
    found: list[Node] = []
    for one in text:
        if isinstance(one, Footnote):
            continue
        if isinstance(one, LineBreak):
            found.append({"t": "LineBreak"})
            continue
        nodes = words(one.text, markdown=markdown)
        if one.emphasis:
            nodes = [{"t": "Emph", "c": nodes}]
        if one.strong:
            nodes = [{"t": "Strong", "c": nodes}]
        if one.language is not None:
            nodes = [{"t": "Span", "c": [["", [], _language(one.language)], nodes]}]
        found += nodes
    return found


def words(text: str, *, markdown: bool = False) -> list[Node]:
    """Characters as pandoc's readers would cut them: words, and the spaces between them."""
    found = _WORDS.findall(text)
    return [
        {"t": "Space"} if word.startswith(" ") else _word(word, first=at == 0, markdown=markdown)
        for at, word in enumerate(found)
    ]


def _word(word: str, *, first: bool, markdown: bool) -> Node:
    if markdown:
        return {"t": "RawInline", "c": ["markdown", escaped(word, first=first)]}
    return {"t": "Str", "c": word}


def _link(content: list[Node], name: str) -> Node:
    return {"t": "Link", "c": [_NO_ATTRIBUTES, content, [f"#{name}", ""]]}


def _para(content: list[Node]) -> Node:
    return {"t": "Para", "c": content}


def _header(level: int, name: str, content: list[Node]) -> Node:
    return {"t": "Header", "c": [level, [name, [], []], content]}


def _in_language(blocks: list[Node], language: str | None) -> list[Node]:
    """A part in another language than the book's has its tag and its direction."""
    return blocks if language is None else [{"t": "Div", "c": [["", [], _language(language)], blocks]}]


def _language(tag: str) -> list[list[str]]:
    return [["lang", tag], ["dir", direction(tag)]]


def _meta(text: str) -> Node:
    return {"t": "MetaInlines", "c": words(text)}


def _string(text: str) -> Node:
    return {"t": "MetaString", "c": text}
