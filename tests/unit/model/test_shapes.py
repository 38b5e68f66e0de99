"""From an answer to proposals: wrong keys, wrappers, ids, fixed beats, and schemas that any server takes."""

import json
from typing import Any

import jsonschema
import pytest
from genesis_types.enums import GenesisStage

from domain.genesis.proposals import StageRecord
from domain.genesis.stages import STAGE_BY_KEY
from infrastructure.writers.model.shapes import Shape
from infrastructure.writers.muse.proposing import propose
from tests.support.writers import proposal, request

CONCEPT = {
    "title": "The Salt Ledger",
    "logline": "A clerk finds her own death in the tax rolls.",
    "premise_question": "What if the books were right?",
    "central_conflict": "The clerk against the office that owns her.",
}
PLOT = GenesisStage.PLOT_OUTLINE
PEOPLE = {
    "characters": [
        {"id": "mara", "name": "Mara Venn", "one_line_storyline": "She counts what the sea takes.", "role": "ally"},
        {"id": "joss", "name": "Joss", "one_line_storyline": "He keeps the light.", "secret": "He let it go out."},
    ]
}


def read(text: Any, **more: Any) -> list[dict[str, Any]]:
    said = text if isinstance(text, str) else json.dumps(text)
    return [item.content for item in Shape(request(**{"count": 1, **more})).read(said)]


@pytest.mark.parametrize(
    "answer",
    [
        CONCEPT,
        [CONCEPT],
        {"proposals": [CONCEPT]},
        {"variants": [CONCEPT]},
        {"name": "propose", "arguments": CONCEPT},
        {"name": "propose", "arguments": json.dumps(CONCEPT)},
        {"function": {"name": "propose", "arguments": json.dumps({"proposals": [CONCEPT]})}},
        json.dumps(json.dumps(CONCEPT)),
        {"Title": CONCEPT["title"], **{key: CONCEPT[key] for key in list(CONCEPT)[1:]}},
        {"name": CONCEPT["title"], **{key: CONCEPT[key] for key in list(CONCEPT)[1:]}},
        {**CONCEPT, "themes": "debt", "stakes": {"not": "a text"}, "invented": True},
    ],
)
def test_a_concept_is_found_however_it_is_wrapped(answer: Any) -> None:
    (found,) = read(answer)
    assert {key: found[key] for key in CONCEPT} == CONCEPT
    assert found["themes"] in ([], ["debt"])


@pytest.mark.parametrize("missing", CONCEPT)
def test_what_lacks_a_required_text_is_no_proposal(missing: str) -> None:
    assert read({key: value for key, value in CONCEPT.items() if key != missing}) == []
    assert read({**CONCEPT, missing: "  "}) == []


def test_of_a_batch_the_good_ones_are_kept() -> None:
    other = {**CONCEPT, "title": "Another"}
    answer = {"proposals": [CONCEPT, {"title": "only a title"}, other]}
    assert [one["title"] for one in read(answer, count=3)] == ["The Salt Ledger", "Another"]


def test_people_without_ids_get_them_and_relations_find_them_by_name() -> None:
    people = [
        {"name": "Mara Venn", "storyline": "She counts.", "relations": [{"target_id": "Joss", "surface": "Trust."}]},
        {"name": "Joss", "one_line_storyline": "He keeps the light.", "role": "Love interest"},
        {"name": "Joss", "one_line_storyline": "Another of that name."},
        {"name": "nobody"},
    ]
    (found,) = read(people, stage=GenesisStage.CHARACTERS)
    assert [one["id"] for one in found["characters"]] == ["mara-venn", "joss", "joss-2"]
    assert found["characters"][0]["relations"][0]["target_id"] == "joss"
    assert found["characters"][1]["role"] == "love_interest"


