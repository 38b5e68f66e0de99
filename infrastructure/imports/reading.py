"""Reads a file that holds a book: what it is, its text, its chapters, its language; within what a project can take."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import PurePath

from genesis_types.text import clean

from domain.project.import_command import LONGEST_PARAGRAPH, MOST_IMPORTED, MOST_PARAGRAPHS
from domain.project.rules import MOST_CHAPTERS
from domain.project.titles import LONGEST_TITLE
from infrastructure.exports.books.programs import Programs
from infrastructure.imports.book import Finding, FindingCode, ImportRefused, Piece, ReadBook, ReadEntry, ReadText
from infrastructure.imports.chapters import recognised
from infrastructure.imports.encodings import decoded
from infrastructure.imports.packages import LARGEST_FILE, FileKind, kind_of
from infrastructure.imports.pandoc_pieces import pandoc_text
from infrastructure.imports.plain_text import book_alone, text_pieces
from infrastructure.language_detector import language_of

LARGEST_TEXT = 3_600_000
"""Bytes in UTF-8: about 600,000 words of English, or 1,200,000 characters of Chinese."""

MOST_PIECES = 200_000
"""Paragraphs and breaks; of a book as long as that there are a third as many."""

LONGEST_CHAPTER = 900_000
"""Characters; a chapter takes a million."""

_TOO_LONG = "This is longer than one project can begin with. Import it in volumes."
_BLANKS = " \t\n\r\f\u3000"
_SAMPLE = 4_000
_SURE = 0.5
_TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*")
_ATX = re.compile(r"^#{1,3} +\S", re.MULTILINE)
_SENTENCE = re.compile(r"(?<=[.!?。！？…])[”’\"'」』)]*\s*")


def read_book(data: bytes, name: str, programs: Programs) -> ReadBook:
    """Raises ImportRefused, and RenderFailed where pandoc is missing or takes too long."""
    if len(data) > LARGEST_FILE:
        raise ImportRefused(
            "TOO_LARGE", f"The file is larger than {LARGEST_FILE // 1024 // 1024} MB. Take pictures out."
        )
    text, dirty = _clean(_text_of(data, name, programs))
    if not any(piece.kind == "text" for piece in text.pieces):
        raise ImportRefused("NO_TEXT", "There is no text in this file: pictures of pages cannot be read.")
    if len(text.pieces) > MOST_PIECES or sum(len(piece.text.encode()) for piece in text.pieces) > LARGEST_TEXT:
        raise ImportRefused("TEXT_TOO_LONG", _TOO_LONG)
    language, sure = _language(text)
    found = recognised(text.pieces, text.title, language)
    counts: Counter[FindingCode] = Counter()
    entries = tuple(one for entry in found.entries for one in _fitting(entry, counts))
    if sum(one.kind == "chapter" for one in entries) > MOST_CHAPTERS or len(entries) > MOST_IMPORTED:
        raise ImportRefused("TOO_MANY_CHAPTERS", f"More than {MOST_CHAPTERS:,} chapters. Import it in volumes.")
    counts["EMPTY_CHAPTERS"] += sum(one.kind == "chapter" and not one.paragraphs for one in entries)
    counts["LEFT_OUT"] += sum(one.left_out is not None for one in entries)
    counts["CONTROL_CHARACTERS"] += dirty
    title = found.title or text.title
    said = [*text.findings, *found.findings, *(Finding(code, count) for code, count in counts.items() if count)]
    if not title:
        title = PurePath(name.replace("\\", "/")).stem or "1"
        said.append(Finding("TITLE_FROM_NAME"))
    if not sure:
        said.append(Finding("LANGUAGE_ASSUMED", value=language))
    return ReadBook(_line(title), language, entries, tuple(one for one in said if one.count))


def _text_of(data: bytes, name: str, programs: Programs) -> ReadText:
    kind = kind_of(data, name)
    if kind in (FileKind.DOCX, FileKind.EPUB):
        return pandoc_text(data, kind, programs)
    text, encoding, unread = decoded(data)
    if len(text) - sum(map(text.count, _BLANKS)) > LARGEST_TEXT:  # before anything is made of it
        raise ImportRefused("TEXT_TOO_LONG", _TOO_LONG)
    told = [] if encoding == "UTF-8" else [Finding("ENCODING", value=encoding)]
    if unread:
        told.append(Finding("UNREADABLE_CHARACTERS", unread))
    if kind is FileKind.MARKDOWN or len(_ATX.findall(text)) > 1:
        read = pandoc_text(text.replace("\x00", "").encode(errors="replace"), FileKind.MARKDOWN, programs)
        return replace(read, findings=(*told, *read.findings))
    title, alone = book_alone(text)
    return ReadText(tuple(islice(text_pieces(alone), MOST_PIECES + 1)), title, findings=tuple(told))


def _clean(text: ReadText) -> tuple[ReadText, int]:
    """Without what cannot be seen, and in how many pieces there was some."""
    dirty = 0
    pieces: list[Piece] = []
    for piece in text.pieces:
        said = clean(piece.text)
        dirty += said != piece.text
        if said.strip() or piece.kind in ("break", "page"):
            pieces.append(replace(piece, text=said.strip()))
    return replace(text, pieces=tuple(pieces), title=" ".join(clean(text.title).split())), dirty


def _language(text: ReadText) -> tuple[str, bool]:
    """(BCP 47 tag, whether the text shows it). What the file says holds where the text is of the same language."""
    sample, size = [], 0
    for piece in text.pieces[len(text.pieces) // 10 :] or text.pieces:
        if piece.kind == "text":
            sample.append(piece.text)
            size += len(piece.text)
        if size > _SAMPLE:
            break
    seen, score = language_of("\n".join(sample))
    declared = text.language if _TAG.fullmatch(text.language) and len(text.language) <= 35 else ""
    primary = declared.split("-")[0].lower()
    if seen and score >= _SURE:
        return (declared if primary == seen else seen), True
    return (declared or "en"), bool(declared)


def _fitting(entry: ReadEntry, counts: Counter[FindingCode]) -> Iterator[ReadEntry]:
    """The entry, in as many as are needed for a chapter to take it."""
    title = _line(entry.title)
    texts: list[str] = []
    for text in entry.paragraphs:
        parts = list(_short(text))
        counts["PARAGRAPHS_SPLIT"] += len(parts) > 1
        texts += parts
    chapters: list[list[str]] = [[]]
    size = 0
    for text in texts:
        if chapters[-1] and (size + len(text) > LONGEST_CHAPTER or len(chapters[-1]) >= MOST_PARAGRAPHS):
            chapters.append([])
            size = 0
        chapters[-1].append(text)
        size += len(text)
    counts["CHAPTERS_SPLIT"] += len(chapters) > 1
    for number, one in enumerate(chapters, 1):
        named = title if len(chapters) == 1 else f"{title[: LONGEST_TITLE - 8]} ({number})"
        yield replace(entry, title=named, paragraphs=tuple(one))


def _short(text: str) -> Iterator[str]:
    """A paragraph that is longer than a block may be, cut at ends of sentences, or anywhere where there are none."""
    while len(text) > LONGEST_PARAGRAPH:
        ends = [found.end() for found in _SENTENCE.finditer(text, LONGEST_PARAGRAPH // 2, LONGEST_PARAGRAPH)]
        cut = ends[-1] if ends else LONGEST_PARAGRAPH
        yield text[:cut].strip()
        text = text[cut:].strip()
    if text:
        yield text


def _line(title: str) -> str:
    return " ".join(title.split())[:LONGEST_TITLE].strip() or "…"
