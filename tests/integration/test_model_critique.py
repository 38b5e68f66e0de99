"""A model reads its own scenes: what it finds holds only with its quotations, and the best version is kept."""

import json
from dataclasses import replace
from typing import Any

from application.chapter_writers import Known
from tests.support.model_answers import piece
from tests.support.model_chapters import GOOD, OTHER, REQUEST, SUMMARY, says, scenes, text, write

BLUE = "Mara’s eyes were blue."
WRONG = f"{GOOD[0]} Mara’s eyes were green in that light."
ASKED = replace(REQUEST, critique=True, known=(Known("eyes", "Mara", "blue", "Before", BLUE),))


def finds(*found: dict[str, str]) -> Any:
    return says(json.dumps({"findings": found}))


def one(kind: str, **said: str) -> dict[str, str]:
    return {"kind": kind, "quote": "", "against": "", "about": "It is wrong."} | said


GREEN = one("CONTINUITY", quote="Mara's eyes were green in that light.", against="Mara's eyes were blue.")
NOTHING = finds()


def test_a_finding_with_both_quotations_is_mended_and_the_version_without_it_kept() -> None:
    behaviours = (says(WRONG), finds(GREEN), says(GOOD[0]), NOTHING, says(GOOD[1]), NOTHING, says(SUMMARY))
    items, failed, asked = write(behaviours, ASKED)

    assert failed is None
    assert [text(scene) for scene in scenes(items)] == GOOD
    critique = scenes(items)[0].critique
    assert critique is not None
    (found,) = critique.found
    assert (found.code, found.quote, found.against) == (
        "CONTINUITY",
        "Mara’s eyes were green in that light.",
        "Mara’s eyes were blue.",
    )
    assert (critique.kept, critique.left, critique.rounds) == ("revision", (), 1)
    assert scenes(items)[1].critique is None
    assert piece(asked[1], "known") == [{"who": "Mara", "what": "eyes: blue", "as_told": BLUE}]
    assert "Against what the book has established" in piece(asked[2], "found")[0]
    spent = scenes(items)[0].spent
    assert spent is not None
    assert spent.usage["requests"] == 4


def test_a_finding_whose_quotation_does_not_stand_there_is_dropped() -> None:
    dropped = finds(
        one("CONTINUITY", quote="Mara’s eyes were brown that day.", against=BLUE),
        one("CONTINUITY", quote="Mara’s eyes were green in that light.", against="Mara was twelve years old."),
        one("PLAN", against="Osric dies at the gate."),
        one("STYLE", quote="It was a dark and stormy night."),
        one("TASTE", quote="Mara’s eyes were green in that light."),
    )
    items, failed, asked = write((says(WRONG), dropped, says(GOOD[1]), NOTHING, says(SUMMARY)), ASKED)
    assert (failed, len(asked)) == (None, 5)
    assert [scene.critique for scene in scenes(items)] == [None, None]


def test_it_ends_when_no_fewer_are_found_or_after_two_rounds_and_the_best_version_is_kept() -> None:
    missing = one("PLAN", against="Osric knows her name.")
    worse = (
        says(WRONG),
        finds(GREEN),
        says(f"{OTHER[0]} Mara’s eyes were green in that light."),
        finds(GREEN, missing),
    )
    items, failed, asked = write((*worse, says(GOOD[1]), NOTHING, says(SUMMARY)), ASKED)
    assert (failed, len(asked)) == (None, 7)
    first = scenes(items)[0]
    assert text(first) == WRONG
    assert first.critique is not None
    assert (first.critique.kept, first.critique.rounds, len(first.critique.left)) == ("first", 1, 1)

    both = (says(WRONG), finds(GREEN, missing), says(WRONG), finds(GREEN), says(WRONG), finds(GREEN))
    items, failed, asked = write((*both, says(GOOD[1]), NOTHING, says(SUMMARY)), ASKED)
    assert (failed, len(asked)) == (None, 9)
    critique = scenes(items)[0].critique
    assert critique is not None
    assert (critique.rounds, len(critique.found), len(critique.left)) == (2, 2, 1)


def test_a_reading_that_breaks_leaves_what_code_has_found() -> None:
    items, failed, asked = write((says(GOOD[0]), says("No form at all."), says(GOOD[1]), NOTHING, says(SUMMARY)), ASKED)
    assert (failed, len(asked)) == (None, 5)
    assert [scene.critique for scene in scenes(items)] == [None, None]


def test_a_revision_that_nobody_could_read_is_not_taken_for_a_better_one() -> None:
    answers = (
        says(WRONG),
        finds(GREEN),
        says(OTHER[0]),
        says("No form at all."),
        says(GOOD[1]),
        NOTHING,
        says(SUMMARY),
    )
    items, failed, asked = write(answers, ASKED)
    assert (failed, len(asked)) == (None, 7)
    first = scenes(items)[0]
    assert text(first) == WRONG
    assert first.critique is not None
    assert (first.critique.kept, len(first.critique.left)) == ("first", 1)
