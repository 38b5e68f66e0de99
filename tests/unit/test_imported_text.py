"""Books as people have them, read into chapters: by headings, lines, numbers, in every encoding; and bad files."""

import io
import zipfile

import pytest

from domain.project.import_command import LONGEST_PARAGRAPH
from infrastructure.exports.books.programs import Programs
from infrastructure.imports.book import ImportRefused, ReadBook
from infrastructure.imports.encodings import decoded
from infrastructure.imports.marks import is_scene_break, mark, matter
from infrastructure.imports.reading import LARGEST_TEXT, LONGEST_CHAPTER, read_book

CHINESE = """盐钟

第一部　潮
第一章　低潮
　　钟停了。她看着海水一点一点退去。
　　***
　　后来她走了，什么也没有说。
第二章 高潮
　　海水又来了，村里的人都知道。
尾声
　　完。"""
WESTERN = (
    "Chapter 1\r\n\r\nÜber den Dächern — “naïve” café, the first line of it.\r\n\r\nChapter 2\r\n\r\nMore déjà vu."
)
ALICE = """Title: Alice's Adventures in Wonderland

*** START OF THE PROJECT GUTENBERG EBOOK ALICE ***

Alice's Adventures in Wonderland

by Lewis Carroll

Contents

 CHAPTER I.     Down the Rabbit-Hole
 CHAPTER II.    The Pool of Tears
 CHAPTER III.   A Caucus-Race

CHAPTER I.
Down the Rabbit-Hole


Alice was beginning to get very tired of sitting by her sister on the
bank, and of having nothing to do: once or twice she had peeped into
the book her sister was reading, but it had no pictures or
conversations in it.

      *      *      *      *      *

There was nothing so very remarkable in that.

CHAPTER II.
The Pool of Tears

“Curiouser and curiouser!” cried Alice (she was so much surprised, that
for the moment she quite forgot how to speak good English).

CHAPTER III.
A Caucus-Race

They were indeed a queer-looking party.

*** END OF THE PROJECT GUTENBERG EBOOK ALICE ***
Nobody reads this.
"""


def read(text: str | bytes, name: str = "a.txt") -> ReadBook:
    return read_book(text if isinstance(text, bytes) else text.encode(), name, Programs())


def shape(book: ReadBook) -> list[str]:
    return ["  " * (one.depth - 1) + one.title for one in book.entries if one.left_out is None]


def found(book: ReadBook) -> dict[str, int]:
    return {one.code: one.count for one in book.findings}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "gb18030"])
def test_a_chinese_text_in_each_encoding_has_its_parts_and_chapters(encoding: str) -> None:
    book = read(CHINESE.encode(encoding))
    assert (book.title, book.language) == ("盐钟", "zh")
    assert shape(book) == ["第一部 潮", "  第一章 低潮", "  第二章 高潮", "  尾声"]
    low = next(one for one in book.entries if one.title == "第一章 低潮")
    assert low.paragraphs == ("钟停了。她看着海水一点一点退去。", "***", "后来她走了，什么也没有说。")


def test_windows_1252_is_no_chinese_and_utf_16_needs_no_mark() -> None:
    assert decoded(WESTERN.encode("cp1252")) == (WESTERN, "Windows-1252", 0)
    assert decoded(WESTERN.encode("utf-16-be")) == (WESTERN, "UTF-16", 0)
    assert decoded(b"ok \xff\xfe\x9d" + "é".encode() * 1_000)[1:] == ("UTF-8", 3)
    assert shape(read(WESTERN.encode("cp1252"))) == ["Chapter 1", "Chapter 2"]


def test_a_file_of_project_gutenberg_is_its_book_alone_with_lines_joined() -> None:
    book = read(ALICE)
    assert book.title == "Alice's Adventures in Wonderland"
    titles = ["CHAPTER I. Down the Rabbit-Hole", "CHAPTER II. The Pool of Tears", "CHAPTER III. A Caucus-Race"]
    assert shape(book) == titles
    first = book.entries[1].paragraphs
    assert (len(first), first[1]) == (3, "***")
    assert first[0].endswith("it had no pictures or conversations in it.")
    assert [one.left_out for one in book.entries] == ["title_page", None, None, None]
    assert "Nobody" not in str(book)


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("CHAPTER XII", "chapter"),
        ("Chapter 12: The Clock", "chapter"),
        ("Chapter Twenty-One — Salt", "chapter"),
        ("Chapter 12 The Clock", "chapter"),
        ("第十二章", "chapter"),
        ("第3章 海", "chapter"),
        ("第一百零二回　林黛玉", "chapter"),
        ("Part Two", "part"),
        ("第二卷 潮", "part"),
        ("Epilogue", "alone"),
        ("楔子", "alone"),
        ("Chapter 12 was the worst of all that he had written.", None),
        ("第一章他读了三遍。", None),
        ("第三回合开始了", None),
        ("第一节课很长", None),
        ("Part of it", None),
        ("Chapters", None),
    ],
)
def test_what_begins_a_chapter(line: str, kind: str | None) -> None:
    assert mark(line) == kind


def test_scene_breaks_and_pages_that_are_no_chapter() -> None:
    assert all(map(is_scene_break, ("***", "* * *", "＊＊＊", "#", "⁂", "---", "◇◇◇", "~~~", "*")))
    assert not any(map(is_scene_break, ("-", "--", "* one", "", "…", "1")))
    assert [matter(one) for one in ("Table of Contents", "COPYRIGHT © 2020 A. Writer", "献词", "Chapter 1")] == [
        *("contents", "copyright", "dedication"),
        None,
    ]


