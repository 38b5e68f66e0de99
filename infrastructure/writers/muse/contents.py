"""The muse behind the port of contents' writers: chapters from the plot's beats, in plain words, and never at random.

A chapter depends on its number, the book and how long it is; of chapters before it only on their titles, none of which
comes twice. So a range that breaks off and is gone on with is the same as one that comes whole.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from application.contents_writers import (
    ChapterInMaking,
    ChapterPlanned,
    ContentsDone,
    ContentsRequest,
    OutlinedChapter,
    PlotBeat,
)
from application.writers import Spent
from domain.project.plan import ChapterPlan
from infrastructure.writers.muse.dice import Dice
from infrastructure.writers.muse.lexicon import columns, language_of, load

VERSION = "muse-contents-1"

_FREE = Spent({}, 0.0, "none")
_LINE = 400
_SHOWN = 120
_TENSION = ((0, 2), (12, 4), (25, 5), (37, 5), (50, 7), (62, 6), (75, 9), (90, 10), (100, 4))
"""How much hangs in the balance at these percents of a book in three acts; lines lie between."""

_PLANTED, _PAID = (0.02, 0.45), (0.6, 0.97)
"""Where in the book threads are begun, and where they are paid."""


class MuseContents:
    """A writer without a model. `pace_seconds` lies between two chapters, so that they can be read as they come."""

    def __init__(self, pace_seconds: float = 0.0) -> None:
        self._pace = pace_seconds

    async def write_contents(
        self, request: ContentsRequest
    ) -> AsyncIterator[ChapterInMaking | ChapterPlanned | ContentsDone]:
        """Costs nothing and raises nothing."""
        outline = _Outline(request)
        of = request.last - request.first + 1
        for number in range(request.first + len(request.kept), request.last + 1):
            chapter = outline.chapter(number)
            percent = round(100 * (number - request.first) / of, 1)
            yield ChapterInMaking(number, percent, "writing", chapter.title)
            await asyncio.sleep(self._pace)
            yield ChapterPlanned(chapter, _FREE)
        yield ContentsDone("muse", VERSION, VERSION, _FREE, outline.notes())


@dataclass(frozen=True, slots=True)
class _Turn:
    """What a chapter is of: the beats that fall into it, or step `k` of the `m` chapters of one that goes on."""

    beats: tuple[PlotBeat, ...]
    k: int
    m: int


class _Outline:
    def __init__(self, request: ContentsRequest) -> None:
        self._request = request
        self._language = language_of(request.book.language)
        self._data: Mapping[str, Any] = load(f"{self._language}/contents")
        self._people = [one.name for one in request.book.people]
        self._places = [one.name for one in request.book.places]
        self._steps = Dice(request.book.title).order("steps", self._data["steps"])
        self._plain_titles = [title for step in self._steps if "{" not in (title := columns(step, 7)[0])]
        self._beats = request.beats or self._usual_beats()
        self._taken = {one.title.casefold() for one in request.standing}
        self._taken |= {one.title.casefold() for one in request.kept}

    def chapter(self, number: int) -> OutlinedChapter:
        turn = self._turn(number)
        a, b = self._pair(number)
        slots = {"a": a, "b": b, "place": self._place(number)}
        titled, happens, *rest = (cell.format(**slots) for cell in columns(self._steps[number % len(self._steps)], 7))
        if not (self._people and self._places):  # a title names nobody whom the book does not know
            titled = self._plain_titles[number % len(self._plain_titles)]
        label = turn.beats[0].label
        starts = turn.k == 1
        said = " ".join(one.summary for one in turn.beats) if starts else happens
        words = self._data["words"]
        if starts and turn.m == 1:
            purpose = words["first"].format(label=label, said=said)
        else:
            purpose = words["step"].format(label=label, k=turn.k, m=turn.m, said=said)
        title = self._free_title(label if starts else titled)
        goal, conflict, turning_point, outcome, hook = rest
        plan = ChapterPlan(
            purpose=purpose[:8_000],
            summary=said[:8_000],
            point_of_view=a[:_LINE] if self._people else "",
            place=self._place(number)[:_LINE] if self._places else "",
            who=tuple(one[:_LINE] for one in (a, b)) if len(self._people) > 1 else tuple(self._people[:1]),
            goal=goal,
            conflict=conflict,
            turning_point=turning_point,
            outcome=outcome,
            hook=hook if number < self._request.total else "",
            plants=self._threads(number, *_PLANTED),
            pays=self._threads(number, *_PAID),
            tension=_tension(number, self._request.total),
            target_words=self._request.words,
        )
        return OutlinedChapter(number, self._part(number), title, plan)

    def notes(self) -> tuple[str, ...]:
        """What the novelist should know: what could not be done as it was asked."""
        said, found, request = self._data["notes"], [], self._request
        tag = request.book.language
        if tag.lower().split("-", 1)[0] not in load("languages")[self._language]:
            found.append(said["language"].format(tag=tag))
        if request.total > 2 * len(self._steps):
            found.append(said["repeats"].format(n=len(self._steps)))
        if not request.beats:
            found.append(said["plotless"])
        if wish := " ".join(request.instructions.split()):
            found.append(said["wish"].format(text=wish if len(wish) <= _SHOWN else wish[:_SHOWN].rstrip() + "…"))
        return tuple(found)

    def _usual_beats(self) -> tuple[PlotBeat, ...]:
        slots = {"a": self._people[0] if self._people else self._data["somebody"]}
        rows = (columns(row, 3) for row in self._data["beats"])
        return tuple(PlotBeat(label, float(percent), said.format(**slots)) for percent, label, said in rows)

    def _turn(self, number: int) -> _Turn:
        """A beat begins in the chapter that its percent falls into; what no beat begins in goes on with the last."""
        starts = [self._start(beat) for beat in self._beats]
        own = tuple(beat for beat, start in zip(self._beats, starts, strict=True) if start == number)
        begun = max((start for start in starts if start <= number), default=1)
        following = min((start for start in starts if start > number), default=self._request.total + 1)
        goes_on = tuple(beat for beat, start in zip(self._beats, starts, strict=True) if start == begun)
        return _Turn(own or goes_on or self._beats[:1], number - begun + 1, following - begun)

    def _start(self, beat: PlotBeat) -> int:
        return min(int(beat.percent * self._request.total / 100) + 1, self._request.total)

    def _pair(self, number: int) -> tuple[str, str]:
        """Whose view it is, and whom they meet: one view for most of the book, a second one where there are people."""
        people = self._people
        if not people:
            return self._data["somebody"], self._data["other"]
        second = len(people) > 3 and self._request.total >= 8 and number % 4 == 0
        a = people[1] if second else people[0]
        others = [one for one in people if one != a]
        return a, others[number % len(others)] if others else self._data["other"]

    def _place(self, number: int) -> str:
        return self._places[number % len(self._places)] if self._places else str(self._data["somewhere"])

    def _part(self, number: int) -> str:
        """The part of the chapter before; parts of its own only for a book that is begun here, and is long."""
        standing = [one for one in self._request.standing if one.number < number]
        if standing:
            return standing[-1].part
        if self._request.standing or self._request.total < 12:
            return ""
        parts = self._data["parts"]
        return str(parts[min((number - 1) * len(parts) // self._request.total, len(parts) - 1)])

    def _threads(self, number: int, begin: float, end: float) -> tuple[str, ...]:
        threads, total = self._request.threads, self._request.total
        found = []
        for at, thread in enumerate(threads):
            share = begin + (end - begin) * (at + 0.5) / len(threads)
            if min(int(share * total) + 1, total) == number:
                found.append(" ".join(thread.setup.split())[:_LINE])
        return tuple(found[:20])

    def _free_title(self, title: str) -> str:
        """One that no chapter has."""
        title, words = " ".join(title.split())[:_LINE], self._data["words"]
        plain, number = title, 1
        while title.casefold() in self._taken:
            number += 1
            title = words["numbered"].format(title=plain, k=number)
        self._taken.add(title.casefold())
        return title


def _tension(number: int, total: int) -> int:
    """Along the line, and a little below it in every third chapter: readers breathe."""
    percent = 100 * (number - 0.5) / total
    for (low, before), (high, after) in pairwise(_TENSION):
        if percent <= high:
            return max(1, round(before + (after - before) * (percent - low) / (high - low)) - (number % 3 == 0))
    return _TENSION[-1][1]
