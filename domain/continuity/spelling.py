"""Finds names that are spelled otherwise here and there: a rare name one letter away from a frequent one."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from domain.continuity.facts import Chapter, Evidence, Finding
from domain.continuity.people import People
from domain.continuity.sentences import is_chinese

_RARE, _TIMES = 2, 4
"""At most so often, while the other is named so many times as often."""

_OFTEN_CHINESE = 10
_LEAST_LETTERS = 5


def spellings(chapters: Sequence[Chapter], people: People) -> Iterator[Finding]:
    """One for each sentence with the rare spelling, beside the first with the usual one."""
    where: dict[str, list[Evidence]] = {}
    for chapter in chapters:
        for block_id, reading in chapter.paragraphs:
            for at, name in reading.names:
                for word in (name,) if is_chinese(name) else name.split(" "):
                    where.setdefault(word, []).append(Evidence(chapter.chapter_id, block_id, reading.sentences[at]))
    counts = Counter({word: len(found) for word, found in where.items()})
    planned = {word for name in people.planned for word in (name, *name.split(" "))}
    of_people = {word for name in people.counts for word in (name, *name.split(" "))}
    usual = [
        one
        for one, count in counts.items()
        if one in of_people and (count >= (_OFTEN_CHINESE if is_chinese(one) else _RARE * 2) or one in planned)
    ]
    acting = _acting(chapters)
    for rare, count in counts.items():
        if count > _RARE or rare in planned or not (is_chinese(rare) or _like_a_person(rare, acting, where[rare])):
            continue
        for name in usual:
            if name == rare or (name not in planned and counts[name] < _TIMES * count) or not _one_apart(rare, name):
                continue
            order = {chapter.chapter_id: number for number, chapter in enumerate(chapters)}
            for place in where[rare]:
                first, second = sorted((where[name][0], place), key=lambda one: order[one.chapter_id])
                values = (name, rare) if second is place else (rare, name)
                if first.sentence != second.sentence:
                    yield Finding("spelling", name, values, first, second)
            break


def _acting(chapters: Sequence[Chapter]) -> frozenset[str]:
    """The words of names of whoever a sentence states something of."""
    return frozenset(
        word
        for chapter in chapters
        for _, reading in chapter.paragraphs
        for one in reading.statements
        for word in one.subject.split(" ")
    )


def _like_a_person(word: str, acting: frozenset[str], where: Sequence[Evidence]) -> bool:
    return word in acting or any(re.search(rf"\b{re.escape(word)}[’']s\b", one.sentence) for one in where)


def _one_apart(rare: str, name: str) -> bool:
    """Whether one letter was changed, added, left out or swapped with its neighbour; never the first one.

    Of Chinese names, which differ by a character as a rule, only those of three whose middle one differs.
    """
    if is_chinese(name):
        return len(name) == len(rare) == 3 and (name[0], name[2]) == (rare[0], rare[2])
    if min(len(rare), len(name)) < _LEAST_LETTERS or rare[0] != name[0] or abs(len(rare) - len(name)) > 1:
        return False
    if {rare, name} == {min(rare, name), min(rare, name) + "s"} or rare.endswith("a") != name.endswith("a"):
        return False  # a plural; Martin and Martina are two people
    at = next(
        (i for i, (one, other) in enumerate(zip(rare, name, strict=False)) if one != other), min(len(rare), len(name))
    )
    if len(rare) == len(name):
        swapped = rare[at : at + 2] == name[at : at + 2][::-1] and rare[at + 2 :] == name[at + 2 :]
        return rare[at + 1 :] == name[at + 1 :] or swapped
    longer, shorter = sorted((rare, name), key=len, reverse=True)
    return longer[at + 1 :] == shorter[at:]
