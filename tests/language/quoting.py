"""The writer's own words in a proposal: where they are quoted, where they are cut, and what is left to judge."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

from tests.language.wordlists import words

_OPENING = "“‘「『《«\"'"
_CLOSING = {"“": "”", "‘": "’", "「": "」", "『": "』", "《": "》", "«": "»", '"': '"', "'": "'"}
_MARKS = re.compile("[“”‘’「」『』《》«»\"']")
_QUOTED = re.compile("[“‘「『《«\"]|(?<!\\w)'")
_EDGES = " \t\n.,;:!?…—-。，；：！？、"
_ENDS = ".!?…。！？"
_TOKEN = re.compile(r"[\u3400-\u9fff]|[^\W\u3400-\u9fff]+(?:['’-][^\W\u3400-\u9fff]+)*")
_HAN = re.compile(r"[\u3400-\u9fff]")
# what may stand beside a clause within its quotation: brackets, currency, emoji
_SYMBOLS = "[^\\w“”‘’「」『』《》«»\"'.!?…。！？:：;；,，\n]+"
_SYMBOLS_BEFORE = re.compile(f"{_SYMBOLS}$")
_SYMBOLS_AFTER = re.compile(f"^{_SYMBOLS}")
_ABBREVIATION = re.compile(r"\b(?:Mr|Mrs|Ms|Dr|St)\.$")
_CLAUSE_END = re.compile(r"[.!?…。！？;；\n]")
# a run of the spark's words is told from chance by four words or six characters
_RUN = 6.0
_WORD = 1.5


@lru_cache(maxsize=100_000)
def sentences(text: str) -> tuple[str, ...]:
    """Whole sentences, with what is quoted in them; a line ends one."""
    found: list[str] = []
    start = depth = 0
    for at, character in enumerate(text):
        if character in "“「『《":
            depth += 1
        elif character in "”」』》":
            depth = max(0, depth - 1)
        ends = character in _ENDS or (character in "”」’" and text[at - 1 : at] in tuple(_ENDS))
        if character == "\n" or (ends and depth == 0 and _begins_anew(text[start : at + 1], text[at + 1 :])):
            found.append(text[start : at + 1].strip())
            start = at + 1
    found.append(text[start:].strip())
    return tuple(sentence for sentence in found if sentence)


def _begins_anew(before: str, after: str) -> bool:
    if not after or _HAN.match(after) or after[0] in "“「《":
        return True
    following = after.lstrip()[:1]
    return after[0].isspace() and not following.islower() and not _ABBREVIATION.search(before)


def _plain(text: str) -> str:
    """Without what a quotation may change: marks, the first letter's case, spaces, and punctuation at both ends."""
    return " ".join(_MARKS.sub("", text).casefold().split()).strip(_EDGES)


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    start: int
    end: int


def _tokens(text: str) -> list[_Token]:
    return [
        _Token(match[0].casefold().replace("’", "'"), match.start(), match.end()) for match in _TOKEN.finditer(text)
    ]


