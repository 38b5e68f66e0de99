"""What is shown of a row: titles and warnings."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from genesis_types.enums import GenesisStatus

from projections import cursors
from projections.presenting import expiry_warning, shown_title

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


@pytest.mark.parametrize(("left", "word"), [(0.5, None), (0.19, "fifth"), (0.04, "almost"), (-1.0, "almost")])
def test_expiry_warns_twice(left: float, word: str | None) -> None:
    whole = timedelta(hours=100)
    found = expiry_warning(GenesisStatus.IN_PROGRESS, NOW - whole * (1 - left), NOW + whole * left, NOW)
    assert (found is None) if word is None else (found is not None and word in found)


def test_an_ended_session_does_not_warn() -> None:
    assert expiry_warning(GenesisStatus.COMPLETED, NOW, NOW + timedelta(hours=1), NOW + timedelta(hours=2)) is None


def test_cursors_come_back_and_others_are_refused() -> None:
    key = uuid4()
    assert cursors.decode(cursors.encode(NOW, key)) == (NOW, key)
    for text in ("", "x", "!!!!", "é", "MjAyNi0wMS0wMXwx", cursors.encode(NOW.replace(tzinfo=None), key)):
        with pytest.raises(cursors.InvalidCursor):
            cursors.decode(text)
