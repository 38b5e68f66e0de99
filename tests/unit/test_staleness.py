"""A chapter is stale when an item that its writer was told has changed, and only then: a muse's book of 60 chapters,
one change of each kind, and any changes against a comparison of what was really asked."""

import random
from collections.abc import Iterator
from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from application.chapter_request import request_sources
from application.staleness import BookNow, StandingScene, changes, manifest
from domain.chapter.draft_events import RewriteRequested
from domain.chapter.selection import Selected, Selection
from domain.chapter.sources import source
from domain.project.plan import ChapterPlan
from domain.project.style import Style
from infrastructure.writers.muse.chapter.scenes import Chapter as MuseChapter
from tests.support.stale_book import NOW, StaleBook, chapter_id

BLUE, GREEN = "Ines Vale had clear blue eyes.", "Ines Vale had clear green eyes."


def named(number: int) -> tuple[str, ...]:
    return ("Ines Vale", "Tomas Reed") if number % 7 == 3 else ("Tomas Reed", "Mara Linden")


@pytest.fixture(scope="module")
def written() -> StaleBook:
    """60 chapters by the muse; Ines is in those of which 7 leaves 3, and chapter 3 tells of her eyes."""
    book = StaleBook([ChapterPlan(who=named(at), goal=f"Aim {at}.", target_words=650) for at in range(1, 61)])
    for number in range(1, 61):
        muse = MuseChapter(book.ask(number))
        paragraphs = [text for at in range(1, muse.of + 1) for text in muse.scene(at).paragraphs]
        book.keep(number, *([BLUE] if number == 3 else []), *paragraphs, summary=muse.summary())
    return book


@pytest.fixture
def sixty(written: StaleBook) -> Iterator[StaleBook]:
    before = {number: list(texts) for number, texts in written.texts.items()}
    yield written
    written.texts = before


def test_one_fact_of_chapter_3_names_the_later_chapters_that_rest_on_it_and_no_other(sixty: StaleBook) -> None:
    assert sixty.stale() == {}
    sixty.edit(3, 0, GREEN)
    stale = sixty.stale()
    told = {number for number, request in sixty.asked.items() if any(one.sentence == BLUE for one in request.known)}
    assert set(stale) == told == {number for number in range(4, 61) if number % 7 == 3}
    for found in stale.values():
        (change,) = found
        assert (change.source.kind, change.source.chapter_id) == ("fact", chapter_id(3))
        assert (change.old, change.new) == (BLUE, GREEN)
    sixty.edit(3, 0, BLUE)
    assert sixty.stale() == {}  # it says the same again


def test_the_sentence_of_the_later_chapter_that_rests_on_it_is_named(sixty: StaleBook) -> None:
    said = "Ines Vale lifted her head. Ines Vale’s eyes were blue."
    sixty.keep(10, *(one.text for one in sixty.texts[10]), said, summary=sixty.summaries[10])
    sixty.edit(3, 0, GREEN)
    (change,) = sixty.stale()[10]
    assert [one.sentence for one in change.resting] == ["Ines Vale’s eyes were blue."]
    assert change.resting[0].block_id == sixty.texts[10][-1].block_id


@pytest.mark.parametrize("text", [GREEN, "Nobody remembered her eyes.", ""])
def test_an_edit_of_style_alone_makes_nothing_stale(sixty: StaleBook, text: str) -> None:
    sixty.edit(3, 0, text, style_only=True)
    assert sixty.stale() == {}


def test_a_chapter_that_states_the_same_in_other_words_or_another_paragraph_changes_nothing(sixty: StaleBook) -> None:
    sixty.edit(3, 0, "Her mother had prayed for it: Ines Vale had blue eyes.")
    assert sixty.stale() == {}
    others = sixty.texts[3][1:]
    sixty.texts[3] = [*others, replace(sixty.texts[3][0], block_id=chapter_id(98), text=BLUE)]
    assert sixty.stale() == {}
    sixty.texts[3] = others
    assert {one.new for found in sixty.stale().values() for one in found} == {""}


def test_what_was_removed_is_gone_and_what_was_added_changes_nothing() -> None:
    book = StaleBook([ChapterPlan(plants=("the key",)), ChapterPlan(pays=("the key",)), ChapterPlan()])
    for number in (1, 2, 3):
        book.ask(number)
        book.keep(number, f"Text {number}.", summary=f"Summary {number}.")
    assert book.stale() == {}
    book.plans[0] = ChapterPlan(plants=("the key", "a scar"))
    book.texts[1].append(replace(book.texts[1][0], block_id=chapter_id(99), text="One more."))
    assert set(book.stale()) == {1}  # whose own plan has changed
    book.plans[0] = ChapterPlan()
    (change,) = book.stale()[2]
    assert (change.source.kind, change.old, change.new) == ("thread", "the key", "")


def test_a_chapter_rests_on_the_scenes_that_stand_in_it() -> None:
    one, two, three = (source("plan", text, text) for text in ("one", "two", "three"))
    draft, older = chapter_id(1), chapter_id(2)
    scenes = [
        StandingScene(draft, 2, standing=True, sources=None),
        StandingScene(draft, 1, standing=False, sources=(one,)),
        StandingScene(draft, 3, standing=False, sources=(two,)),
        StandingScene(older, 1, standing=False, sources=(three,)),
    ]
    assert list(manifest(scenes)) == [one]  # the second scene was told what the first was, which is gone itself


