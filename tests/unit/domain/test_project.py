"""A project: made from a finished session or empty, its contents ordered by hand, and what is refused."""

from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from genesis_types.enums import GenesisStage
from pydantic import ValidationError

from domain.genesis.aggregate import GENESIS_SESSION
from domain.genesis.commands import ConfirmStage, FinishGenesis
from domain.genesis.session import Session
from domain.project.commands import (
    AddEntry,
    CreateProject,
    MoveEntry,
    PlanChapter,
    RemoveEntry,
    RenameEntry,
    RenameProject,
    RestoreEntry,
)
from domain.project.decide import SOURCE
from domain.project.events import ChapterPlanned, ProjectCreated
from domain.project.outline import Outline
from domain.project.plan import ChapterPlan
from domain.project.project import Entry
from domain.project.rules import MOST_CHAPTERS, MOST_DEPTH
from domain.rejections import NotFound, Refused, Rejection
from tests.support.commands import CONTENTS
from tests.support.genesis import all_confirmed
from tests.support.project import WRITER, Shelf

PLOT = CONTENTS[GenesisStage.PLOT_OUTLINE] | {
    "chapters": [
        {"n": 1, "title": "Low Water", "part": "Ebb", "summary": "The clock stops.", "sections": ["Quay", "Bell"]},
        {
            "n": 2,
            "title": "High Water",
            "part": "Ebb",
            "summary": "It runs.",
            "pov_character_id": "ines",
            "character_ids": ["ines", "nobody"],
            "target_words": 2_000,
        },
        {"n": 3, "title": "Slack", "summary": "It waits."},
    ]
}


def finished() -> Session:
    desk = all_confirmed()
    desk.when(ConfirmStage(stage=GenesisStage.CHARACTERS, content=CONTENTS[GenesisStage.CHARACTERS]))
    desk.when(ConfirmStage(stage=GenesisStage.PLOT_OUTLINE, content=PLOT))
    desk.when(FinishGenesis())
    session = GENESIS_SESSION.fold(uuid4(), tuple(desk.events))
    return replace(session, user_id=WRITER)


def test_a_finished_session_gives_title_and_contents() -> None:
    session = finished()
    shelf = Shelf(CreateProject(from_session_id=session.session_id), {SOURCE: session})
    (created,) = shelf.facts
    assert isinstance(created, ProjectCreated)
    assert (created.session_id, created.novel_id) == (session.session_id, session.novel_id)
    assert (created.title, created.language) == ("The Drowned Bell", session.premise.language)
    assert shelf.reading() == ["Ebb", "  Low Water", "    Quay", "    Bell", "  High Water", "Slack"]
    plans = {entry.title: entry.plan for entry in created.contents}
    assert plans["High Water"].point_of_view == "Ines"
    assert plans["High Water"].who == ("Ines",), "an id that nobody has is left out"
    assert plans["High Water"].target_words == 2_000
    assert plans["Low Water"].summary == "The clock stops."


def test_a_session_that_is_not_finished_makes_no_project() -> None:
    session = replace(GENESIS_SESSION.fold(uuid4(), tuple(all_confirmed().events)), user_id=WRITER)
    with pytest.raises(Refused, match="Finish this session first"):
        Shelf(CreateProject(from_session_id=session.session_id), {SOURCE: session})


@pytest.mark.parametrize("there", [True, False])
def test_somebody_elses_session_is_not_there(there: bool) -> None:
    session = replace(finished(), user_id=UUID(int=99)) if there else None
    with pytest.raises(NotFound, match="no such session"):
        Shelf(CreateProject(from_session_id=uuid4()), {SOURCE: session})


def test_an_empty_project_needs_a_title() -> None:
    with pytest.raises(Refused, match="needs a title"):
        Shelf(CreateProject(language="zh"))


@pytest.mark.parametrize("title", ["", "   ", "\n\t", "\u202e", "x" * 501])
def test_titles_are_not_blank_and_at_most_500_characters(title: str) -> None:
    with pytest.raises(ValidationError):
        RenameProject(title=title)


@pytest.mark.parametrize("title", ["x" * 500, "🌊", "and/or", "<b>ebb</b>", "盐钟"])
def test_titles_are_kept_as_they_are(title: str) -> None:
    shelf = Shelf()
    shelf.when(RenameProject(title=title))
    assert shelf.project.title == title


def test_entries_are_added_where_they_are_asked_for() -> None:
    shelf = Shelf()
    two = shelf.add("chapter", "two")
    shelf.add("chapter", "one", position=0)
    shelf.add("chapter", "four")
    shelf.add("chapter", "three", position=2)
    shelf.add("section", "a scene", two)
    shelf.add("chapter", "five", position=99)
    assert shelf.reading() == ["one", "two", "  a scene", "three", "four", "five"]


def test_an_entry_moves_with_all_under_it() -> None:
    shelf = Shelf()
    part, other = shelf.add("part", "A"), shelf.add("part", "B")
    chapter = shelf.add("chapter", "a1", part)
    shelf.add("section", "s", chapter)
    shelf.add("chapter", "b1", other)
    shelf.when(MoveEntry(entry_id=chapter, parent_id=other, position=0))
    assert shelf.reading() == ["A", "B", "  a1", "    s", "  b1"]
    assert shelf.when(MoveEntry(entry_id=chapter, parent_id=other, position=0)) == ()
    shelf.when(MoveEntry(entry_id=chapter, parent_id=other, position=1))
    assert shelf.titles(other) == ["b1", "a1"]


