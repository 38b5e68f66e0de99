"""Contradictions between two places of one stage: found by code and by a model, and never changed silently."""

from domain.genesis.commands import CorrectContradictions
from domain.genesis.found import FoundPair
from tests.support.books import CHARACTERS, Book, person
from tests.unit.domain.test_found_by_model import AGE_NOW, AGE_THEN, PAIR, book, by_model, searched


def test_two_places_of_one_stage_may_contradict_each_other_and_nothing_is_changed_by_that() -> None:
    cast = [
        person("mara", "Mara Venn", background=f"{AGE_THEN} {AGE_NOW}"),
        person("tom", "Tom Hale", background="Tom taught Mara when she was already thirty."),
    ]
    one = Book(characters={"characters": cast})
    before = one.content(CHARACTERS)
    within = FoundPair(quote=cast[1]["background"], other_quote=AGE_THEN, why="Which?")
    fact = searched(one, within, PAIR.model_copy(update={"quote": AGE_NOW}))
    assert [(found.stage, found.source) for found in fact.found] == [(CHARACTERS, CHARACTERS)] * 2
    assert one.content(CHARACTERS) == before
    first, second = by_model(one)
    assert (first.source_path, second.source_path) == ("/characters/mara/background",) * 2
    one.story.when(CorrectContradictions(contradiction_ids=(second.id,)))
    assert one.content(CHARACTERS)["characters"][0]["background"] == f"{AGE_THEN} {PAIR.change}"


def test_a_part_of_a_quotation_does_not_contradict_it() -> None:
    one = book()
    part = PAIR.model_copy(update={"quote": AGE_THEN, "other_quote": "Mara is nineteen and has never left"})
    assert searched(one, part).dropped == 1


def test_a_relation_in_the_same_stage_that_still_says_the_old_name_is_found() -> None:
    cast = [
        person("ines", "Ines Duarte", background="Ines grew up here."),
        person("mara", "Mara Venn", relations=[{"target_id": "ines", "surface": "Owes Ines Duarte a boat."}]),
    ]
    one = Book(characters={"characters": cast})
    one.rename("Ines Duarte", "Lena Duarte")
    assert [(of.stage, of.source, of.path, of.proposed) for of in one.found] == [
        (CHARACTERS, CHARACTERS, "/characters/ines/background", "Lena grew up here."),
        (CHARACTERS, CHARACTERS, "/characters/mara/relations/0/surface", "Owes Lena Duarte a boat."),
    ]
    assert one.content(CHARACTERS)["characters"][0]["background"] == "Ines grew up here."
