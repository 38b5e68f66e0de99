"""Finds names in texts as readers would: whole words, in their own case; Chinese and its like without spaces.

What only a reader can tell (a name that is also a word, at the beginning of a sentence) is found, and not replaced.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from genesis_types.enums import GenesisStage

from domain.genesis.given_names import given_name, stands_alone
from domain.genesis.inflection import elided, forms, is_of_another_name, keeps_elision
from domain.genesis.naming import PERSON, TIME

_UNSPACED = re.compile("[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\u0e00-\u0e7f]")
"""Scripts that are written without spaces: kana, Chinese characters, Thai."""
_HANGUL = re.compile("[\uac00-\ud7a3]")
_SENTENCE_BEGINS = re.compile(r"(?:^|[.!?…:;][\"”’')\]]*\s+|[\n\"“‘(\[—–]\s*)$")
_YEAR = re.compile(r"(?<!\d)[12]\d{3}(?!\d)")
_ARTICLE = re.compile(r"(the|an?) (?=\S)", re.IGNORECASE)
_ARTICLE_BEFORE = re.compile(r"\b(?:the|an?) $", re.IGNORECASE)
_TITLE = re.compile("mrs?|ms|miss|dr|prof|sir|lady|lord|dame|captain|old|young|aunt|uncle|father|mother|sister|brother")
_ALSO_WORD = re.compile(
    "will|rose|mark|hope|grace|faith|joy|dawn|summer|autumn|art|bill|jack|pat|sue|rob|drew|grant|frank|ernest|chase|"
    "hunter|iris|ivy|lily|pearl|ruby|amber|olive|violet|heather|holly|hazel|robin|jay|ray|dean|miles|glen|cliff|"
    "forest|reed|brook|stone|frost|wolf|rich|pierce|guy|max|dash|sky|storm|ember|ash|sage|penny|angel"
)
_ALSO_MONTH = re.compile("may|april|june|august")


class Meant(NamedTuple):
    """Who is meant by an old name, by whole names, to be shown: `new` None, they are gone."""

    old: str
    new: str | None
    source: GenesisStage


@dataclass(frozen=True, slots=True)
class OldName:
    """One way to write an old name. `now`: what is written instead, if anything. `articled`: it may have its "the".

    `inflected`: it is the name with an ending; `given`: it is a Chinese given name without its surname.
    """

    text: str
    now: str | None
    meant: Meant
    articled: bool = False
    inflected: bool = False
    given: bool = False


class Found(NamedTuple):
    """Where an old name stands; `now` None: it is left there for the writer to look at."""

    start: int
    end: int
    now: str | None
    meant: Meant


def surfaces(kind: str, meant: Meant) -> Iterator[OldName]:
    """The ways in which a name of this kind is written in texts."""
    old, new = meant.old, meant.new
    if kind == TIME:
        yield from _times(meant)
        return
    if kind != PERSON:
        old = re.split("[,，]", old, maxsplit=1)[0].strip()
        new = None if new is None else re.split("[,，]", new, maxsplit=1)[0].strip()
        if old and old != new:
            article = _ARTICLE.match(old)
            yield OldName(old[article.end() :] if article else old, new, meant, articled=True)
        return
    for one in _of_people(meant):
        yield one
        if one.now is not None:
            yield from (OldName(text, now, meant, inflected=True) for text, now in forms(one.text, one.now))


def _of_people(meant: Meant) -> Iterator[OldName]:
    old, new = meant.old, meant.new
    olds, news = name_parts(old), name_parts(new or "")
    short = news[0] if len(olds) == 1 and len(news) > 1 else new  # who was always called by one name still is
    yield OldName(old, short, meant)
    given = given_name(old)
    if given is not None and new is not None and given_name(new) != given:
        yield OldName(given, given_name(new) or (news[0] if len(news) > 1 else new), meant, given=True)
    if len(olds) < 2:
        return
    pairs = list(zip(olds, news, strict=True)) if len(olds) == len(news) else [(olds[0], news[0] if news else None)]
    for one, other in pairs:
        if one != other and (new is not None or one == olds[0]):
            yield OldName(one, other, meant)


def _times(meant: Meant) -> Iterator[OldName]:
    years, now = (_YEAR.findall(text or "") for text in (meant.old, meant.new))
    if len(years) == len(now) == 1 and years != now:
        yield OldName(years[0], now[0], meant)
    if meant.new is not None and (meant.old in meant.new or meant.new in meant.old):
        return  # the same time, said more or less exactly
    if len(meant.old.split()) > 2 or (_UNSPACED.search(meant.old) and len(meant.old) > 3):
        yield OldName(meant.old, meant.new, meant)


def name_parts(name: str) -> list[str]:
    """The parts of a person's name that stand alone in texts; a Chinese name is one word, a translated one has two."""
    parts = [part.strip(",") for part in re.split(r"[\s·]+", name)]
    return [
        part
        for part in parts
        if len(part) > 1 and not part[0].islower() and not part.endswith(".") and not _TITLE.fullmatch(part.lower())
    ]


def is_common(text: str) -> bool:
    """Whether it is a word, or a single character, that texts are full of: it is never looked for."""
    if _UNSPACED.search(text):
        return len(text) < 2
    return len(text) < 2 or (text.islower() and len(text.split()) == 1)


