"""The muse's contents: of any range, whole or gone on with, from the plot in its own words, in both languages."""

import asyncio
from dataclasses import replace
from uuid import UUID

import pytest

from application.chapter_writers import Book, Figure
from application.contents_writers import (
    ChapterPlanned,
    ContentsDone,
    ContentsRequest,
    OutlinedChapter,
    PlotBeat,
    PlotThread,
    Standing,
)
from domain.project.analysis.finding import PlannedChapter
from domain.project.analysis.findings import findings
from infrastructure.writers.muse.contents import MuseContents

PEOPLE = tuple(Figure(name, "") for name in ("Mara", "Osric", "Ilse", "Ben"))
BOOK = Book("The Salt Clock", "en", people=PEOPLE, places=(Figure("the harbour", ""), Figure("the mill", "")))
ASKED = ContentsRequest(UUID(int=1), UUID(int=2), BOOK, 1, 12, 12, 1_500)
BEATS = (
    PlotBeat("Opening", 0, "Mara counts {boats}."),
    PlotBeat("Midpoint", 50, "The clock stops."),
    PlotBeat("End", 99, "Everybody has left."),
)


def written(request: ContentsRequest) -> tuple[list[OutlinedChapter], ContentsDone]:
    async def run() -> list[object]:
        return [item async for item in MuseContents().write_contents(request)]

    items = asyncio.run(run())
    assert isinstance(items[-1], ContentsDone)
    return [item.chapter for item in items if isinstance(item, ChapterPlanned)], items[-1]


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("people", [PEOPLE, PEOPLE[:1], ()])
def test_a_range_is_whole_and_a_book_of_it_is_sound(language: str, people: tuple[Figure, ...]) -> None:
    threads = (PlotThread("The red door is never opened.", "It opens."),)
    chapters, end = written(replace(ASKED, book=replace(BOOK, language=language, people=people), threads=threads))
    assert [one.number for one in chapters] == list(range(1, 13))
    assert len({one.title for one in chapters}) == len({one.plan.purpose for one in chapters}) == 12
    planned = [PlannedChapter(UUID(int=one.number), one.number, one.title, one.plan) for one in chapters]
    assert findings(planned, ()) == ()
    assert all("{" not in text for one in chapters for text in (one.title, one.plan.purpose, one.plan.goal))
    assert len(end.notes) == 1


def test_a_range_that_broke_off_goes_on_as_it_would_have_been() -> None:
    asked = replace(ASKED, last=200, total=200)
    whole, _ = written(asked)
    rest, _ = written(replace(asked, kept=tuple(whole[:110])))
    assert rest == whole[110:]


def test_the_plots_beats_stand_where_they_belong_in_their_own_words() -> None:
    chapters, end = written(replace(ASKED, beats=BEATS))
    assert (chapters[0].plan.summary, chapters[6].plan.summary) == ("Mara counts {boats}.", "The clock stops.")
    assert chapters[11].plan.summary == "Everybody has left."
    assert end.notes == ()


def test_what_stands_there_is_not_named_again_and_what_was_not_heard_is_said() -> None:
    standing = (Standing(1, "Ebb", "Opening", "It begins."),)
    chapters, end = written(replace(ASKED, first=2, standing=standing, beats=BEATS, instructions="More rain."))
    assert "Opening" not in {one.title for one in chapters}
    assert {one.part for one in chapters} == {"Ebb"}
    assert "More rain." in end.notes[0]
