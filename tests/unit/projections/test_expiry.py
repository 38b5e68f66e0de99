"""When a session's time runs out: which warning holds, what it says, and when the next one comes."""

from datetime import UTC, datetime, timedelta

import pytest
from genesis_types.enums import GenesisStatus

from projections.genesis.expiry_warnings import expiry_warning, warns_at

BEGAN = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
ENDS = BEGAN + timedelta(hours=100)
RUNNING = GenesisStatus.IN_PROGRESS


@pytest.mark.parametrize(
    ("hours", "code", "next_at"),
    [
        (0, None, 80),
        (79.9, None, 80),
        (80, "EXPIRES_SOON", 95),
        (94.9, "EXPIRES_SOON", 95),
        (95, "EXPIRES_VERY_SOON", None),
        (100, "EXPIRES_VERY_SOON", None),
        (500, "EXPIRES_VERY_SOON", None),
    ],
)
def test_a_running_session_warns_at_four_fifths_and_again_near_the_end(
    hours: float, code: str | None, next_at: float | None
) -> None:
    now = BEGAN + timedelta(hours=hours)
    found = expiry_warning(RUNNING, BEGAN, ENDS, now)
    assert (found.code if found else None) == code
    assert warns_at(RUNNING, BEGAN, ENDS, now) == (None if next_at is None else BEGAN + timedelta(hours=next_at))


@pytest.mark.parametrize("hours", [80, 95])
def test_a_warning_says_until_when_and_what_to_do(hours: int) -> None:
    found = expiry_warning(RUNNING, BEGAN, ENDS, BEGAN + timedelta(hours=hours))
    assert found is not None
    assert "2026-03-05 13:00 UTC" in found.message
    assert "Extend it" in found.message
    assert "nothing is lost" in found.message


def test_a_paused_session_says_since_when_and_how_to_go_on() -> None:
    found = expiry_warning(GenesisStatus.PAUSED, BEGAN, ENDS, ENDS + timedelta(days=400))
    assert found is not None
    assert found.code == "EXPIRED"
    assert "2026-03-05 13:00 UTC" in found.message
    assert "extend it" in found.message
    assert warns_at(GenesisStatus.PAUSED, BEGAN, ENDS, ENDS) is None


@pytest.mark.parametrize("status", [GenesisStatus.COMPLETED, GenesisStatus.ABANDONED])
def test_a_session_that_has_ended_does_not_warn(status: GenesisStatus) -> None:
    assert expiry_warning(status, BEGAN, ENDS, ENDS + timedelta(hours=2)) is None
    assert warns_at(status, BEGAN, ENDS, BEGAN) is None


def test_the_warning_counts_from_the_last_extension() -> None:
    """A day added to a session of two weeks: it warns in the last fifth of what is left then, not of the whole."""
    extended, ends = ENDS - timedelta(hours=1), ENDS + timedelta(hours=99)
    assert expiry_warning(RUNNING, extended, ends, extended) is None
    assert warns_at(RUNNING, extended, ends, extended) == extended + timedelta(hours=80)
