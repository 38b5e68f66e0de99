"""Who is in a book: the people that its plans name, and those whom its text names and lets act; and who is meant."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from domain.continuity.english import called
from domain.continuity.english_words import TITLES
from domain.continuity.facts import Chapter
from domain.continuity.reading import Reading
from domain.continuity.sentences import is_chinese
from domain.genesis.given_names import given_name

_LEAST = 2
"""How often the text has to let somebody act whom no plan names, before that is one of the book's people."""

_LEAST_CHINESE = 5
"""The same for Chinese names, which are told from other words less surely."""

_ADVERB = re.compile("[低轻高大小缓慢忽突又也便就才还都只地声然微猛急连立刻马上终于却先后再一个人自己独静默]{0,5}")
_TITLED = re.compile(rf"(?:{TITLES})\.? ")
_AFTER_OTHERS = (
    "的",
    "对",
    "跟",
    "和",
    "向",
    "把",
    "被",
    "给",
    "让",
    "为",
    "替",
    "比",
    "像",
    "与",
    "同",
    "是",
    "叫",
    "见",
    "着",
    "了",
)


class People:
    """`planned`: as the plans name them. `counts`: in how many sentences each is named."""

    def __init__(self, chapters: Sequence[Chapter]) -> None:
        self.planned = tuple(dict.fromkeys(_planned(chapters)))
        acting, named = _acting(chapters), _named(chapters)
        full = {untitled(one) for one in self.planned}
        full |= {
            untitled(one) for one, count in acting.items() if count >= (_LEAST_CHINESE if is_chinese(one) else _LEAST)
        }
        # part of a longer name is that person, where it can be only one
        self._full = tuple(sorted(full, key=lambda one: (-len(one), one)))
        self._known = set(self._full)
        self._short = self._parts(named)
        called = {one: one for one in self._full if is_chinese(one)} | {
            one: name for one, name in self._short.items() if is_chinese(one)
        }
        self._called = sorted(called.items(), key=lambda one: (-len(one[0]), one[0]))
        self._any = re.compile("|".join(re.escape(one) for one, _ in self._called) or r"(?!)")
        self._whose = dict(self._called)
        self.counts = Counter[str]()
        for name, count in named.items():
            if person := self.person(name):
                self.counts[person] += count
        for chapter in chapters:
            for _, reading in chapter.paragraphs:
                self._count_chinese(reading)

    def _parts(self, named: Counter[str]) -> dict[str, str]:
        """What else each is called: one word of a name, a Chinese given name. What could be two people is nobody."""
        found: dict[str, str] = {}
        doubtful = set[str]()
        often = {untitled(one) for one in named if " " in one and named[one] >= _LEAST}
        for name in {*self._full, *often}:
            if _TITLED.match(name):
                continue  # Mr. Vale and Mrs. Vale are two people
            for part in {*name.split(" "), given_name(name) or name} - {name}:
                if found.setdefault(part, name) != name:
                    doubtful.add(part)
        return {one: name for one, name in found.items() if name in self._known and one not in doubtful}

    def _count_chinese(self, reading: Reading) -> None:
        for sentence in reading.sentences:
            if is_chinese(sentence):
                self.counts.update(dict.fromkeys(self.within(sentence), 1))

    def person(self, subject: str) -> str | None:
        """Who is meant by the subject of a statement; None when that is nobody who is known, or could be several."""
        subject = untitled(subject)
        if subject in self._short:
            return self._short[subject]
        if subject in self._known:
            return subject
        if not is_chinese(subject):
            return None
        best: tuple[int, str] | None = None
        for name, person in self._called:
            at = subject.rfind(name)
            if at < 0 or subject[:at].endswith(_AFTER_OTHERS) or not _ADVERB.fullmatch(subject[at + len(name) :]):
                continue
            if best is None or at + len(name) > best[0]:
                best = (at + len(name), person)
        return best[1] if best else None

    def within(self, sentence: str) -> set[str]:
        """Who is named in a Chinese sentence."""
        return {self._whose[name] for name in self._any.findall(sentence)}

    def mentioned(self, reading: Reading) -> list[tuple[int, str]]:
        """(index of the sentence, who) for everybody who is named in a paragraph, in order."""
        found = [(at, person) for at, name in reading.names if (person := self.person(name))]
        found += [
            (at, one) for at, text in enumerate(reading.sentences) if is_chinese(text) for one in self.within(text)
        ]
        return sorted(set(found))


def untitled(name: str) -> str:
    """Without the title, where enough of a name is left: Mr. Tom Vale is Tom Vale, Mr. Vale is not Vale."""
    words = name.split(" ")
    return " ".join(words[1:]) if len(words) > 2 and _TITLED.match(name) else name


def _planned(chapters: Iterable[Chapter]) -> Iterable[str]:
    for chapter in chapters:
        for said in (*chapter.plan.who, chapter.plan.point_of_view):
            name = " ".join(said.split())
            if name and len(name) <= 60 and (is_chinese(name) or called(name) == name):
                yield name


def _acting(chapters: Iterable[Chapter]) -> Counter[str]:
    """English: whoever does something. Chinese: who stands before what people do."""
    found = Counter[str]()
    for chapter in chapters:
        for _, reading in chapter.paragraphs:
            found.update(
                one.subject for one in reading.statements if one.kind == "acts" and not is_chinese(one.subject)
            )
            found.update(name for _, name in reading.names if is_chinese(name))
    found.pop("~", None)
    return found


def _named(chapters: Iterable[Chapter]) -> Counter[str]:
    return Counter(
        name for chapter in chapters for _, one in chapter.paragraphs for _, name in one.names if not is_chinese(name)
    )
