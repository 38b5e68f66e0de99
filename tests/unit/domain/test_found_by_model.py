"""What a model says of confirmed stages: shown when both quotations stand there, until one of them does not."""

from typing import Any
from uuid import uuid4

import pytest
from genesis_types.enums import GenesisMode, Origin

from domain.genesis.commands import (
    ConfirmStage,
    CorrectContradictions,
    DismissContradictions,
    FailGeneration,
    FindContradictions,
    GenerateInspiration,
    RecordContradictions,
    RestoreContradictions,
)
from domain.genesis.contradiction import Contradiction
from domain.genesis.events import ContentCorrected, ContradictionsFound, GenerationRequested
from domain.genesis.found import MOST_FOUND, FoundPair
from domain.genesis.quotes import LONGEST, places
from domain.rejections import CommandActive, Refused
from tests.support.books import CHARACTERS, CONCEPT, PLOT, STORY, Book, chapter, person
from tests.support.genesis import CONTENT, started

AGE_THEN = "Mara is nineteen and has never left the harbour."
AGE_NOW = "At thirty-four, Mara keeps the light alone."
PAIR = FoundPair(
    quote=AGE_NOW,
    other_quote=AGE_THEN,
    why="Nineteen or thirty-four?",
    change="At nineteen, Mara keeps the light alone.",
)


def book(**more: Any) -> Book:
    return Book(
        characters={"characters": [person("mara", "Mara Venn", background=f"Grew up here. {AGE_THEN} She counts.")]},
        plot={"chapters": [chapter(f"Rain. {AGE_NOW} Nobody comes.", character_ids=["mara"])]},
        **more,
    )


def searched(book: Book, *pairs: FoundPair, **more: Any) -> ContradictionsFound:
    (work,) = book.story.when(FindContradictions())
    assert isinstance(work, GenerationRequested)
    outcome = {"writer": "model", "model": "qwen3:8b", "prompt_version": "agreement-1", **more}
    (fact,) = book.story.when(RecordContradictions(correlation_id=work.correlation_id, found=pairs, **outcome))
    assert isinstance(fact, ContradictionsFound)
    return fact


def by_model(book: Book) -> list[Contradiction]:
    return [one for one in book.found if one.kind == "found"]


def test_a_finding_has_both_sentences_as_they_stand_and_the_change_in_its_sentence() -> None:
    one = book()
    fact = searched(one, PAIR)
    assert (len(fact.found), fact.dropped, fact.cost_usd) == (1, 0, None)
    (found,) = by_model(one)
    assert (found.stage, found.path, found.sentence) == (PLOT, "/chapters/0/summary", AGE_NOW)
    assert (found.source, found.source_path, found.source_sentence) == (
        CHARACTERS,
        "/characters/mara/background",
        AGE_THEN,
    )
    assert found.proposed == "At nineteen, Mara keeps the light alone."
    assert (found.found_by, found.said) == ("qwen3:8b", "Nineteen or thirty-four?")
    assert one.story.state.pending is None


def test_a_search_proposes_nothing_and_moves_no_stage() -> None:
    one = book()
    before = {stage: (r.status, r.proposals, r.last_round) for stage, r in one.story.state.stages.items()}
    searched(one, PAIR)
    after = {stage: (r.status, r.proposals, r.last_round) for stage, r in one.story.state.stages.items()}
    assert before == after


@pytest.mark.parametrize(
    ("pair", "why"),
    [
        ({"quote": "At thirty, Mara keeps the light alone."}, "no such sentence"),
        ({"other_quote": "Mara is nineteen."}, "half of it, with another end"),
        ({"quote": "keeps th", "other_quote": AGE_THEN}, "it ends inside of a word"),
        ({"quote": "Rain"}, "too short to mean a place"),
        ({"quote": AGE_THEN}, "the same sentence on both sides"),
        ({"quote": "x" * (LONGEST + 1)}, "longer than anybody quotes"),
        ({"quote": ".*", "other_quote": ".+"}, "no pattern, a text"),
        ({"quote": "…", "other_quote": '""'}, "nothing"),
    ],
    ids=lambda value: value.replace(" ", "-") if isinstance(value, str) else "",
)
def test_what_is_not_there_word_for_word_is_dropped_and_counted(pair: dict[str, str], why: str) -> None:
    one = book()
    fact = searched(one, PAIR.model_copy(update=pair), PAIR)
    assert (len(fact.found), fact.dropped) == (1, 1), why


