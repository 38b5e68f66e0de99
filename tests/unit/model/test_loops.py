"""A model that goes round is stopped, also where a grammar ends each of its texts at the longest length."""

import pytest

from infrastructure.writers.model.asking import repeats

BEFORE = '{"chapters": [{"title": "Low Water", "summary": "Mara finds the bell under the silt and does not ring it."},'
SHORT = "_clarion"
"""What a model of 135 million parameters wrote until its text was full, in each of ten texts."""

LONG = "The keeper climbs the stair and counts the voices, and each of them asks him for the name of the ship. "


@pytest.mark.parametrize(
    "loop",
    ["i_" * 220, SHORT * 50, " \n" * 200, LONG * 13],
    ids=["two letters", "a word", "white space", "a sentence"],
)
def test_what_goes_round_is_seen_before_its_text_is_full(loop: str) -> None:
    assert repeats(f'{BEFORE} {{"title": "{loop}')


@pytest.mark.parametrize(
    "text",
    [
        BEFORE,
        LONG * 6,
        f"{SHORT * 20} and then it ended. {BEFORE * 3}",
        '"' + "“Ha, ha, ha, ha, ha!” she said, and the tide went out. " * 1 + "…" * 200,
        " ".join(f'{{"n": {number}, "title": "", "summary": ""}},' for number in range(60)),
    ],
    ids=["good", "six times", "over", "dots", "empty fields"],
)
def test_what_only_looks_like_it_is_not(text: str) -> None:
    assert not repeats(text)
