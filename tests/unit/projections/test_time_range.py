"""The range that figures are asked for: days of a zone, times with an offset, and sentences for everything else."""

from datetime import UTC, datetime

import pytest

from projections.analytics.time_range import InvalidRange, parse_range


@pytest.mark.parametrize(
    ("said", "zone", "read"),
    [
        ("2026-03-01", None, datetime(2026, 3, 1, tzinfo=UTC)),
        ("2026-03-01", "Europe/Berlin", datetime(2026, 2, 28, 23, tzinfo=UTC)),
        ("2026-03-01T09:00:00+01:00", "Asia/Shanghai", datetime(2026, 3, 1, 8, tzinfo=UTC)),
        ("2026-03-01T09:00:00 01:00", None, datetime(2026, 3, 1, 8, tzinfo=UTC)),
        ("2026-03-01T09:00", "Asia/Shanghai", datetime(2026, 3, 1, 1, tzinfo=UTC)),
        ("2026-03-29", "Europe/Berlin", datetime(2026, 3, 28, 23, tzinfo=UTC)),
    ],
    ids=["a day", "a day of a zone", "an offset", "a lost plus", "a time of the zone", "the day clocks change"],
)
def test_days_and_times(said: str, zone: str | None, read: datetime) -> None:
    assert parse_range(said, None, zone).since == read
    assert parse_range(None, said, zone).before == read


@pytest.mark.parametrize(
    ("since", "before", "zone", "about"),
    [
        ("2026-03-02", "2026-03-01", None, "before “to”"),
        ("2026-03-01", "2026-03-01", None, "before “to”"),
        ("yesterday", None, None, "“from” is no time"),
        (None, "2026-02-30", None, "“to” is no time"),
        ("2026-03-01T23:59:60Z", None, None, "“from” is no time"),
        ("0001-01-01", None, "Asia/Shanghai", "“from” is no time"),
        ("99999999999999999999", None, None, "“from” is no time"),
        (None, None, "Mars/Olympus", "no time zone of that name"),
        (None, None, "../../etc/passwd", "no time zone of that name"),
        (None, None, "\x00", "no time zone of that name"),
    ],
    ids=["backwards", "empty", "words", "february", "leap", "early", "huge", "zone", "path", "nul"],
)
def test_what_is_no_range_is_said_in_a_sentence(
    since: str | None, before: str | None, zone: str | None, about: str
) -> None:
    with pytest.raises(InvalidRange, match=about):
        parse_range(since, before, zone)
