"""Divides prose into sentences with their places, and tells narration from dialogue."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from genesis_types.words import count_words

_DIALOGUE = re.compile(r"“[^”]*(?:”|$)|\"[^\"]*(?:\"|$)|「[^」]*(?:」|$)|『[^』]*(?:』|$)|«[^»]*(?:»|$)")
_SENTENCE = re.compile(r"[^.!?…。！？\s][^.!?…。！？]*(?:[.!?…。！？]+[\"”’」』»)）]*|$)", re.DOTALL)
_UNIT = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|[^\W_]+(?:['’-][^\W_]+)*")


class Sentence(NamedTuple):
    """`start`, `end`: its place in the paragraph, in characters. `words` as genesis_types.words counts them."""

    start: int
    end: int
    text: str
    words: int


def sentences(paragraph: str) -> Iterator[Sentence]:
    for found in _SENTENCE.finditer(paragraph):
        text = found[0].rstrip()
        if words := count_words(text):
            yield Sentence(found.start(), found.start() + len(text), text, words)


def narration(paragraph: str) -> str:
    """The same length, with blanks where people speak."""
    return _DIALOGUE.sub(lambda said: " " * len(said[0]), paragraph)


def spoken_words(paragraph: str) -> int:
    return sum(count_words(said[0]) for said in _DIALOGUE.finditer(paragraph))


def units(text: str) -> list[str]:
    """Its words, or single characters where a script has no spaces; small letters."""
    return [found[0].casefold() for found in _UNIT.finditer(text)]
