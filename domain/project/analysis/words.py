"""Compares what plans say: words of Latin scripts, pairs of characters of Chinese and Japanese."""

import re

_UNITS = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]+|[^\W_]+")
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
_COMMON = frozenset(
    (
        *("a", "an", "and", "are", "as", "at", "be", "but", "by", "for", "from", "had", "has", "have", "he", "her"),
        *("him", "his", "how", "i", "if", "in", "into", "is", "it", "its", "me", "my", "no", "not", "of", "off", "on"),
        *("or", "our", "out", "she", "so", "than", "that", "the", "their", "them", "then", "there", "they", "this"),
        *("to", "up", "us", "was", "we", "were", "what", "when", "where", "which", "who", "whom", "whose", "why"),
        *("will", "with", "you", "your", "chapter", "chapters"),
    )
)


def units(text: str) -> frozenset[str]:
    """What a text is compared by; nothing of a text of common words only."""
    found: set[str] = set()
    for run in _UNITS.findall(text.casefold()):
        if _CJK.match(run):
            found |= {run[at : at + 2] for at in range(len(run) - 1)} or {run}
        elif run not in _COMMON:
            found.add(run)
    return frozenset(found)


def likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """0 to 1: how much of both is shared."""
    return len(one & other) / len(one | other) if one and other else 0.0


def told_in(part: frozenset[str], whole: frozenset[str]) -> float:
    """0 to 1: how much of `part` stands in `whole`."""
    return len(part & whole) / len(part) if part else 0.0


def same(text: str) -> str:
    """What a name or a thread is known by, however it is spaced and cased."""
    return "".join(char for char in text.casefold() if char.isalnum())
