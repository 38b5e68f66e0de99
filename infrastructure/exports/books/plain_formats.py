"""Makes the two formats that are text: Markdown (GitHub's, which most tools read) and HTML in one file."""

from infrastructure.exports.books.edition import PLAIN, Edition
from infrastructure.exports.books.pandoc_tree import Shape, pandoc_json
from infrastructure.exports.books.programs import TEMPLATES, Programs
from infrastructure.exports.books.styles import style_sheet
from projections.documents.tree import Document

_MARKDOWN = ("--to=gfm-raw_html", "--wrap=none")
_HTML = ("--to=html5", "--standalone", "--wrap=none", "--toc", "--toc-depth=2")


def make_markdown(document: Document, programs: Programs) -> bytes:
    """Raises RenderFailed."""
    return programs.run_pandoc(_MARKDOWN, pandoc_json(document, Shape(markdown=True)))


def make_html(document: Document, programs: Programs, edition: Edition = PLAIN) -> bytes:
    """One file that asks for nothing else: no script, no picture, no font. Raises RenderFailed."""
    template = f"--template={TEMPLATES / 'standard.html'}"
    made = programs.run_pandoc((*_HTML, template), pandoc_json(document, Shape()))
    return made.replace(b"STANDARD_CSS", style_sheet(document, edition).encode(), 1)
