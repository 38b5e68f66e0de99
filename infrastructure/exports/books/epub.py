"""Mends the EPUB that pandoc made: true titles, the text's date, only true accessibility claims, our style sheet.

pandoc's `--sandbox` sets the date of change to 1970 and reads no style sheet; it titles every part by its file name
and always claims that pictures have descriptions. https://www.w3.org/TR/epub-33/ https://www.w3.org/TR/epub-a11y-11/
"""

import re
from html import escape

from infrastructure.exports.books.archive import rewritten
from infrastructure.exports.books.cover import Cover, make_cover
from infrastructure.exports.books.direction import direction
from infrastructure.exports.books.edition import PLAIN, Edition
from infrastructure.exports.books.epub_cover import SUMMARY_WITH_COVER, cover_files, landmark, package_with_cover
from infrastructure.exports.books.pandoc_tree import Shape, pandoc_json
from infrastructure.exports.books.pdf import MissingGlyph
from infrastructure.exports.books.programs import Programs
from infrastructure.exports.books.styles import style_sheet
from projections.documents.tree import Document, FrontMatter, plain

_ARGUMENTS = ("--to=epub3", "--toc", "--toc-depth=2", "--split-level=2", "--output=-")
_FILE_TITLE = re.compile(r"<title>[^<]*\.xhtml</title>")
_HEADING = re.compile(r"<h[1-6][^>]*>(.*?)</h[1-6]>", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_MODIFIED = re.compile(r'(<meta property="dcterms:modified">)[^<]*')
_ALTERNATIVE_TEXT = re.compile(r'\s*<meta property="schema:accessibilityFeature">alternativeText</meta>')
_TITLE_DATE = re.compile(r'\s*<p class="date">[^<]*</p>')
_LANDMARKS = re.compile(r'(<nav epub:type="landmarks".*?<ol>).*?(</ol>)', re.DOTALL)
_FIRST = re.compile(r'href="(text/ch[^"#]*)#part-')

_SUMMARY = {
    "zh": "纯文字内容，没有图片；标题、目录和语言标记完整，可用朗读软件按顺序阅读。",
    "en": "Text only, without pictures; headings, contents and languages are marked: it can be read aloud in order.",
}


def make_epub(
    document: Document, programs: Programs, edition: Edition = PLAIN
) -> tuple[bytes, tuple[MissingGlyph, ...]]:
    """The file, and what its cover shows as a replacement character. Raises RenderFailed."""
    made = programs.run_pandoc(_ARGUMENTS, pandoc_json(document, Shape()))
    front = document.front
    cover = make_cover(document, programs, edition) if edition.cover else None

    def mended(name: str, text: str) -> str | None:
        if name.endswith(".css"):
            return style_sheet(document, edition)
        if name.endswith(".opf"):
            return _package(text, front, cover)
        if name.endswith("nav.xhtml"):
            return _directed(_landmarks(text, front, cover), front)
        if name.endswith("title_page.xhtml"):
            return _directed(_title_page(text, front), front)
        if name.endswith(".xhtml"):
            return _directed(_titled(text, front), front)
        return None

    return rewritten(made, mended, cover_files(front, cover) if cover else {}), cover.missing if cover else ()


def _titled(text: str, front: FrontMatter) -> str:
    """A part's own heading as its title; the book's where it has none."""
    heading = _HEADING.search(text)
    title = _TAG.sub("", heading[1]).strip() if heading else ""
    return _FILE_TITLE.sub(lambda _: f"<title>{title or escape(front.title)}</title>", text, count=1)


def _directed(text: str, front: FrontMatter) -> str:
    if direction(front.language) == "ltr":
        return text
    return text.replace("<html ", '<html dir="rtl" ', 1)


def _title_page(text: str, front: FrontMatter) -> str:
    facts = "".join(f'\n  <p class="fact">{escape(plain(fact))}</p>' for fact in front.facts)
    return _TITLE_DATE.sub(lambda _: facts, text, count=1)


def _landmarks(text: str, front: FrontMatter, cover: Cover | None) -> str:
    first = _FIRST.search(text)
    begins = (
        f'<li><a href="{first[1]}" epub:type="bodymatter">{escape(front.subtitle or front.title)}</a></li>'
        if first
        else ""
    )
    entries = (
        f"{landmark(front) if cover else ''}"
        f'<li><a href="text/title_page.xhtml" epub:type="titlepage">{escape(front.title)}</a></li>'
        f'<li><a href="#toc" epub:type="toc">{escape(plain(front.contents))}</a></li>{begins}'
    )
    return _LANDMARKS.sub(lambda found: f"{found[1]}{entries}{found[2]}", text, count=1)


def _package(text: str, front: FrontMatter, cover: Cover | None) -> str:
    text = _MODIFIED.sub(lambda found: f"{found[1]}{front.date:%Y-%m-%dT%H:%M:%SZ}", text)
    text = _ALTERNATIVE_TEXT.sub("", text) if cover is None else package_with_cover(text, cover)
    summaries = _SUMMARY if cover is None else SUMMARY_WITH_COVER
    summary = summaries["zh" if front.language.lower().startswith("zh") else "en"]
    text = text.replace(
        "</metadata>", f'  <meta property="schema:accessibilitySummary">{summary}</meta>\n  </metadata>', 1
    )
    if direction(front.language) == "rtl":
        text = text.replace("<spine ", '<spine page-progression-direction="rtl" ', 1)
    return text
