"""Differences: the patch leads from one to the other, the texts can be put together again, moved items are seen."""

import random

import jsonpatch
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import JsonValue

from projections.differences.changes import changes
from projections.differences.json_patch import json_patch
from projections.differences.pairing import same
from projections.differences.words import Words

WORDS = ("the", "tide", "~", "a/b", "海", "鐘", "don’t", " ", "\n", ".")
KEYS = ("id", "key", "title", "a/b", "~", "", "0")
texts = st.lists(st.sampled_from(WORDS), max_size=12).map("".join) | st.text(max_size=20)


def document(chance: random.Random, depth: int = 0) -> JsonValue:
    """Any JSON; lists whose items have ids, as most lists of a content do, more often than by chance."""
    match chance.randrange(4 if depth > 3 else 8):
        case 0:
            return chance.choice((None, True, False, 0, 1, 1.0, -2.5))
        case 1 | 2 | 3:
            return "".join(chance.choice(WORDS) for _ in range(chance.randrange(9)))
        case 4:
            return {chance.choice(KEYS): document(chance, depth + 1) for _ in range(chance.randrange(4))}
        case 5:
            return [document(chance, depth + 1) for _ in range(chance.randrange(5))]
        case _:
            names = (
                chance.choices("abcd0", k=3) if chance.random() < 0.2 else chance.sample("abcdef0", chance.randrange(7))
            )
            return [{"id": name, "part": document(chance, depth + 1)} for name in names]


def patched(before: JsonValue, after: JsonValue) -> JsonValue:
    operations = [operation.model_dump(mode="json") for operation in json_patch(before, after)]
    found: JsonValue = jsonpatch.apply_patch(before, operations)
    return found


@given(seed=st.integers(0, 2**32))
@settings(max_examples=300)
def test_the_patch_applied_to_the_one_gives_the_other(seed: int) -> None:
    chance = random.Random(seed)
    before, after = document(chance), document(chance)
    assert same(patched(before, after), after)
    assert (json_patch(before, after) == ()) == same(before, after)
    assert (changes(before, before, Words()), json_patch(after, after)) == ((), ())


@given(seed=st.integers(0, 2**32))
def test_items_that_go_come_move_and_change_at_once(seed: int) -> None:
    chance = random.Random(seed)
    before = [{"id": str(number), "text": "x"} for number in range(chance.randint(0, 12))]
    after = [one | {"text": chance.choice("xy")} for one in before if chance.random() < 0.7]
    after += [{"id": f"new {number}", "text": "z"} for number in range(chance.randint(0, 4))]
    chance.shuffle(after)
    assert same(patched({"list": before}, {"list": after}), {"list": after})


@given(before=texts, after=texts)
def test_words_put_together_are_the_texts(before: str, after: str) -> None:
    runs = Words().runs(before, after)
    assert "".join(run.text for run in runs if run.op != "added") == before
    assert "".join(run.text for run in runs if run.op != "removed") == after


def test_words_are_compared_not_letters() -> None:
    runs = Words().runs(
        "She must choose between the voice and the living.", "She must choose the voice, or the living."
    )
    assert [(run.op, run.text) for run in runs] == [
        ("kept", "She must choose "),
        ("removed", "between "),
        ("kept", "the voice"),
        ("removed", " and"),
        ("added", ", or"),
        ("kept", " the living."),
    ]


def test_a_chinese_text_is_compared_by_character() -> None:
    runs = Words().runs("守塔人收集失落的声音", "守塔人收集沉没的钟声")
    assert [(run.op, run.text) for run in runs][:3] == [("kept", "守塔人收集"), ("removed", "失落"), ("added", "沉没")]


def test_one_item_moved_is_one_move_whatever_the_distance() -> None:
    before = [{"id": name} for name in "abcdefgh"]
    after = [*before[1:], before[0]]
    assert [operation.model_dump(mode="json") for operation in json_patch(before, after)] == [
        {"op": "move", "from": "/0", "path": "/7"}
    ]
    (moved,) = changes(before, after, Words())
    assert (moved.kind, moved.path, moved.before_index, moved.after_index) == ("moved", "/a", 0, 7)


def test_a_field_of_an_item_is_named_by_the_item_s_id() -> None:
    before = {"characters": [{"id": "mara/1", "want": "light"}, {"id": "ben", "want": "sleep"}]}
    after = {"characters": [{"id": "ben", "want": "sleep"}, {"id": "mara/1", "want": "the light"}, {"id": "new"}]}
    found = changes(before, after, Words())
    assert [(change.kind, change.path) for change in found] == [
        ("moved", "/characters/ben"),
        ("changed", "/characters/mara~11/want"),
        ("added", "/characters/new"),
    ]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a " * 40_000, "b " * 40_000),
        ("a b " * 20_000, "b a a " * 20_000),
        ("啊" * 80_000, "啊哦" * 40_000),
        ([["x"] for _ in range(2_000)], [["x"], ["y"]] * 1_000),
    ],
    ids=["other words", "shifted words", "one character", "long lists"],
)
def test_what_has_little_in_common_takes_bounded_effort(before: JsonValue, after: JsonValue) -> None:
    texts = Words(effort=10_000)
    assert changes(before, after, texts)
    assert same(patched(before, after), after)
