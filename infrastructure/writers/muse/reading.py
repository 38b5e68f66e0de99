"""Reading feedback: cut into lines, sentences and pieces; the longest run of pieces that is understood counts.

What is not understood is noted with all that follows in its sentence, since that may depend on it ("she should run away
and change her name"); a piece begins anew only where it plainly speaks of the story itself.
"""

import re
import unicodedata
from collections.abc import Hashable, Mapping
from typing import NamedTuple

from infrastructure.writers.muse.clauses import (
    CLAUSE_LIMIT,
    Clause,
    Found,
    Mentions,
    Person,
    grammar,
    languages,
    masked,
)

Span = tuple[int, int]
_ABBREVIATED = "".join(rf"(?<!\b{word})" for word in ("[A-Z]", "Dr", "Mr", "Ms", "St", "Mrs"))
_LINES = re.compile(
    r"\n|(?<!\S)\(?\d{1,2}\)|(?:(?<=\n)|(?<!.))(?:\d{1,2}[.、](?!\d)|[一二三四五六七八九十]、)", re.DOTALL
)
_SENTENCES = re.compile(rf"[;；。！!?？…]|{_ABBREVIATED}\.(?=\s|$)")
_PIECES = re.compile(
    r"[,，、](?!\d{3}\b)|\s(?:and|but|plus|then|&|\+)(?=\s)|\s[-–]{1,2}\s|—|(?<!合)并且?(?!不|非|没|排)|同时|然后",
    re.IGNORECASE,
)
_WINDOW = 4  # pieces that one clause may be made of
_SHORT = 3  # words
_WORDS = re.compile(r"[\u3400-\u9fff]{1,2}|[^\W\u3400-\u9fff]+")
_BARE = re.compile(r"^(?:an?|the|some) |s$|^[一两几][个只条位名]")
_AXES = {"dark": "light", "hopeful": "light", "funny": "mirth", "sad": "mirth", "fast": "pace", "quiet": "pace"}
_SURE = ("sex", "age", "tone", "point_of_view", "tense", "ending", "genre", "structure", "length", "rewrite", "note")


class Wish(NamedTuple):
    """What was found and where; `implied`: by a pronoun; `corrects`: what was said before."""

    found: Found
    span: Span
    sentence: int = 0
    corrects: bool = False
    implied: bool = False


def read(text: str, language: str, people: Mapping[str, str]) -> list[tuple[str, str, str, str]]:
    """(kind, value, target, words) for everything asked for; kinds are those of `intents.IntentKind`."""
    reader = _Reader(text, language, people)
    for line in _parts(reader.mask, _LINES, (0, len(text))):
        for sentence in _parts(reader.mask, _SENTENCES, line):
            reader.sentence(sentence)
    wishes = reader.consistent()
    if not wishes and any(unicodedata.category(char)[0] in "LNS" for char in text):
        wishes = [Wish(("note", "", ""), (0, len(text)))]
    said = ((wish.found, text[slice(*wish.span)].strip()) for wish in wishes)
    return [(kind, words if kind == "note" else value, target, words) for (kind, value, target), words in said]


def _parts(text: str, cut: re.Pattern[str], within: Span) -> list[Span]:
    """The spans between the cuts, without the spaces around them."""
    spans: list[Span] = []
    start, end = within
    for stop, after in [*(found.span() for found in cut.finditer(text, start, end)), (end, end)]:
        part = text[start:stop]
        if part.strip():
            left = start + len(part) - len(part.lstrip())
            spans.append((left, left + len(part.strip())))
        start = after
    return spans


