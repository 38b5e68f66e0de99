"""Reading feedback: cut into lines, sentences and pieces; the longest run of pieces that is understood counts.

What is not understood is noted with all that follows in its sentence, since that may depend on it ("she should run away
and change her name"); a piece begins anew only where it plainly speaks of the story itself.
"""

import re
import unicodedata
from collections.abc import Hashable, Mapping
from typing import NamedTuple

from infrastructure.writers.muse.clauses import LIMIT, QUOTES, Clause, Found, Person, mentions

Span = tuple[int, int]
_ABBREVIATED = "".join(rf"(?<!\b{word})" for word in ("[A-Z]", "Dr", "Mr", "Ms", "St", "Mrs"))
_NUMBERED = r"\(?\d{1,2}\)|(?<![^\n])(?:\d{1,2}[.、](?!\d)|[一二三四五六七八九十]、)"
_SENTENCES = re.compile(rf"[\n;；。！!?？…]|(?<!\S){_NUMBERED}|{_ABBREVIATED}\.(?=\s|$)")
_PIECES = re.compile(
    r"[,，、](?!\d{3}\b)|\s(?:and|but|plus|then|&|\+)(?=\s)|\s[-–]{1,2}\s|—|(?<!合)并且?(?!不|非|没|排)|又(?=更|再)|同时|然后",
    re.IGNORECASE,
)
_WINDOW = 4  # pieces that one clause may be made of
_WORDS = re.compile(r"[\u3400-\u9fff]|[^\W\u3400-\u9fff]+")
_BARE = re.compile(r"^(?:an?|the|some) |s$|^[一两几][个只条位名]")
_AXES = {"dark": "light", "hopeful": "light", "funny": "mirth", "sad": "mirth", "fast": "pace", "quiet": "pace"}
_OPEN = ("rename", "trade", "place", "time", "add", "drop", "title")  # kinds whose value is the writer's words


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
    for sentence in _parts(reader.masked, _SENTENCES, 0, len(text)):
        reader.sentence(sentence)
    wishes = reader.consistent()
    if not wishes and any(unicodedata.category(char)[0] in "LNS" for char in text):
        wishes = [Wish(("note", "", ""), (0, len(text)))]
    said = [(wish.found, text[slice(*wish.span)].strip()) for wish in wishes]
    return [(kind, words if kind == "note" else value, target, words) for (kind, value, target), words in said]


def _parts(text: str, cut: re.Pattern[str], start: int, end: int) -> list[Span]:
    edges = [start, *(edge for found in cut.finditer(text, start, end) for edge in found.span()), end]
    return [part for part in zip(edges[::2], edges[1::2], strict=True) if text[slice(*part)].strip()]


