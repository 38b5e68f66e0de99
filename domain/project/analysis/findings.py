"""Finds where contents lose people and threads, repeat themselves, or stray from the plot's shape.

It would rather miss something than raise a false alarm: what is not planned is not judged.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from math import ceil
from statistics import median

from domain.project.analysis.finding import Finding, FindingKind, PlannedChapter, StoryBeat
from domain.project.analysis.words import likeness, same, told_in, units

FEWEST = 6
"""Chapters that a book has before its proportions say anything."""

_GONE_BEFORE, _APPEARANCES = 0.6, 3
"""Somebody has vanished who was in so many chapters, the last of them in this share of the book."""

_OUT_OF_LENGTH = 2.0
_OUT_OF_PLACE = 15
"""Percent of the book between where a beat belongs and where it is told."""

_TELLS, _ALIKE = 0.6, 0.7
_SAYS_ENOUGH = 4
"""Units of a text before it can be told from another."""

_FLAT = 5
"""Chapters in a row without a change of tension."""

MOST = 300
"""Findings that are told at once."""


def findings(chapters: Sequence[PlannedChapter], beats: Sequence[StoryBeat]) -> tuple[Finding, ...]:
    """In the order of the chapters that they are about."""
    found = [
        *_threads(chapters),
        *_people(chapters),
        *_views(chapters),
        *_scenes(chapters),
        *_lengths(chapters),
        *_beats(chapters, beats),
        *_twins(chapters),
        *_flat(chapters),
    ]
    return tuple(sorted(found, key=lambda one: one.chapters[0].number)[:MOST])


def _threads(chapters: Sequence[PlannedChapter]) -> Iterator[Finding]:
    planted: dict[str, tuple[str, PlannedChapter]] = {}
    paid: dict[str, tuple[str, PlannedChapter]] = {}
    for chapter in chapters:
        for thread in chapter.plan.plants:
            planted.setdefault(same(thread), (thread, chapter))
        for thread in chapter.plan.pays:
            paid[same(thread)] = (thread, chapter)  # the last of them counts
    for key, (thread, chapter) in planted.items():
        about = (thread, str(chapter.entry_id))
        if key not in paid:
            yield Finding(FindingKind.THREAD_NEVER_PAID, (chapter,), about, {"thread": thread})
        elif (end := paid[key][1]).number < chapter.number:
            facts: dict[str, str | int] = {"thread": thread, "n": chapter.number}
            yield Finding(FindingKind.THREAD_PAID_TOO_EARLY, (end, chapter), (*about, str(end.entry_id)), facts)
    for key, (thread, chapter) in paid.items():
        if key not in planted:
            about = (thread, str(chapter.entry_id))
            yield Finding(FindingKind.THREAD_NEVER_PLANTED, (chapter,), about, {"thread": thread})


def _people(chapters: Sequence[PlannedChapter]) -> Iterator[Finding]:
    """Judged by the chapters that say who is in them."""
    told = [chapter for chapter in chapters if chapter.plan.who]
    if len(told) < FEWEST:
        return
    names: dict[str, str] = {}
    where: dict[str, list[PlannedChapter]] = defaultdict(list)
    for chapter in told:
        for name in {same(one): one for one in (*chapter.plan.who, chapter.plan.point_of_view) if one}.items():
            names.setdefault(*name)
            where[name[0]].append(chapter)
    for key, seen in where.items():
        after = told[told.index(seen[-1]) + 1 :]
        if len(seen) >= _APPEARANCES and told.index(seen[-1]) + 1 <= len(told) * _GONE_BEFORE:
            facts: dict[str, str | int] = {"who": names[key], "n": seen[-1].number, "after": len(after)}
            about = (names[key], *(str(one.entry_id) for one in seen))
            yield Finding(FindingKind.PERSON_VANISHES, (seen[-1],), about, facts)


def _views(chapters: Sequence[PlannedChapter]) -> Iterator[Finding]:
    told = [chapter for chapter in chapters if chapter.plan.point_of_view.strip()]
    if len(told) < FEWEST:
        return
    where: dict[str, list[PlannedChapter]] = defaultdict(list)
    for chapter in told:
        where[same(chapter.plan.point_of_view)].append(chapter)
    if len(where) == len(told):
        return  # every chapter another one: that is the book's way
    for seen in where.values():
        if len(seen) == 1:
            who = seen[0].plan.point_of_view
            yield Finding(FindingKind.VIEW_ONLY_ONCE, (seen[0],), (who, str(seen[0].entry_id)), {"who": who})


def _scenes(chapters: Sequence[PlannedChapter]) -> Iterator[Finding]:
    """Of chapters whose plan says what happens; a note alone is no plan yet."""
    for chapter in chapters:
        plan = chapter.plan
        if not plan.summary.strip():
            continue
        about = (str(chapter.entry_id), plan.summary)
        if not plan.goal.strip():
            yield Finding(FindingKind.NO_GOAL, (chapter,), about)
        if not plan.turning_point.strip():
            yield Finding(FindingKind.NO_TURN, (chapter,), about)


def _lengths(chapters: Sequence[PlannedChapter]) -> Iterator[Finding]:
    told = [chapter for chapter in chapters if chapter.plan.target_words]
    if len(told) < FEWEST:
        return
    usual = round(median(chapter.plan.target_words for chapter in told))
    for chapter in told:
        words = chapter.plan.target_words
        facts: dict[str, str | int] = {"words": words, "usual": usual}
        about = (str(chapter.entry_id), str(words))
        if words > usual * _OUT_OF_LENGTH:
            yield Finding(FindingKind.TOO_LONG, (chapter,), about, facts)
        elif words * _OUT_OF_LENGTH < usual:
            yield Finding(FindingKind.TOO_SHORT, (chapter,), about, facts)


def _beats(chapters: Sequence[PlannedChapter], beats: Sequence[StoryBeat]) -> Iterator[Finding]:
    """A beat is told in the chapter that says most of it, if that is most of what it is; of two, by the nearer one."""
    if len(chapters) < FEWEST:
        return
    texts = [units(f"{one.title} {one.plan.purpose} {one.plan.summary}") for one in chapters]
    for beat in beats:
        said = units(beat.summary)
        if len(said) < _SAYS_ENOUGH:
            continue
        shares = [told_in(said, text) for text in texts]
        best = max(shares)
        if best < _TELLS:
            continue
        ranges = [(100 * at / len(chapters), 100 * (at + 1) / len(chapters)) for at in range(len(chapters))]
        far, at = min(
            (max(low - beat.percent, beat.percent - high, 0.0), at)
            for at, (low, high) in enumerate(ranges)
            if shares[at] == best
        )
        if far >= _OUT_OF_PLACE:
            chapter = chapters[at]
            is_at = round(sum(ranges[at]) / 2)
            facts: dict[str, str | int] = {"beat": beat.label, "percent": round(beat.percent), "is": is_at}
            about = (beat.label, beat.summary, str(beat.percent), str(chapter.entry_id), str(far >= 2 * _OUT_OF_PLACE))
            yield Finding(FindingKind.BEAT_OUT_OF_PLACE, (chapter,), about, facts)


def _twins(chapters: Sequence[PlannedChapter]) -> Iterator[Finding]:
    """Each chapter with the first before it that is for the same.

    Texts that share so much share one of their rarest units, so only those are compared: prefix filtering, after
    Chaudhuri, Ganti and Kaushik, A Primitive Operator for Similarity Joins in Data Cleaning (2006).
    """
    told = [(chapter, units(chapter.plan.purpose or chapter.plan.summary)) for chapter in chapters]
    told = [(chapter, said) for chapter, said in told if len(said) >= _SAYS_ENOUGH]
    frequency = Counter(unit for _, said in told for unit in said)
    by_unit: dict[str, list[int]] = defaultdict(list)
    for at, (chapter, said) in enumerate(told):
        rarest = sorted(said, key=lambda unit: (frequency[unit], unit))[: len(said) - ceil(_ALIKE * len(said)) + 1]
        near = sorted({one for unit in rarest for one in by_unit[unit]})
        for unit in rarest:
            by_unit[unit].append(at)
        other = next((told[one][0] for one in near if likeness(said, told[one][1]) >= _ALIKE), None)
        if other is not None:
            purposes = (other.plan.purpose or other.plan.summary, chapter.plan.purpose or chapter.plan.summary)
            about = (str(other.entry_id), str(chapter.entry_id), *purposes)
            facts: dict[str, str | int] = {"other": other.title, "n": other.number}
            yield Finding(FindingKind.SAME_PURPOSE, (chapter, other), about, facts)


def _flat(chapters: Sequence[PlannedChapter]) -> Iterator[Finding]:
    run: list[PlannedChapter] = []
    for chapter in (*chapters, None):
        tension = chapter.plan.tension if chapter is not None else 0
        if run and tension == run[0].plan.tension:
            assert chapter is not None, "nothing that is shown has no tension"
            run.append(chapter)
            continue
        if len(run) >= _FLAT:
            facts: dict[str, str | int] = {"n": run[-1].number, "count": len(run), "tension": run[0].plan.tension}
            yield Finding(FindingKind.FLAT_TENSION, tuple(run), tuple(str(one.entry_id) for one in run), facts)
        run = [chapter] if chapter is not None and tension else []
