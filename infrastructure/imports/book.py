"""What was read of a file: a title, parts and chapters with their paragraphs, and what its author has to be told."""

from dataclasses import dataclass
from typing import Literal

from genesis_types.words import count_words

SCENE_BREAK = "***"
"""The paragraph that is one, in a chapter's text."""

LeftOut = Literal[
    "title_page", "contents", "copyright", "dedication", "acknowledgements", "about_author", "ai_use", "other"
]

FindingCode = Literal[
    "PICTURES_DROPPED",
    "EMPHASIS_PLAIN",
    "NOTES_AS_TEXT",
    "TABLES_AS_TEXT",
    "SUBHEADINGS_AS_TEXT",
    "MARKUP_DROPPED",
    "CONTROL_CHARACTERS",
    "ENCODING",
    "UNREADABLE_CHARACTERS",
    "CHAPTERS_BY_LINES",
    "CHAPTERS_BY_PAGES",
    "CHAPTERS_BY_BREAKS",
    "ONE_CHAPTER",
    "CHAPTERS_SPLIT",
    "PARAGRAPHS_SPLIT",
    "EMPTY_CHAPTERS",
    "LEFT_OUT",
    "TITLE_FROM_NAME",
    "LANGUAGE_ASSUMED",
]


@dataclass(frozen=True, slots=True)
class Finding:
    """`count`: how often. `value`: a name, as of an encoding or a language; nothing of the text."""

    code: FindingCode
    count: int = 1
    value: str = ""


@dataclass(frozen=True, slots=True)
class ReadEntry:
    """A part or a chapter. `left_out`: why it is offered as one to leave out; None: it belongs to the book."""

    kind: Literal["part", "chapter"]
    title: str
    depth: int
    paragraphs: tuple[str, ...] = ()
    left_out: LeftOut | None = None

    @property
    def words(self) -> int:
        return sum(count_words(text) for text in self.paragraphs if text != SCENE_BREAK)


@dataclass(frozen=True, slots=True)
class ReadBook:
    title: str
    language: str
    entries: tuple[ReadEntry, ...]
    findings: tuple[Finding, ...]


class ImportRefused(Exception):
    """The file cannot be imported. The message is a sentence for whoever gave it; no text of theirs is in it."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class Piece:
    """A step of a text in reading order, before chapters are recognised.

    `level`: of a heading, from 1. `role`: what the file says that a heading's section is, "" for nothing.
    """

    kind: Literal["heading", "text", "break", "page", "note"]
    text: str = ""
    level: int = 0
    role: str = ""


@dataclass(frozen=True, slots=True)
class ReadText:
    """A file's text in order, with what its metadata says ("" for nothing)."""

    pieces: tuple[Piece, ...]
    title: str = ""
    language: str = ""
    findings: tuple[Finding, ...] = ()
