"""What a cover says, and how it is told to those who do not see it."""

import hashlib
import re
from typing import Any

from projections.documents.tree import FrontMatter, said

PAIRS = 6
"""How many pairs of colours templates/cover.typ has."""
_LONGEST_WORD = 30
_MOST = 60
_BREAK = "\N{ZERO WIDTH SPACE}"


def cover_words(front: FrontMatter) -> dict[str, Any]:
    """The data of a cover. The colours are decided by the title, so the same book keeps them."""
    digest = hashlib.sha256(f"{front.title}\n{front.author}".encode()).digest()
    title, author = _breakable(front.title), _breakable(front.author)
    return {
        "title": title,
        "subtitle": _breakable(front.subtitle),
        "author": author,
        "words": _longest(title),
        "names": _longest(author),
        "pair": digest[0] % PAIRS,
        "turn": digest[1] % 4,
    }


def alternative_text(front: FrontMatter) -> tuple[str, str]:
    """(what stands on the cover, the language that it is said in)."""
    if front.language.lower().startswith("zh"):
        return said(f"封面：{front.name}{f'，{front.author}' if front.author else ''}"), front.language
    by = f", by {front.author}" if front.author else ""
    return said(f"Cover: {front.name}{by}"), front.language if front.language.lower().startswith("en") else "en"


def _breakable(text: str) -> str:
    """Words that no line takes may be broken after so many characters."""
    return re.sub(rf"(\S{{{_LONGEST_WORD}}})(?=\S)", rf"\1{_BREAK}", text)


def _longest(text: str) -> list[str]:
    """The words that decide how large a text can be set: lines may break anywhere else, in Chinese between any two."""
    words = re.findall(rf"[^\s{_BREAK}\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef]+", text)
    return sorted(dict.fromkeys(words), key=lambda one: (-len(one), one))[:_MOST]
