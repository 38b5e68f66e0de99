"""The style lock of a project: set as a whole, once, and folded on both sides."""

import pytest
from pydantic import ValidationError

from domain.project.style import LONGEST_SAMPLE, Style, StyleSet
from domain.project.style_commands import SetStyle
from domain.rejections import NotFound
from tests.support.project import Shelf

STYLE = Style(sample="The rope held.", rules=("Past tense.",), banned=("tapestry of",), becomes="A sea book.")


def test_the_style_is_set_as_a_whole_and_once() -> None:
    shelf = Shelf()
    (fact,) = shelf.when(SetStyle(style=STYLE))
    assert isinstance(fact, StyleSet)
    assert shelf.project.style == STYLE
    assert shelf.when(SetStyle(style=STYLE)) == ()
    shelf.when(SetStyle(style=Style(returns="The bell.")))
    assert shelf.project.style == Style(returns="The bell.")
    assert shelf.aggregate.fold(shelf.stream_id, tuple(shelf.facts)) == shelf.project


def test_only_its_author_sets_it_and_within_limits() -> None:
    with pytest.raises(NotFound):
        Shelf().when(SetStyle(style=STYLE), user_id=None)
    for wrong in (
        {"sample": "x" * (LONGEST_SAMPLE + 1)},
        {"rules": [""]},
        {"banned": ["x"] * 201},
        {"becomes": "\x00"},
    ):
        with pytest.raises(ValidationError):
            Style.model_validate(wrong)
