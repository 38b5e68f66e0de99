"""Gives each template its look where a style sheet or styles of a word processor say it."""

from infrastructure.exports.books.edition import Edition, Template
from infrastructure.exports.books.programs import TEMPLATES
from projections.documents.tree import Document

_SERIF = 'w:ascii="Georgia" w:hAnsi="Georgia" w:eastAsia="SimSun"'
_FACES = {
    Template.STANDARD: _SERIF,
    Template.MODERN: 'w:ascii="Calibri" w:hAnsi="Calibri" w:eastAsia="Microsoft YaHei"',
    Template.ACADEMIC: 'w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:eastAsia="SimSun"',
}


def style_sheet(document: Document, edition: Edition) -> str:
    """CSS. A book's paragraphs begin further in; those of a reference are set apart."""
    names = ["standard", *(["prose"] if document.new_pages else [])]
    if edition.template is not Template.STANDARD:
        names.append(edition.template.value)
    return "".join((TEMPLATES / f"{name}.css").read_text(encoding="utf-8") for name in names)


def word_styles(edition: Edition) -> str:
    """styles.xml of a DOCX."""
    styles = (TEMPLATES / "standard.docx.xml").read_text(encoding="utf-8")
    return styles.replace(_SERIF, _FACES[edition.template])
