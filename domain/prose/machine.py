"""Finds what reads as machine-made in a chapter, with its places. Hints for an author, never a verdict on a text.

Dialogue is exempt, and so is whatever stands in the sample of the author's own style.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache
from statistics import fmean, pstdev
from typing import Literal

from genesis_types.words import count_words
from pydantic import BaseModel, ConfigDict

from domain.prose import worn_en, worn_zh
from domain.prose.fingerprint import fingerprint, paragraphs_in
from domain.prose.text import Sentence, narration, sentences, units

Kind = Literal[
    "WORN_PHRASE", "UNIFORM_SENTENCES", "SUMMING_UP", "SAME_OPENING", "SAME_ENDING", "CONTRAST", "DASHES", "TRIADS"
]

_RUN, _UNIFORM = 10, 0.14
"""So many sentences in a row whose lengths differ so little, as deviation over mean, are uniform."""

_SAME = 5
_SAME_DENSE = 8
_DASHES_IN_1000, _TRIADS_IN_1000, _LEAST = 12.0, 9.0, 6
_DASH = re.compile(r"—+|–(?=\s)|(?<=\s)–")
_TRIAD = re.compile(r"\b[\w’'-]+, [\w’'-]+(?: [\w’'-]+)?, and [\w’'-]+", re.IGNORECASE)
_TRIAD_ZH = re.compile(r"[\u4e00-\u9fff]{1,6}、[\u4e00-\u9fff]{1,6}(?:、|和|与)[\u4e00-\u9fff]{1,6}")
_CONTRAST = re.compile(
    r"\b(it|this|that|he|she|they) (?:was|is|were|are)(?:n['’]t| not) (?:just |only |merely |simply )?[^.?!;—]{1,60}"
    r"(?:[.;—]|, )\s*\1 (?:was|is|were|are) ",
    re.IGNORECASE,
)
_CONTRAST_ZH = re.compile(r"(?:不是|并非|不仅仅是)[^，。！？]{1,20}(?:，|。|——)(?:而是|是)")


class Flag(BaseModel):
    """`paragraph`: its index; `start`, `end`: characters in it. `about`: the phrase as it was written, or the stretch.

    `count`: of a density, how often it occurs; else 1.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Kind
    paragraph: int
    start: int
    end: int
    about: str
    count: int = 1


def flags(paragraphs: Sequence[str], language: str, sample: str = "") -> tuple[Flag, ...]:
    """In reading order."""
    dense = language.lower().split("-")[0] in ("zh", "ja")
    told = [narration(paragraph) for paragraph in paragraphs]
    found = [
        *_worn(told, paragraphs, sample, dense=dense),
        *_contrasts(told, paragraphs, sample, dense=dense),
        *_uniform(told, sample, dense=dense),
        *_summing_up(told, paragraphs, sample, dense=dense),
        *_same(told, paragraphs, dense=dense),
        *_densities(told, paragraphs, sample, dense=dense),
    ]
    return tuple(sorted(found, key=lambda flag: (flag.paragraph, flag.start, flag.kind)))


def per_thousand(found: Sequence[Flag], paragraphs: Sequence[str]) -> float:
    """Flags in 1,000 words."""
    return round(1_000 * len(found) / max(1, sum(map(count_words, paragraphs))), 2)


def worn_counts(chapters: Sequence[Sequence[str]], language: str, sample: str = "") -> Counter[str]:
    """How often each worn phrase stands in these chapters, as it was written, small letters."""
    dense = language.lower().split("-")[0] in ("zh", "ja")
    counted: Counter[str] = Counter()
    for paragraphs in chapters:
        told = [narration(paragraph) for paragraph in paragraphs]
        counted.update(flag.about.casefold() for flag in _worn(told, paragraphs, sample, dense=dense))
    return counted


@lru_cache
def _patterns(*, dense: bool, endings: bool = False) -> tuple[re.Pattern[str], ...]:
    data = worn_zh if dense else worn_en
    chosen = data.ENDINGS if endings else data.PHRASES
    return tuple(re.compile(one if dense else rf"(?<!\w)(?:{one})(?!\w)", re.IGNORECASE) for one in chosen)


def _worn(told: Sequence[str], paragraphs: Sequence[str], sample: str, *, dense: bool) -> Iterator[Flag]:
    for pattern in _patterns(dense=dense):
        if sample and pattern.search(sample):
            continue
        for index, text in enumerate(told):
            for match in pattern.finditer(text):
                yield _flag("WORN_PHRASE", index, match.start(), match.end(), paragraphs)


