"""Covers, templates and PDFs for printers, made by the real programs and read back by others."""

import io
import re
import struct
import zipfile
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from pypdf import PageObject, PdfReader
from pypdf.generic import ContentStream

from infrastructure.exports.books.edition import BLEED, INCHES, PLAIN, Edition, Purpose, Template, Trim
from infrastructure.exports.books.formats import BookFormat
from infrastructure.exports.books.programs import Programs
from infrastructure.exports.books.renderer import BookFile, render
from projections.documents.tree import Chapter, Document, MatterPage, Paragraph, Part, SceneBreak, run
from tests.integration.test_books import document_of
from tests.support.book_texts import epubcheck, pandoc, squeezed, text_of
from tests.support.hostile_texts import hostile, hostile_document

SENTENCE = "The clock had stopped at ten past four, and nobody in the harbour could say of which day. "
PRINT = Edition(purpose=Purpose.PRINT)
POINTS = 72.0


def book(pages: int = 3, language: str = "en", **front: Any) -> Document:
    """Two chapters in a part and one without, so many paragraphs in each; with front and back matter."""
    text = tuple(Paragraph(run(SENTENCE * 6)) for _ in range(pages * 3))
    inside = (Chapter(run("Low Water"), text), Chapter(run("High Water"), (*text, SceneBreak(), *text)))
    return Document(
        replace(document_of("en").front, language=language, subtitle="", facts=(), author="Mara Vance", **front),
        (Part(run("Ebb"), (), inside), Part(run("Alone"), text)),
        new_pages=True,
        before=(
            MatterPage("copyright", run("Copyright"), (Paragraph(run("© 2026 Mara Vance")),)),
            MatterPage("dedication", run("Dedication"), (Paragraph(run("For Ida.")),)),
        ),
        after=(MatterPage("acknowledgements", run("Acknowledgements"), (Paragraph(run("Thanks to all.")),)),),
    )


@cache
def made(edition: Edition, file_format: BookFormat | None, pages: int = 3) -> BookFile:
    return render(book(pages), file_format, Programs(), edition)


