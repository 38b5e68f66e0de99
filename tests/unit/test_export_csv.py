"""Cells and records of CSV: read back as they were by any reader of RFC 4180, and never a formula."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infrastructure.exports.csv_encoder import cell, line

texts = st.text(st.characters(exclude_categories=["Cs"]))
tricky = st.text(st.sampled_from("=+-@\t\r\n\"', ;a1＝\ufeff\0\x01\u2028"))


def read(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline=""), strict=True))


@given(st.lists(st.one_of(texts, tricky), min_size=2))
def test_a_record_is_read_back_as_it_was(values: list[str]) -> None:
    cells = [cell(value) for value in values]
    assert read(line(cells) * 2) == [cells, cells]
    assert line(cells).endswith("\r\n")


@given(st.one_of(texts, tricky))
def test_no_cell_begins_as_a_formula_and_nothing_else_is_changed(value: str) -> None:
    made = cell(value)
    assert made[:1] not in set("=+@\t\r\n＝＋－＠")
    assert made[:1] != "-" or made.replace(".", "").replace("-", "").replace("e", "").replace("+", "").isdigit()
    assert made in (value.replace("\0", "\ufffd"), "'" + value.replace("\0", "\ufffd"))


@pytest.mark.parametrize("number", ["-1", "-0.5", "-1e-05", "17"])
def test_numbers_stay_numbers(number: str) -> None:
    assert cell(number) == number


@pytest.mark.parametrize("text", ["=1+1", "-1+1", "+cmd|' /C calc'!A0", "@SUM(A1)", "-", "\t=1", "\r=1"], ids=repr)
def test_formulas_get_an_apostrophe(text: str) -> None:
    assert cell(text) == f"'{text}"
