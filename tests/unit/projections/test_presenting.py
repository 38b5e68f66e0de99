"""What is shown of a row: titles and warnings."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from projections.engine import cursors
from projections.genesis.session_view import shown_title

NOW = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("parts", "shown"),
    [
        (("Mine", "Story", "Concept", "seed"), "Mine"),
        (("", "Story", "Concept", "seed"), "Story"),
        (("", None, "Concept", "seed"), "Concept"),
        (("", None, None, "a bell under the sea"), "a bell under the sea"),
        (("", None, None, "one two three four five six seven eight nine"), "one two three four five six seven eight…"),
        (("", None, None, "沉" * 80), "沉" * 60 + "…"),
        (("", None, None, ""), ""),
    ],
)
def test_the_title_shown(parts: tuple[str, str | None, str | None, str], shown: str) -> None:
    assert shown_title(*parts) == shown


def test_cursors_come_back_and_others_are_refused() -> None:
    key = uuid4()
    assert cursors.decode(cursors.encode(NOW, key)) == (NOW, key)
    for text in ("", "x", "!!!!", "é", "MjAyNi0wMS0wMXwx", cursors.encode(NOW.replace(tzinfo=None), key)):
        with pytest.raises(cursors.InvalidCursor):
            cursors.decode(text)