def book_of_tokens() -> StaleBook:
    """Twelve chapters, every text of which has a word of its own, so that what was asked can be searched for it."""
    plans = [
        ChapterPlan(
            who=named(at), goal=f"goal{at}v0 done.", summary=f"plan{at}v0 done.", outcome=f"outcome{at}v0 done."
        )
        for at in range(1, 13)
    ]
    book = StaleBook(plans, style=Style(rules=("rule0v0 holds.",), becomes="becomes0v0.", returns="returns0v0."))
    for number in range(1, 13):
        book.ask(number)
        texts = (f"Ines Vale was {20 + number} years old.", f"first{number}v0 came.", f"last{number}v0 went.")
        book.keep(number, *texts, summary=f"summary{number}v0 told.")
    return book


def _change(book: StaleBook, chance: random.Random, turn: int) -> Iterator[str]:
    """One change of the book; the words that nothing says any more, where it was one of meaning."""
    number, what = chance.randrange(1, 13), chance.choice(("plan", "summary", "text", "style", "fact", "bible"))
    plan = book.plans[number - 1]
    if what == "plan":
        name = chance.choice(("goal", "summary", "outcome"))
        old = getattr(plan, name)
        book.plans[number - 1] = plan.model_copy(update={name: f"{name}{number}turn{turn} done."})
        yield old
    elif what == "summary":
        old, book.summaries[number] = book.summaries[number], f"summary{number}turn{turn} told."
        yield old
    elif what == "style":
        name = chance.choice(("becomes", "returns"))
        old = getattr(book.style, name)
        book.style = book.style.model_copy(update={name: f"{name}turn{turn}."})
        yield old
    elif what == "bible":
        people = book.stages[next(iter(book.stages))]["characters"]
        old = people[1]["want"]  # type: ignore[index]
        book.stages = {next(iter(book.stages)): {"characters": [people[0], people[1] | {"want": f"want{turn}."}]}}  # type: ignore[index]
        yield str(old)
    else:
        at = 0 if what == "fact" else chance.choice((1, 2))
        style_only = chance.random() < 0.3
        new = f"Ines Vale was {60 + turn} years old." if at == 0 else f"text{number}turn{turn} came."
        book.edit(number, at, new, style_only=style_only)
        if not style_only:
            yield f"Ines Vale was {20 + number} years old." if at == 0 else ("first", "last")[at - 1] + f"{number}v0"


def test_of_a_chapter_that_is_gone_only_what_was_told_of_it_has_changed() -> None:
    book = StaleBook([ChapterPlan(goal="Aim 1."), ChapterPlan(goal="Aim 2.")])
    book.ask(1)
    now = BookNow(replace(book.material(), chapters=book.material().chapters[:1]))
    found = list(changes(chapter_id(1), book.manifests[1], now))
    assert [(one.source.kind, one.source.ref) for one in found] == [("plan", "title"), ("plan", "goal")]
    assert all(one.old and not one.new for one in found)


def test_an_opening_that_was_written_otherwise_rests_on_the_end_of_the_chapter_before() -> None:
    book = StaleBook([ChapterPlan(), ChapterPlan()])
    book.keep(1, "The tide went out.")
    book.keep(2, "It opens.", "It goes on.")
    material = book.material(2)
    told = []
    for placed in material.own:
        work = RewriteRequested(
            occurred_at=NOW,
            correlation_id=UUID(int=1),
            command_id=UUID(int=1),
            draft_id=UUID(int=1),
            instructions="",
            target_words=0,
            writer=None,
            kept=0,
            project_version=1,
            turn=1,
            deadline_at=NOW,
            selection=Selection(wish="shorter", blocks=(Selected(block_id=placed.block_id, based_on=1),)),
        )
        manifest_of = request_sources(material, chapter_id(2), work)
        told.append([one.said for one in manifest_of if one.kind == "paragraph"])
    assert told == [["The tide went out."], []]


def test_what_was_told_twice_in_the_same_words_is_one_change() -> None:
    book = StaleBook([ChapterPlan(), ChapterPlan()])
    told = [source("paragraph", BLUE, chapter_id=chapter_id(1), block_id=chapter_id(9), version=at) for at in (2, 4)]
    assert len(list(changes(chapter_id(2), told, BookNow(book.material())))) == 1


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32), st.integers(0, 6))
def test_staleness_is_what_a_search_of_all_that_was_asked_finds(seed: int, count: int) -> None:
    """Chapters are stale whose request has a text that the book had when it was written and has no more."""
    book, chance = book_of_tokens(), random.Random(seed)
    asked = {number: repr(book.ask(number, anew=True)) for number in range(1, 13)}
    assert book.stale() == {}
    gone: set[str] = set()
    for turn in range(count):
        gone.update(_change(book, chance, turn))
    expected = {number for number, text in asked.items() if any(old in text for old in gone)}
    assert set(book.stale()) == expected
