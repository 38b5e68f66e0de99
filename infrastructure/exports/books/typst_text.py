"""Turns a document into the data that our Typst templates read: plain JSON, in which no text is markup."""

import re
from collections.abc import Iterable
from typing import Any

from infrastructure.exports.books.cover_words import cover_words
from infrastructure.exports.books.edition import BLEED, INCHES, Edition
from projections.documents.tree import (
    Block,
    Definitions,
    Document,
    Footnote,
    FrontMatter,
    Heading,
    Inline,
    LineBreak,
    ListBlock,
    MatterPage,
    Paragraph,
    Quote,
    SceneBreak,
    Table,
    Text,
    stepped,
)


def typst_data(document: Document, edition: Edition) -> dict[str, Any]:
    """What the templates read; see their first lines."""
    width, height = INCHES[edition.trim]
    return {
        **typst_front(document.front, edition),
        "print": edition.prints,
        "page": {"width": width, "height": height, "bleed": BLEED if edition.prints and edition.bleed else 0},
        "cover": cover_words(document.front) if edition.cover and not edition.prints else None,
        "new_pages": document.new_pages,
        "before": _matter(document.before),
        "after": _matter(document.after),
        "parts": [
            {
                "title": _text(part.title),
                "blocks": _blocks(part.blocks),
                "chapters": [
                    {"title": _text(chapter.title), "blocks": _blocks(chapter.blocks), **_own(chapter.language)}
                    for chapter in part.chapters
                ],
                **_own(part.language),
            }
            for part in document.parts
        ],
    }


def typst_front(front: FrontMatter, edition: Edition) -> dict[str, Any]:
    """What a cover needs as well."""
    return {
        "template": edition.template.value,
        "print": False,
        "front": {
            "title": front.title,
            "subtitle": front.subtitle,
            "author": front.author,
            "facts": [_text(fact) for fact in front.facts],
            "contents": _text(front.contents),
            "description": front.description,
            **_spoken(front.language),
        },
    }


def _matter(pages: Iterable[MatterPage]) -> list[dict[str, Any]]:
    return [
        {"kind": one.kind, "title": _text(one.title), "blocks": _blocks(one.blocks), **_own(one.language)}
        for one in pages
    ]


def _blocks(blocks: Iterable[Block]) -> list[dict[str, Any]]:
    return [_block(block) for block in stepped(blocks)]


def _block(block: Block) -> dict[str, Any]:
    match block:
        case Heading(text=text, level=level):
            return {"k": "heading", "text": _text(text), "level": level}
        case Paragraph(text=text, lead=lead):
            return {"k": "paragraph", "text": _text(text), "lead": lead}
        case ListBlock(items=items, ordered=ordered):
            return {"k": "list", "items": [_text(item) for item in items], "ordered": ordered}
        case Definitions(items=pairs):
            told = [{"term": _text(term), "blocks": [_block(one) for one in said]} for term, said in pairs]
            return {"k": "definitions", "items": told}
        case Table(head=head, rows=rows, widths=widths):
            cells = [[_text(cell) for cell in row] for row in rows]
            return {"k": "table", "head": [_text(cell) for cell in head], "rows": cells, "widths": widths}
        case SceneBreak():
            return {"k": "break"}
        case Quote(blocks=quoted):
            return {"k": "quote", "blocks": [_block(one) for one in quoted]}


def _text(text: Text) -> list[dict[str, Any]]:
    return [_inline(one) for one in text]


def _inline(one: Inline) -> dict[str, Any]:
    if isinstance(one, Footnote):
        return {"note": [_block(block) for block in one.blocks]}
    if isinstance(one, LineBreak):
        return {"br": True}
    found: dict[str, Any] = {"t": one.text}
    if one.strong:
        found["b"] = True
    if one.emphasis:
        found["i"] = True
    return found | _own(one.language)


def _own(language: str | None) -> dict[str, str | None]:
    return {} if language is None else _spoken(language)


def _spoken(language: str) -> dict[str, str | None]:
    """Typst's `lang` and `region`, from a BCP 47 tag. Chinese needs a region for its shapes and its punctuation."""
    primary, *rest = language.replace("_", "-").split("-")
    lang = primary.lower() if re.fullmatch(r"[A-Za-z]{2,3}", primary) else "en"
    region = next((part.upper() for part in rest if re.fullmatch(r"[A-Za-z]{2}", part)), None)
    if lang == "zh" and region is None:
        region = "TW" if "hant" in (part.lower() for part in rest) else "CN"
    return {"lang": lang, "region": region}
