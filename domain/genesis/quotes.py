"""Finds a quotation in a content, word for word: whoever quotes may have other marks and spaces, and no other words."""

import re
import unicodedata
from typing import NamedTuple

from domain.genesis.contradiction import prose
from domain.genesis.proposals import Content

LONGEST = 1_000
"""Characters of a quotation that is looked for."""

_LEAST, _LEAST_UNSPACED = 8, 4
_UNSPACED = re.compile("[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\u0e00-\u0e7f]")
_AROUND = " \t\r\n\"'“”‘’„«»「」『』…"
_SAME = {mark: f"[{re.escape(group)}]" for group in ('"“”„«»「」', "'‘’´`", "-‐‑–—") for mark in group}


class Place(NamedTuple):
    """Where it stands: the text at `path` (JSON pointer) of the content, and from where to where in it."""

    path: str
    text: str
    start: int
    end: int

    @property
    def quote(self) -> str:
        return self.text[self.start : self.end]


def places(content: Content, quote: str) -> list[Place]:
    """Where `quote` stands in the texts of `content`, once in each; nothing for what is too short to mean a place."""
    wanted = unicodedata.normalize("NFC", quote).strip(_AROUND).removesuffix("...").rstrip(_AROUND)
    if not wanted or len(wanted) > LONGEST:
        return []
    pattern = _pattern(wanted)
    found = []
    for path, _, text in prose(content):
        at = pattern.search(text)
        if at is not None and (_is_long_enough(wanted) or at[0] == text.strip(_AROUND + ".。")):
            found.append(Place(path, text, *at.span()))
    return found


def standing(content: Content, quote: str, path: str) -> Place | None:
    """Where a quotation that was found before stands now: at `path`, or wherever its text has moved to."""
    found = [
        Place(at, text, start, start + len(quote)) for at, _, text in prose(content) if (start := text.find(quote)) >= 0
    ]
    return next((one for one in found if one.path == path), found[0] if found else None)


def _pattern(wanted: str) -> re.Pattern[str]:
    words = ("".join(_SAME.get(mark, re.escape(mark)) for mark in word) for word in wanted.split())
    before, after = (r"(?<!\w)" if _is_spaced(wanted[0]) else "", r"(?!\w)" if _is_spaced(wanted[-1]) else "")
    return re.compile(before + r"\s+".join(words) + after)


def _is_spaced(mark: str) -> bool:
    return mark.isalnum() and not _UNSPACED.match(mark)


def _is_long_enough(wanted: str) -> bool:
    return len(wanted) >= (_LEAST_UNSPACED if _UNSPACED.search(wanted) else _LEAST)
