"""`genesis credits` as it is typed: grant, show, history, and what it says when something cannot be done."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.support.reading import projecting
from tests.support.users_cli import Genesis, genesis

__all__ = ["genesis"]  # the fixture


async def test_credits_are_granted_shown_and_remembered(genesis: Genesis, database_url: str) -> None:
    assert genesis("users", "add", "ann")[0] == 0
    returned, said, _ = genesis("credits", "grant", "Ann", "2.50", "--note", "welcome [gift]")
    assert returned == 0
    assert "ann got 2.50 credits; 2.50 are available." in said
    day = f"{datetime.now(UTC) + timedelta(days=30):%Y-%m-%d}"
    returned, said, _ = genesis("credits", "grant", "ann", "1", "--expires", day)
    assert (returned, f"until {day}" in said, "3.50 are available" in said) == (0, True, True)
    returned, said, _ = genesis("credits", "show", "ann")
    assert returned == 0
    assert "3.50" in said
    assert f"{day} 23:59 UTC" in said
    returned, said, _ = genesis("credits", "history", "ann")
    assert (returned, "2 newer entries are not shown yet" in said) == (0, True), "no projector has run"
    async with projecting(database_url) as projector:
        while await projector.step():
            pass
    returned, said, _ = genesis("credits", "history", "ann", "--limit", "1")
    assert returned == 0
    assert "There are older ones" in said
    returned, said, _ = genesis("credits", "history", "ann")
    assert "welcome [gift]" in said
    assert said.count("granted") == 2


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (("grant", "nobody", "1"), 1, "nobody"),
        (("grant", "ann", "0"), 1, "more than nothing"),
        (("grant", "ann", "-5"), 1, "more than nothing"),
        (("grant", "ann", "ten"), 2, "not an amount"),
        (("grant", "ann", "0.0000001"), 2, "six decimals"),
        (("grant", "ann", "9999999999"), 2, "beyond"),
        (("grant", "ann", "1", "--expires", "tomorrow"), 2, "not a date"),
        (("grant", "ann", "1", "--expires", "2020-01-01"), 1, "in the future"),
        (("grant", "ann", "1", "--note", "x" * 201), 2, "too long"),
        (("show", "nobody"), 1, "nobody"),
        (("history", "nobody"), 1, "nobody"),
    ],
)
def test_what_cannot_be_done_is_said_and_changes_nothing(
    genesis: Genesis, arguments: tuple[str, ...], code: int, sentence: str
) -> None:
    genesis("users", "add", "ann")
    returned, _, said = genesis("credits", *arguments)
    assert (returned, sentence in said) == (code, True), said
    assert "Traceback" not in said
    assert "3.50" not in genesis("credits", "show", "ann")[1]


def test_who_was_never_granted_anything_has_nothing(genesis: Genesis) -> None:
    returned, said, _ = genesis("credits", "show")
    assert (returned, "0.00" in said) == (0, True)
    assert "never had any" in genesis("credits", "history")[1]
