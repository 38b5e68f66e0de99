"""Judges the prose of a scene by code: what is mended at once, what a model is told of once, what cannot be taken."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from genesis_types.text import clean
from genesis_types.words import count_words

from infrastructure.language_detector import language_of
from infrastructure.writers.model import errors
from infrastructure.writers.model.quality.filler import loop
from infrastructure.writers.model.quality.language import known_languages
from infrastructure.writers.text_units import grams, is_dense, normal, sentences, units

SHORTEST, LONGEST = 0.7, 1.4
"""Of the words that were asked for: beyond them a scene is asked for again."""

STOPPED_AT = 1.8
"""Of the words that were asked for: no more is listened to."""

_THOUGHT = re.compile(r"<(think|thinking|thought|reasoning)>.*?(?:</\1>|\Z)", re.IGNORECASE | re.DOTALL)
_END_OF_THOUGHT = re.compile(r"\A.*?</(?:think|thinking|thought|reasoning)>", re.IGNORECASE | re.DOTALL)
_HEADING = re.compile(
    r"^\s*(?:#{1,6}\s.*|\*\*[^*\n]{1,80}\*\*:?|(?:scene|chapter)\s+[\divx]+\b[^.!?“\"]{0,80}|第.{1,5}[章节场幕].{0,30}"
    r"|```\w*|(?:-{3,}|\*{3,}|={3,}))\s*$",
    re.IGNORECASE,
)
_PREAMBLE = re.compile(
    r"^(?:sure|certainly|of course|okay|here(?:['’]s| is)|好的|当然|以下是)[^\n]{0,160}[:：.!。！]$", re.IGNORECASE
)
_POINT = re.compile(
    r"^\s*(?:[-*•·]\s|\d{1,2}[.)、]\s?|[a-z][.)]\s|\*\*[^*]{1,60}\*\*\s*[:：]|[\w ]{1,30}[:：]\s)", re.IGNORECASE
)
_ENDED = re.compile(r"[.!?…。！？।؟۔။—][\"”’»」』）)*_]*$")
_LAST_END = re.compile(r".*[.!?…。！？।؟۔။][\"”’»」』）)]*", re.DOTALL)
_SURE, _LEAST_LETTERS, _LEAST_DENSE = 0.6, 80, 30
_LOOP_UNITS, _LOOP_DENSE, _LOOP_TIMES = 10, 18, 3
_AGAIN, _GRAM = 0.2, 6
_WORTH, _WORTH_DENSE = 8, 16
_REFUSAL_WORDS = 150
_UNMARKED = frozenset(("th", "lo", "km", "my", "bo"))
"""Languages that write neither spaces between words nor, most of them, marks behind sentences."""

FATAL = {
    "EMPTY": "EMPTY",
    "OUTLINE": "BROKEN_ANSWER",
    "LANGUAGE": "WRONG_LANGUAGE",
    "AGAIN": "BROKEN_ANSWER",
    "LOOP": "REPEATED_ITSELF",
}
"""What cannot be taken, with the code of a failure whose last answers were so."""

_REASONS = {
    "EMPTY": "There was no prose in the answer. Write the scene.",
    "OUTLINE": "The answer was an outline. Write the scene itself as continuous prose, without lists or labels.",
    "LANGUAGE": "The answer was in another language. Write in the language that is asked for.",
    "AGAIN": "The answer told once more what stands in <so_far>. Write what happens after it.",
    "LOOP": "The answer went round in circles. Write each sentence once, and move on.",
    "SHORT": "The scene was much too short. Write it out, at the length that is asked for.",
    "LONG": "The scene was much too long. Keep to the length that is asked for, and end there.",
    "UNENDED": "The scene broke off in the middle of a sentence. Write it to its end.",
    "TWICE": "Some sentences stood twice. Write each sentence once.",
}
_NOTES = {
    "en": {
        "SHORT": "Scene {number} is shorter than asked: {words} words in place of {wanted}.",
        "LONG": "Scene {number} is longer than asked: {words} words in place of {wanted}.",
        "UNENDED": "Scene {number} broke off; it ends with its last whole sentence.",
        "TWICE": "In scene {number} some sentences stand twice.",
    },
    "zh": {
        "SHORT": "第 {number} 场比要求的短：要 {wanted} 字，只有 {words} 字。",
        "LONG": "第 {number} 场比要求的长：要 {wanted} 字，有 {words} 字。",
        "UNENDED": "第 {number} 场中断了，停在最后一个完整的句子。",
        "TWICE": "第 {number} 场有句子出现了两次。",
    },
}


@dataclass(frozen=True, slots=True)
class Judged:
    """Paragraphs as they can be taken, and the codes of what is wrong with them. `refused`: there is no scene in it."""

    paragraphs: tuple[str, ...]
    flaws: tuple[str, ...] = ()
    refused: bool = False

    @property
    def fatal(self) -> str | None:
        """The code of a failure, None for what can be taken."""
        return next((FATAL[flaw] for flaw in self.flaws if flaw in FATAL), None)

    @property
    def words(self) -> int:
        return count_words("\n".join(self.paragraphs))


def paragraphs_of(text: str) -> tuple[str, ...]:
    """The prose in an answer, a paragraph a line: without thoughts, headings, fences, and words about the task."""
    plain = _THOUGHT.sub("\n", text)
    plain = str(clean(_END_OF_THOUGHT.sub("", plain)))
    lines = [" ".join(line.split()) for line in plain.splitlines()]
    lines = [line for line in lines if line and not _HEADING.match(line)]
    while lines and len(lines) > 1 and _PREAMBLE.match(lines[0]):
        lines = lines[1:]
    return tuple(lines)


def judged(text: str, *, words: int, language: str, earlier: Sequence[str], cut: bool = False) -> Judged:
    """A scene of about `words` words. `earlier`: paragraphs before it; `cut`: it was not heard to its end."""
    found = paragraphs_of(text)
    whole = "\n".join(found)
    if not any(char.isalnum() for char in whole):
        return Judged((), ("EMPTY",))
    if errors.declines(whole) and count_words(whole) < _REFUSAL_WORDS:
        return Judged((), (), refused=True)
    flaws: list[str] = []
    circles = loops(whole)
    if circles is not None:
        found = _until_sentence(whole[:circles])
        flaws += ["LOOP"] if count_words("\n".join(found)) < words * SHORTEST else ["TWICE"]
    if _is_outline(found):
        flaws.append("OUTLINE")
    flaws += ["LANGUAGE"] if _is_foreign(whole, language) else []
    flaws += ["AGAIN"] if _is_again(whole, earlier) else []
    marked = language.lower().split("-")[0] not in _UNMARKED
    if marked and found and not _ENDED.search(found[-1]):
        flaws += [] if cut else ["UNENDED"]
        found = _until_sentence("\n".join(found)) or found
    length = count_words("\n".join(found))
    if marked or cut:
        flaws += ["LONG"] if length > words * LONGEST or cut else ["SHORT"] if length < words * SHORTEST else []
    flaws += ["TWICE"] if "TWICE" not in flaws and _says_twice(found) else []
    return Judged(found, tuple(flaws))


def reason(flaws: Sequence[str]) -> str:
    """What a model is told of the flaws of its last answer."""
    return "\n".join(["Answer again, and mend this:", *(f"- {_REASONS[flaw]}" for flaw in flaws)])


def notes(found: Judged, number: int, wanted: int, language: str) -> tuple[str, ...]:
    """What the novelist is told of the flaws that are left."""
    told = _NOTES["zh" if language.lower().startswith("zh") else "en"]
    return tuple(
        told[flaw].format(number=number, words=found.words, wanted=wanted) for flaw in found.flaws if flaw in told
    )


def shortened(found: Judged, words: int) -> Judged:
    """A scene that is far too long, up to the sentence at which it has about `words` words."""
    if found.words <= words * LONGEST:
        return found
    kept: list[str] = []
    left = int(words * LONGEST) - 1
    for paragraph in found.paragraphs:
        length = count_words(paragraph)
        if length > left:
            head = paragraph[: int(len(paragraph) * left / max(1, length))]
            kept += _until_sentence(head) if count_words(head) else []
            break
        kept.append(paragraph)
        left -= length
    return Judged(tuple(kept) or found.paragraphs, found.flaws)


def loops(text: str) -> int | None:
    """Where the end of a text begins to say again what it has said twice before, None where it does not."""
    tail = text[-600:]
    dense = is_dense(tail)
    length = _LOOP_DENSE if dense else _LOOP_UNITS
    found = units(text)
    last = found[-length:]
    if len(found) >= length * _LOOP_TIMES:
        starts = [at for at in range(len(found) - length + 1) if found[at : at + length] == last]
        if len(starts) >= _LOOP_TIMES:
            return _position(text, starts[1])
    phrase = loop(tail)
    if phrase is None:
        return None
    first = text.casefold().find(phrase.split()[0], max(0, len(text) - 600))
    return max(first, 0)


def _position(text: str, at: int) -> int:
    """The character at which the unit number `at` begins."""
    for count, end in enumerate(
        re.finditer(r"[\u3040-\u30ff\u3400-\u9fff\u0e00-\u0eff]|[^\W_]+(?:['’-][^\W_]+)*", text)
    ):
        if count == at:
            return end.start()
    return len(text)


def _until_sentence(text: str) -> tuple[str, ...]:
    match = _LAST_END.match(text)
    return tuple(line for line in (match[0] if match else "").splitlines() if line.strip())


def _is_outline(found: Sequence[str]) -> bool:
    points = sum(bool(_POINT.match(line)) for line in found)
    return points >= 2 and points * 2 >= len(found)


def _is_foreign(text: str, language: str) -> bool:
    wanted = known_languages(language)
    if not wanted or len(text) < (_LEAST_DENSE if is_dense(text) else _LEAST_LETTERS):
        return False
    seen, sure = language_of(text[:6_000])
    return bool(seen) and seen not in wanted and sure >= _SURE


def _is_again(text: str, earlier: Sequence[str]) -> bool:
    """Whether a good part of it stands word for word in what was written before."""
    length = _GRAM * 2 if is_dense(text) else _GRAM
    now, before = grams(text, length), grams("\n".join(earlier), length)
    return len(units(text)) > length and len(now & before) > _AGAIN * len(now)


def _says_twice(found: Sequence[str]) -> bool:
    told = [normal(one) for one in sentences("\n".join(found))]
    long = [one for one in told if len(one.split()) >= (_WORTH_DENSE if is_dense(one) else _WORTH)]
    return len(set(long)) < len(long)
