"""What becomes of contradictions when the writer accepts a change, or leaves a text as it is."""

import random
import time
from collections.abc import Iterable
from typing import Any
from uuid import UUID, uuid4

import pytest
from genesis_types.enums import GenesisMode, GenesisStage, Origin, StageStatus
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.genesis.agreement import contradictions
from domain.genesis.commands import (
    ConfirmStage,
    CorrectContradictions,
    DismissContradictions,
    EditContent,
    GenerateInspiration,
    RestoreContradictions,
)
from domain.genesis.contradiction import Contradiction
from domain.genesis.events import ContentCorrected, ContradictionsDismissed, ContradictionsRestored
from domain.genesis.naming import former_names
from domain.genesis.proposals import FormerName
from domain.genesis.settled import Settled
from domain.rejections import Refused
from tests.support.books import CHARACTERS, CONCEPT, PLOT, STORY, Book, chapter, person
from tests.support.genesis import names


def renamed_book() -> Book:
    """Somebody of whom the concept, the story and the plot speak is called Ada now."""
    book = Book(concept={"hook": "Then Mara waits."}, story={"premise_sentence": "So Mara bargains."})
    book.rename("Mara Venn", "Ada Venn")
    return book


def ids(book: Book, *stages: GenesisStage) -> tuple[UUID, ...]:
    return ids_of(book.found, *stages)


def ids_of(found: Iterable[Contradiction], *stages: GenesisStage) -> tuple[UUID, ...]:
    return tuple(one.id for one in found if not stages or one.stage in stages)


def test_accepting_changes_what_is_confirmed_as_a_new_version_beside_the_old_one() -> None:
    book = renamed_book()
    before = book.story.state.stages[STORY]
    (fact,) = book.story.when(CorrectContradictions(contradiction_ids=ids(book, STORY)))
    assert isinstance(fact, ContentCorrected)
    after = book.story.state.stages[STORY]
    assert book.content(STORY) == fact.proposal.content
    assert fact.proposal.content["premise_sentence"] == "So Ada bargains."
    assert after.confirmed_proposal_id == fact.proposal.id == after.proposals[-1].id
    assert (fact.proposal.revision_of, fact.proposal.origin) == (before.confirmed_proposal_id, Origin.AI_EDITED)
    assert after.proposals[:-1] == before.proposals
    book.story.when(ConfirmStage(stage=STORY, proposal_id=before.confirmed_proposal_id))
    assert book.content(STORY) == before.confirmed, "the version before can be accepted again"


def test_all_are_accepted_at_once_one_correction_for_each_stage() -> None:
    book = renamed_book()
    facts = book.story.when(CorrectContradictions(contradiction_ids=ids(book)))
    assert [fact.stage for fact in facts if isinstance(fact, ContentCorrected)] == [CONCEPT, STORY, PLOT]
    assert book.found == ()


def test_a_correction_makes_no_stage_stale_or_fresh_and_starts_no_work() -> None:
    book = Book()
    book.rename("Mara Venn", "Ada Venn")
    stale = {stage: record.status for stage, record in book.story.state.stages.items()}
    assert stale[PLOT] is StageStatus.STALE
    book.story.when(CorrectContradictions(contradiction_ids=ids(book)))
    assert {stage: record.status for stage, record in book.story.state.stages.items()} == stale
    assert book.story.state.pending is None


@pytest.mark.parametrize("mode", list(GenesisMode))
def test_a_correction_moves_no_writer_to_another_stage(mode: GenesisMode) -> None:
    book = renamed_book()
    object.__setattr__(book.story.session, "mode", mode)
    here = book.story.state.current_stage
    assert set(names(book.story.when(CorrectContradictions(contradiction_ids=ids(book))))) == {"ContentCorrected"}
    assert book.story.state.current_stage is here


def test_accepting_while_a_generation_runs_is_allowed() -> None:
    book = renamed_book()
    book.story.when(GenerateInspiration(stage=PLOT))
    assert book.story.when(CorrectContradictions(contradiction_ids=ids(book, STORY)))


@pytest.mark.parametrize("path", ["/premise_sentence", "premise_sentence"])
def test_a_locked_text_is_said_and_not_changed(path: str) -> None:
    book = renamed_book()
    source = book.story.state.stages[STORY].confirmed_proposal_id
    book.story.when(EditContent(stage=STORY, proposal_id=source, locked_paths=(path,)))
    assert [one.stage for one in book.found if one.locked] == [STORY]
    refused = book.story.refused(CorrectContradictions(contradiction_ids=ids(book)))
    assert isinstance(refused, Refused)
    assert refused.code == "LOCKED"
    book.story.when(CorrectContradictions(contradiction_ids=ids(book, CONCEPT, PLOT)))
    assert [one.stage for one in book.found] == [STORY]


