"""The story bible as a document: everything that is confirmed is in it, in order, in its language, as plain text."""

from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin

import pytest
from genesis_types.enums import GenesisStage
from pydantic import BaseModel

from domain.genesis.stages import STAGES
from projections.documents.tree import Document, Paragraph, Run, paragraphs, plain, run, runs, said
from projections.genesis.bible.bible import NothingConfirmed, bible
from tests.support.bibles import RECORDED, SESSION, state, story

CONCEPT = GenesisStage.CONCEPT_SELECTION
NOT_TOLD = {"id", "key", "adjustments_made", "target_id", "parent_id"}
"""Ids lead to names, which are told; notes on a revision are no part of the work."""


def document(confirmed: dict[GenesisStage, Any], **more: Any) -> Document:
    return bible(state(confirmed, **more), RECORDED)


def told(found: Document) -> str:
    return "\n".join(text for _, text in runs(found))


def full(model: type[BaseModel], place: str) -> dict[str, Any]:
    """A value in every field of a content, every text of it unlike all others."""
    return {
        field.alias or name: _value(field.annotation, f"{place}.{name}") for name, field in model.model_fields.items()
    }


def _value(annotation: Any, place: str) -> Any:
    while hasattr(annotation, "__metadata__"):
        annotation = annotation.__origin__
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return full(annotation, place)
    if get_origin(annotation) is Literal:
        return get_args(annotation)[0]
    if get_origin(annotation) is tuple:
        return [_value(get_args(annotation)[0], f"{place}-{which}") for which in "ab"]
    if get_origin(annotation) in (UnionType, Union):
        return _value(get_args(annotation)[0], place)
    return 7 if annotation in (int, float) else f"«{place}»"


def texts(value: Any, key: str = "") -> list[str]:
    if isinstance(value, dict):
        return [one for name, part in value.items() if name not in NOT_TOLD for one in texts(part, name)]
    if isinstance(value, list):
        return [one for part in value for one in texts(part, key)]
    return [value] if isinstance(value, str) and value.startswith("«") else []


FULL = {stage.key: full(stage.content, stage.key.value) for stage in STAGES}


@pytest.mark.parametrize("language", ["en", "zh", "ar"])
def test_every_field_of_every_stage_is_told(language: str) -> None:
    found = told(document(FULL, language=language))
    expected = [text for stage in STAGES for text in texts(FULL[stage.key])]
    assert len(expected) > 150
    assert [text for text in expected if text not in found] == []


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_whole_story_has_its_stages_in_order_with_people_and_chapters_by_name(language: str) -> None:
    found = document(story(language), language=language)
    labels = [stage.label_zh if language == "zh" else stage.label for stage in STAGES]
    assert [plain(part.title) for part in found.parts] == labels
    people = [one["name"] for one in story(language)[GenesisStage.CHARACTERS]["characters"]]
    assert [plain(chapter.title) for chapter in found.parts[2].chapters] == people
    ids = [one["id"] for one in story(language)[GenesisStage.CHARACTERS]["characters"]]
    assert [one for one in ids if one in (text for _, text in runs(found))] == [], "people are told by name"


def test_only_what_is_confirmed() -> None:
    found = document({CONCEPT: story("en")[CONCEPT]})
    assert [plain(part.title) for part in found.parts] == ["Concept"]


def test_nothing_confirmed_is_refused_with_a_sentence() -> None:
    with pytest.raises(NothingConfirmed, match=r"Nothing is confirmed .* Confirm a stage first"):
        document({})


def test_an_id_that_leads_to_nobody_is_told_as_it_is() -> None:
    """The people of a plot may not be confirmed themselves."""
    chapter = {"n": 1, "title": "Low Water", "summary": "It stops.", "character_ids": ["ines"]}
    plot = {"beats": [], "chapters": [chapter]}
    assert "ines" in told(document({GenesisStage.PLOT_OUTLINE: plot}))


def test_what_was_built_on_something_that_changed_says_so() -> None:
    found = document(story("en"), stale=(GenesisStage.WORLDVIEW,))
    notes = [part for part in found.parts if any("has changed since" in text for _, text in _part(part))]
    assert [plain(part.title) for part in notes] == ["World"]


def _part(part: Any) -> list[tuple[str, str]]:
    return [("", plain(block.text)) for block in part.blocks if isinstance(block, Paragraph)]


@pytest.mark.parametrize(("language", "tag"), [("en", None), ("zh", None), ("zh-TW", None), ("ar", "en"), ("fr", "en")])
def test_labels_in_another_language_than_the_text_say_which(language: str, tag: str | None) -> None:
    first = document({CONCEPT: story("en")[CONCEPT]}, language=language).parts[0].title[0]
    assert isinstance(first, Run)
    assert first.language == tag


def test_equal_states_give_equal_documents_and_another_version_another_identifier() -> None:
    one, other = document(story("en")), document(story("en"))
    assert one == other
    later = bible(state(story("en")).model_copy(update={"version": 43}), RECORDED)
    assert later.front.identifier != one.front.identifier
    assert one.front.date == RECORDED
    assert str(SESSION) not in one.front.identifier, "a file that is passed on does not name the session"


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("a\x00b\x1bc\x7f\x85d", "abcd"),
        ("\u202edesrever\u202c", "desrever"),
        ("x\ufffey\U0001ffffz\ufeff", "xyz"),
        ("  two\t\nlines ", "two lines"),
        ("\ud83d lone", "lone"),
        ("family 👨‍👩‍👧", "family 👨‍👩‍👧"),
    ],
    ids=["control", "direction", "noncharacters", "white space", "surrogate", "joined"],
)
def test_what_no_format_can_hold_is_taken_out(given: str, shown: str) -> None:
    assert said(given) == shown
    assert run(given) == (Run(shown),)


def test_lines_are_paragraphs() -> None:
    assert [plain(one.text) for one in paragraphs("One.\n\n  Two.\r\nThree.\n")] == ["One.", "Two.", "Three."]
    assert paragraphs(" \n ") == ()