class NameSearch:
    """Looks for `olds` in texts. `current`: names that are right, inside which an old one is none ("Ann" in "Ann Lee").

    `is_word`: whether a word also stands in lower case somewhere in the book.
    """

    def __init__(self, olds: Iterable[OldName], current: Iterable[str], is_word: Callable[[str], bool]) -> None:
        self._olds: defaultdict[str, list[OldName]] = defaultdict(list)
        for old in olds:
            self._olds[old.text].append(old)
        names = sorted(set(current), key=len, reverse=True)
        self._within = {text: [name for name in names if text in name and text != name] for text in self._olds}
        self._is_word = is_word

    def find(self, text: str, *, title: bool = False) -> list[Found]:
        """Where old names stand in `text`, in order. `title`: every word of it may have a capital."""
        places = [
            (start, -len(old), old)
            for old in self._olds
            for start in _occurrences(old, text)
            if not self._is_part(text, start, old)
        ]
        found, at = [], 0
        for start, _, old in sorted(places):  # of names that begin at one place the longest
            if start >= at:
                at = start + len(old)
                found.append(self._found(text, start, old, title=title))
        return [one for one in found if one is not None]

    def _is_part(self, text: str, start: int, old: str) -> bool:
        return any(
            text.startswith(name, start - at.start())
            for name in self._within[old]
            for at in re.finditer(re.escape(old), name)
            if start >= at.start()
        )

    def _found(self, text: str, start: int, name: str, *, title: bool) -> Found | None:
        olds, end = self._olds[name], start + len(name)
        if all(one.given for one in olds) and not stands_alone(text, start, name):
            return None
        if all(one.inflected for one in olds) and name.endswith("s") and is_of_another_name(text, start):
            return None
        old, first = olds[0], _SENTENCE_BEGINS.search(text[max(0, start - 8) : start]) is not None
        doubtful = len({one.now for one in olds}) > 1 or self._is_doubtful(name, first=first, title=title)
        doubtful = doubtful or (old.now is not None and elided(text, start) and not keeps_elision(old.now))
        if doubtful or old.now is None:
            # that somebody is gone is said only where it is certainly they who are spoken of
            return None if doubtful and old.meant.new is None else Found(start, end, None, old.meant)
        if old.inflected:
            return Found(start, end, old.now, old.meant)
        if not old.articled or _UNSPACED.search(name):
            return Found(*_possessive(text, start, end, old.now), old.meant)
        return Found(*_with_article(text, start, end, old), old.meant)

    def _is_doubtful(self, name: str, *, first: bool, title: bool) -> bool:
        word = name.lower()
        if " " in name or _UNSPACED.search(name) or name.isdigit():
            return False
        if _ALSO_MONTH.fullmatch(word):
            return True
        return (first or title) and (_ALSO_WORD.fullmatch(word) is not None or self._is_word(word))


def _occurrences(name: str, text: str) -> Iterator[int]:
    """Where `name` begins in `text` as a whole word, or wherever it stands in scripts without spaces."""
    start = text.find(name)
    while start >= 0:
        end = start + len(name)
        before, after = text[max(0, start - 2) : start][::-1], text[end : end + 2]
        particle = _HANGUL.match(name[-1])  # in Korean they are written onto names
        begins = _is_over(name[0], before, "-'’") or elided(text, start)
        if begins and (particle or _is_over(name[-1], after, "-")):
            yield start
        start = text.find(name, start + 1)


def _is_over(last: str, beyond: str, joints: str) -> bool:
    """Whether a word ends with the letter `last`: `beyond` are the next two, `joints` join two parts of one word."""
    if not last.isalnum() or _UNSPACED.match(last) or not beyond:
        return True
    if _is_letter(beyond[0]):
        return False
    return not (len(beyond) > 1 and beyond[0] in (".," if last.isdigit() else joints) and _is_letter(beyond[1]))


def _is_letter(char: str) -> bool:
    return char.isalnum() and not _UNSPACED.match(char)


def _possessive(text: str, start: int, end: int, now: str) -> tuple[int, int, str]:
    """ "James’ boat" is Ada’s boat then; a quotation mark that ends here is none."""
    mark = text[end : end + 1]
    bare = mark in ("'", "’") and not text[end + 1 : end + 2].isalpha() and text[end - 1] == "s"
    if not bare or text[start - 1 : start] in ("'", "‘") or now.endswith("s"):
        return start, end, now
    return start, end + 1, f"{now}{mark}s"


def _with_article(text: str, start: int, end: int, old: OldName) -> tuple[int, int, str]:
    """Names of places and groups with or without their article: "the Watch", "The Watch", "Watch"."""
    before = _ARTICLE_BEFORE.search(text[max(0, start - 5) : start])
    now = old.now or ""
    own = _ARTICLE.match(now)
    if own is None:
        had = _ARTICLE.match(old.meant.old)
        return (start - len(before[0]) if before and had else start), end, now
    if before:
        return start, end, now[own.end() :]
    first = _SENTENCE_BEGINS.search(text[max(0, start - 8) : start]) is not None
    return start, end, f"{own[1].capitalize() if first else own[1].lower()} {now[own.end() :]}"


def stand_in(names: Sequence[str], texts: Mapping[str, str]) -> list[str]:
    """The keys of those `texts` in which one of `names` stands, as a whole."""
    return [key for key, text in texts.items() if any(True for name in names if name for _ in _occurrences(name, text))]
