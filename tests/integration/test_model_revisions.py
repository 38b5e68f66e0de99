"""A scene in which code finds fault is written once more by the model, and the better version is kept."""

from dataclasses import replace

import pytest

from application.chapter_writers import Book
from domain.project.style import Style
from tests.support.model_answers import piece
from tests.support.model_chapters import GOOD, REQUEST, SUMMARY, WELL, says, scenes, text, write
from tests.support.openai_server import Behaviour

WORN = f"{GOOD[0]} Little did she know what the gate was. Her knuckles turned white."


def test_a_scene_without_fault_is_written_once() -> None:
    items, _, asked = write(WELL)
    assert len(asked) == 3
    assert [one.critique for one in scenes(items)] == [None, None]


def test_a_revision_that_is_better_is_kept_and_both_are_counted() -> None:
    items, failed, asked = write((says(WORN), says(GOOD[0]), says(GOOD[1]), says(SUMMARY)))

    assert failed is None
    assert [text(one) for one in scenes(items)] == GOOD
    first = scenes(items)[0]
    assert first.critique is not None
    assert (first.critique.revised, first.critique.kept, first.critique.left) == (True, "revision", ())
    assert [one.code for one in first.critique.found] == ["WORN_PHRASE", "WORN_PHRASE"]
    assert piece(asked[1], "found") == ["A worn phrase: Little did she know", "A worn phrase: knuckles turned white"]
    assert "".join(piece(asked[1], "scene"))[-20:] == WORN[-20:]
    assert first.spent is not None
    assert first.spent.usage["requests"] == 2
    assert len(asked) == 4


@pytest.mark.parametrize(
    "again",
    [
        says(f"{WORN} Shivers ran down her spine."),
        says("I'm sorry, but I can't help with that."),
        says("- a list\n- of points\n- and no prose"),
        Behaviour(lambda _: "", status=500, error={"message": "down"}),
    ],
    ids=["worse", "refused", "outline", "failed"],
)
def test_a_revision_that_is_not_better_leaves_the_first(again: Behaviour) -> None:
    items, failed, _ = write((says(WORN), again, says(GOOD[1]), says(SUMMARY)))

    assert failed is None
    first = scenes(items)[0]
    assert text(first).endswith("Her knuckles turned white.")
    assert first.critique is not None
    assert (first.critique.kept, len(first.critique.left)) == ("first", 2)


def test_the_style_is_told_and_what_it_bans_is_mended() -> None:
    word = GOOD[0].split()[3].strip(",.;“”")
    style = Style(sample="The rope held.", rules=("Past tense.",), banned=("old tin whistle",), returns="The bell.")
    request = replace(REQUEST, book=Book("A Book", "en", style=style), worn=(("little did she know", 31),))
    items, _, asked = write((says(f"{GOOD[0]} An old tin whistle lay there."), *WELL), request)

    assert word in text(scenes(items)[0])
    first = scenes(items)[0].critique
    assert first is not None
    assert [(one.code, one.about) for one in first.found] == [("BANNED", "old tin whistle")]
    told = piece(asked[0], "style")
    assert (told["rules"], told["banned"], told["come_back_to"]) == (["Past tense."], ["old tin whistle"], "The bell.")
    assert piece(asked[0], "sparingly") == [{"phrase": "little did she know", "times": 31}]
