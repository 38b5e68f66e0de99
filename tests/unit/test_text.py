"""Text at the door: what is taken out, what is refused, and that every script stays as it was written."""

from typing import Annotated

import pytest
from genesis_types.text import CleanText, clean, lone_surrogates
from pydantic import TypeAdapter, ValidationError

TEXT = TypeAdapter(Annotated[str, CleanText])


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("a\x07b\x1b[31mc\x7f\x85", "ab[31mc"),
        ("safe\u202egpj.exe\u202c", "safegpj.exe"),
        ("\u2066isolated\u2069 \u202aembedded\u202b", "isolated embedded"),
        ("one\r\ntwo\rthree\n\tfour", "one\ntwo\nthree\n\tfour"),
    ],
)
def test_what_hides_or_turns_text_round_is_taken_out(given: str, kept: str) -> None:
    assert TEXT.validate_python(given) == kept
    assert clean({given: [given]}) == {kept: [kept]}


@pytest.mark.parametrize(
    "text",
    [
        "\U0001f469\u200d\U0001f680 and \u2764\ufe0f",
        "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
        "\u05e9\u05dc\u05d5\u05dd \u200f(1)",
        "\u7070\u5854\u4e0b\u7684\u949f",
        "e\u0301\u00a0\u2014 \U00020000",
        "",
    ],
)
def test_every_script_stays_as_it_was_written(text: str) -> None:
    assert TEXT.validate_python(text) == text
    assert clean(text) == text


@pytest.mark.parametrize("text", ["a\x00b", "a\ud800b", "\u202e", "\x07\u2069"])
def test_what_cannot_be_kept_or_read_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        TEXT.validate_python(text)


def test_lone_surrogates_are_told_by_their_place() -> None:
    value = {"a": [{"b": "x"}, {"c": "\udfff"}], "d": {"e\ud800": 1}, "f": "\U0001f680"}
    assert list(lone_surrogates(value)) == ["a.1.c", "d"]