@dataclass(frozen=True)
class Own:
    """What the writer has said: the spark, and every feedback."""

    spark: str
    said: tuple[str, ...] = ()

    @cached_property
    def _plain(self) -> tuple[str, ...]:
        return tuple(filter(None, map(_plain, (self.spark, *self.said))))

    @cached_property
    def _sentences(self) -> frozenset[str]:
        whole = (sentence for text in (self.spark, *self.said) for sentence in (text, *sentences(text)))
        return frozenset(plain for plain in map(_plain, whole) if _weight(_tokens(plain)) >= _RUN)

    @cached_property
    def _spark_tokens(self) -> list[_Token]:
        return _tokens(self.spark)

    @cached_property
    def _telling(self) -> frozenset[str]:
        """The spark's words that are not everybody's."""
        found = {token.text for token in self._spark_tokens if not token.text.isdigit()}
        return frozenset(found - words("en", "small"))

    @cached_property
    def _places(self) -> dict[str, list[int]]:
        places: dict[str, list[int]] = {}
        for index, token in enumerate(self._spark_tokens):
            places.setdefault(token.text, []).append(index)
        return places

    @cached_property
    def _edges(self) -> tuple[frozenset[int], frozenset[int]]:
        """(where a clause begins, where one ends), counted in the spark's tokens."""
        tokens = self._spark_tokens
        starts, ends = {0}, {len(tokens)}
        for index in range(1, len(tokens)):
            if _CLAUSE_END.search(self.spark[tokens[index - 1].end : tokens[index].start]):
                starts.add(index)
                ends.add(index)
        return frozenset(starts), frozenset(ends)

    def masked(self, text: str) -> str:
        """`text` with one neutral word for whatever is quoted of the writer's own words, so that ours are judged."""
        if not _QUOTED.search(text):
            return text
        result, at = "", 0
        while at < len(text):
            end = self._quotation(text, at) if text[at] in _OPENING else None
            if end is None:
                result += text[at]
                at += 1
                continue
            inside = text[at + 1 : end]
            word = "你好" if _HAN.search(text[:at] + text[end:]) else "hello"
            shown = inside.strip()
            result += text[at] + (word.capitalize() if shown[:1].isupper() else word)
            result += shown[-1] if shown[-1] in ".!?,。！？，" else ""
            at = end
        return result

    def _quotation(self, text: str, start: int) -> int | None:
        """Where the quotation that opens at `start` closes, if what is in it is the writer's own."""
        closing = _CLOSING[text[start]]
        if closing in "'\"’" and start and text[start - 1].isalnum():
            return None
        end = text.rfind(closing)
        while end > start:
            inside = _plain(text[start + 1 : end])
            if inside and any(inside in own for own in self._plain):
                return end
            end = text.rfind(closing, 0, end)
        return None

    def names(self, title: str) -> bool:
        """Whether the writer has said this title."""
        return any(title.casefold() in said.casefold() for said in self.said)

    def is_own(self, sentence: str) -> bool:
        """Whether a whole sentence is one of the writer's."""
        return _plain(sentence) in self._sentences

    def cuts(self, text: str) -> Iterator[tuple[int, int]]:
        """(start, end) of every run of the spark's words that is no whole clause, or that is grafted into a sentence.

        Whole means: all of the spark, or what stands between full stops, semicolons and line ends of it. It may be
        quoted, or be a sentence of its own.
        """
        folded = text.casefold()
        if sum(word in folded for word in self._telling) < 2:
            return
        tokens = _tokens(text)
        at = 0
        while at < len(tokens):
            first, length = self._longest(tokens, at)
            run = tokens[at : at + length]
            if _weight(run) < _RUN or len({token.text for token in run} & self._telling) < 2:
                at += 1
                continue
            starts, ends = self._edges
            span = run[0].start, run[-1].end
            if first not in starts or first + length not in ends or not _stands_alone(text, *span):
                yield span
            at += length

    def _longest(self, tokens: list[_Token], at: int) -> tuple[int, int]:
        """(where in the spark, how many tokens) the longest run is that begins at `at`."""
        best, spark = (0, 0), self._spark_tokens
        for first in self._places.get(tokens[at].text, ()):
            length = 1
            while (
                at + length < len(tokens)
                and first + length < len(spark)
                and tokens[at + length].text == spark[first + length].text
            ):
                length += 1
            best = max(best, (first, length), key=lambda pair: pair[1])
        return best


def _weight(tokens: list[_Token]) -> float:
    return sum(1.0 if _HAN.match(token.text) else _WORD for token in tokens)


def _stands_alone(text: str, start: int, end: int) -> bool:
    before, after = _SYMBOLS_BEFORE.sub("", text[:start]), _SYMBOLS_AFTER.sub("", text[end:])
    begins = not before or before[-1] in _OPENING + _ENDS + ":：\n;；"
    return begins and (
        not after or after[0] in "”’」』》»\"'\n;；" + _ENDS or re.match('[,，][”」’"]', after) is not None
    )