def test_numbers_in_a_row_page_ends_and_breaks_when_there_is_nothing_else() -> None:
    long = "\n\n".join(["The tide went out and nobody in the village said a word about it."] * 60)
    numbered = read("\n\n".join(f"{number}\n\n{long}" for number in ("I", "II", "III")))
    assert shape(numbered) == ["I", "II", "III"]
    pages = read(f"{long}\f{long}")
    assert (shape(pages), found(pages)["CHAPTERS_BY_PAGES"]) == (["1", "2"], 2)
    breaks = read(f"{long}\n\n***\n\n{long}")
    assert (shape(breaks), found(breaks)["CHAPTERS_BY_BREAKS"]) == (["1", "2"], 2)
    short = read("One scene of a few words.\n\n***\n\nAnother.")
    assert (len(shape(short)), "ONE_CHAPTER" in found(short)) == (1, True)


def test_a_long_text_behind_a_table_of_contents_is_kept() -> None:
    chapters = "\n\nChapter 1\n\nOne.\n\nChapter 2\n\nTwo."
    page = read(f"Salt\n\nContents\n\nA line of it.{chapters}")
    assert [one.left_out for one in page.entries] == ["title_page", None, None]
    text = read("Salt\n\nContents\n\n" + "Nobody marked where this begins. " * 400 + chapters)
    assert [one.left_out for one in text.entries] == [None, None, None]


MARKDOWN = """---
title: Salt
---

# Part One

## Low *Water*

He was *not* **here**.[^1] She
left. ![a picture](x.png) <b>Loud</b>

[^1]: A note.

* * *

### A letter

| a | b |
|---|---|
| 1 | 2 |

## High Water

海水
退去。

# Acknowledgements

Thanks.
"""


def test_markdown_keeps_words_and_says_what_a_chapter_cannot_hold() -> None:
    book = read(MARKDOWN, "book.md")
    assert (book.title, shape(book)) == ("Salt", ["Part One", "  Low Water", "  High Water"])
    low, high = (one for one in book.entries if one.kind == "chapter" and one.left_out is None)
    texts = ("He was not here.[1] She left. Loud", "***", "A letter", "a | b", "1 | 2", "[1] A note.")
    assert (low.paragraphs, high.paragraphs) == (texts, ("海水退去。",))
    assert found(book) == {
        "EMPHASIS_PLAIN": 3,
        "NOTES_AS_TEXT": 1,
        "PICTURES_DROPPED": 1,
        "MARKUP_DROPPED": 2,
        "TABLES_AS_TEXT": 1,
        "SUBHEADINGS_AS_TEXT": 1,
        "LEFT_OUT": 1,
    }


def test_a_chapter_that_is_too_long_is_split_and_control_characters_go() -> None:
    book = read("Chapter 1\n\n" + "Word. " * (LONGEST_CHAPTER // 5) + "\n\nChapter 2\n\nA\x07B\x1b[31m and more.")
    assert shape(book) == ["Chapter 1 (1)", "Chapter 1 (2)", "Chapter 2"]
    assert max(len(text) for one in book.entries for text in one.paragraphs) <= LONGEST_PARAGRAPH
    assert book.entries[-1].paragraphs == ("AB[31m and more.",)
    assert {"CHAPTERS_SPLIT", "PARAGRAPHS_SPLIT", "CONTROL_CHARACTERS"} <= found(book).keys()


def package(**entries: str | bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return made.getvalue()


DOCUMENT = "word__document_dot_xml"
CONTAINER = "META-INF__container_dot_xml"
ENTITIES = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>'


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "NO_TEXT"),
        (b" \n\t ", "NO_TEXT"),
        (b"\xef\xbb\xbf\n***\n", "NO_TEXT"),
        (b"%PDF-1.7 ...", "NOT_A_BOOK"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "NOT_A_BOOK"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "ENCRYPTED"),
        (b"{\\rtf1 x}", "NOT_A_BOOK"),
        (b"<!DOCTYPE html><html>x</html>", "NOT_A_BOOK"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x01", "NOT_A_BOOK"),
        (b"PK\x03\x04 torn", "DAMAGED"),
        (package(a_dot_txt="x"), "NOT_A_BOOK"),
        (package(content_dot_xml="x"), "NOT_A_BOOK"),
        (package(**{DOCUMENT: "no xml"}), "DAMAGED"),
        (package(**{DOCUMENT: ENTITIES}), "UNSAFE"),
        (package(**{DOCUMENT: ENTITIES.encode("utf-16")}), "UNSAFE"),
        (package(**{DOCUMENT: "<x/>", "word__a_dot_xml": b" " * 30_000_000}), "TOO_LARGE_UNPACKED"),
        (package(**{DOCUMENT: "<x/>"} | {f"a{number}": "" for number in range(5_000)}), "TOO_LARGE_UNPACKED"),
        (package(**{CONTAINER: "<x/>"}), "DAMAGED"),
        (
            package(**{CONTAINER: "<x/>", "META-INF__encryption_dot_xml": '<e Algorithm="http://x/aes"/>'}),
            "ENCRYPTED",
        ),
        (b"w" * (LARGEST_TEXT + 1), "TEXT_TOO_LONG"),
    ],
)
def test_what_is_no_book_is_refused_with_a_sentence(data: bytes, code: str) -> None:
    with pytest.raises(ImportRefused) as refused:
        read(data, "secret name.docx")
    assert refused.value.code == code
    assert str(refused.value).endswith(".")
    assert "secret" not in str(refused.value)
