"""Times as people and programs write them, and which events count at one."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from application.moments import Moment, parse_time
from application.ports import EventTooNew
from application.replay import LogDamaged, NoSuchMoment, NoSuchStream, Past, Replay, Shown
from domain.genesis.events import StageEntered
from domain.genesis.stages import STAGE_ORDER
from projections.engine.projection import StoredEvent
from tests.support.projections import stored

NINE = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("2026-03-01T09:00:00Z", NINE),
        ("2026-03-01t09:00:00z", NINE),
        ("2026-03-01T09:00", NINE),
        (" 2026-03-01 09:00:00 ", NINE),
        ("2026-03-01T14:45:00+05:45", NINE),
        ("2026-03-01T14:45:00 05:45", NINE),
        ("2026-03-01T01:00:00.000-0800", NINE),
        ("2026-03-01", NINE.replace(hour=0)),
        ("20260301T090000Z", NINE),
        ("2016-12-31T23:59:60Z", datetime(2017, 1, 1, tzinfo=UTC)),
        ("2016-12-31T23:59:60.5Z", datetime(2017, 1, 1, tzinfo=UTC)),
        ("2017-01-01T00:59:60+01:00", datetime(2017, 1, 1, tzinfo=UTC)),
    ],
    ids=str,
)
def test_a_time_is_read(said: str, meant: datetime) -> None:
    assert parse_time(said) == meant


NO_TIMES = (
    *("", "now", "1772355600", "2026-13-01", "2026-02-29", "2026-03-01T25:00", "2026-03-01T23:59:61Z"),
    *("2026-03-01T12:59:60Z", "0001-01-01T00:00+14:00", "9999-12-31T23:59:60Z", "2026-03-01T09:00:00+99:00", "٢٠٢٦"),
)


@pytest.mark.parametrize("said", NO_TIMES, ids=str)
def test_what_is_no_time_is_said_to_be_none(said: str) -> None:
    with pytest.raises(ValueError, match="This is not a time"):
        parse_time(said)


class Kept:
    """A log of one stream, as far as it can be read."""

    def __init__(self, past: Past[StoredEvent]) -> None:
        self.past = past

    async def read(self, stream_id: UUID, until: int | None = None) -> Past[StoredEvent]:
        return self.past


def shown(past: Past[StoredEvent], moment: Moment, now: datetime = NINE + timedelta(days=1)) -> Shown[int]:
    replay = Replay(Kept(past), lambda events, at: len(events), lambda: now)
    return asyncio.run(replay.at(uuid4(), moment))


def events(*minutes: int) -> list[StoredEvent]:
    """One at each of these minutes past nine."""
    times = [NINE + timedelta(minutes=minute) for minute in minutes]
    return [stored(StageEntered(occurred_at=at, stage=STAGE_ORDER[0]), n) for n, at in enumerate(times, 1)]


def test_a_version_is_shown_as_of_its_own_time_and_a_time_as_of_itself() -> None:
    past = Past(events(0, 0, 5), 3)
    at_two = shown(past, Moment(version=2))
    assert (at_two.version, at_two.at, at_two.state) == (2, NINE, 2)
    at_four = shown(past, Moment(at=NINE + timedelta(minutes=4)))
    assert (at_four.version, at_four.at, at_four.recorded_at) == (2, NINE + timedelta(minutes=4), NINE)
    assert shown(past, Moment(at=NINE + timedelta(minutes=5))).version == 3


def test_a_time_that_has_not_come_yet_is_now() -> None:
    later = shown(Past(events(0), 1), Moment(at=NINE + timedelta(days=400)))
    assert later.at == shown(Past(events(0), 1), Moment()).at == NINE + timedelta(days=1)


def test_a_clock_that_went_back_hides_what_came_after_the_first_later_event() -> None:
    assert shown(Past(events(0, 5, 4), 3), Moment(at=NINE + timedelta(minutes=4))).version == 1


@pytest.mark.parametrize("broken", [LogDamaged("A hole."), EventTooNew("Newer.")], ids=["damaged", "newer"])
def test_what_lies_before_the_damage_is_shown(broken: Exception) -> None:
    past = Past(events(0, 5), 4, broken)
    assert shown(past, Moment(version=2)).version == 2
    assert shown(past, Moment(at=NINE + timedelta(minutes=1))).version == 1
    for moment in (Moment(version=3), Moment(), Moment(at=NINE + timedelta(minutes=5))):
        with pytest.raises(type(broken)):
            shown(past, moment)


@pytest.mark.parametrize("version", [-(2**63), -1, 0, 3, 2**31 - 1, 2**64], ids=str)
def test_a_version_that_never_was(version: int) -> None:
    with pytest.raises(NoSuchMoment, match="the last one is 2"):
        shown(Past(events(0, 5), 2), Moment(version=version))


def test_a_stream_that_there_is_not() -> None:
    with pytest.raises(NoSuchStream):
        shown(Past([], 0), Moment())
    with pytest.raises(NoSuchMoment, match="had begun"):
        shown(Past(events(0), 1), Moment(at=NINE - timedelta(seconds=1)))
