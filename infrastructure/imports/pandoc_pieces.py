"""Reads what pandoc made of a DOCX, an EPUB or Markdown: its tree, block by block, as pieces of text in order."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from html import unescape
from typing import Any

from infrastructure.exports.books.programs import Programs
from infrastructure.imports.book import Finding, FindingCode, ImportRefused, Piece, ReadText
from infrastructure.imports.joining import joined
from infrastructure.imports.marks import is_scene_break
from infrastructure.imports.packages import PAGE, FileKind, with_page_breaks

Node = dict[str, Any]

# CommonMark takes time in proportion to its text, whatever is in it; pandoc's own Markdown does not
_FROM = {
    FileKind.DOCX: "docx+styles",
    FileKind.EPUB: "epub",
    FileKind.MARKDOWN: "commonmark+footnotes+yaml_metadata_block+pipe_tables+strikeout",
}
_MEMORY = ("+RTS", "-M1G", "-RTS")
LARGEST_TREE = 64 * 1024 * 1024
"""Bytes of what pandoc answers: the longest text that a project begins with makes half of that."""
_SPACE = re.compile(r"[ \t\u00a0]+")
_NO_TEXT_STYLE = re.compile(r"toc ?(?:heading|\d)|table of (?:contents|figures).*|目录.*|header|footer", re.IGNORECASE)
_UNSEEN = re.compile(r"\s*<(?:script|style|\?|!\w)", re.IGNORECASE)
_HTML_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_HTML_LINE = re.compile(r"<(?:br|/p|/div|/li|/tr|/h[1-6])\b[^<>]*>", re.IGNORECASE)
_SOFT = "\ue00a"
"""Stands for a line that was wrapped in the source, until it is known what is beside it."""


def pandoc_text(data: bytes, kind: FileKind, programs: Programs) -> ReadText:
    """The text in order. Raises ImportRefused for what pandoc cannot read, and RenderFailed without pandoc."""
    given = with_page_breaks(data) if kind is FileKind.DOCX else data
    made = programs.read_with_pandoc((f"--from={_FROM[kind]}", "--to=json", *_MEMORY), given)
    if made is None:
        raise ImportRefused(
            "DAMAGED", "The file cannot be read. Open it in the program it comes from and save it anew."
        )
    if len(made) > LARGEST_TREE:
        raise ImportRefused("TEXT_TOO_LONG", "This is longer than one project can begin with. Import it in volumes.")
    try:
        return _read(json.loads(made))
    except RecursionError:
        said = "Quotes, lists or emphasis in this file stand in each other deeper than in any book."
        raise ImportRefused("DAMAGED", f"{said} Save it as plain text.") from None


def _read(tree: Node) -> ReadText:
    walk = _Walk()
    pieces = tuple(walk.blocks(tree["blocks"]))
    meta = tree["meta"]
    language = _meta(meta.get("lang") or meta.get("language"))
    findings = tuple(Finding(code, count) for code, count in walk.counts.items())
    return ReadText(pieces, _meta(meta.get("title")), language, findings)


class _Walk:
    def __init__(self) -> None:
        self.counts: Counter[FindingCode] = Counter()
        self._notes = 0
        self._waiting: list[str] = []

    def blocks(self, blocks: Sequence[Node], role: str = "") -> Iterator[Piece]:
        for block in blocks:
            yield from self.block(block, role)

    def block(self, block: Node, role: str) -> Iterator[Piece]:
        kind: str = block["t"]
        content: Any = block.get("c")
        match kind:
            case "Header":
                level, attributes, inlines = content
                said = self.text(inlines).replace(_SOFT, " ")
                title = " ".join(said.replace(PAGE, " ").split())
                if PAGE in said:
                    yield Piece("page")
                if title:
                    yield Piece("heading", title, level, _role(attributes) or role)
                yield from self._called()
            case "Para" | "Plain":
                yield from self.paragraph(self.text(content))
            case "LineBlock":
                yield from self.paragraph("\n".join(self.text(line) for line in content))
            case "HorizontalRule":
                yield Piece("break")
            case "CodeBlock":
                yield from self.paragraph(content[1])
            case "BlockQuote":
                yield from self.blocks(content, role)
            case "Div":
                attributes, inner = content
                styles = [value for name, value in attributes[2] if name == "custom-style"]
                if not any(_NO_TEXT_STYLE.fullmatch(style) for style in styles):
                    yield from self.blocks(inner, _role(attributes) or role)
            case "BulletList":
                for item in content:
                    yield from self.item("•", item)
            case "OrderedList":
                for number, item in enumerate(content[1], content[0][0]):
                    yield from self.item(f"{number}.", item)
            case "DefinitionList":
                for term, meanings in content:
                    yield from self.paragraph(self.text(term))
                    for meaning in meanings:
                        yield from self.blocks(meaning, role)
            case "Table":
                self.counts["TABLES_AS_TEXT"] += 1
                yield from self.table(content)
            case "Figure":
                yield from self.blocks([*content[1][1], *content[2]], role)
            case "RawBlock":
                self.counts["MARKUP_DROPPED"] += 1
                if content[0] == "html":
                    yield from self.paragraph(_words_of_html(str(content[1])))
            case _:
                return

    def paragraph(self, text: str) -> Iterator[Piece]:
        for number, part in enumerate(text.split(PAGE)):
            if number:
                yield Piece("page")
            said = "\n".join(line for one in part.split("\n") if (line := _unwrapped(one)))
            if is_scene_break(said):
                yield Piece("break")
            elif said:
                yield Piece("text", said)
        yield from self._called()

    def item(self, sign: str, blocks: Sequence[Node]) -> Iterator[Piece]:
        for number, piece in enumerate(self.blocks(blocks)):
            yield Piece("text", f"{sign} {piece.text}") if number == 0 and piece.kind == "text" else piece

    def table(self, content: Any) -> Iterator[Piece]:
        _, _, _, head, bodies, foot = content
        rows = [*head[1], *(row for body in bodies for row in (*body[2], *body[3])), *foot[1]]
        for _, cells in rows:
            texts = [" ".join(piece.text for piece in self.blocks(cell[4]) if piece.text) for cell in cells]
            if any(texts):
                yield Piece("text", " | ".join(" ".join(text.split()) for text in texts))

    def text(self, inlines: Sequence[Node]) -> str:
        return "".join(self.inline(one) for one in inlines)

    def inline(self, one: Node) -> str:
        kind: str = one["t"]
        content: Any = one.get("c")
        match kind:
            case "Str":
                return str(content)
            case "Space":
                return " "
            case "SoftBreak":
                return _SOFT
            case "LineBreak":
                return "\n"
            case "Emph" | "Strong" | "Underline" | "Strikeout" | "SmallCaps":
                said = self.text(content)
                self.counts["EMPHASIS_PLAIN"] += 1 if said.strip() else 0
                return said
            case "Superscript" | "Subscript":
                return self.text(content)
            case "Span" | "Link" | "Cite":
                return self.text(content[1])
            case "Quoted":
                marks = "‘’" if content[0]["t"] == "SingleQuote" else "“”"
                return f"{marks[0]}{self.text(content[1])}{marks[1]}"
            case "Code" | "Math":
                return str(content[1])
            case "Image":
                self.counts["PICTURES_DROPPED"] += 1
                return ""
            case "Note":
                return self.note(content)
            case "RawInline":
                if str(content[1]).lower().startswith("<br"):
                    return "\n"
                self.counts["MARKUP_DROPPED"] += 1
                return ""
            case _:
                return ""

    def note(self, blocks: Sequence[Node]) -> str:
        """Its number, as it is called in the text; what it says comes behind the paragraph."""
        self.counts["NOTES_AS_TEXT"] += 1
        self._notes += 1
        number = self._notes
        said = " ".join(piece.text for piece in self.blocks(blocks) if piece.kind == "text")
        self._waiting.append(f"[{number}] {' '.join(said.split())}")
        return f"[{number}]"

    def _called(self) -> Iterator[Piece]:
        waiting, self._waiting = self._waiting, []
        yield from (Piece("note", text) for text in waiting)


def _words_of_html(text: str) -> str:
    """What a reader of a stretch of HTML sees: neither its tags, nor its comments, nor scripts and styles."""
    if _UNSEEN.match(text):
        return ""
    first, *commented = text.split("<!--")
    seen = first + "".join(one.partition("-->")[2] for one in commented)
    lines = _HTML_LINE.sub("\n", seen.strip().replace("\n", _SOFT))
    return unescape(_HTML_TAG.sub("", lines))


def _unwrapped(line: str) -> str:
    return joined(part for one in line.split(_SOFT) if (part := _SPACE.sub(" ", one).strip()))


def _role(attributes: Any) -> str:
    """What a section says that it is: by the classes of our own files, or by its type in an EPUB."""
    _, classes, pairs = attributes
    types = [word for name, value in pairs if name in ("epub:type", "type") for word in value.split()]
    return next((word for word in (*types, *classes) if word in _KNOWN), "")


_KNOWN = frozenset(
    (
        *("copyright", "copyright-page", "dedication", "acknowledgements", "acknowledgments", "about_author"),
        *("ai_use", "toc", "titlepage", "cover", "part"),
    )
)


def _meta(value: Any) -> str:
    """A text of the metadata, "" for none and for what is no text."""
    if not isinstance(value, dict):
        return ""
    content: Any = value.get("c")
    if value.get("t") == "MetaString":
        return " ".join(str(content).split())
    if value.get("t") == "MetaInlines":
        return _unwrapped(_Walk().text(content).replace("\n", " "))
    if value.get("t") == "MetaList" and content:
        return _meta(content[0])
    return ""
