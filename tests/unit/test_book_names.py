"""Names of files for readers: any title gives one that every file system and every browser takes."""

import re
from urllib.parse import unquote

import pytest

from infrastructure.exports.books.direction import direction
from infrastructure.exports.books.formats import BookFormat, content_disposition, file_name
from infrastructure.exports.books.markdown_text import escaped

TITLES = {
    "plain": ("The Salt Clock", "The Salt Clock.epub"),
    "slash": ("Love/Hate", "Love Hate.epub"),
    "backslash and drive": (r"C:\Windows\x", "C Windows x.epub"),
    "up and away": ("../../etc/passwd", "etc passwd.epub"),
    "dots": ("...", "book.epub"),
    "nothing": ("", "book.epub"),
    "emoji": ("🦊", "🦊.epub"),
    "chinese": ("维也纳的妹妹", "维也纳的妹妹.epub"),
    "header": ('a"b\r\nSet-Cookie: x', "a b Set-Cookie x.epub"),
    "reserved": ("CON", "book CON.epub"),
}


@pytest.mark.parametrize("which", TITLES)
def test_a_title_gives_a_name(which: str) -> None:
    title, name = TITLES[which]
    assert file_name(title, BookFormat.EPUB) == name


@pytest.mark.parametrize("character", ["a", "字", "👨‍👩‍👧", "e\u0301"], ids=["latin", "chinese", "family", "accent"])
def test_a_title_of_five_hundred_characters_is_cut_between_characters(character: str) -> None:
    name = file_name(character * 500, BookFormat.MARKDOWN)
    assert len(name.encode()) <= 125
    assert name.endswith(".md")
    stem = name.removesuffix(".md")
    assert not re.search("[\u200d]$", stem)
    assert "\ufffd" not in stem


@pytest.mark.parametrize("which", TITLES)
def test_the_header_holds_the_name_twice(which: str) -> None:
    name = file_name(TITLES[which][0], BookFormat.EPUB)
    header = content_disposition(name)
    found = re.fullmatch(r"attachment; filename=\"([ -!#-\[\]-~]+)\"; filename\*=UTF-8''([\w.%~-]+)", header, re.ASCII)
    assert found, header
    assert unquote(found[2]) == name


@pytest.mark.parametrize(
    ("language", "expected"),
    [("ar", "rtl"), ("he-IL", "rtl"), ("az-Arab", "rtl"), ("ur_PK", "rtl"), ("ar-Latn", "ltr"), ("zh-Hans", "ltr")],
)
def test_directions(language: str, expected: str) -> None:
    assert direction(language) == expected


@pytest.mark.parametrize(
    ("word", "shown"),
    [
        ("---", r"\---"),
        ("1.", r"1\."),
        ("12)", r"12\)"),
        ("&amp;", r"\&amp;"),
        ("R&D", "R&D"),
        ("a_b", r"a\_b"),
        ("C#", r"C\#"),
    ],
)
def test_markdown_is_escaped_where_it_would_mean_something(word: str, shown: str) -> None:
    assert escaped(word, first=True) == shown


def test_inside_a_line_a_dash_is_a_dash() -> None:
    assert escaped("-", first=False) == "-"
