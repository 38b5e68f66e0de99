"""Tells Chinese given names from surnames: 晓雨 of 林晓雨, as texts call somebody who has been introduced.

There are no spaces to tell where a name begins, and many given names are words. So only names of two characters after a
known surname count, none that is a word or a form of address; and one whose first character often ends a word (子, 文)
counts only after what ends one for certain. What cannot be told is missed.
"""

import re

from domain.genesis.chinese_words import ADDRESSES, COMPOUND, ENDS_FOR_CERTAIN, ENDS_WORDS, SURNAMES, WORDS

_NAME = re.compile("[\u3400-\u9fff\uf900-\ufaff]{3,4}")
_HAN = re.compile("[\u3400-\u9fff\uf900-\ufaff]")


def given_name(name: str) -> str | None:
    """The given name alone, where it is one that texts use alone and that is nothing else; else None."""
    if not _NAME.fullmatch(name):
        return None
    given = name[2:] if name[:2] in COMPOUND else name[1:] if name[0] in SURNAMES else ""
    return given if len(given) == 2 and given not in WORDS and given not in ADDRESSES else None


def stands_alone(text: str, start: int, given: str) -> bool:
    """Whether `given` at `start` can be little else than the name: no part of another word, and of no other's name."""
    before = text[start - 1 : start]
    if not _HAN.match(before) or before in ENDS_FOR_CERTAIN:
        return True
    return before not in SURNAMES and given[0] not in ENDS_WORDS and text[start - 2 : start] not in COMPOUND
