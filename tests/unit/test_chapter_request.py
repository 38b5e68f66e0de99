"""What a writer of chapters is given: the people that the plan names, summaries, the last words, scenes that came."""

from dataclasses import replace
from uuid import UUID

import pytest
from genesis_types.enums import GenesisStage

from application.chapter_material import Material, Placed, Planned
from application.chapter_request import LONGEST_TAIL, chapter_request
from application.chapter_writers import Figure, Scene, Told
from domain.chapter.chapter import Chapter
from domain.chapter.draft_events import ChapterDraftRequested
from domain.project.plan import NO_PLAN, ChapterPlan
from tests.support.project import Page

OWN = ChapterPlan(who=("Ines", "the Keeper"), place="Marrow Quay, the tower", target_words=900)
STAGES = {
    GenesisStage.CONCEPT_SELECTION: {"logline": "A clock stops.", "genre": "fable", "tone": "wry"},
    GenesisStage.STORY_CONCEPTION: {"tone": "quiet"},
    GenesisStage.CHARACTERS: {
        "characters": [
            {"id": "ines", "name": "Ines", "one_line_storyline": "She mends clocks.", "want": "Her son."},
            {"id": "tom", "name": "Tom", "aliases": ["The Keeper"], "one_line_storyline": "He keeps the light."},
            {"id": "eve", "name": "Eve", "one_line_storyline": "She is elsewhere."},
        ]
    },
    GenesisStage.WORLDVIEW: {
        "setting": {"place": "The coast"},
        "rules": [{"id": "t", "name": "Tides", "statement": "The sea repeats.", "cost": "A memory."}],
        "locations": [
            {"id": "q", "name": "Marrow Quay", "description": "Wet stone."},
            {"id": "x", "name": "The Moor", "description": "Far off."},
        ],
    },
}


def placed(*texts: str) -> tuple[Placed, ...]:
    return tuple(Placed(UUID(int=2), UUID(int=100 + at), 3, text) for at, text in enumerate(texts))


@pytest.fixture
def asked() -> tuple[Material, Chapter, ChapterDraftRequested]:
    page = Page()
    page.ask(instructions="Slowly.")
    chapter = page.chapter
    assert chapter.work is not None
    ids = [UUID(int=1), UUID(int=2), chapter.chapter_id, UUID(int=4)]
    material = Material(
        title="The Salt Clock",
        language="en",
        logline="",
        genre="",
        audience="adults",
        stages=STAGES,
        chapters=(
            Planned(ids[0], "Ebb", ChapterPlan(summary="As planned."), "As accepted."),
            Planned(ids[1], "Low", ChapterPlan(summary="As planned."), ""),
            Planned(ids[2], "Slack", OWN, ""),
            Planned(ids[3], "Flood", ChapterPlan(summary="It floods."), ""),
        ),
        own=(),
        previous=placed("Long ago.", "x" * LONGEST_TAIL, " ", "The last words."),
        project_version=1,
        chapter_version=2,
    )
    return material, chapter, chapter.work


def test_only_what_the_plan_names_is_told_of_the_book(
    asked: tuple[Material, Chapter, ChapterDraftRequested],
) -> None:
    request = chapter_request(*asked)
    book = request.book
    assert (book.logline, book.genre, book.audience, book.tone) == ("A clock stops.", "fable", "adults", "quiet")
    assert book.people == (Figure("Ines", "She mends clocks. Her son."), Figure("Tom", "He keeps the light."))
    assert book.places == (Figure("Marrow Quay", "Wet stone."),)
    assert book.rules == ("The sea repeats. A memory.",)


def test_earlier_chapters_are_told_by_what_was_accepted_else_by_their_plan(
    asked: tuple[Material, Chapter, ChapterDraftRequested],
) -> None:
    request = chapter_request(*asked)
    assert request.earlier == (Told("Ebb", "As accepted."), Told("Low", "As planned."))
    assert (request.title, request.next_title) == ("Slack", "Flood")
    assert request.next_plan == ChapterPlan(summary="It floods.")
    assert (request.target_words, request.instructions) == (900, "Slowly.")
    assert request.before == ("The last words.",)  # the one before it is too long beside it


def test_a_book_without_a_session_or_a_plan_asks_all_the_same(
    asked: tuple[Material, Chapter, ChapterDraftRequested],
) -> None:
    material, chapter, work = asked
    alone = Planned(chapter.chapter_id, "Slack", NO_PLAN, "")
    request = chapter_request(replace(material, stages={}, chapters=(alone,), previous=()), chapter, work)
    assert (request.earlier, request.next_plan, request.before) == ((), None, ())
    assert (request.target_words, request.book.people) == (1_500, ())
    assert chapter_request(replace(material, previous=placed("x" * 9_000)), chapter, work).before == (
        "x" * LONGEST_TAIL,
    )


def test_the_same_is_asked_again_but_for_the_scenes_that_came(
    asked: tuple[Material, Chapter, ChapterDraftRequested],
) -> None:
    material, chapter, work = asked
    assert chapter_request(material, chapter, work) == chapter_request(material, chapter, work)
    page = Page()
    page.ask()
    page.scene_comes(1)
    assert page.chapter.work is not None
    own = Planned(page.stream_id, "Slack", OWN, "")
    request = chapter_request(replace(material, chapters=(own,)), page.chapter, page.chapter.work)
    assert request.kept == (Scene(1, 3, "Aim 1", ("1 begins.", "1 ends.")),)
