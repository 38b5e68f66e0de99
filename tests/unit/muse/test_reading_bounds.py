"""Reading feedback takes any text: linear in its length, no pattern that runs away, the writer's own words kept."""

import re._constants as sre
import re._parser as sre_parse
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infrastructure.writers.muse import clauses
from infrastructure.writers.muse.clauses import LIMIT, Clause, grammar
from infrastructure.writers.muse.intents import IntentKind, Outcome, adjustment, read_intents
from tests.unit.muse.test_intents import PEOPLE, PEOPLE_ZH


@pytest.mark.parametrize(
    "unit",
    ["darker, ", "make it ", "a.\n", "no dragons. ", "call her Rose and ", "set it in ", "更黑暗，", "把", "可以", '"',
     "'a ", "1. ", " ", "*", "🎉", "and ", "make the keeper a woman called Ingrid, ", "the the ", "去掉魔法和"],
)  # fmt: skip
def test_reading_is_linear(unit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """No pattern sees more than a clause's limit, and all that they see together grows with the text, no faster."""
    seen = 0
    clause = Clause.__init__

    def counted(self: Clause, text: str, *rest: Any) -> None:
        nonlocal seen
        seen += len(text)
        assert len(text) <= LIMIT
        clause(self, text, *rest)

    monkeypatch.setattr(clauses.Clause, "__init__", counted)
    for size in (500, 1_500, 20_000 if unit in ("make it ", " ", '"', "把", "and ") else 3_000):
        seen = 0
        read_intents((unit * size)[:size], "en", PEOPLE)
        assert seen <= 16 * size


def _repeats(tree: Any, depth: int = 0) -> Iterator[tuple[int, int]]:
    """(how often at most, within how many other repeats) for every repeat of a parsed pattern."""
    for code, argument in tree:
        inner = depth
        if code in (sre.MAX_REPEAT, sre.MIN_REPEAT):
            yield int(argument[1]), depth
            inner += int(argument[1]) > 1
        for part in argument if isinstance(argument, (list, tuple)) else ():
            for child in part if isinstance(part, list) else [part]:
                if isinstance(child, sre_parse.SubPattern):
                    yield from _repeats(child, inner)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_pattern_can_run_away(language: str) -> None:
    """Every repeat has a bound, long ones stand in no other repeat, and at most three of them in one pattern."""
    read = grammar(language)
    patterns = [regex.pattern for rows in read.patterns.values() for regex, _ in rows]
    patterns += [regex.pattern for regex in read.frame.values()]
    for rule in read.rules.values():
        patterns += [rule.get("fits", ""), rule.get("split", ""), *(old for old, _ in rule.get("become", ()))]
    for pattern in patterns:
        repeats = list(_repeats(sre_parse.parse(pattern)))
        assert all(most <= LIMIT for most, _ in repeats), pattern
        assert sum(most > 50 for most, _ in repeats) <= 3, pattern
        assert not any(most > 50 and depth for most, depth in repeats), pattern


FRAGMENTS = st.sampled_from(
    ["make her ", "the keeper", "call it ", "set it in ", "Iceland", " in 1953", ", and ", "drop ", "no ", "“", "”",
    "'", '"',
     "older", "Rose", "Will", "\ue000", "\uf8ff", "《", "》", "把主角", "改成", "叫", "林晚", "，", "去掉", "高",
     "她", "1. ", "\n", "*", "{}", "{who}"]
)  # fmt: skip


@given(
    st.one_of(st.text(max_size=200), st.lists(FRAGMENTS, max_size=14).map("".join)),
    st.sampled_from(["en", "zh", "zh-CN", "fr"]),
)
def test_any_text_gives_intents_in_its_own_words(text: str, language: str) -> None:
    intents = read_intents(text, language, PEOPLE | PEOPLE_ZH)
    assert intents == read_intents(text, language, PEOPLE | PEOPLE_ZH)
    for intent in intents:
        assert intent.words
        assert intent.words in text
        assert intent.value or intent.kind is IntentKind.CONTRADICTION
        for outcome in Outcome:
            assert adjustment(intent, language, outcome=outcome).endswith((".", "。"))


def test_twenty_thousand_characters_are_one_note() -> None:
    said = "The sea remembers what the town forgets, and says so at night; " * 320
    (note,) = read_intents(said[:20_000], "en", PEOPLE)
    assert note.kind is IntentKind.NOTE
    assert note.words == said[:20_000].strip()


@pytest.mark.parametrize("said", ["", "   ", "\n\n", "...", "?!", "，。", "—"])
def test_nothing_said_is_nothing(said: str) -> None:
    assert read_intents(said, "en", {}) == ()
