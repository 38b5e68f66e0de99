"""The word lists of words.toml."""

import re
import tomllib
from functools import cache, lru_cache
from pathlib import Path


@cache
def words(language: str, key: str) -> frozenset[str]:
    lists = tomllib.loads(Path(__file__).with_name("words.toml").read_text(encoding="utf-8"))
    return frozenset(lists[language][key].split())


@cache
def alternatives(language: str, key: str) -> str:
    """The same as alternatives of a regular expression, the longest first."""
    return any_of(words(language, key))


@lru_cache(maxsize=1_000)
def any_of(texts: frozenset[str]) -> str:
    """One of `texts` as a regular expression, the longest first; of none: what never matches."""
    return "|".join(map(re.escape, sorted(texts, key=lambda text: (-len(text), text)))) or r"(?!)"
