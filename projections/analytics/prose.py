"""Measures the prose of a content: its characters, its words, and how far another content is from it. Pure.

The method is public (docs/analytics.md), and SQL over an export gives the same numbers.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from genesis_types.words import count_words
from pydantic import JsonValue
from rapidfuzz.distance import Levenshtein

Prose = dict[str, str]
"""Path of a field -> its text; items that have an id are named by it, so that moving one changes nothing."""

_NAMES, _REFERENCES = ("id", "key"), ("_id", "_ids")
"""Fields that hold no prose, and what the names of others end with."""


def prose(content: JsonValue) -> Prose:
    """Every text of `content` but ids, keys and references to items. Two of one path are put after each other."""
    found: Prose = {}
    _collect(content, "", found)
    return found


def characters(texts: Mapping[str, str]) -> int:
    """How long the texts are, in Unicode code points."""
    return sum(map(len, texts.values()))


def words(texts: Mapping[str, str]) -> int:
    """How many words there are: each Chinese character and each kana is one, as the page counts them."""
    return sum(map(count_words, texts.values()))


def distance(before: Mapping[str, str], after: Mapping[str, str]) -> int:
    """The fewest characters to insert, delete or replace, field by field (Levenshtein); a missing field is empty."""
    if before == after:
        return 0
    return sum(Levenshtein.distance(before.get(path, ""), after.get(path, "")) for path in {*before, *after})


def _collect(value: Any, path: str, found: Prose) -> None:
    # JSON, as it was read: exact types, which are told apart in a fraction of the time that isinstance takes
    kind = type(value)
    if kind is str:
        found[path] = found.get(path, "") + value
    elif kind is dict:
        for key, part in value.items():
            if not _is_name(key):
                if type(part) is str:
                    place = f"{path}/{key}"
                    found[place] = found[place] + part if place in found else part
                elif part:
                    _collect(part, f"{path}/{key}", found)
    elif kind is list:
        for number, part in enumerate(value):
            own = part.get("id") if type(part) is dict else None
            place = f"{path}/{own if type(own) is str else number}"
            if type(part) is str:
                found[place] = found[place] + part if place in found else part
            elif part:
                _collect(part, place, found)


@lru_cache(maxsize=4096)
def _is_name(field: str) -> bool:
    """There are few fields, and many texts."""
    return field in _NAMES or field.endswith(_REFERENCES)
