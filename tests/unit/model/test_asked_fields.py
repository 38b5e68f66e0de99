"""A refinement is about what its note means: details that it does not mean are not sent, not asked for, and kept."""

import json
from typing import Any

import pytest
from genesis_types.enums import GenesisStage

from domain.genesis.content import Characters, ConceptVariant
from domain.genesis.proposals import Content
from infrastructure.writers.model.asked_fields import AskedFields, asked_fields, core
from infrastructure.writers.model.prompts import question
from infrastructure.writers.model.shapes import Shape
from tests.support.writers import proposal, request

PEOPLE = GenesisStage.CHARACTERS
CAST: Content = {
    "characters": [
        {
            "id": who,
            "name": name,
            "one_line_storyline": f"{name} waits.",
            "want": "a way home",
            "appearance": "a red scarf and wet boots",
            "voice": {"diction": "clipped", "sample_line": "No."},
            "relations": [{"target_id": "tom", "surface": "civil"}],
        }
        for who, name in (("mara", "Mara Venn"), ("tom", "Tom Ashby"), ("ida", "Ida Crewe"))
    ]
}


def refining(said: str, path: str | None = None) -> Any:
    return request(PEOPLE, target=proposal(PEOPLE, CAST), said=said, path=path)


def test_details_that_a_note_does_not_mean_are_neither_sent_nor_asked_for() -> None:
    asked = refining("Make it darker.")
    told, schema = question(asked), json.dumps(Shape(asked).schema())
    for detail in ("appearance", "voice", "relations"):
        assert f'"{detail}"' not in told
        assert f'"{detail}"' not in schema
    assert "a way home" in told
    assert "stay as they are" in told


@pytest.mark.parametrize(
    ("said", "path", "meant"),
    [
        ("Her appearance is too plain.", None, "appearance"),
        ("Lose the scarf.", None, "appearance"),
        ("换一种说话方式。", None, "voice"),
        ("Less of this.", "/characters/mara/voice", "voice"),
        ("Let Mara and Tom quarrel at the end.", None, "relations"),
    ],
    ids=["by its name", "by a word out of it", "in Chinese", "by its path", "by two names"],
)
def test_a_detail_that_a_note_means_is_sent_and_asked_for(said: str, path: str | None, meant: str) -> None:
    for lean in (False, True):
        asked = refining(said, path)
        assert meant not in asked_fields(asked, lean=lean).kept
        assert f'"{meant}"' in question(asked)
        assert f'"{meant}"' in json.dumps(Shape(asked, lean=lean).schema())


def test_what_was_not_asked_for_is_as_it_was_in_the_refined_proposal() -> None:
    new = [{"id": "mara", "name": "Mara Venn", "one_line_storyline": "Mara leaves.", "want": "to be gone"}]
    answer = {"content": {"characters": new}, "adjustments": ["Mara leaves."]}
    (item,) = Shape(refining("Make it darker.")).read(json.dumps(answer))
    found: Any = item.content["characters"]
    assert found[0]["want"] == "to be gone"
    assert found[0]["appearance"] == "a red scarf and wet boots"
    assert found[0]["voice"]["diction"] == "clipped"


def test_a_first_proposal_is_asked_for_with_all_its_fields() -> None:
    assert AskedFields(lean=False).names(ConceptVariant) == list(ConceptVariant.model_fields)
    assert asked_fields(request(PEOPLE)).kept == frozenset()


def test_the_core_of_a_content_keeps_what_its_items_are_known_by() -> None:
    found = core(Characters, CAST)
    assert set(found["characters"][0]) == {"id", "name", "one_line_storyline", "want"}
