"""Files for readers, made by the real programs: texts stay texts, validators find nothing, bytes are the same."""

import io
import zipfile
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest
from pypdf import PdfReader

from infrastructure.exports.books.formats import BookFormat
from infrastructure.exports.books.programs import Programs
from infrastructure.exports.books.renderer import render
from projections.documents.tree import Document, Paragraph, Part, plain, run, runs
from projections.genesis.bible.bible import bible
from tests.support.bibles import RECORDED, state, story
from tests.support.book_texts import epubcheck, pandoc, references_of, squeezed, text_of
from tests.support.hostile_texts import hostile, hostile_document

FORMATS = list(BookFormat)
SECRET = "the server's own words"
STORIES = ["en", "zh"]
NAVIGATION = ("Contents", "目录")
"""The heading over the table of contents, which Markdown has none of."""


@pytest.fixture(scope="module")
def secret(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("server") / "secret.txt"
    path.write_text(SECRET)
    return str(path)


@cache
def made(which: str, file_format: BookFormat, secret: str = "") -> bytes:
    return render(document_of(which, secret), file_format, Programs()).data


@cache
def document_of(which: str, secret: str = "") -> Document:
    if which == "hostile":
        return hostile_document(secret)
    if which == "ar":
        return bible(state(story("en"), language="ar", title="ساعة الملح"), RECORDED)
    return bible(state(story(which), language=which), RECORDED)


@pytest.mark.parametrize("file_format", FORMATS)
def test_markup_of_any_kind_is_shown_as_text(file_format: BookFormat, secret: str) -> None:
    data = made("hostile", file_format, secret)
    found = squeezed(text_of(file_format, data))
    lost = [text for _, text in runs(document_of("hostile", secret)) if squeezed(text) not in found]
    lost = [text for text in lost if text not in NAVIGATION]
    # extraction gives right-to-left text by its shapes; the other formats hold its characters
    assert [text for text in lost if file_format is not BookFormat.PDF or text.isascii()] == []


@pytest.mark.parametrize("file_format", FORMATS)
def test_no_file_of_the_server_is_in_a_file_or_referred_to(file_format: BookFormat, secret: str) -> None:
    data = made("hostile", file_format, secret)
    assert references_of(file_format, data) == []
    parts = [data]
    if file_format in (BookFormat.EPUB, BookFormat.DOCX):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = [archive.read(name) for name in archive.namelist()]
            assert [name for name in archive.namelist() if "media" in name] == []
    assert not any(SECRET.encode() in part or b"root:x:" in part for part in parts)


@pytest.mark.parametrize("file_format", FORMATS)
@pytest.mark.parametrize("which", STORIES)
def test_everything_is_in_every_format_in_order(which: str, file_format: BookFormat) -> None:
    found = squeezed(text_of(file_format, made(which, file_format)))
    place = 0
    for part in document_of(which).parts:
        for expected in [plain(part.title), *(plain(chapter.title) for chapter in part.chapters)]:
            place = found.find(squeezed(expected), place)
            assert place >= 0, expected
    if file_format is not BookFormat.PDF:  # whose words are divided at the ends of lines
        lost = [text for _, text in runs(document_of(which)) if squeezed(text) not in found]
        assert [text for text in lost if text not in NAVIGATION] == []


@pytest.mark.parametrize("which", ["zh", "ar", "hostile"])
def test_epubcheck_finds_nothing(which: str, secret: str, tmp_path: Path) -> None:
    assert epubcheck(made(which, BookFormat.EPUB, secret if which == "hostile" else ""), tmp_path) == []


@pytest.mark.parametrize("file_format", FORMATS)
def test_the_same_document_gives_the_same_bytes(file_format: BookFormat) -> None:
    again = render(bible(state(story("en")), RECORDED), file_format, Programs()).data
    assert again == made("en", file_format)


@pytest.mark.parametrize("file_format", [BookFormat.EPUB, BookFormat.DOCX, BookFormat.PDF])
def test_a_file_bears_the_time_of_its_text(file_format: BookFormat) -> None:
    data = made("en", file_format)
    if file_format is BookFormat.PDF:
        info = PdfReader(io.BytesIO(data)).metadata
        assert info is not None
        assert (info.creation_date, info.title) == (RECORDED, document_of("en").front.title)
        return
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        name = "EPUB/content.opf" if file_format is BookFormat.EPUB else "docProps/core.xml"
        text = archive.read(name).decode()
    assert "2026-03-01T09:30:00Z" in text
    assert not any(wrong in text for wrong in ("1970", str(datetime.now(UTC).date())))


def test_an_epub_claims_only_what_is_true_and_titles_its_parts(secret: str) -> None:
    with zipfile.ZipFile(io.BytesIO(made("zh", BookFormat.EPUB))) as archive:
        names = archive.namelist()
        assert (names[0], archive.getinfo("mimetype").compress_type) == ("mimetype", zipfile.ZIP_STORED)
        package = archive.read("EPUB/content.opf").decode()
        titles = [
            archive.read(name).decode().split("<title>")[1].split("</title>")[0] for name in names if "/ch" in name
        ]
    assert "alternativeText" not in package
    assert "accessibilitySummary" in package
    assert titles[:2] == ["概念", "故事"]
    assert not [title for title in titles if title.endswith(".xhtml")]
    with zipfile.ZipFile(io.BytesIO(made("ar", BookFormat.EPUB))) as archive:
        assert 'page-progression-direction="rtl"' in archive.read("EPUB/content.opf").decode()
        assert '<html dir="rtl"' in archive.read("EPUB/text/ch001.xhtml").decode()
    with zipfile.ZipFile(io.BytesIO(made("hostile", BookFormat.EPUB, secret))) as archive:
        pages = "".join(archive.read(name).decode() for name in archive.namelist() if "/ch" in name)
    assert 'lang="zh-Hans" dir="ltr"' in pages
    assert 'lang="ar" dir="rtl"' in pages


def test_a_docx_has_real_styles() -> None:
    data = made("en", BookFormat.DOCX)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        text, styles = archive.read("word/document.xml").decode(), archive.read("word/styles.xml").decode()
    used = {one.split('"')[0] for one in text.split('<w:pStyle w:val="')[1:]}
    assert {"Title", "Heading1", "Heading2", "DefinitionTerm", "Lead", "toc1"} <= used
    assert [one for one in used if f'w:styleId="{one}"' not in styles] == []
    assert pandoc(data, "docx", "plain")


def test_a_pdf_is_tagged_and_embeds_its_fonts() -> None:
    reader = PdfReader(io.BytesIO(made("zh", BookFormat.PDF)))
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"].value is True
    assert reader.trailer["/Root"]["/Lang"].startswith("zh")
    fonts = {
        str(font.get_object()["/BaseFont"]) for page in reader.pages for font in page["/Resources"]["/Font"].values()
    }
    assert any("NotoSerifSC" in name for name in fonts)
    assert all("+" in name for name in fonts), "subsets, all of them"


def test_a_character_that_no_font_has_is_named_with_its_place() -> None:
    document = document_of("en")
    strange = Part(run("Parts unknown"), (Paragraph(run("Hangul 한 and 국, cuneiform 𒀀, a fox 🦊.")),))
    found = render(Document(document.front, (*document.parts, strange)), BookFormat.PDF, Programs())
    assert {(one.characters, one.places) for one in found.missing} == {
        (character, ("Parts unknown",)) for character in "한국𒀀"
    }
    text = squeezed(text_of(BookFormat.PDF, found.data))
    assert "Hangul\ufffdand\ufffd,cuneiform\ufffd,afox🦊." in text


def test_a_font_that_was_put_into_the_folder_is_used(tmp_path: Path) -> None:
    """Without what is shipped, Chinese is missing; from the folder it is there."""
    from infrastructure.exports.books import programs, typst_program

    document = Document(document_of("en").front, (Part(run("One"), (Paragraph(run("中文")),)),))
    shipped = programs.font_folders()
    chinese = next(folder for folder in shipped if "zh" in folder.name)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(typst_program, "font_folders", lambda: [folder for folder in shipped if folder != chinese])
        assert [one.characters for one in render(document, BookFormat.PDF, Programs()).missing] == ["中", "文"]
        (tmp_path / "fonts").symlink_to(chinese)
        assert render(document, BookFormat.PDF, Programs(fonts=(tmp_path / "fonts",))).missing == ()


def test_hostile_texts_are_many(secret: str) -> None:
    assert len(hostile(secret)) > 25