class _Reader:
    """One feedback while it is read."""

    def __init__(self, text: str, language: str, people: Mapping[str, str]) -> None:
        self.text, self.mask, self.language, self.people = text, masked(text), language, people
        self.mentions = Mentions(people, text.lower())
        self.antecedent: str | None = ""  # whom a pronoun means; None: not sure
        self.sex = ""  # of the pronoun that means the protagonist
        self.wishes: list[Wish] = []
        self.slot = ("", "")  # what was filled last, and for whom: "older, and taller"
        self.sentences = 0

    def whom(self, person: Person) -> str | None:
        """A target, or None when it is not sure who is meant."""
        if not person.pronoun:
            return person.target
        if self.antecedent is None or person.target is None:
            return None
        if person.target or self.antecedent:
            return person.target or self.antecedent
        if self.sex and person.sex and person.sex != self.sex:
            return None
        self.sex = self.sex or person.sex
        return ""

    def sentence(self, span: Span) -> None:
        """Read the pieces in turn; from the first that is not understood on, all is one note."""
        pieces = _parts(self.mask, _PIECES, span)
        self.sentences += 1
        self.slot = ("", "")
        at, noted, corrects, wished = 0, -1, False, False
        while at < len(pieces):
            clauses = self._clauses(pieces[at])
            said = any(char.isalnum() for char in self.text[slice(*pieces[at])])
            text = clauses[0].text if clauses else ""
            rules = clauses[0].rules if clauses else grammar("en")
            if not said or (clauses and not text) or rules.correction.fullmatch(text):
                corrects = corrects or bool(text)
                at += 1
            elif noted >= 0 and (wished or not rules.restart.match(text)):
                at += 1
            elif read := self._longest(pieces, at):
                if noted >= 0:
                    self._note((pieces[noted][0], pieces[at - 1][1]))
                self._add(*read[:2], (pieces[at][0], pieces[read[2] - 1][1]), corrects)
                at, noted, corrects = read[2], -1, False
            elif rules.praise.fullmatch(text):
                self._note(pieces[at])
                at += 1
            else:
                noted = at if noted < 0 else noted
                wished = wished or bool(rules.modal.search(text))
                self._unsure(clauses)
                at += 1
        if noted >= 0:
            self._note((pieces[noted][0], span[1]))

    def _clauses(self, span: Span) -> list[Clause]:
        text = self.text[slice(*span)]
        if len(text) > CLAUSE_LIMIT:
            return []
        return [Clause(text, grammar(one), self.mentions, self.whom) for one in languages(text, self.language)]

    def _longest(self, pieces: list[Span], at: int) -> tuple[Clause, list[Found], int] | None:
        for end in range(min(at + _WINDOW, len(pieces)), at, -1):
            for clause in self._clauses((pieces[at][0], pieces[end - 1][1])):
                found = clause.read("clause", clause.text, "")
                if found is not None:
                    self.slot = clause.slot_read
                    return clause, found, end
        for clause in self._clauses(pieces[at]) if self.slot[0] else ():
            found = clause.slot(self.slot[0], clause.text, self.slot[1], {})
            if found is not None:
                return clause, found, at + 1
        return None

    def _add(self, clause: Clause, found: list[Found], span: Span, corrects: bool) -> None:
        self.wishes += [Wish(one, span, self.sentences, corrects) for one in found]
        if any(kind == "add" for kind, _, _ in found):
            self.antecedent = None  # "add a dog; call him Rex"
        elif clause.who and not clause.who.pronoun:
            self.antecedent = clause.who.target
        for kind, value, target in found:
            if kind == "sex" and not target:
                self.sex = value
            if kind in ("rename", "trade") and clause.who and clause.who.sex:
                self.wishes.append(Wish(("sex", clause.who.sex, target), span, self.sentences, implied=True))

    def _unsure(self, clauses: list[Clause]) -> None:
        """After what was not understood, a pronoun means the only one who was named there, or nobody for sure."""
        persons = [person for clause in clauses for _, person in clause.persons]
        named = {person.target for person in persons if not person.pronoun}
        if named or not persons:
            self.antecedent = named.pop() if len(named) == 1 else None

    def _note(self, span: Span) -> None:
        """Note a passage. A few words that hang on what was read before ("and wiser") make that unsure as well."""
        start, end = span
        last = self.wishes[-1] if self.wishes else None
        if last and last.sentence == self.sentences and len(_WORDS.findall(self.text[start:end])) < _SHORT:
            start = last.span[0]
            while self.wishes and self.wishes[-1].span == last.span and self.wishes[-1].found[0] not in _SURE:
                self.wishes.pop()
        if self.wishes and self.wishes[-1].found[0] == "note":
            start = self.wishes.pop().span[0]
        self.wishes.append(Wish(("note", "", ""), (start, end), self.sentences))

    def consistent(self) -> list[Wish]:
        """Of two wishes that cannot both be done: neither, in one sentence; else the later. Either is said."""
        explicit = {self._role(wish.found[2]) for wish in self.wishes if wish.found[0] == "sex" and not wish.implied}
        kept: dict[int, Wish] = {}
        latest: dict[Hashable, tuple[Hashable, int]] = {}
        for at, wish in enumerate(self.wishes):
            kind, _, target = wish.found
            if wish.implied and self._role(target) in explicit:
                continue
            axis, mark = self._axis(wish.found)
            said, before = latest.get(axis, (mark, at))
            if said == mark or before not in kept:
                kept[at], latest[axis] = wish, (mark, at)
                continue
            old = kept.pop(before)
            if wish.sentence == old.sentence and not wish.corrects:
                kept[at] = Wish(("contradiction", "", kind), (old.span[0], wish.span[1]))
                latest.pop(axis)
            else:
                kept[at], latest[axis] = wish, (mark, at)
                kept[at + len(self.wishes)] = Wish(("contradiction", self.text[slice(*wish.span)], kind), wish.span)
        return list(kept.values())

    def _axis(self, found: Found) -> tuple[Hashable, Hashable]:
        """Two wishes of one axis with different marks contradict each other."""
        kind, value, target = found
        if kind in ("add", "drop"):
            return ("element", _BARE.sub("", value.lower())), kind
        if kind in ("rewrite", "note"):
            return found, found
        if kind == "tone":
            return (kind, _AXES.get(value, value)), value
        whose = target if kind == "length" else "" if kind in ("place", "time") else self._role(target)
        return (kind, whose, value.isdigit()), value

    def _role(self, target: str) -> str:
        return self.people.get(target, target) or "protagonist"
