"""Looks into a file before anything reads it: what kind it is, and whether unpacking it is safe."""

import io
import re
import zipfile
import zlib
from enum import StrEnum

from infrastructure.imports.book import ImportRefused

LARGEST_FILE = 20 * 1024 * 1024
MOST_ENTRIES = 5_000
LARGEST_UNPACKED = 200 * 1024 * 1024
LARGEST_XML = 48 * 1024 * 1024
"""All parts that are text, together."""
MOST_TIMES = 200
"""How many times its packed size a large entry may be."""
_LARGE = 1024 * 1024

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SAVE = "Open it in the program that it comes from and save it as DOCX, EPUB, Markdown or plain text."
_XML = (".xml", ".rels", ".opf", ".ncx", ".xhtml", ".html", ".htm", ".svg")
_ENTITY = re.compile(rb"<!ENTITY", re.IGNORECASE)
_UTF16_ENTITY = re.compile(rb"<\x00?!\x00?E\x00?N\x00?T\x00?I\x00?T\x00?Y", re.IGNORECASE)
_ALGORITHM = re.compile(rb'Algorithm\s*=\s*["\']([^"\']*)["\']')
_OF_FONTS = (b"http://www.idpf.org/2008/embedding", b"http://ns.adobe.com/pdf/enc#RC")
_BREAK = re.compile(rb"<w:br\b[^<>]*/>")
"""No `<` in it, and its type looked for apart: the time that it takes grows with the file, whatever is in it."""
PAGE = "\ue00c"
"""Stands where a page ends in what is given to pandoc, which leaves page breaks out."""
_PAGE = f"<w:t>{PAGE}</w:t>".encode()
_UNREADABLE = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError)
_DAMAGED = "The file is damaged or was not sent whole. Save it anew."


class FileKind(StrEnum):
    DOCX = "docx"
    EPUB = "epub"
    MARKDOWN = "markdown"
    TEXT = "text"


def kind_of(data: bytes, name: str) -> FileKind:
    """By what is in it; its name tells Markdown from plain text. Raises ImportRefused for a file of another kind."""
    if not data.strip():
        raise ImportRefused("NO_TEXT", "The file is empty.")
    start = data[:1024].lstrip()
    if start.startswith(b"%PDF-"):
        said = "A PDF is made of pages and has no paragraphs to read."
        raise ImportRefused("NOT_A_BOOK", f"{said} Import the file that it was made from: DOCX, EPUB or text.")
    if data.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise ImportRefused("ENCRYPTED", "This file has a password. Save it without one, then import it.")
        raise ImportRefused("NOT_A_BOOK", f"This is a file of an old Word (.doc). {_SAVE}")
    if start.startswith(b"{\\rtf"):
        raise ImportRefused("NOT_A_BOOK", f"This is RTF. {_SAVE}")
    if data.startswith(b"PK"):
        return _package_kind(data)
    if re.match(rb"(?:<\?xml[^>]*>\s*)?(?:<!doctype\s+html|<html)", start, re.IGNORECASE):
        raise ImportRefused("NOT_A_BOOK", f"This is a page of HTML. {_SAVE}")
    if name.lower().endswith((".md", ".markdown", ".mdown", ".mkd")):
        return FileKind.MARKDOWN
    return FileKind.TEXT


def _package_kind(data: bytes) -> FileKind:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _check_size(archive)
            names = frozenset(archive.namelist())
            if "word/document.xml" in names:
                kind = FileKind.DOCX
            elif "META-INF/container.xml" in names:
                kind = FileKind.EPUB
            elif "content.xml" in names:
                raise ImportRefused("NOT_A_BOOK", f"This is a file of LibreOffice. {_SAVE}")
            else:
                raise ImportRefused("NOT_A_BOOK", f"This is an archive without a book in it. {_SAVE}")
            if kind is FileKind.EPUB:
                _check_rights(archive, names)
            _check_xml(archive)
    except _UNREADABLE as error:
        raise ImportRefused("DAMAGED", _DAMAGED) from error
    return kind


def _check_size(archive: zipfile.ZipFile) -> None:
    """By what the archive says of itself; `_check_xml` then reads no more of an entry than that."""
    entries = archive.infolist()
    if any(one.flag_bits & 0x1 for one in entries):
        raise ImportRefused("ENCRYPTED", "This file has a password. Save it without one, then import it.")
    unpacked = sum(one.file_size for one in entries)
    text = sum(one.file_size for one in entries if one.filename.lower().endswith(_XML))
    bombs = [one for one in entries if one.file_size > _LARGE and one.file_size > one.compress_size * MOST_TIMES]
    if len(entries) > MOST_ENTRIES or unpacked > LARGEST_UNPACKED or text > LARGEST_XML or bombs:
        raise ImportRefused(
            "TOO_LARGE_UNPACKED",
            "Unpacked, this file is far larger than a book. Take pictures out, or save it as plain text.",
        )


def _check_rights(archive: zipfile.ZipFile, names: frozenset[str]) -> None:
    """Fonts may be obfuscated; anything else is copy protection, which nobody here can open."""
    algorithms: list[bytes] = []
    if "META-INF/encryption.xml" in names:
        algorithms = _ALGORITHM.findall(archive.read("META-INF/encryption.xml"))
    if any(one not in _OF_FONTS for one in algorithms):
        raise ImportRefused("ENCRYPTED", "This EPUB is copy-protected. Import the file that it was made from.")


def _check_xml(archive: zipfile.ZipFile) -> None:
    """No part declares an entity: one may read a file, ask an address, or grow without end."""
    for one in archive.infolist():
        if one.filename.lower().endswith(_XML):
            text = archive.read(one)
            if _ENTITY.search(text) or (b"\x00" in text[:200] and _UTF16_ENTITY.search(text)):
                raise ImportRefused("UNSAFE", "This file declares entities of its own, as no book does. Save it anew.")


def with_page_breaks(data: bytes) -> bytes:
    """A DOCX with a character where each page was ended by hand. Raises ImportRefused."""
    made = io.BytesIO()
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as target:
            if not any(_ends_page(found) for found in _BREAK.finditer(source.read("word/document.xml"))):
                return data
            for one in source.infolist():
                content = source.read(one)
                if one.filename == "word/document.xml":
                    content = _BREAK.sub(lambda found: _PAGE if _ends_page(found) else found[0], content)
                target.writestr(one.filename, content)
    except _UNREADABLE as error:  # a picture, which nothing has read before
        raise ImportRefused("DAMAGED", _DAMAGED) from error
    return made.getvalue()


def _ends_page(found: re.Match[bytes]) -> bool:
    return b'w:type="page"' in found[0]