@pytest.mark.parametrize(
    "quote",
    [
        f"“{AGE_NOW}”",
        "At  thirty-four,\n Mara keeps the light alone.",
        "At thirty‑four, Mara keeps the light alone",
        f"…{AGE_NOW}…",
    ],
    ids=["in-marks", "other-spaces", "another-hyphen", "with-dots"],
)
def test_other_marks_and_spaces_are_the_same_words_and_what_is_kept_is_what_stands_there(quote: str) -> None:
    one = book()
    fact = searched(one, PAIR.model_copy(update={"quote": quote}))
    assert fact.found[0].quote in f"Rain. {AGE_NOW} Nobody comes."
    assert by_model(one)[0].sentence == AGE_NOW


def test_chinese_is_quoted_without_spaces_and_found_inside_of_a_text() -> None:
    one = Book(
        concept={"hook": "十九岁的林晓从未离开过港口。她在等。"},
        plot={"chapters": [chapter("雨夜，三十四岁的林晓独自守着灯塔。没有人来。")]},
    )
    fact = searched(
        one, FoundPair(quote="三十四岁的林晓独自守着灯塔", other_quote="十九岁的林晓从未离开过港口。", change=None)
    )
    assert (len(fact.found), fact.dropped) == (1, 0)
    assert by_model(one)[0].proposed is None
    assert places(one.content(PLOT), "灯塔") == [], "two characters may stand anywhere"


def test_the_same_pair_said_twice_or_turned_round_is_one_finding_and_there_are_twenty_at_most() -> None:
    one = book()
    turned = FoundPair(quote=AGE_THEN, other_quote=AGE_NOW)
    assert len(searched(one, PAIR, turned, PAIR).found) == 1
    many = Book(
        story={"alternative_titles": [f"A title with the number {n}" for n in range(8)]},
        concept={"themes": [f"A theme with the number {n}" for n in range(8)]},
    )
    pairs = [
        FoundPair(quote=f"A title with the number {n}", other_quote=f"A theme with the number {m}")
        for n in range(8)
        for m in range(8)
    ]
    assert len(searched(many, *pairs).found) == MOST_FOUND


def test_a_finding_goes_when_either_text_is_another_and_comes_back_with_it() -> None:
    one = book()
    searched(one, PAIR)
    people = one.content(CHARACTERS)["characters"]
    one.change(CHARACTERS, characters=[people[0] | {"background": "Grew up here. Mara is thirty-four."}])
    assert by_model(one) == []
    one.change(CHARACTERS, characters=people)
    assert len(by_model(one)) == 1
    one.change(PLOT, chapters=[chapter("Rain. Nobody comes.")])
    assert by_model(one) == []


def test_a_finding_goes_along_when_its_chapter_moves() -> None:
    one = book()
    searched(one, PAIR)
    (before,) = by_model(one)
    summary = f"Rain. {AGE_NOW} Nobody comes."
    one.change(PLOT, chapters=[chapter("Fog.", title="Before"), chapter(summary, n=2, character_ids=["mara"])])
    (after,) = by_model(one)
    assert (after.path, after.id) == ("/chapters/1/summary", before.id)


def test_a_change_is_accepted_as_those_of_code_are_and_the_finding_is_gone() -> None:
    one = book()
    searched(one, PAIR)
    (fact,) = one.story.when(CorrectContradictions(contradiction_ids=(by_model(one)[0].id,)))
    assert isinstance(fact, ContentCorrected)
    assert one.content(PLOT)["chapters"][0]["summary"] == (
        "Rain. At nineteen, Mara keeps the light alone. Nobody comes."
    )
    assert fact.proposal.origin is Origin.AI_EDITED, "a model wrote some of it, whoever wrote the rest"
    assert fact.proposal.adjustments == ("qwen3:8b: Nineteen or thirty-four?",)
    assert by_model(one) == []


