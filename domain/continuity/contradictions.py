"""Finds facts of a book that contradict: attributes, ages, the dead, seasons, weekdays, places, who knows what."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from domain.continuity.facts import Chapter, Evidence, Fact, Finding, FindingKind
from domain.continuity.people import People
from domain.continuity.sentences import is_chinese, tokens

_NORTH = {
    "winter": (11, 12, 1, 2, 3),
    "snow": (10, 11, 12, 1, 2, 3, 4, 5),
    "spring": (2, 3, 4, 5, 6),
    "summer": (5, 6, 7, 8, 9),
    "autumn": (8, 9, 10, 11, 12),
}
_SAME = (
    {"black", "brown"},
    {"黑", "棕"},
    {"green", "hazel"},
    {"brown", "hazel"},
    {"grey", "blue"},
    {"brown", "amber"},
    {"褐", "棕"},
    {"棕", "琥珀"},
    {"褐", "琥珀"},
    {"黑", "褐"},
)
"""Eyes that one person may have by different light, or in different words."""

_A_HABIT = 5
"""So many seasons that are wrong, and none that is right, belong to a book on the other side of the world."""

_SAME_KNOWLEDGE = 0.75
_SMALL_WORDS = frozenset(
    [
        "the",
        "a",
        "an",
        "of",
        "to",
        "in",
        "on",
        "at",
        "and",
        "or",
        "had",
        "has",
        "was",
        "were",
        "is",
        "be",
        "been",
        "it",
        "its",
        "his",
        "her",
        "their",
        "that",
        "this",
        "by",
        "for",
    ]
)


def contradictions(facts: Sequence[Fact], chapters: Sequence[Chapter], people: People) -> Iterator[Finding]:
    now = [one for one in facts if not one.earlier]
    for kind in ("eyes", "hair", "handedness", "birthplace"):
        yield from _attributes(kind, (one for one in facts if one.kind == kind))  # these are so at any time
    yield from _wounds(one for one in now if one.kind == "wound")
    yield from _ages(now)
    yield from _the_dead(now)
    yield from _the_dead_planned(now, chapters, people)
    yield from _seasons(now)
    yield from _weekdays(now)
    yield from _places(now)
    yield from _knowledge(now)


def finding(kind: FindingKind, one: Fact, other: Fact) -> Finding:
    """Of two facts, whichever of them stands first in the book."""
    first, second = sorted((one, other), key=lambda fact: fact.when)
    values = (first.value, second.value)
    return Finding(kind, first.person or second.person, values, first.evidence, second.evidence)


def _by_person(facts: Iterable[Fact]) -> Iterator[list[Fact]]:
    groups = defaultdict[str, list[Fact]](list)
    for one in facts:
        groups[one.person].append(one)
    yield from groups.values()


def _attributes(kind: FindingKind, facts: Iterable[Fact]) -> Iterator[Finding]:
    """What is said more often is taken for right, or else what is said first; each other is a finding."""
    for stated in _by_person(facts):
        counts = Counter(one.value for one in stated)
        right = max(stated, key=lambda one: (counts[one.value], (-one.when.chapter, -one.when.paragraph)))
        for one in stated:
            pair = {one.value, right.value}
            if len(pair) == 2 and not (kind == "eyes" and pair in _SAME) and one.evidence != right.evidence:
                yield finding(kind, right, one)


def _wounds(facts: Iterable[Fact]) -> Iterator[Finding]:
    for stated in _by_person(facts):
        sides = defaultdict[str, list[Fact]](list)
        for one in stated:
            side = one.value.split(" ") if " " in one.value else (one.value[0], one.value[1:])
            sides[side[1]].append(one)
        for part in sides.values():
            yield from _attributes("wound", part)


def _ages(facts: Iterable[Fact]) -> Iterator[Finding]:
    """Nobody grows younger; nor older by two years or more unless the book says that years go by."""
    passed = 0
    ages = dict[str, tuple[Fact, int]]()
    for one in facts:
        if one.kind == "years_pass":
            passed += 1
        if one.kind != "age":
            continue
        before = ages.get(one.person)
        if before is None:
            ages[one.person] = (one, passed)
            continue
        grown = int(one.value) - int(before[0].value)
        if grown < 0 or (grown > 1 and passed == before[1]):
            yield finding("age", before[0], one)
        else:
            ages[one.person] = (one, passed)


def _the_dead(facts: Iterable[Fact]) -> Iterator[Finding]:
    """Once for each chapter in which somebody acts who died before."""
    died = dict[str, Fact]()
    told = set[tuple[str, int]]()
    for one in facts:
        if one.kind == "dead":
            died.setdefault(one.person, one)
        elif one.kind == "alive":
            died.pop(one.person, None)
        elif one.kind == "acts" and one.person in died:
            death = died[one.person]
            key = (one.person, one.when.chapter)
            if one.when[:2] > death.when[:2] and key not in told:
                told.add(key)
                yield finding("dead_acts", death, one)


def _the_dead_planned(facts: Sequence[Fact], chapters: Sequence[Chapter], people: People) -> Iterator[Finding]:
    """A plan that has somebody in a chapter who died in one before it, while nothing is written of it yet."""
    died = dict[str, Fact]()
    for one in facts:
        if one.kind == "dead":
            died.setdefault(one.person, one)
        elif one.kind == "alive":
            died.pop(one.person, None)
    for number, chapter in enumerate(chapters):
        if chapter.paragraphs:
            continue
        for name in chapter.plan.who:
            death = died.get(people.person(" ".join(name.split())) or "")
            if death is not None and death.when.chapter < number:
                planned = Evidence(chapter.chapter_id, None, name)
                yield Finding("dead_planned", death.person, ("", ""), death.evidence, planned)


def _seasons(facts: Iterable[Fact]) -> Iterator[Finding]:
    """A month and a season in one scene that never meet. A book whose winters are in July is south of the line."""
    found, agreed = list[Finding](), 0
    month: Fact | None = None
    for one in facts:
        if one.kind == "date":
            month = one
        if one.kind != "season" or month is None or month.when.chapter != one.when.chapter or one.date != month.date:
            continue
        if int(_month(month)) in _NORTH[one.value]:
            agreed += 1
        else:
            found.append(finding("season", month, one))
    return iter(found if agreed or len(found) < _A_HABIT else ())


def _month(fact: Fact) -> str:
    return fact.value.split("-")[-2] if fact.value.count("-") == 2 else fact.value[:2]


def _weekdays(facts: Iterable[Fact]) -> Iterator[Finding]:
    """Two weekdays that days of one month cannot have, unless years go by in between."""
    stated = dict[tuple[int, str], Fact]()
    years = 0
    for one in facts:
        if one.kind == "years_pass":
            years += 1
        if one.kind != "date" or not one.detail or "-" not in one.value:
            continue
        key = (years, one.value[:-3])
        before = stated.setdefault(key, one)
        apart = int(one.value[-2:]) - int(before.value[-2:])
        if (int(before.detail) + apart) % 7 != int(one.detail):
            yield finding("weekday", before, one)


def _places(facts: Iterable[Fact]) -> Iterator[Finding]:
    """Somebody in two places at one time: the same date and hour, and places that have no word in common."""
    for stated in _by_person(one for one in facts if one.kind == "place" and one.time_of_day and "-" in one.date):
        moments = defaultdict[tuple[str, str], list[Fact]](list)
        for one in stated:
            moments[one.date, one.time_of_day].append(one)
        for together in moments.values():
            for one, other in pairwise(together):
                if one.when[:2] != other.when[:2] and not set(tokens(one.value)) & set(tokens(other.value)):
                    yield finding("two_places", one, other)


def _knowledge(facts: Iterable[Fact]) -> Iterator[Finding]:
    """Somebody knows what they find out later, or does not know any more what they knew."""
    for stated in _by_person(one for one in facts if one.kind in ("learns", "knows", "ignorant")):
        known: list[tuple[Fact, frozenset[str]]] = []
        for one in stated:
            words = _words(one.value)
            before = next(
                (fact for fact, others in known if _alike(words, others) and fact.when[:2] < one.when[:2]), None
            )
            if before is not None and one.kind == "learns" and before.kind == "knows":
                yield finding("knew_before", before, one)
            elif before is not None and one.kind == "ignorant":
                yield finding("knew_after", before, one)
            if one.kind != "ignorant":
                known.append((one, words))


def _words(text: str) -> frozenset[str]:
    found = tokens(text)
    if is_chinese(text):
        return frozenset(one + other for one, other in pairwise(found))
    return frozenset(one for one in found if one not in _SMALL_WORDS)


def _alike(one: frozenset[str], other: frozenset[str]) -> bool:
    return len(one & other) >= 2 and len(one & other) >= _SAME_KNOWLEDGE * len(one | other)
