"""Names the formats of files for readers, and the names that such files get."""

import re
import unicodedata
from enum import StrEnum
from urllib.parse import quote


class BookFormat(StrEnum):
    EPUB = "epub"
    PDF = "pdf"
    DOCX = "docx"
    MARKDOWN = "markdown"
    HTML = "html"


MEDIA = {
    BookFormat.EPUB: "application/epub+zip",
    BookFormat.PDF: "application/pdf",
    BookFormat.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    BookFormat.MARKDOWN: "text/markdown; charset=utf-8",
    BookFormat.HTML: "text/html; charset=utf-8",
}
SUFFIX = {
    BookFormat.EPUB: "epub",
    BookFormat.PDF: "pdf",
    BookFormat.DOCX: "docx",
    BookFormat.MARKDOWN: "md",
    BookFormat.HTML: "html",
}

_LONGEST = 120
"""Bytes of a name before its suffix: file systems take 255, mail programs and archives fewer."""

_FORBIDDEN = re.compile(r'[/\\:*?"<>|%\x00-\x1f\x7f]+')
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.IGNORECASE)


def file_name(title: str, file_format: BookFormat, fallback: str = "book") -> str:
    """A name that every file system takes, from any title: no separators, no dots at its ends, of a bounded length."""
    name = " ".join(_FORBIDDEN.sub(" ", unicodedata.normalize("NFC", title)).split())
    name = _cut(name).strip(" .-")
    if not name or _RESERVED.fullmatch(name):
        name = f"{fallback} {name}".strip()
    return f"{name}.{SUFFIX[file_format]}"


def content_disposition(name: str) -> str:
    """The header that has a browser keep a file under this name (RFC 6266), in ASCII and in UTF-8 (RFC 5987)."""
    stem, _, suffix = name.rpartition(".")
    ascii_stem = unicodedata.normalize("NFKD", stem).encode("ascii", "ignore").decode()
    ascii_stem = " ".join(ascii_stem.split()) or "book"
    return f"attachment; filename=\"{ascii_stem}.{suffix}\"; filename*=UTF-8''{quote(name, safe='')}"


def _cut(name: str) -> str:
    """At most so many bytes of UTF-8; no joined emoji and no accent is left half."""
    if len(name.encode()) <= _LONGEST:
        return name
    kept = name.encode()[:_LONGEST].decode(errors="ignore")
    end = len(kept)
    while end > 1 and _joined(name, end):
        end -= 1
    return kept[:end]


def _joined(name: str, at: int) -> bool:
    """Whether the character at this place belongs to the one before it."""
    joiners = ("\u200d", "\ufe0f")
    following, before = name[at : at + 1], name[at - 1]
    return bool(following) and (following in joiners or before == "\u200d" or unicodedata.combining(following) > 0)