class _Reader:
    """One feedback while it is read."""

    def __init__(self, text: str, language: str, people: Mapping[str, str]) -> None:
        self.text, self.language, self.people = text, language, people
        self.masked = QUOTES.sub(lambda found: "\ue000" * len(found[0]), text)  # so that no quotation is cut
        self.mentions = mentions(people, text.lower())
        self.wishes: list[Wish] = []
        self.antecedent: str | None = ""  # whom a pronoun means; None: not sure
        self.sex, self.sentences = "", 0  # of the pronoun that means the protagonist
        self.slot = ("", "")  # what was filled last, and for whom: "older, and taller"

    def whom(self, person: Person) -> str | None:
        """A target, or None when it is not sure who is meant."""
        if not person.pronoun:
            return person.target
        if self.antecedent is None or person.target is None:
            return None
        whom = person.target or self.antecedent
        if not whom and self.sex and person.sex and person.sex != self.sex:
            return None
        self.sex = self.sex or ("" if whom else person.sex)
        return whom

    def sentence(self, span: Span) -> None:
        """Read the pieces in turn; from the first that is not understood on, all is one note."""
        self.sentences, self.slot = self.sentences + 1, ("", "")
        pieces = _parts(self.masked, _PIECES, *span)
        at, noted, corrects, wished = 0, -1, False, False
        while at < len(pieces):
            clause = next(iter(self._clauses(pieces[at])), None)
            said, at = clause.text if clause else "", at + 1
            if clause and (not said or clause.grammar.frame["correction"].fullmatch(said)):
                corrects = corrects or bool(said)
            elif clause and noted >= 0 and (wished or not clause.grammar.frame["restart"].match(said)):
                continue
            elif read := self._longest(pieces, at - 1):
                if noted >= 0:
                    self._note((pieces[noted][0], pieces[at - 2][1]))
                self._add(*read[:2], (pieces[at - 1][0], pieces[read[2] - 1][1]), corrects)
                at, noted, corrects = read[2], -1, False
            elif clause and clause.grammar.frame["praise"].fullmatch(said):
                self._note(pieces[at - 1])
            elif noted < 0 and any(char.isalnum() for char in self.text[slice(*pieces[at - 1])]):
                noted, wished = at - 1, bool(clause and clause.grammar.frame["modal"].search(said))
                self._unsure(clause)
        if noted >= 0:
            first = not self.wishes or self.wishes[-1].sentence != self.sentences
            self._note((span[0] if first else pieces[noted][0], span[1]))

    def _clauses(self, span: Span) -> list[Clause]:
        """One clause in each language that its script allows, the story's own first; none when it is too long."""
        text = self.text[slice(*span)]
        scripts = {"zh": r"[\u3400-\u9fff]", "en": "[A-Za-z]"} if len(text) <= LIMIT else {}
        order = sorted(scripts, key=lambda one: one != self.language)
        return [Clause(text, one, self.mentions, self.whom) for one in order if re.search(scripts[one], text)]

    def _longest(self, pieces: list[Span], at: int) -> tuple[Clause, list[Found], int] | None:
        """What a piece says, with those after it that its open end takes in ("call it Rose and Thorn")."""
        best = self._understood(pieces, at, at + 1)
        if best and any(kind in _OPEN for kind, _, _ in best[1]):
            ends = range(min(at + _WINDOW, len(pieces)), at + 1, -1)
            best = next(filter(None, (self._understood(pieces, at, end) for end in ends)), best)
        goes_on = self.slot[0] and "but" not in self.text[pieces[at - 1][1] : pieces[at][0]].lower()
        for clause in self._clauses(pieces[at]) if not best and goes_on else ():
            if found := clause.slot(self.slot[0], clause.text, self.slot[1], {}):
                return clause, found, at + 1
        return best

    def _understood(self, pieces: list[Span], at: int, end: int) -> tuple[Clause, list[Found], int] | None:
        for clause in self._clauses((pieces[at][0], pieces[end - 1][1])):
            if found := clause.read("clause", clause.text, ""):
                self.slot = clause.slot_read
                return clause, found, end
        return None

    def _add(self, clause: Clause, found: list[Found], span: Span, corrects: bool) -> None:
        self.wishes += [Wish(one, span, self.sentences, corrects) for one in found]
        kinds = {kind for kind, _, _ in found}
        if "add" in kinds:
            self.antecedent = None  # "add a dog; call him Rex"
        elif clause.who and not clause.who.pronoun:
            self.antecedent = clause.who.target
        self.sex = next((value for kind, value, target in found if kind == "sex" and not target), self.sex)
        if clause.who and clause.who.sex and kinds & {"rename", "trade"}:
            self.wishes.append(Wish(("sex", clause.who.sex, found[0][2]), span, self.sentences, implied=True))

    def _unsure(self, clause: Clause | None) -> None:
        """After what was not understood, a pronoun means the only one who was named there, or nobody for sure."""
        persons = [person for _, person in clause.tokens if person] if clause else []
        named = {person.target for person in persons if not person.pronoun}
        if named or not persons:
            self.antecedent = named.pop() if len(named) == 1 else None

    def _note(self, span: Span) -> None:
        """Note a passage. A word or two that hang on what was read before ("and wiser") make that unsure as well."""
        start, end = span
        last = self.wishes[-1] if self.wishes else None
        if last and last.sentence == self.sentences and len(_WORDS.findall(self.text[start:end])) <= 2:
            start = last.span[0]
            at = next(at for at in range(len(self.wishes), -1, -1) if not at or self.wishes[at - 1].span != last.span)
            self.wishes[at:] = [one for one in self.wishes[at:] if one.found[0] not in _OPEN and not one.implied]
        if self.wishes and self.wishes[-1].found[0] == "note":
            start = self.wishes.pop().span[0]
        self.wishes.append(Wish(("note", "", ""), (start, end), self.sentences))

    def consistent(self) -> list[Wish]:
        """Of two wishes that cannot both be done: neither, in one sentence; else the later. Either is said."""
        explicit = {self._axis(wish.found)[0] for wish in self.wishes if wish.found[0] == "sex" and not wish.implied}
        kept: dict[int, Wish] = {}
        latest: dict[Hashable, tuple[Hashable, int]] = {}
        for at, wish in enumerate(self.wishes):
            axis, mark = self._axis(wish.found)
            if wish.implied and axis in explicit:
                continue
            said, before = latest.get(axis, (mark, at))
            kind, old = wish.found[0], None if said == mark else kept.pop(before, None)
            if old and wish.sentence == old.sentence and not wish.corrects:
                kept[at] = Wish(("contradiction", "", kind), (old.span[0], wish.span[1]))
                continue
            kept[at], latest[axis] = wish, (mark, at)
            if old:
                words = self.text[slice(*wish.span)].strip()
                kept[at + len(self.wishes)] = Wish(("contradiction", words, kind), wish.span)
        return list(kept.values())

    def _axis(self, found: Found) -> tuple[Hashable, Hashable]:
        """Two wishes of one axis with different marks contradict each other."""
        kind, value, target = found
        if kind in ("add", "drop"):
            return ("element", _BARE.sub("", value.lower())), kind
        if kind in ("rewrite", "note"):
            return found, found
        if kind in ("tone", "place", "time", "length"):
            return (kind, _AXES.get(value, value) if kind == "tone" else target if kind == "length" else ""), value
        return (kind, self.people.get(target, target) or "protagonist", value.isdigit()), value