def test_no_entry_stands_under_itself() -> None:
    shelf = Shelf()
    outer = shelf.add("part", "outer")
    inner = shelf.add("part", "inner", outer)
    for parent_id in (outer, inner):
        with pytest.raises(Refused, match="under itself"):
            shelf.when(MoveEntry(entry_id=outer, parent_id=parent_id, position=0))


@pytest.mark.parametrize(
    ("kind", "above"), [("section", None), ("section", "part"), ("part", "chapter"), ("chapter", "chapter")]
)
def test_what_stands_under_what(kind: str, above: str | None) -> None:
    shelf = Shelf()
    parent_id = shelf.add(above, "above") if above else None  # type: ignore[arg-type]
    with pytest.raises(Refused, match=f"A {kind} cannot stand"):
        shelf.add(kind, "x", parent_id)  # type: ignore[arg-type]


def test_contents_have_a_depth() -> None:
    shelf = Shelf()
    above = shelf.add("chapter", "1")
    for level in range(2, MOST_DEPTH + 1):
        above = shelf.add("section", str(level), above)
    with pytest.raises(Refused, match="levels deep"):
        shelf.add("section", "deeper", above)


def test_a_moved_entry_brings_its_height() -> None:
    shelf = Shelf()
    parts = [shelf.add("part", "0")]
    for level in range(1, MOST_DEPTH - 1):
        parts.append(shelf.add("part", str(level), parts[-1]))
    chapter = shelf.add("chapter", "tall")
    shelf.add("section", "s", chapter)
    with pytest.raises(Refused, match="levels deep"):
        shelf.when(MoveEntry(entry_id=chapter, parent_id=parts[-1], position=0))


def test_a_book_has_at_most_1000_chapters() -> None:
    shelf = Shelf()
    ids = [uuid4() for _ in range(MOST_CHAPTERS)]
    shelf.state = replace(
        shelf.project, outline=Outline(top=tuple(ids)), entries={one: Entry("chapter", "x") for one in ids}
    )
    with pytest.raises(Refused, match="at most 1,000 chapters"):
        shelf.add("chapter", "one more")
    shelf.add("part", "no chapter")
    shelf.when(RemoveEntry(entry_id=ids[0]))
    shelf.add("chapter", "one more")
    with pytest.raises(Refused, match="at most 1,000 chapters"):
        shelf.when(RestoreEntry(entry_id=ids[0]))


def test_a_removed_entry_comes_back_with_what_it_had() -> None:
    shelf = Shelf()
    part = shelf.add("part", "A")
    chapter = shelf.add("chapter", "a1", part)
    shelf.add("section", "s", chapter)
    shelf.add("part", "B")
    before = shelf.reading()
    shelf.when(RemoveEntry(entry_id=chapter))
    shelf.when(RemoveEntry(entry_id=part))
    assert shelf.reading() == ["B"]
    with pytest.raises(Refused, match="“A”, which was removed"):
        shelf.when(RestoreEntry(entry_id=chapter))
    shelf.when(RestoreEntry(entry_id=part))
    shelf.when(RestoreEntry(entry_id=chapter))
    assert shelf.reading() == before


def test_what_was_removed_is_not_changed_until_it_is_back() -> None:
    shelf = Shelf()
    chapter = shelf.add("chapter", "a1")
    with pytest.raises(Refused, match="was not removed"):
        shelf.when(RestoreEntry(entry_id=chapter))
    shelf.when(RemoveEntry(entry_id=chapter))
    bodies = (
        RenameEntry(entry_id=chapter, title="x"),
        MoveEntry(entry_id=chapter, position=0),
        RemoveEntry(entry_id=chapter),
        PlanChapter(entry_id=chapter, plan=ChapterPlan()),
        AddEntry(kind="section", title="s", parent_id=chapter),
    )
    for body in bodies:
        with pytest.raises(Refused, match="removed"):
            shelf.when(body)


def test_a_chapter_is_planned_and_nothing_else_is() -> None:
    shelf = Shelf()
    part, chapter = shelf.add("part", "A"), shelf.add("chapter", "a1")
    plan = ChapterPlan(purpose="To begin.", who=("Ines",), target_words=1_500)
    (fact,) = shelf.when(PlanChapter(entry_id=chapter, plan=plan))
    assert isinstance(fact, ChapterPlanned)
    assert fact.plan == plan
    with pytest.raises(Refused, match="Only a chapter has a plan"):
        shelf.when(PlanChapter(entry_id=part, plan=plan))


def test_the_same_again_is_no_fact() -> None:
    shelf = Shelf()
    chapter = shelf.add("chapter", "a1")
    assert shelf.when(RenameEntry(entry_id=chapter, title="a1")) == ()
    assert shelf.when(RenameProject(title=shelf.project.title)) == ()


def test_an_entry_that_never_was_is_not_there() -> None:
    shelf = Shelf()
    for body in (RenameEntry(entry_id=uuid4(), title="x"), RestoreEntry(entry_id=uuid4())):
        with pytest.raises(NotFound):
            shelf.when(body)


def test_a_strangers_project_is_not_there() -> None:
    shelf = Shelf()
    with pytest.raises(NotFound, match="no such project"):
        shelf.when(RenameProject(title="x"), user_id=UUID(int=99))
    shelf.state = None
    with pytest.raises(Rejection, match="no such project"):
        shelf.when(RenameProject(title="x"))
