"""What is said of a book before it is downloaded: each fault by its rule, the worst first."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from infrastructure.exports.books.edition import Edition, Trim
from infrastructure.exports.books.pdf import MissingGlyph
from infrastructure.exports.books.preflight import preflight
from infrastructure.exports.books.renderer import BookFile
from infrastructure.exports.books.shops import Shop, edition_for
from projections.documents.tree import Document, FrontMatter, MatterPage, Paragraph, run

FRONT = FrontMatter(
    title="The Salt Clock",
    subtitle="",
    facts=(),
    contents=run("Contents"),
    description="A clock of salt.",
    language="en",
    identifier="urn:uuid:0",
    date=datetime(2026, 3, 1, tzinfo=UTC),
    author="Mara Vance",
)
COPYRIGHT = MatterPage("copyright", run("Copyright"), (Paragraph(run("© 2026 Mara Vance")),))


def codes(
    shop: Shop, *, empty: tuple[str, ...] = (), pages: int = 200, missing: Any = (), whose: str = "", **front: Any
) -> list[str]:
    document = Document(replace(FRONT, **front), (), before=() if whose == "nobody" else (COPYRIGHT,))
    edition = edition_for(shop, Edition(trim=Trim.A5))
    made = BookFile("book", b"", missing, pages if edition.prints else 0)
    return [one.code for one in preflight(document, empty, made, shop, edition)]


@pytest.mark.parametrize("shop", list(Shop))
def test_a_good_book_has_notes_alone(shop: Shop) -> None:
    printed = shop in (Shop.KDP_PAPERBACK, Shop.PRINTER)
    assert codes(shop) == ["COVER_APART" if printed else "COVER_FROM_TITLE"]


@pytest.mark.parametrize(
    ("code", "shop", "given"),
    [
        ("NO_AUTHOR", Shop.ANY, {"author": ""}),
        ("NO_LANGUAGE", Shop.ANY, {"language": "und"}),
        ("NO_DESCRIPTION", Shop.APPLE_BOOKS, {"description": ""}),
        ("TITLE_TOO_LONG", Shop.KDP_EBOOK, {"title": "x" * 150, "subtitle": "y" * 51}),
        ("DESCRIPTION_TOO_LONG", Shop.KDP_EBOOK, {"description": "x" * 4_001}),
        ("NO_COPYRIGHT", Shop.ANY, {"whose": "nobody"}),
        ("EMPTY_CHAPTER", Shop.ANY, {"empty": ("Slack",)}),
        ("MISSING_GLYPH", Shop.ANY, {"missing": (MissingGlyph("한", ("",)),)}),
        ("TOO_FEW_PAGES", Shop.KDP_PAPERBACK, {"pages": 22}),
        ("TOO_MANY_PAGES", Shop.KDP_PAPERBACK, {"pages": 830}),
    ],
)
def test_each_fault_is_found_alone_and_before_the_notes(code: str, shop: Shop, given: dict[str, Any]) -> None:
    assert codes(shop, **given)[:-1] == [code]


def test_what_is_at_the_limit_is_no_fault() -> None:
    assert codes(Shop.KDP_EBOOK, title="x" * 200, description="y" * 4_000) == ["COVER_FROM_TITLE"]
    assert codes(Shop.KDP_PAPERBACK, pages=24) == codes(Shop.KDP_PAPERBACK, pages=828) == ["COVER_APART"]
    assert codes(Shop.ANY, title="x" * 500, description="") == ["COVER_FROM_TITLE"]


def test_a_fault_says_where_it_is_what_it_is_and_how_to_mend_it() -> None:
    edition = edition_for(Shop.KDP_PAPERBACK, Edition())
    made = BookFile("book", b"", (MissingGlyph("한", ("", "Low Water")),), 20)
    glyph, few, *_ = preflight(Document(FRONT, (), before=(COPYRIGHT,)), (), made, Shop.KDP_PAPERBACK, edition)
    assert (glyph.code, glyph.places) == ("MISSING_GLYPH", ("", "Low Water"))
    assert "한 (U+D55C)" in glyph.message
    assert "“fonts”" in glyph.mend
    assert few.message == "The book has 20 pages; Amazon paperback prints from 24."


def test_a_shop_decides_what_a_file_is_for_and_nothing_else() -> None:
    wanted = Edition(trim=Trim.B6, cover=False)
    assert edition_for(Shop.KDP_EBOOK, wanted) == replace(wanted, cover=True)
    paperback = edition_for(Shop.KDP_PAPERBACK, wanted)
    assert (paperback.prints, paperback.bleed, paperback.cover, paperback.trim) == (True, False, False, Trim.B6)
    assert edition_for(Shop.PRINTER, wanted).bleed is True