def _contrasts(told: Sequence[str], paragraphs: Sequence[str], sample: str, *, dense: bool) -> Iterator[Flag]:
    pattern = _CONTRAST_ZH if dense else _CONTRAST
    if sample and pattern.search(sample):
        return
    found = [(index, match) for index, text in enumerate(told) for match in pattern.finditer(text)]
    if len(found) > 1:  # one is a figure of speech, the second a habit
        for index, match in found:
            yield _flag("CONTRAST", index, match.start(), match.end(), paragraphs)


def _uniform(told: Sequence[str], sample: str, *, dense: bool) -> Iterator[Flag]:
    own = fingerprint(paragraphs_in(sample)) if sample else None
    limit = min(_UNIFORM, own.sentence_spread * 0.5) if own is not None else _UNIFORM
    row = [(index, one) for index, text in enumerate(told) for one in sentences(text)]
    at = 0
    while at + _RUN <= len(row):
        end = at + _RUN
        if not _is_uniform([one for _, one in row[at:end]], limit, dense=dense):
            at += 1
            continue
        while end < len(row) and _is_uniform([one for _, one in row[at : end + 1]], limit, dense=dense):
            end += 1
        index, first = row[at]
        yield Flag(
            kind="UNIFORM_SENTENCES",
            paragraph=index,
            start=first.start,
            end=first.end,
            about=first.text,
            count=end - at,
        )
        at = end


def _is_uniform(found: Sequence[Sentence], limit: float, *, dense: bool) -> bool:
    lengths = [one.words for one in found]
    mean = fmean(lengths)
    return mean >= (8 if dense else 5) and pstdev(lengths) <= mean * limit


def _summing_up(told: Sequence[str], paragraphs: Sequence[str], sample: str, *, dense: bool) -> Iterator[Flag]:
    last = next((index for index in range(len(told) - 1, -1, -1) if told[index].strip()), None)
    if last is None or len(told) < 2:
        return
    ends = list(sentences(told[last]))[-2:]
    for one in ends:
        for pattern in _patterns(dense=dense, endings=True):
            if pattern.search(one.text) and not (sample and pattern.search(sample)):
                yield _flag("SUMMING_UP", last, one.start, one.end, paragraphs)
                return


def _same(told: Sequence[str], paragraphs: Sequence[str], *, dense: bool) -> Iterator[Flag]:
    """Paragraphs of narration that begin, or end, as one before them did."""
    length = _SAME_DENSE if dense else _SAME
    openings: set[tuple[str, ...]] = set()
    endings: set[tuple[str, ...]] = set()
    for index, text in enumerate(told):
        found = units(text)
        if len(found) < length * 2 or text != paragraphs[index]:
            continue
        row = list(sentences(text))
        first, last = tuple(found[:length]), tuple(found[-length:])
        if first in openings:
            yield _flag("SAME_OPENING", index, row[0].start, row[0].end, paragraphs)
        if last in endings:
            yield _flag("SAME_ENDING", index, row[-1].start, row[-1].end, paragraphs)
        openings.add(first)
        endings.add(last)


def _densities(told: Sequence[str], paragraphs: Sequence[str], sample: str, *, dense: bool) -> Iterator[Flag]:
    """One flag for all of a kind, at the first."""
    words = sum(map(count_words, told))
    kinds: tuple[tuple[Kind, re.Pattern[str], float], ...] = (
        ("DASHES", _DASH, _DASHES_IN_1000),
        ("TRIADS", _TRIAD_ZH if dense else _TRIAD, _TRIADS_IN_1000),
    )
    for kind, pattern, most in kinds:
        usual = 1_000 * len(pattern.findall(narration(sample))) / max(1, count_words(sample)) if sample else 0.0
        found = [(index, match) for index, text in enumerate(told) for match in pattern.finditer(text)]
        if len(found) >= _LEAST and 1_000 * len(found) / max(1, words) > max(most, usual * 1.5):
            index, match = found[0]
            flag = _flag(kind, index, match.start(), match.end(), paragraphs)
            yield flag.model_copy(update={"count": len(found)})


def _flag(kind: Kind, index: int, start: int, end: int, paragraphs: Sequence[str]) -> Flag:
    return Flag(kind=kind, paragraph=index, start=start, end=end, about=paragraphs[index][start:end].strip())
