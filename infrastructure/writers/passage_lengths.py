"""How long a passage is to be that is written otherwise; for every writer and price."""

from genesis_types.words import count_words

from application.chapter_writers import Passages

CONTINUED_WORDS = 220
"""Of what goes on behind a paragraph."""

_TIMES = {"shorter": 0.6, "longer": 1.7, "show": 1.3}
FEWEST_WORDS, MOST_WORDS = 12, 1_200


def passage_words(passages: Passages, number: int) -> int:
    """Of passage `number`, from 1."""
    if passages.wish == "continue":
        return CONTINUED_WORDS
    words = count_words(passages.texts[number - 1])
    return min(MOST_WORDS, max(FEWEST_WORDS, round(words * _TIMES.get(passages.wish, 1.0))))