def test_an_item_that_is_locked_locks_its_texts_and_only_them() -> None:
    people = [person("mara", "Mara Venn"), person("tom", "Tom", want="To marry Mara."), person("b", "Bo", need="Mara.")]
    book = Book(characters={"characters": people}, plot={"chapters": [chapter("Begins.")]})
    book.rename("Mara Venn", "Ada Venn")
    source = book.story.state.stages[CHARACTERS].confirmed_proposal_id
    book.story.when(EditContent(stage=CHARACTERS, proposal_id=source, locked_paths=("/characters/tom",)))
    assert [(one.path, one.locked) for one in book.found] == [
        ("/characters/tom/want", True), ("/characters/b/need", False)
    ]  # fmt: skip


def test_locks_of_other_texts_go_along_with_a_correction() -> None:
    book = renamed_book()
    source = book.story.state.stages[STORY].confirmed_proposal_id
    book.story.when(EditContent(stage=STORY, proposal_id=source, locked_paths=("/working_title",)))
    book.story.when(CorrectContradictions(contradiction_ids=ids(book)))
    record = book.story.state.stages[STORY]
    assert (record.locked_paths, record.lock_source) == (("/working_title",), record.confirmed_proposal_id)


def test_what_is_dismissed_stays_dismissed_until_the_text_is_another() -> None:
    book = renamed_book()
    (fact,) = book.story.when(DismissContradictions(contradiction_ids=ids(book, CONCEPT)))
    assert isinstance(fact, ContradictionsDismissed)
    assert [one.stage for one in book.found] == [STORY, PLOT]
    book.change(CONCEPT, tone="dark")
    assert [one.stage for one in book.found] == [STORY, PLOT]
    book.change(CONCEPT, hook="Then Mara waits and waits.")
    assert [one.stage for one in book.found] == [CONCEPT, STORY, PLOT]


def test_a_dismissal_is_taken_back_and_can_be_made_again() -> None:
    book = renamed_book()
    chosen = ids(book, CONCEPT, STORY)
    book.story.when(DismissContradictions(contradiction_ids=chosen))
    assert tuple(one.id for one in book.dismissed) == chosen
    (fact,) = book.story.when(RestoreContradictions(contradiction_ids=ids_of(book.dismissed, CONCEPT)))
    assert isinstance(fact, ContradictionsRestored)
    assert [one.stage for one in book.found] == [CONCEPT, PLOT]
    assert [one.stage for one in book.dismissed] == [STORY]
    book.story.when(DismissContradictions(contradiction_ids=ids(book, CONCEPT)))
    assert [one.stage for one in book.found] == [PLOT]


def test_what_is_not_dismissed_cannot_be_brought_up_again() -> None:
    book = renamed_book()
    for chosen in (ids(book), (uuid4(),)):
        assert book.story.refused(RestoreContradictions(contradiction_ids=chosen)).code == "CONTRADICTION_GONE"


def test_a_dismissal_goes_along_when_a_chapter_is_put_before_its_own() -> None:
    book = Book(plot={"chapters": [chapter("So Mara left.", title="Low Water")]})
    book.rename("Mara Venn", "Ada Venn")
    book.story.when(DismissContradictions(contradiction_ids=ids(book, PLOT)))
    first = chapter("So Mara left.", title="Before it", n=1)
    book.change(PLOT, chapters=[first, chapter("So Mara left.", title="Low Water", n=2)])
    assert [one.path for one in book.found if one.stage is PLOT] == ["/chapters/0/summary"]
    assert [one.path for one in book.dismissed] == ["/chapters/1/summary"]


def test_equal_words_in_chapters_of_one_title_are_told_apart() -> None:
    book = Book(plot={"chapters": [chapter("So Mara left."), chapter("So Mara left.", n=2)]})
    book.rename("Mara Venn", "Ada Venn")
    first, second = ids(book, PLOT)
    assert first != second
    book.story.when(DismissContradictions(contradiction_ids=(second,)))
    assert ids(book, PLOT) == (first,)


def test_a_dismissal_by_place_as_it_was_once_named_holds_and_is_taken_back() -> None:
    book = Book(plot={"chapters": [chapter("So Mara left.")]})
    book.rename("Mara Venn", "Ada Venn")
    (one,) = (found for found in book.found if found.stage is PLOT)
    assert one.placed_id is not None
    assert one.placed_id != one.id
    record = book.story.state.stages[PLOT]
    book.story.state.stages[PLOT] = record.model_copy(update={"dismissed": (one.placed_id,)})
    assert ids(book, PLOT) == ()
    (fact,) = book.story.when(RestoreContradictions(contradiction_ids=(one.id,)))
    assert isinstance(fact, ContradictionsRestored)
    assert fact.contradiction_ids == (one.placed_id,)
    assert ids(book, PLOT) == (one.id,)


