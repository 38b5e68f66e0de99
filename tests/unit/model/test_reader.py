"""The forgiving reader: JSON is found in whatever stands around it, and read back as it was meant."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infrastructure.writers.model.reader import LONGEST, candidates

VALUE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=12,
)
WRAPPINGS = {
    "bare": "%s",
    "words before and after": "Here is what you asked for:\n%s\nI hope that helps!",
    "a code fence": "```json\n%s\n```",
    "a brace in the words before": "Use {curly} braces. %s",
    "thoughts with braces": '<think>Maybe {"title": "no"}? Or {this</think>\n%s',
    "thoughts that were never opened": 'So {"title": "no"}.</think>%s',
    "tags": "<tools></tools>\n<response>\n%s\n</response>",
    "a doubled brace": "{%s}",
    "something after": '%s\n{"title": "later"}',
}


@pytest.mark.parametrize("wrapping", WRAPPINGS.values(), ids=WRAPPINGS)
@given(VALUE)
def test_any_value_is_read_back_equal_however_it_is_wrapped(wrapping: str, value: Any) -> None:
    written = json.dumps({"proposals": value}, ensure_ascii=False)
    assert candidates(wrapping.replace("%s", written))[0] == {"proposals": value}


@given(VALUE)
def test_json_in_a_string_is_read_back_equal(value: Any) -> None:
    assert candidates(json.dumps(json.dumps({"proposals": value})))[0] == {"proposals": value}


@given(st.text())
def test_no_text_at_all_breaks_it(text: str) -> None:
    for value in candidates(text):
        assert isinstance(value, dict | list)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"a": "one\ntwo\tthree"}', {"a": "one\ntwo\tthree"}),
        ('{"a": [1, 2,], "b": {"c": 3,},}', {"a": [1, 2], "b": {"c": 3}}),
        ("{'a': 'b'}", {"a": "b"}),
        ('{a: "b"}', {"a": "b"}),
        ('{"a": "b" "c": "d"}', {"a": "b", "c": "d"}),
        ('{"a": "She said "no" and left.", "b": 2}', {"a": 'She said "no" and left.', "b": 2}),
        ('{"a": "b"}}}', {"a": "b"}),
        ('{{"a": "b"}}', {"a": "b"}),
        ('[{"a": 1}]', [{"a": 1}]),
    ],
)
def test_faults_of_structure_are_repaired(text: str, value: Any) -> None:
    assert candidates(text)[0] == value


def test_what_was_cut_off_is_left_out_and_what_is_whole_is_kept() -> None:
    text = '{"proposals": [{"title": "One"}, {"title": "Two"}, {"title": "Three and a ha'
    assert candidates(text) == [{"title": "One"}, {"title": "Two"}, [{"title": "One"}, {"title": "Two"}]]
    assert candidates('{"title": "Only a ha') == []


def test_an_endless_answer_is_read_to_a_limit() -> None:
    assert candidates("x" * LONGEST + '{"a": 1}') == []
    assert candidates("[" * 100_000) == []
    assert candidates('{"a": ' * 50_000) == []
