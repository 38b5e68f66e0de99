"""Makes the PDF: the document as data for a Typst template of ours, and a word on every character that no font has.

The text is JSON that the template reads, so nothing in it is markup. The file meets PDF/A-2a and PDF/UA-1: fonts are
embedded, it is tagged for screen readers, and it bears the date of the text. https://typst.app/docs/reference/pdf/
"""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infrastructure.exports.books.programs import TEMPLATES, Programs, RenderFailed, font_folders
from projections.documents.tree import (
    Block,
    Definitions,
    Document,
    Footnote,
    Heading,
    Inline,
    LineBreak,
    ListBlock,
    Paragraph,
    Quote,
    SceneBreak,
    Table,
    Text,
    runs,
    stepped,
)

STANDARDS = ["a-2a", "ua-1"]
INSTEAD = "\N{REPLACEMENT CHARACTER}"
"""What is shown for a character that no font has."""
_ROUNDS = 4
_PLACES = 3


@dataclass(frozen=True, slots=True)
class MissingGlyph:
    """`characters` that no font here has, and the first places where they stand, as titles; "" is the title page."""

    characters: str
    places: tuple[str, ...]

    @property
    def code_points(self) -> str:
        return " ".join(f"U+{ord(one):04X}" for one in self.characters)


def make_pdf(document: Document, programs: Programs) -> tuple[bytes, tuple[MissingGlyph, ...]]:
    """The file, and what it shows as INSTEAD. Raises RenderFailed."""
    data = pdf_data(document)
    template = (TEMPLATES / "standard.typ").read_text(encoding="utf-8")
    request = {
        "template": template,
        "fonts": [str(folder) for folder in (*font_folders(), *programs.fonts) if Path(folder).is_dir()],
        "timestamp": int(document.front.date.timestamp()),
        "standards": STANDARDS,
    }
    missing: list[str] = []
    for _ in range(_ROUNDS):  # Typst names what it met, which may not be all
        answer = programs.run_typst(json.dumps(request | {"document": _without(data, missing)}).encode())
        told, _, pdf = answer.partition(b"\n")
        if pdf:
            return pdf, _placed(document, missing)
        missing += [one for one in dict.fromkeys(json.loads(told)["missing"]) if one and one not in missing]
    raise RenderFailed("The fonts here lack too many of the text's characters for a PDF. Another format may do.")


def _without(data: Any, missing: Sequence[str]) -> Any:
    if not missing:
        return data
    pattern = re.compile("|".join(re.escape(one) for one in sorted(missing, key=len, reverse=True)))

    def replaced(value: Any) -> Any:
        if isinstance(value, str):
            return pattern.sub(INSTEAD, value)
        if isinstance(value, dict):
            return {key: replaced(one) for key, one in value.items()}
        return [replaced(one) for one in value] if isinstance(value, list) else value

    return replaced(data)


def _placed(document: Document, missing: Iterable[str]) -> tuple[MissingGlyph, ...]:
    everything = list(runs(document))
    return tuple(
        MissingGlyph(one, tuple(dict.fromkeys(place for place, text in everything if one in text))[:_PLACES])
        for one in missing
    )


def pdf_data(document: Document) -> dict[str, Any]:
    """What the template reads; see its first lines."""
    front = document.front
    return {
        "front": {
            "title": front.title,
            "subtitle": front.subtitle,
            "author": front.author,
            "facts": [_text(fact) for fact in front.facts],
            "contents": _text(front.contents),
            "description": front.description,
            **_spoken(front.language),
        },
        "new_pages": document.new_pages,
        "parts": [
            {
                "title": _text(part.title),
                "blocks": [_block(block) for block in stepped(part.blocks)],
                "chapters": [
                    {
                        "title": _text(chapter.title),
                        "blocks": [_block(block) for block in stepped(chapter.blocks)],
                        **_own(chapter.language),
                    }
                    for chapter in part.chapters
                ],
                **_own(part.language),
            }
            for part in document.parts
        ],
    }


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
