"""Mends the DOCX that pandoc made: our styles, the date of the text, no time of its own."""

import re

from infrastructure.exports.books.archive import rewritten
from infrastructure.exports.books.edition import PLAIN, Edition
from infrastructure.exports.books.pandoc_tree import Shape, pandoc_json
from infrastructure.exports.books.programs import Programs
from infrastructure.exports.books.styles import word_styles
from projections.documents.tree import Document

_TIME = re.compile(r"(<dcterms:(?:created|modified) [^>]*>)[^<]*")


def make_docx(document: Document, programs: Programs, edition: Edition = PLAIN) -> bytes:
    """Raises RenderFailed."""
    made = programs.run_pandoc(("--to=docx", "--output=-"), pandoc_json(document, Shape(styles=True)))
    moment = f"{document.front.date:%Y-%m-%dT%H:%M:%SZ}"

    def mended(name: str, text: str) -> str | None:
        match name:
            case "docProps/core.xml":
                return _TIME.sub(lambda found: f"{found[1]}{moment}", text)
            case "word/styles.xml":
                return word_styles(edition)
            case _:
                return None

    return rewritten(made, mended)
