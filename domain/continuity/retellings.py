"""Finds scenes that are told twice, by runs of words that two chapters share, and chapters of another book, by names.

Runs are sampled by their hashes, after Broder, On the resemblance and containment of documents (1997): equal texts keep
equal samples. What stands in many chapters is a refrain, and counts for nothing.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from domain.continuity.facts import Chapter, Evidence, Finding
from domain.continuity.people import People
from domain.continuity.sentences import is_chinese

_REFRAIN = 3
"""Runs in more chapters than this are a refrain."""

_SENTENCES, _SHARED, _LEAST_RUNS = 4, 0.5, 3
"""A scene is told again when so many sentences each have at least this part of their sampled runs, and so many of
them, in one other chapter; refrains are left out."""

_LEAST_SIZE, _LEAST_CHAPTERS, _OFTEN = 200, 4, 3
"""Words of a chapter, and chapters with text, before a chapter can be another book's; how often it names strangers."""


def retellings(chapters: Sequence[Chapter]) -> Iterator[Finding]:
    """One for each pair of chapters, with the first two sentences that are alike."""
    everywhere = Counter(
        one for chapter in chapters for one in {one for _, r in chapter.paragraphs for runs in r.sketch for one in runs}
    )
    holders = defaultdict[int, list[tuple[int, Evidence]]](list)
    for number, chapter in enumerate(chapters):
        alike = defaultdict[int, list[tuple[Evidence, Evidence]]](list)
        fresh: list[tuple[int, Evidence]] = []
        for block_id, reading in chapter.paragraphs:
            for at, hashes in enumerate(reading.sketch):
                evidence = Evidence(chapter.chapter_id, block_id, reading.sentences[at])
                fresh.extend((one, evidence) for one in hashes)
                telling = [one for one in hashes if everywhere[one] <= _REFRAIN]
                if len(telling) < _LEAST_RUNS:
                    continue
                shared = Counter[tuple[int, Evidence]]()
                for one in telling:
                    shared.update(set(holders.get(one, ())))
                for (other, first), count in shared.most_common(1):
                    if count >= _LEAST_RUNS and count >= _SHARED * len(telling):
                        alike[other].append((first, evidence))
        for other, pairs in alike.items():
            if len({second for _, second in pairs}) >= _SENTENCES:
                yield Finding("retelling", "", (chapters[other].title, chapter.title), *pairs[0])
        for one, evidence in fresh:
            holders[one].append((number, evidence))


def strangers(chapters: Sequence[Chapter], people: People) -> Iterator[Finding]:
    """Chapters that name none of the book's people, and others again and again who are in no other chapter."""
    written = [chapter for chapter in chapters if sum(one.size for _, one in chapter.paragraphs) >= _LEAST_SIZE]
    if len(written) < _LEAST_CHAPTERS:
        return
    cast = {chapter.chapter_id: _named(chapter, people) for chapter in written}
    everywhere = Counter(name for names in cast.values() for name in names)
    known = {name for name, count in everywhere.items() if count >= 2}
    home = next((chapter for chapter in written if set(cast[chapter.chapter_id]) & known), None)
    for chapter in written:
        names = cast[chapter.chapter_id]
        planned = {people.person(name) for name in chapter.plan.who}
        own = [name for name, places in names.items() if len(places) >= _OFTEN and name not in planned]
        if home is None or home is chapter or len(own) < 2 or set(names) & known:
            continue
        ours = next(name for name in cast[home.chapter_id] if name in known)
        first, second = cast[home.chapter_id][ours][0], names[own[0]][0]
        if written.index(home) > written.index(chapter):
            yield Finding("other_book", "", (own[0], ours), second, first)
        else:
            yield Finding("other_book", "", (ours, own[0]), first, second)


def _named(chapter: Chapter, people: People) -> dict[str, list[Evidence]]:
    """Who is named in it, by the book's people or as somebody who acts, with the sentences."""
    found = defaultdict[str, list[Evidence]](list)
    for block_id, reading in chapter.paragraphs:
        for at, person in people.mentioned(reading):
            found[person].append(Evidence(chapter.chapter_id, block_id, reading.sentences[at]))
        acting = {(one.sentence, one.subject) for one in reading.statements if one.kind == "acts"}
        for at, name in acting:
            if not is_chinese(name) and name != "~" and people.person(name) is None:
                found[name].append(Evidence(chapter.chapter_id, block_id, reading.sentences[at]))
    return found