def test_one_that_is_not_there_any_more_is_refused_and_nothing_is_changed() -> None:
    book = renamed_book()
    chosen = ids(book)
    book.change(STORY, premise_sentence="So she bargains.")
    for body in (CorrectContradictions, DismissContradictions):
        assert book.story.refused(body(contradiction_ids=chosen)).code == "CONTRADICTION_GONE"
        assert book.story.refused(body(contradiction_ids=(uuid4(),))).code == "CONTRADICTION_GONE"


def test_one_without_a_proposed_change_cannot_be_accepted() -> None:
    book = Book(plot={"chapters": [chapter("So Mara left.")]})
    book.change(CHARACTERS, characters=[person("other", "Ada")])
    assert book.story.refused(CorrectContradictions(contradiction_ids=ids(book))).code == "NOTHING_PROPOSED"
    book.story.when(DismissContradictions(contradiction_ids=ids(book)))
    assert book.found == ()


def test_a_proposal_that_was_edited_before_it_was_confirmed_has_its_old_name_too() -> None:
    book = Book(concept={"hook": "Then Mara waits."}, plot={"chapters": [chapter("Begins.")]})
    first = book.story.state.stages[CHARACTERS].confirmed_proposal_id
    people = [person("mara", "Eve Venn")]
    book.story.when(EditContent(stage=CHARACTERS, proposal_id=first, content={"characters": people}))
    people = [person("mara", "Ada Venn")]
    second = book.story.proposal_id(CHARACTERS)
    book.story.when(EditContent(stage=CHARACTERS, proposal_id=second, content={"characters": people}))
    book.story.when(ConfirmStage(stage=CHARACTERS, proposal_id=book.story.proposal_id(CHARACTERS)))
    assert {former.name for former in book.story.state.stages[CHARACTERS].former} == {"Mara Venn", "Eve Venn"}
    assert book.proposed() == ["Then Ada waits."]


NAMES = st.text(min_size=0, max_size=12) | st.sampled_from(
    ["Mara", "Will", "高", "高明", "a", "A.*", "(", " ", "the", "李·王"]
)
TEXTS = st.text(max_size=60) | st.lists(st.sampled_from(["Mara", "Will", "高明", "the", "’s", ".", "So"])).map(" ".join)


@settings(max_examples=300, deadline=None)
@given(old=NAMES, new=NAMES, aliases=st.lists(NAMES, max_size=2), text=TEXTS)
def test_whatever_the_names_are_what_is_proposed_has_the_old_one_no_more_often(
    old: str, new: str, aliases: list[str], text: str
) -> None:
    cast = {"characters": [{"id": "p", "name": new, "aliases": aliases, "one_line_storyline": "Learns."}]}
    former = former_names((), [{"characters": [{"id": "p", "name": old, "aliases": []}]}], cast)
    stages = {
        STORY: Settled({"working_title": "T", "premise_sentence": text or "x", "theme_statement": "T"}),
        CHARACTERS: Settled(cast, former),
    }
    for one in contradictions(stages):
        assert one.proposed is None or (isinstance(one.value, str) and one.value != text)
        assert one.kind in ("old_name", "ambiguous_name", "gone_name")


@settings(max_examples=100, deadline=None)
@given(name=st.sampled_from(["Mara Venn", "Will", "高明", "Анна"]), text=TEXTS)
def test_names_that_nobody_changed_are_never_found(name: str, text: str) -> None:
    cast = {"characters": [person("p", name)]}
    stages = {CONCEPT: Settled({"hook": text}), CHARACTERS: Settled(cast, former_names((), [cast, cast], cast))}
    assert contradictions(stages) == ()


def long_book(people: int, chapters: int) -> dict[GenesisStage, Settled]:
    """Everybody has another name; every chapter speaks of three of them in six texts of some length."""
    dice = random.Random(7)
    cast = [person(f"p{n}", f"New{n} Kin{n}", background="Nothing of note. " * 40) for n in range(people)]
    former = tuple(FormerName(kind="characters", key=f"p{n}", name=f"Old{n}x Kin{n}") for n in range(people))

    def text() -> str:
        return " ".join(f"Then Old{dice.randrange(people)}x left for the long road home. " * 3 for _ in range(3))

    fields = ("purpose", "summary", "goal", "conflict", "turning_point", "outcome")
    planned: list[dict[str, Any]] = [
        {"n": n + 1, "title": "Next", **{field: text() for field in fields}} for n in range(chapters)
    ]
    beats = [{"key": "midpoint", "label": "Midpoint", "target_pct": 50, "summary": "It turns."}]
    return {CHARACTERS: Settled({"characters": cast}, former), PLOT: Settled({"beats": beats, "chapters": planned})}


def test_a_long_book_is_looked_through_in_no_time() -> None:
    stages = long_book(people=30, chapters=60)
    began = time.perf_counter()
    assert len(contradictions(stages)) == 360
    seconds = time.perf_counter() - began
    assert seconds < 3, f"{seconds:.2f} s"  # a tenth of a second on a quiet machine
