"""The muse's words: TOML files per language, read once when first needed."""

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Any

GENRES = (
    "fantasy",
    "science_fiction",
    "mystery",
    "romance",
    "horror",
    "historical",
    "literary",
    "thriller",
    "children",
    "general",
)

_DATA = files("infrastructure.writers.muse") / "data"


@lru_cache(maxsize=64)
def load(name: str) -> Mapping[str, Any]:
    """One data file, such as "en/angles" or "beats"."""
    path = _DATA.joinpath(*f"{name}.toml".split("/"))
    return tomllib.loads(path.read_text("utf-8"))


def genre(language: str, key: str) -> Mapping[str, Any]:
    return load(f"{language}/genres/{key}")


@lru_cache(maxsize=256)
def genre_key(name: str, audience: str, spark: str) -> str:
    """The lexicon for what the writer called the genre; when they named none, what the spark suggests."""
    guesses: Mapping[str, list[str]] = load("genres")["names"]
    for text in (name, audience if not name else ""):
        for key, words in guesses.items():
            if text and any(_mentions(text, word) for word in words):
                return key
    if name:
        return "general"
    hints: Mapping[str, list[str]] = load("genres")["hints"]
    scores = {key: sum(_mentions(spark, word) for word in words) for key, words in hints.items()}
    best = max(scores, key=lambda key: scores[key])
    return best if scores[best] else "general"


def _mentions(text: str, word: str) -> bool:
    lowered = text.lower()
    if word.isascii():
        padded = " " + "".join(c if c.isalnum() else " " for c in lowered) + " "
        return f" {word}" in padded if word.endswith("*") is False else f" {word[:-1]}" in padded
    return word in lowered


def columns(row: str, count: int) -> list[str]:
    """The columns of a data row written as "a | b | c", filled up with empty ones."""
    cells = [cell.strip() for cell in row.split(" | ")]
    return cells + [""] * (count - len(cells))
