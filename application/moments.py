"""Reads which moment of a stream is asked for: a version, or a time as people and programs write it (RFC 3339)."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

LAST_VERSION = 2**31 - 1
"""The highest version that the log can hold."""

_LEAP_SECOND = re.compile(r"(.*T?\d\d:?59:?)60([.,]\d+)?(.*)")
_LOST_PLUS = re.compile(r"(.*T.*) (\d\d:?\d\d)")


@dataclass(frozen=True, slots=True)
class Moment:
    """A version, or a time (aware); neither: now."""

    version: int | None = None
    at: datetime | None = None


def parse_time(said: str) -> datetime:
    """The time, in UTC; without a zone it is UTC, a day is its first moment. Raises ValueError with a sentence.

    A leap second (23:59:60 UTC) is the first moment after it, as POSIX counts. A `+` that came through an address as a
    space is put back.
    """
    text = said.strip().upper()
    if lost := _LOST_PLUS.fullmatch(text):
        text = f"{lost[1]}+{lost[2]}"
    leap = _LEAP_SECOND.fullmatch(text)
    try:
        moment = datetime.fromisoformat(f"{leap[1]}59{leap[3]}" if leap else text)
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
        if leap:
            if (moment.hour, moment.minute) != (23, 59):
                raise ValueError("a leap second is the last of a day")
            moment += timedelta(seconds=1)
    except (ValueError, OverflowError):
        raise ValueError("This is not a time. Write it as 2026-03-01T09:00:00Z, with any offset from UTC.") from None
    return moment
