"""The check of a whole book: chapters in their order in, people, facts and findings out. Pure."""

from collections.abc import Sequence

from domain.continuity.contradictions import contradictions
from domain.continuity.facts import Chapter, Continuity, Fact, Finding
from domain.continuity.people import People
from domain.continuity.retellings import retellings, strangers
from domain.continuity.spelling import spellings
from domain.continuity.timeline import facts

_DEEDS = ("acts", "time_of_day", "years_pass")
"""What rules need, and nobody wants listed."""


def check(chapters: Sequence[Chapter]) -> Continuity:
    """`chapters`: all of the contents that were not removed, opened or not."""
    people = People(chapters)
    stated = tuple(facts(chapters, people))
    found: list[Finding] = [
        *contradictions(stated, chapters, people),
        *spellings(chapters, people),
        *retellings(chapters),
        *strangers(chapters, people),
    ]
    order = {chapter.chapter_id: number for number, chapter in enumerate(chapters)}
    blocks = {block_id: number for chapter in chapters for number, (block_id, _) in enumerate(chapter.paragraphs)}

    def place(one: Finding) -> tuple[int, int, int]:
        second = one.second
        return (
            order[second.chapter_id],
            blocks.get(second.block_id, -1) if second.block_id else -1,
            order[one.first.chapter_id],
        )

    findings = tuple({one.id: one for one in sorted(found, key=place)}.values())
    return Continuity(dict(people.counts.most_common()), tuple(_listed(stated)), findings)


def _listed(stated: Sequence[Fact]) -> list[Fact]:
    return [one for one in stated if one.kind not in _DEEDS]
