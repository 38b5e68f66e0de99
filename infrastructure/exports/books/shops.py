"""What shops ask of a book, as data. Only what their own pages say, at the dates that stand beside it."""

from dataclasses import dataclass, replace
from enum import StrEnum

from infrastructure.exports.books.edition import Edition, Purpose
from infrastructure.exports.books.formats import BookFormat


class Shop(StrEnum):
    ANY = "any"
    KDP_EBOOK = "kdp_ebook"
    KDP_PAPERBACK = "kdp_paperback"
    APPLE_BOOKS = "apple_books"
    PRINTER = "printer"


@dataclass(frozen=True, slots=True)
class Demands:
    """`title`: characters of title and subtitle together, `description`: its characters, at most; 0: as many as wanted.
    `pages`: the fewest and the most of a printed book. `bleed`: whether the printer wants it around the page.
    """

    name: str
    format: BookFormat
    purpose: Purpose = Purpose.READING
    title: int = 0
    description: int = 0
    described: bool = True
    pages: tuple[int, int] = (0, 100_000)
    bleed: bool = True


SHOPS = {
    Shop.ANY: Demands("any reader", BookFormat.EPUB, described=False),
    # https://kdp.amazon.com/help/topic/G201097560 (metadata), .../GVBQ3CMEQW3W2VL6 (pages, margins), read in 2026
    Shop.KDP_EBOOK: Demands("Amazon Kindle", BookFormat.EPUB, title=200, description=4_000),
    Shop.KDP_PAPERBACK: Demands(
        "Amazon paperback", BookFormat.PDF, Purpose.PRINT, 200, 4_000, pages=(24, 828), bleed=False
    ),
    Shop.APPLE_BOOKS: Demands("Apple Books", BookFormat.EPUB),
    Shop.PRINTER: Demands("a printer", BookFormat.PDF, Purpose.PRINT, described=False),
}


def edition_for(shop: Shop, edition: Edition) -> Edition:
    """The edition that a shop takes, as near to `edition` as can be. An EPUB has a cover, whatever was asked."""
    demands = SHOPS[shop]
    return replace(edition, purpose=demands.purpose, bleed=demands.bleed, cover=demands.purpose is Purpose.READING)
