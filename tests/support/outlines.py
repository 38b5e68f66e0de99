"""Makes outlines of any length, as a writer of a long book saves them again and again."""

import random
from typing import Any

from domain.genesis.proposals import Content

_WORDS = (
    *("salt", "tide", "clock", "harbour", "widow", "lantern", "debt", "memory", "rope", "gull", "ledger", "bell"),
    *("silence", "quay", "storm", "letter", "daughter", "fog", "oath", "captain", "winter", "map", "stair", "bread"),
)
MOST_CHAPTERS = 500


def prose(characters: int, seed: int = 0) -> str:
    """So many characters of words, the same for the same seed."""
    rng, words, length = random.Random(seed), [], 0
    while length < characters:
        word = rng.choice(_WORDS)
        words.append(word)
        length += len(word) + 1
    return " ".join(words)[:characters].strip().ljust(characters, ".")


def outline(size: int, *, seed: int = 0, title: str = "Low Water", chapter: int = 2_800) -> Content:
    """The content of an outline whose JSON is about `size` bytes, in chapters of so many as far as the shape allows."""
    chapters = min(MOST_CHAPTERS, max(1, size // chapter))
    each = max(10, size // chapters - 40)
    content: dict[str, Any] = {
        "beats": [{"key": "midpoint", "label": "Midpoint", "target_pct": 50, "summary": title}],
        "chapters": [
            {"n": n, "title": f"{title} {n}", "summary": prose(each, seed * 1_000 + n)} for n in range(1, chapters + 1)
        ],
    }
    return content
