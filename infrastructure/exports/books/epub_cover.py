"""Puts a cover into an EPUB: the picture, a page that shows it, and what the package says of both."""

import re
from html import escape

from infrastructure.exports.books.cover import Cover
from projections.documents.tree import FrontMatter

SUMMARY_WITH_COVER = {
    "zh": "纯文字内容，唯一的图片是封面，附有文字说明；标题、目录和语言标记完整，可用朗读软件按顺序阅读。",
    "en": "Text only but for the cover, which is described; headings, contents and languages are marked: "
    "it can be read aloud in order.",
}
_NAME = ("Cover", "封面")
_SPINE = re.compile(r"<spine [^>]*>")
_PAGE = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE html>
<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops" lang="{book}" xml:lang="{book}">
<head>
  <meta charset="utf-8" />
  <title>{title}</title>
  <link rel="stylesheet" type="text/css" href="../styles/stylesheet1.css" />
</head>
<body epub:type="cover" class="cover">
<section epub:type="cover" lang="{language}" xml:lang="{language}">
<img src="../{picture}" alt="{said}" role="doc-cover" />
</section>
</body>
</html>
"""


def cover_files(front: FrontMatter, cover: Cover) -> dict[str, bytes]:
    """By their names in the archive."""
    page = _PAGE.format(
        book=escape(front.language),
        title=escape(front.title),
        language=escape(cover.language),
        picture=_picture(cover),
        said=escape(cover.description),
    )
    return {f"EPUB/{_picture(cover)}": cover.data, "EPUB/text/cover.xhtml": page.encode()}


def landmark(front: FrontMatter) -> str:
    name = _NAME[front.language[:2].lower() == "zh"]
    return f'<li><a href="text/cover.xhtml" epub:type="cover">{name}</a></li>'


def package_with_cover(text: str, cover: Cover) -> str:
    """The package document, with the picture as its cover and the page before all others."""
    items = (
        f'  <item id="cover-image" href="{_picture(cover)}" media-type="{cover.media_type}" '
        'properties="cover-image" />\n'
        '    <item id="cover_xhtml" href="text/cover.xhtml" media-type="application/xhtml+xml" />\n  </manifest>'
    )
    text = text.replace("</manifest>", items, 1)
    text = _SPINE.sub(lambda found: f'{found[0]}\n    <itemref idref="cover_xhtml" />', text, count=1)
    # what reading systems of EPUB 2 look for
    return text.replace("</metadata>", '  <meta name="cover" content="cover-image" />\n  </metadata>', 1)


def _picture(cover: Cover) -> str:
    return f"media/cover.{cover.suffix}"
