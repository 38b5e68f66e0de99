"""Measures how a text is built, so that a draft can be held against a sample of its author's."""

from collections.abc import Sequence
from statistics import fmean, pstdev
from typing import Literal

from genesis_types.words import count_words
from pydantic import BaseModel, ConfigDict

from domain.prose.text import sentences, spoken_words, units

LEAST_WORDS = 150
"""What is shorter says nothing about how its author writes."""

_WINDOW = 200

Trait = Literal["SENTENCE_WORDS", "SENTENCE_SPREAD", "PARAGRAPH_WORDS", "DIALOGUE_SHARE", "VOCABULARY"]


class Fingerprint(BaseModel):
    """`sentence_words`, `paragraph_words`: means. `sentence_spread`: deviation of the lengths over their mean.

    `dialogue_share`: of all words, 0 to 1. `vocabulary`: different words in 200, the mean of all such stretches.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    words: int
    sentence_words: float
    sentence_spread: float
    paragraph_words: float
    dialogue_share: float
    vocabulary: float


class Deviation(BaseModel):
    """A trait in which a text is far from the sample: `measured` in place of `wanted`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    trait: Trait
    wanted: float
    measured: float


def paragraphs_in(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def fingerprint(paragraphs: Sequence[str]) -> Fingerprint | None:
    """None for a text of fewer than LEAST_WORDS words."""
    words = sum(map(count_words, paragraphs))
    if words < LEAST_WORDS:
        return None
    lengths = [sentence.words for paragraph in paragraphs for sentence in sentences(paragraph)]
    long = [count for paragraph in paragraphs if (count := count_words(paragraph))]
    mean = fmean(lengths)
    return Fingerprint(
        words=words,
        sentence_words=round(mean, 2),
        sentence_spread=round(pstdev(lengths) / mean, 3),
        paragraph_words=round(fmean(long), 2),
        dialogue_share=round(sum(map(spoken_words, paragraphs)) / words, 3),
        vocabulary=round(_variety(units("\n".join(paragraphs))), 3),
    )


def deviations(sample: Fingerprint | None, text: Fingerprint | None) -> tuple[Deviation, ...]:
    """What is far off: lengths by more than half or twice, shares by a good part. None where either says nothing."""
    if sample is None or text is None:
        return ()
    found: list[Deviation] = []

    def far(trait: Trait, wanted: float, measured: float, *, off: bool) -> None:
        if off:
            found.append(Deviation(trait=trait, wanted=wanted, measured=measured))

    ratio = text.sentence_words / sample.sentence_words
    far("SENTENCE_WORDS", sample.sentence_words, text.sentence_words, off=not 0.6 <= ratio <= 1.6)
    spread = text.sentence_spread
    far("SENTENCE_SPREAD", sample.sentence_spread, spread, off=spread < sample.sentence_spread * 0.55)
    ratio = text.paragraph_words / sample.paragraph_words
    far("PARAGRAPH_WORDS", sample.paragraph_words, text.paragraph_words, off=not 0.4 <= ratio <= 2.5)
    apart = abs(text.dialogue_share - sample.dialogue_share)
    far("DIALOGUE_SHARE", sample.dialogue_share, text.dialogue_share, off=apart > 0.3)
    far("VOCABULARY", sample.vocabulary, text.vocabulary, off=text.vocabulary < sample.vocabulary - 0.12)
    return tuple(found)


def _variety(found: Sequence[str]) -> float:
    if len(found) <= _WINDOW:
        return len(set(found)) / max(1, len(found))
    step = _WINDOW // 2
    return fmean(len(set(found[at : at + _WINDOW])) / _WINDOW for at in range(0, len(found) - _WINDOW + 1, step))
