"""Goes through a book and gives each statement its person, its time and its sentence: statements in, facts out."""

import re
from collections.abc import Iterator, Sequence

from domain.continuity.facts import Chapter, Evidence, Fact, When
from domain.continuity.people import People
from domain.continuity.reading import THEY, Reading, Statement

_PLANNED_EARLIER = re.compile(
    r"flashback|earlier|\bago\b|before the|years before|回忆|倒叙|年前|从前|当年|往事", re.IGNORECASE
)
_NO_PERSON = frozenset({"date", "season", "time_of_day", "years_pass"})


def facts(chapters: Sequence[Chapter], people: People) -> Iterator[Fact]:
    """In the order of the book. A statement about nobody who is known is left out."""
    for number, chapter in enumerate(chapters):
        planned_earlier = bool(_PLANNED_EARLIER.search(chapter.plan.time))
        scene_earlier, date = planned_earlier, ""
        for index, (block_id, reading) in enumerate(chapter.paragraphs):
            if reading.scene_break:
                scene_earlier, date = planned_earlier, ""
                continue
            scene_earlier = scene_earlier or reading.long_ago
            mentioned = people.mentioned(reading)
            time_of_day = ""
            for statement in _in_order(reading):
                at = statement.sentence
                if statement.kind == "date":
                    date = statement.value
                if statement.kind == "time_of_day":
                    time_of_day = statement.value
                person = "" if statement.kind in _NO_PERSON else _person(statement, people, mentioned)
                if person is None:
                    continue
                yield Fact(
                    kind=statement.kind,
                    person=person,
                    value=statement.value,
                    detail=statement.detail,
                    when=When(number, index, at),
                    evidence=Evidence(chapter.chapter_id, block_id, reading.sentences[at]),
                    date=date,
                    time_of_day=time_of_day,
                    earlier=scene_earlier or at in reading.earlier,
                )


def _in_order(reading: Reading) -> list[Statement]:
    """By sentence; within one, when something happens comes before what happens."""
    return sorted(reading.statements, key=lambda one: (one.sentence, one.kind not in _NO_PERSON))


def _person(statement: Statement, people: People, mentioned: Sequence[tuple[int, str]]) -> str | None:
    """`she` is the only person whom the paragraph has named so far; when there are several, nobody can tell."""
    if statement.subject != THEY:
        return people.person(statement.subject)
    so_far = {person for at, person in mentioned if at <= statement.sentence}
    return next(iter(so_far)) if len(so_far) == 1 else None