def test_a_dismissed_pair_stays_so_however_its_change_is_worded_and_is_taken_back() -> None:
    one = book()
    searched(one, PAIR)
    one.story.when(DismissContradictions(contradiction_ids=(by_model(one)[0].id,)))
    assert by_model(one) == []
    searched(one, PAIR.model_copy(update={"change": "At nineteen Mara keeps the light.", "why": "Her age."}))
    assert by_model(one) == []
    (left,) = one.dismissed
    one.story.when(RestoreContradictions(contradiction_ids=(left.id,)))
    assert [found.said for found in by_model(one)] == ["Her age."]


def test_an_id_of_a_change_that_a_later_search_words_otherwise_changes_nothing() -> None:
    one = book()
    searched(one, PAIR)
    seen = by_model(one)[0].id
    searched(one, PAIR.model_copy(update={"change": "At twenty, Mara keeps the light alone."}))
    with pytest.raises(Refused) as refused:
        one.story.when(CorrectContradictions(contradiction_ids=(seen,)))
    assert refused.value.code == "CONTRADICTION_GONE"


def test_a_later_search_takes_the_place_of_the_one_before() -> None:
    one = book()
    searched(one, PAIR)
    assert searched(one).found == ()
    assert by_model(one) == []


def test_a_change_that_does_not_fit_the_stage_is_not_proposed() -> None:
    one = book(concept={"logline": "A keeper of thirty-four waits for a ship."})
    pair = FoundPair(quote="A keeper of thirty-four waits for a ship.", other_quote=AGE_THEN, change="word " * 300)
    searched(one, pair)
    assert [found.proposed for found in by_model(one) if found.stage is CONCEPT] == [None]


def test_a_text_that_changed_while_the_model_read_is_quoted_in_vain() -> None:
    one = book()
    (work,) = one.story.when(FindContradictions())
    assert isinstance(work, GenerationRequested)
    one.change(PLOT, chapters=[chapter("Rain. Nobody comes.")])
    body = RecordContradictions(
        correlation_id=work.correlation_id, found=(PAIR,), writer="model", model="m", prompt_version="1"
    )
    (fact,) = one.story.when(body)
    assert isinstance(fact, ContradictionsFound)
    assert (fact.found, fact.dropped) == ((), 1)


def test_two_stages_have_to_be_confirmed() -> None:
    story = started(GenesisMode.FREE_FORM)
    for stage in (None, CONCEPT, STORY):
        if stage is not None:
            story.when(ConfirmStage(stage=stage, content=CONTENT[stage]))
        confirmed = sum(record.confirmed is not None for record in story.state.stages.values())
        if confirmed < 2:
            with pytest.raises(Refused) as refused:
                story.when(FindContradictions())
            assert refused.value.code == "NOTHING_TO_COMPARE"
    assert story.when(FindContradictions())


def test_while_a_generation_runs_none_is_begun_and_one_that_failed_is_over() -> None:
    one = book()
    (work,) = one.story.when(FindContradictions())
    assert isinstance(work, GenerationRequested)
    for body in (FindContradictions(), GenerateInspiration(stage=STORY)):
        with pytest.raises(CommandActive):
            one.story.when(body)
    one.story.when(FailGeneration(correlation_id=work.correlation_id, code="EMPTY", message="Nothing came."))
    assert one.story.state.pending is None
    searched(one)


def test_an_outcome_of_work_that_is_over_is_refused() -> None:
    one = book()
    body = RecordContradictions(correlation_id=uuid4(), found=(PAIR,), writer="model", model="m", prompt_version="1")
    with pytest.raises(Refused) as refused:
        one.story.when(body)
    assert refused.value.code == "WORK_NOT_ACTIVE"


def test_marks_that_nobody_can_see_are_taken_out_of_what_a_model_says() -> None:
    one = book()
    searched(one, PAIR.model_copy(update={"why": "Her\x00 age\u202e.", "change": "At nineteen,\x00 Mara waits."}))
    (found,) = by_model(one)
    assert (found.said, found.proposed) == ("Her age.", "At nineteen, Mara waits.")


def test_what_code_finds_in_the_same_text_comes_first() -> None:
    one = book()
    searched(one, PAIR)
    one.rename("Mara Venn", "Ada Venn")
    kinds = [(found.kind, found.stage) for found in one.found if found.stage is PLOT]
    assert kinds == [("old_name", PLOT)]
