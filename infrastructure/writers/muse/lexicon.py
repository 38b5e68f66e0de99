"""The muse's data: TOML files per language, read once, and the words of a text that it knows for certain."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib.resources import files
from typing import Any

_DATA = files("infrastructure.writers.muse") / "data"


@lru_cache(maxsize=64)
def load(name: str) -> Mapping[str, Any]:
    """One data file, such as "en/angles" or "beats"."""
    return tomllib.loads(_DATA.joinpath(*f"{name}.toml".split("/")).read_text("utf-8"))


GENRES: tuple[str, ...] = tuple(load("genres")["angles"])


def genre(language: str, key: str) -> Mapping[str, Any]:
    return load(f"{language}/genres/{key}")


def language_of(tag: str) -> str:
    """The folder of the language that a tag (BCP 47) means; the first where the muse does not write it."""
    languages, primary = load("languages"), tag.lower().split("-", 1)[0]
    return next((key for key, tags in languages.items() if primary in tags), next(iter(languages)))


@lru_cache(maxsize=256)
def genre_key(name: str, audience: str, spark: str) -> str:
    """The genre that the writer named or, where none is named, the one that the spark's words point to."""
    data = load("genres")
    for text in (name, audience if not name else ""):
        for key, words in data["names"].items():
            if text and _count(text, words):
                return str(key)
    if name:
        return "general"
    scores = {str(key): _count(spark, words) for key, words in data["hints"].items()}
    best = max(scores, key=lambda key: scores[key])
    return best if scores[best] else "general"


def _count(text: str, words: Sequence[str]) -> int:
    """How many of `words` begin a word of `text`; Chinese ones stand anywhere."""
    padded = " " + re.sub(r"[^\w]+", " ", text.lower())
    return sum((f" {word}" if word.isascii() else word) in padded for word in words)


def columns(row: str, count: int) -> list[str]:
    """The columns of a data row written as "a | b | c", filled up with empty ones."""
    cells = [cell.strip() for cell in re.split(r"(?<=\s)\|(?=\s|$)", row)]
    return cells + [""] * (count - len(cells))


@lru_cache(maxsize=32)
def index(language: str, name: str) -> Mapping[str, str]:
    """The rows of a table of the lexicon by each of their words, in lower case and with a regular plural."""
    table: dict[str, str] = {}
    for row in load(f"{language}/lexicon")[name]:
        for word in re.split(r"[,，]", re.split(r" [|=]", row)[0]):
            table.setdefault(word.lower(), row)
            if load(f"{language}/grammar")["spaced"]:
                table.setdefault(plural(word.lower()), row)
    return table


def singular(word: str) -> str:
    """A regular plural without its ending; any other word as it is."""
    if word.endswith("ies") and len(word) > 4:
        return f"{word[:-3]}y"
    return word[:-1] if re.search(r"[^su]s$", word) and len(word) > 3 else word


def plural(word: str) -> str:
    if re.search(r"(?:s|sh|ch|x|z)$", word):
        return f"{word}es"
    if word.endswith("man"):
        return word.removesuffix("man") + "men"
    return word[:-1] + "ies" if re.search(r"[^aeiou]y$", word) else f"{word}s"


@lru_cache(maxsize=256)
def known(language: str, name: str, text: str) -> tuple[str, ...]:
    """The rows of a table whose words stand in `text`, in its order: whole words, the longest first, none twice.

    A capital inside a sentence may begin a name, which is no word. Chinese is looked up character by character; a
    longer word of the list "other_words" keeps its characters.
    """
    table, found, at = index(language, name), dict[str, None](), 0
    grammar, other = load(f"{language}/grammar"), load(f"{language}/lexicon")["other_words"]
    text = text.replace("'", "’")
    plain = text if name == "places" or text.isupper() else re.sub(grammar["capital"], "_", text)
    units = re.findall(grammar["words"], plain.lower(), re.DOTALL)
    while at < len(units):
        for length in range(grammar["longest"], 0, -1):
            span = grammar["marks"]["space"].join(units[at : at + length]).removesuffix("’s")
            if span in table or span in other:
                if span in table:
                    found.setdefault(table[span])
                at += length - 1
                break
        at += 1
    return tuple(found)
