"""Files that nobody wrote as a book, or that hold more than one: what they cost is bounded, and they are answered."""

import io
import zipfile

import pytest

from infrastructure.imports import reading
from infrastructure.imports.book import ImportRefused
from infrastructure.imports.packages import PAGE, with_page_breaks
from tests.unit.test_imported_text import DOCUMENT, found, package, read


def test_thousands_of_short_lines_are_read_once_each() -> None:
    """Lines that are paragraphs, in one block: the time must grow with them, not with their square."""
    line = "这是一段普通的文字，没有空行。"
    book = read(f"第一章\n{line}\n第二章\n" + f"{line}\n" * 20_000)
    assert sum(len(one.paragraphs) for one in book.entries) == 20_001
    assert {"CHAPTERS_SPLIT": 1}.items() <= found(book).items()
    assert with_page_breaks(package(**{DOCUMENT: "<w:br" * 50_000}))  # no end, no type


def test_more_pieces_than_any_book_has_are_refused_before_they_are_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST_PIECES", 500)
    assert read(b"a\n" * 500).entries
    for data in (b"a\n" * 501, b"a\n\n" * 501):
        with pytest.raises(ImportRefused) as refused:
            read(data)
        assert refused.value.code == "TEXT_TOO_LONG"


@pytest.mark.parametrize("text", [">" * 3_000 + " deep", "*" * 1_500 + "a" + "*" * 1_500])
def test_what_stands_in_each_other_too_deep_is_refused(text: str) -> None:
    with pytest.raises(ImportRefused) as refused:
        read(f"# One\n\n{text}\n", "a.md")
    assert refused.value.code == "DAMAGED"


def test_words_of_html_stay() -> None:
    html = """# One

<div align="center">Kept &amp; here</div>

<p>First.</p>
<p>Second
line.</p>

<!-- a <b>note</b> of the editor -->

<style>p { color: red }</style>

Text.

# Two

More.
"""
    book = read(html, "a.md")
    assert book.entries[0].paragraphs == ("Kept & here", "First.\nSecond line.", "Text.")


def test_a_picture_that_is_damaged_is_told() -> None:
    page = '<w:document><w:br w:type="page"/></w:document>'
    data = package(**{DOCUMENT: page, "word__media__a_dot_png": "PNG" * 50})
    at = data.index(b"word/media/a.png") + len("word/media/a.png")
    broken = data[:at] + b"\xff\xff" + data[at + 2 :]
    with pytest.raises(ImportRefused) as refused:
        with_page_breaks(broken)
    assert refused.value.code == "DAMAGED"
    assert PAGE.encode() in zipfile.ZipFile(io.BytesIO(with_page_breaks(data))).read("word/document.xml")
