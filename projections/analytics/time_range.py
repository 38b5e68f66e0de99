"""Reads the range that figures are asked for: from a moment up to another that is not in it, in a time zone. Pure."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_LOST_PLUS = re.compile(r"(.*T.*) (\d\d:?\d\d)")


class InvalidRange(ValueError):
    """What was given is no range; the text says so to a person."""


@dataclass(frozen=True, slots=True)
class TimeRange:
    """Times in UTC, `before` is not in it. None: no limit. `zone`: what days were read in, and are to be shown in."""

    since: datetime | None = None
    before: datetime | None = None
    zone: str = "UTC"


def parse_range(since: str | None, before: str | None, zone: str | None) -> TimeRange:
    """Times (RFC 3339), or days, whose first moment in `zone` is meant; without an offset a time is in `zone`, too.

    zone: an IANA name, UTC if it is not given. Raises InvalidRange.
    """
    clock = _zone(zone or "UTC")
    start = None if since is None else _moment("from", since, clock)
    end = None if before is None else _moment("to", before, clock)
    if start is not None and end is not None and start >= end:
        raise InvalidRange("“from” has to be before “to”, which is the first moment that is not counted.")
    return TimeRange(start, end, clock.key)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise InvalidRange(
            "There is no time zone of that name. Write it as Europe/Berlin, or leave it out for UTC."
        ) from None


def _moment(name: str, said: str, zone: ZoneInfo) -> datetime:
    text = said.strip().upper()
    if lost := _LOST_PLUS.fullmatch(text):
        text = f"{lost[1]}+{lost[2]}"  # a plus that came through an address as a space
    try:
        if len(text) == len("2026-03-01"):
            found = datetime.combine(date.fromisoformat(text), time(), zone)
        else:
            found = datetime.fromisoformat(text)
            found = found if found.tzinfo is not None else found.replace(tzinfo=zone)
        return found.astimezone(UTC)
    except (ValueError, OverflowError):
        raise InvalidRange(
            f"“{name}” is no time. Write a day as 2026-03-01, or a time as 2026-03-01T09:00:00+01:00."
        ) from None
