"""Words, sentences and n-grams of a text in any script."""

import re
from collections.abc import Iterator

_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7ff\u0e00-\u0eff]")
_UNIT = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\u0e00-\u0eff]|[^\W_]+(?:['’-][^\W_]+)*")
_END = re.compile(r"(?<=[.!?…。！？])[\s”\"»」』’)]*|\n+")


def is_dense(text: str) -> bool:
    """Whether it is mostly in a script that writes a word in one to three characters."""
    return len(_CJK.findall(text)) * 3 > len(text)


def units(text: str) -> list[str]:
    """Words, or single characters where a script has no spaces; small letters."""
    return [unit.casefold() for unit in _UNIT.findall(text)]


def sentences(text: str) -> Iterator[str]:
    """Its sentences, without the white space around them."""
    for part in _END.split(text):
        if part and part.strip():
            yield part.strip()


def normal(text: str) -> str:
    """What two texts share that differ in case, spaces and marks only."""
    return " ".join(units(text))


def grams(text: str, length: int = 3) -> set[tuple[str, ...]]:
    """The n-grams of its units; of a shorter text, the text itself."""
    found = units(text)
    if len(found) < length:
        return {tuple(found)} if found else set()
    return {tuple(found[at : at + length]) for at in range(len(found) - length + 1)}


def overlap(one: set[tuple[str, ...]], two: set[tuple[str, ...]]) -> float:
    """The Jaccard index of two sets, 0 to 1."""
    return len(one & two) / len(one | two) if one and two else 0.0
