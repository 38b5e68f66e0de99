"""Makes the PDF: the document as data for a Typst template of ours, and a word on every character that no font has.

The text is JSON that the template reads, so nothing in it is markup. To read: PDF/A-2a and PDF/UA-1, with fonts
embedded, tagged for screen readers. To print: PDF 1.4 in black alone, with the boxes of trim and bleed, an
inner margin by the number of pages that it gives, an even number of them, and openings on the right. Both bear the date
of the text.
https://typst.app/docs/reference/pdf/
"""

from collections.abc import Iterable
from dataclasses import dataclass

from infrastructure.exports.books.edition import GUTTERS, INCHES, PLAIN, Edition
from infrastructure.exports.books.programs import Programs
from infrastructure.exports.books.typst_program import ask_typst, typst_template
from infrastructure.exports.books.typst_text import typst_data
from projections.documents.tree import Document, runs

TO_READ = ["a-2a", "ua-1"]
TO_PRINT = ["1.4"]
TO_COUNT = ["a-1a"]
_PLACES = 3
_ON_A_PAGE = 38.0
"""Characters on a square inch of a page, of what is mostly prose."""


@dataclass(frozen=True, slots=True)
class MissingGlyph:
    """`characters` that no font here has, and the first places where they stand, as titles; "" is the title page."""

    characters: str
    places: tuple[str, ...]

    @property
    def code_points(self) -> str:
        return " ".join(f"U+{ord(one):04X}" for one in self.characters)


def make_pdf(
    document: Document, programs: Programs, edition: Edition = PLAIN
) -> tuple[bytes, tuple[MissingGlyph, ...], int]:
    """The file, what it shows as a replacement character, and the pages of one to print. Raises RenderFailed."""
    request = {
        "template": typst_template("text", "cover", "book"),
        "timestamp": int(document.front.date.timestamp()),
        "standards": TO_PRINT if edition.prints else TO_READ,
        "checked": TO_COUNT if edition.prints else TO_READ,
        "gutters": GUTTERS if edition.prints else (),
        "try": _likely(document, edition),
    }
    made = ask_typst(request, typst_data(document, edition), programs)
    return made.data, placed(document, made.missing), made.pages


def _likely(document: Document, edition: Edition) -> int:
    """Which gutter the length of the text lets one expect; a wrong guess costs another try, and nothing else."""
    width, height = INCHES[edition.trim]
    pages = sum(len(text) for _, text in runs(document)) / (_ON_A_PAGE * width * height)
    return next(number for number, (most, _) in enumerate(GUTTERS) if pages <= most)


def placed(document: Document, missing: Iterable[str]) -> tuple[MissingGlyph, ...]:
    """Where what no font has stands in the document."""
    everything = list(runs(document))
    return tuple(
        MissingGlyph(one, tuple(dict.fromkeys(place for place, text in everything if one in text))[:_PLACES])
        for one in missing
    )