def test_beats_by_key_get_their_places_and_chapters_their_numbers() -> None:
    confirmed = {GenesisStage.CHARACTERS: PEOPLE, GenesisStage.STORY_CONCEPTION: {"structure": "save_the_cat"}}
    answer = {
        "beats": {"opening_image": {"summary": "A lamp is lit."}, "catalyst": "The ship comes in."},
        "chapters": [
            {"n": 7, "title": "One", "summary": "It begins.", "pov_character_id": "Mara Venn"},
            {"n": 7, "title": "Two", "summary": "It goes on."},
        ],
    }
    (found,) = read(answer, stage=PLOT, confirmed=confirmed)
    assert [(one["key"], one["target_pct"]) for one in found["beats"]] == [("opening_image", 0), ("catalyst", 10)]
    assert found["beats"][0]["label"]
    assert found["structure"] == "save_the_cat"
    assert [one["n"] for one in found["chapters"]] == [1, 2]
    assert found["chapters"][0]["pov_character_id"] == "mara"


def test_a_lean_refinement_keeps_what_it_does_not_ask_for() -> None:
    stage = GenesisStage.CHARACTERS
    target = proposal(stage, {"characters": [{**PEOPLE["characters"][0], "appearance": "Tall."}]})
    asked = request(stage, target=target, record=StageRecord(proposals=(target,)), said="make her afraid")
    answer = {
        "content": {
            "characters": [{"id": "mara", "name": "Mara", "one_line_storyline": "She counts.", "flaw": "Fear."}]
        },
        "adjustments": ["She is afraid now."],
    }
    (item,) = Shape(asked, lean=True).read(json.dumps(answer))
    person: Any = item.content["characters"][0]  # type: ignore[index, call-overload]
    assert (person["name"], person["flaw"], person["appearance"]) == ("Mara", "Fear.", "Tall.")
    assert item.adjustments == ("She is afraid now.",)


def test_a_text_that_was_cut_at_its_longest_ends_with_a_whole_sentence() -> None:
    cut = ("The sea comes closer. " + "It has a name that nobody will say " * 40)[:600]
    answer = {**CONCEPT, "hook": cut, "stakes": "x" * 600}
    (item,) = Shape(request(count=1), lean=True).read(json.dumps(answer))
    assert (item.content["hook"], item.content["stakes"]) == ("The sea comes closer.", "")


# --- schemas ---------------------------------------------------------------------------------------------------------


def every(node: Any) -> list[dict[str, Any]]:
    inner = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    return ([node] if isinstance(node, dict) else []) + [found for one in inner for found in every(one)]


@pytest.mark.parametrize("lean", [True, False])
@pytest.mark.parametrize("stage", STAGE_BY_KEY)
@pytest.mark.parametrize("count", [1, 3])
def test_a_schema_is_closed_and_needs_no_optional_parts_of_a_server(
    stage: GenesisStage, lean: bool, count: int
) -> None:
    schema = Shape(request(stage, count=count), lean=lean).schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    for node in every(schema):
        assert not {"$defs", "$ref", "anyOf", "oneOf", "allOf", "default"} & node.keys()
        if node.get("type") == "object":
            assert node["required"] == list(node["properties"])
            assert node["additionalProperties"] is False
    assert '"maxLength": 8000' not in json.dumps(schema)


def test_what_the_muse_writes_fits_the_full_shape_of_every_stage() -> None:
    for stage in STAGE_BY_KEY:
        asked = request(stage, count=1)
        content = propose(asked)[0][0]
        (item,) = Shape(asked).read(json.dumps(content))
        assert item.content == STAGE_BY_KEY[stage].content.model_validate(content).model_dump(
            mode="json", by_alias=True
        )


def test_counts_beats_and_ids_are_those_of_the_request() -> None:
    confirmed = {GenesisStage.CHARACTERS: PEOPLE}
    schema = Shape(request(PLOT, count=1, confirmed=confirmed), lean=True).schema()
    assert list(schema["properties"]["beats"]["properties"])[:2] == ["opening", "inciting_incident"]
    chapter = schema["properties"]["chapters"]["items"]["properties"]
    assert chapter["pov_character_id"] == {"type": "string", "enum": ["mara", "joss"]}
    three = Shape(request(count=3)).schema()["properties"]["proposals"]
    assert (three["minItems"], three["maxItems"]) == (3, 3)