def entries(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


TITLES = [
    "The Salt Clock",
    "盐钟",
    "ساعة الملح",
    "🦊",
    "A" * 500,
    "盐" * 500,
    "An Endless Tale " * 31,
    *hostile("/etc/passwd"),
]


@pytest.mark.parametrize("template", list(Template))
def test_any_title_makes_a_cover_that_differs_from_an_empty_one(template: Template) -> None:
    seen = set()
    for title in TITLES[:7] if template is not Template.STANDARD else TITLES:
        cover = render(book(title=title), None, Programs(), Edition(template, cover=True))
        assert (cover.data[:8], struct.unpack(">II", cover.data[16:24])) == (b"\x89PNG\r\n\x1a\n", (1_562, 2_500))
        assert cover.missing == () or title in TITLES[7:]
        seen.add(cover.data)
    assert len(seen) > 6


def test_the_whole_title_is_on_the_cover_and_inside_it() -> None:
    """The first page of a PDF is the same picture; its text can be read back."""
    for title in ("The Salt Clock", "A" * 500, ("An Endless Tale " * 31).strip()):
        data = render(book(title=title), BookFormat.PDF, Programs(), Edition(cover=True)).data
        said, places = drawn(PdfReader(io.BytesIO(data)).pages[0])
        assert squeezed(title) in squeezed(said).replace("\u200b", "")
        assert all(0 <= x <= 432 and 0 <= y <= 648 for x, y in places)


def drawn(page: PageObject) -> tuple[str, list[tuple[float, float]]]:
    """Its text, and where pieces of it begin."""
    places: list[tuple[float, float]] = []

    def visited(said: str, around: list[float], inside: list[float], *_: Any) -> None:
        if said.strip():
            places.append((around[4] + inside[4], around[5] + inside[5]))

    return page.extract_text(visitor_text=visited), places


@pytest.mark.parametrize(
    ("template", "language", "said", "told_in"),
    [
        (Template.STANDARD, "en", "Cover: 盐钟, by Mara Vance", "en"),
        (Template.MODERN, "zh", "封面：盐钟，Mara Vance", "zh"),
        (Template.ACADEMIC, "ar", "Cover: 盐钟, by Mara Vance", "en"),
    ],
)
def test_an_epub_with_a_cover_is_described_truly_and_epubcheck_finds_nothing(
    template: Template, language: str, said: str, told_in: str, tmp_path: Path
) -> None:
    edition = Edition(template, cover=True)
    data = render(book(1, language, title="盐钟"), BookFormat.EPUB, Programs(), edition).data
    assert epubcheck(data, tmp_path) == []
    inside = {name: content.decode() for name, content in entries(data).items() if name.endswith(("html", "opf"))}
    page, package = inside["EPUB/text/cover.xhtml"], inside["EPUB/content.opf"]
    assert f'alt="{said}"' in page
    assert f'<section epub:type="cover" lang="{told_in}"' in page
    assert 'href="media/cover.png" media-type="image/png" properties="cover-image"' in package
    assert "alternativeText" in package
    assert package.index('idref="cover_xhtml"') < package.index('idref="title_page_xhtml"')
    assert 'href="text/ch003.xhtml" epub:type="bodymatter"' in inside["EPUB/nav.xhtml"], "the text, not the copyright"
    assert 'epub:type="dedication"' in "".join(inside.values())


@pytest.mark.parametrize("template", list(Template))
@pytest.mark.parametrize("file_format", list(BookFormat))
def test_each_template_holds_everything_in_order_the_same_bytes_each_time(
    template: Template, file_format: BookFormat
) -> None:
    edition = Edition(template, cover=True)
    data = made(edition, file_format).data
    assert render(book(), file_format, Programs(), edition).data == data
    found, place = squeezed(text_of(file_format, data)), 0
    for said in ("© 2026 Mara Vance", "For Ida.", "Low Water", "harbour", "High Water", "Alone", "Thanks to all."):
        place = found.find(squeezed(said), place)
        assert place >= 0, said
    assert ("1.2 High Water".replace(" ", "") in found) == (template is Template.ACADEMIC)


def test_the_templates_differ_and_a_docx_uses_styles_that_it_has() -> None:
    for file_format in (BookFormat.EPUB, BookFormat.PDF, BookFormat.DOCX, BookFormat.HTML):
        assert len({made(Edition(one, cover=True), file_format).data for one in Template}) == len(Template)
    for template in Template:
        parts = entries(made(Edition(template, cover=True), BookFormat.DOCX).data)
        text, styles = parts["word/document.xml"].decode(), parts["word/styles.xml"].decode()
        used = set(re.findall(r'<w:pStyle w:val="([^"]*)"', text))
        assert [one for one in used if f'w:styleId="{one}"' not in styles] == []
        assert "Thanks to all." in pandoc(made(Edition(template, cover=True), BookFormat.DOCX).data, "docx", "plain")


@pytest.mark.parametrize("trim", list(Trim))
def test_a_print_pdf_has_its_boxes_and_an_even_number_of_pages(trim: Trim) -> None:
    file = made(replace(PRINT, trim=trim), BookFormat.PDF)
    assert file.data.startswith(b"%PDF-1.4")
    reader = PdfReader(io.BytesIO(file.data))
    assert (len(reader.pages) % 2, len(reader.pages)) == (0, file.pages)
    width, height = INCHES[trim]
    for page in reader.pages:
        assert float(page.trimbox.width) / POINTS == pytest.approx(width, abs=0.01)
        assert float(page.trimbox.height) / POINTS == pytest.approx(height, abs=0.01)
        assert float(page.bleedbox.width - page.trimbox.width) / POINTS == pytest.approx(2 * BLEED, abs=0.01)
    cut = PdfReader(io.BytesIO(made(replace(PRINT, trim=trim, bleed=False), BookFormat.PDF).data)).pages[0]
    assert float(cut.mediabox.width) / POINTS == pytest.approx(width, abs=0.01)


def test_a_blank_page_is_added_where_the_text_ends_on_a_right_page_and_nowhere_else() -> None:
    counted = set()
    for paragraphs in range(4, 40, 4):
        document = replace(book(), parts=(Part(run("One"), (Paragraph(run(SENTENCE * 6)),) * paragraphs),), after=())
        reader = PdfReader(io.BytesIO(render(document, BookFormat.PDF, Programs(), PRINT).data))
        texts = [page.extract_text() for page in reader.pages]
        written = max(at for at, text in enumerate(texts, 1) if text)
        assert len(texts) == written + written % 2
        counted.add(written % 2)
    assert counted == {0, 1}


def test_a_print_pdf_is_black_alone_and_its_chapters_begin_on_the_right() -> None:
    reader = PdfReader(io.BytesIO(made(PRINT, BookFormat.PDF).data))
    for page in reader.pages:
        spaces = (page["/Resources"].get("/ColorSpace") or {}).items()
        parts = {
            name: space.get_object()[1].get_object()["/N"] if space.get_object()[0] == "/ICCBased" else 1
            for name, space in spaces
        }
        assert set(parts.values()) <= {1}, "grey has one component"
        stream = ContentStream(page.get_contents(), reader)
        assert not {operator for _, operator in stream.operations} & {b"rg", b"RG", b"k", b"K"}
        shades = {
            float(values[0])
            for values, operator in stream.operations
            if operator in (b"sc", b"scn", b"SC", b"SCN", b"g", b"G")
        }
        assert shades <= {0.0}, "no tint"
    titles = ("Ebb", "Low Water", "High Water", "Alone", "Acknowledgements")
    texts = [page.extract_text() for page in reader.pages]
    # running heads begin with the same words, on later pages
    begins = [next(at for at, text in enumerate(texts, 1) if text.startswith(said)) for said in titles]
    assert begins == sorted(begins)
    assert [at for at in begins if at % 2 == 0] == []


def test_the_inner_margin_grows_with_the_number_of_pages() -> None:
    def inner(pages: int) -> tuple[int, float]:
        """(pages, where the lines of a right page begin, in inches from its left edge)."""
        file = made(replace(PRINT, trim=Trim.B6, bleed=False), BookFormat.PDF, pages)
        _, places = drawn(PdfReader(io.BytesIO(file.data)).pages[12])
        return file.pages, min(x for x, _ in places) / POINTS

    (few, narrow), (many, wide) = inner(12), inner(40)
    assert few <= 150 < many <= 300
    assert (narrow, wide) == (pytest.approx(0.625, abs=0.01), pytest.approx(0.75, abs=0.01))


def test_a_document_without_an_edition_has_no_cover() -> None:
    assert [
        name for name in entries(render(document_of("en"), BookFormat.EPUB, Programs(), PLAIN).data) if "cover" in name
    ] == []


def test_hostile_texts_and_missing_glyphs_in_print_are_as_in_a_pdf_to_read() -> None:
    document = hostile_document("/etc/passwd")
    strange = replace(document, parts=(*document.parts, Part(run("Signs"), (Paragraph(run("A sign: 𒀀.")),))))
    read, printed = (render(strange, BookFormat.PDF, Programs(), one) for one in (PLAIN, PRINT))
    assert printed.missing == read.missing
    assert [one.places for one in printed.missing if one.characters == "𒀀"] == [("Signs",)]
    assert b"root:x:" not in printed.data
