"""Makes the cover of an EPUB from the title: a picture as large as shops ask for."""

from dataclasses import dataclass

from infrastructure.exports.books.cover_words import alternative_text, cover_words
from infrastructure.exports.books.edition import Edition
from infrastructure.exports.books.pdf import TO_READ, MissingGlyph, placed
from infrastructure.exports.books.programs import Programs
from infrastructure.exports.books.typst_program import ask_typst, typst_template
from infrastructure.exports.books.typst_text import typst_front
from projections.documents.tree import Document

WIDTH, HEIGHT = 1_562, 2_500
"""As 1 to 1.6, with the height that Amazon asks for and fewer than the four million pixels that Apple takes."""


@dataclass(frozen=True, slots=True)
class Cover:
    """A picture (`media_type`), and what is said instead of it to those who do not see it, in which language."""

    data: bytes
    media_type: str
    description: str
    language: str
    missing: tuple[MissingGlyph, ...] = ()

    @property
    def suffix(self) -> str:
        return "png" if self.media_type == "image/png" else "jpg"


def make_cover(document: Document, programs: Programs, edition: Edition) -> Cover:
    """Of any title in any script; equal titles give equal bytes. Raises RenderFailed."""
    front = document.front
    request = {
        "template": typst_template("text", "cover", "cover_picture"),
        "timestamp": int(front.date.timestamp()),
        "standards": [],
        "checked": TO_READ,
        "picture": True,
    }
    size = {"width": WIDTH, "height": HEIGHT}
    data = typst_front(front, edition) | {"cover": cover_words(front), "picture": size}
    made = ask_typst(request, data, programs)
    return Cover(made.data, "image/png", *alternative_text(front), placed(document, made.missing))
