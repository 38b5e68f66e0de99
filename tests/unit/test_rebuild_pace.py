"""How a rebuild paces itself: writes as short as they have to be, a rate, and pauses while live events are late."""

import asyncio
from collections.abc import Iterator, Sequence
from itertools import count

import pytest

from infrastructure.read_side import pace
from infrastructure.read_side.pace import IN_TIME, LATE, Look, Pace

_LEAST = 400
_QUICK, _SLOW = 0.01, 0.2
_NEXT = count()


def _moving(late: float) -> Look:
    """A look at projections that have moved since the last one."""
    return Look(late, next(_NEXT))


@pytest.fixture(autouse=True)
def looks_every_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "_EVERY", 0.0)


class _Paced:
    """A pace whose pauses are noted and not slept, and whose looks are given."""

    def __init__(self, rate: float | None = None, most: int = 4_000) -> None:
        self.pauses: list[float] = []
        self.pace = Pace(rate, most, sleep=self._sleep)

    async def _sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)

    def spend(self, looks: Sequence[Look], seconds: float = _QUICK, events: int = 200) -> int:
        """Write once, with these looks (the last one again and again); the chunk that comes next."""
        given: Iterator[Look] = iter(looks)
        latest = looks[0]

        async def look() -> Look:
            nonlocal latest
            latest = next(given, latest)
            return latest

        asyncio.run(self.pace.spend(events, seconds, look))
        return self.pace.chunk


def test_writes_begin_small_grow_while_they_are_quick_and_shrink_when_they_are_not() -> None:
    paced = _Paced()
    assert paced.pace.chunk == _LEAST, "nothing is known yet"
    assert [paced.spend([_moving(0.0)]) for _ in range(5)] == [800, 1_600, 3_200, 4_000, 4_000]
    assert [paced.spend([_moving(0.0)], _SLOW) for _ in range(5)] == [2_000, 1_000, 500, 400, 400]
    assert paced.spend([_moving(0.0)], 0.03) == _LEAST, "neither quick nor slow"
    assert paced.pauses == [], "nobody waits"


def test_a_slow_rate_makes_small_chunks() -> None:
    assert Pace(30.0, 4_000).chunk == 30
    assert Pace(0.5, 4_000).chunk == 1


def test_a_rate_is_kept_by_pauses() -> None:
    paced = _Paced(rate=100.0, most=50)
    paced.spend([_moving(0.0)], events=50)
    assert 0.4 < paced.pauses[-1] <= 0.5


def test_while_live_events_are_late_pauses_grow_and_writes_do_not() -> None:
    paced = _Paced()
    paced.spend([_moving(0.0)])
    chunk = paced.pace.chunk
    assert not paced.pace.gives_way
    for _ in range(6):
        paced.spend([_moving(0.3)], 0.04)
    assert paced.pace.gives_way
    assert paced.pace.late == 0.3
    assert paced.pace.chunk < chunk, "a write may take less time than before"
    assert paced.pauses == sorted(paced.pauses)
    assert paced.pauses[0] == 0.04, "as long as the write was"
    assert paced.pauses[-1] == 0.04 * 2, "and no longer than this"


def test_once_they_are_in_time_it_goes_on_as_before() -> None:
    paced = _Paced()
    for _ in range(3):
        paced.spend([_moving(LATE * 2)], 0.04)
    between = len(paced.pauses)
    paced.spend([_moving((LATE + IN_TIME) / 2)], 0.04)
    assert paced.pauses[-1] == paced.pauses[-2], "neither late nor in time: as it is"
    for _ in range(6):
        paced.spend([_moving(0.0)], 0.04)
    assert paced.pauses[between + 1 :] == sorted(paced.pauses[between + 1 :], reverse=True)
    assert not paced.pace.gives_way
    pauses = len(paced.pauses)
    paced.spend([_moving(0.0)], 0.04)
    assert len(paced.pauses) == pauses


def test_where_no_projector_runs_there_is_nobody_to_give_way_to() -> None:
    paced = _Paced()
    asleep = Look(900.0, 7)
    paced.spend([asleep, asleep])
    assert len(paced.pauses) == 1, "one pause, in which nothing moved"
    assert not paced.pace.gives_way
    paced.spend([asleep])
    assert len(paced.pauses) == 1
    paced.spend([Look(0.4, 8)])
    assert len(paced.pauses) == 2, "one has started"
    assert paced.pace.gives_way


def test_a_pause_is_never_long() -> None:
    paced = _Paced()
    for _ in range(8):
        paced.spend([_moving(60.0), _moving(60.0)], 2.0)
    assert max(paced.pauses) == 0.5


def test_it_looks_now_and_then_while_nobody_is_late_and_each_time_while_somebody_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pace, "_EVERY", 3600.0)
    paced, looks = _Paced(), [0]

    async def look() -> Look:
        looks[0] += 1
        return _moving(0.0 if looks[0] < 2 else 0.3)

    for _ in range(5):
        asyncio.run(paced.pace.spend(100, _QUICK, look))
    assert looks == [1]
    monkeypatch.setattr(pace, "_EVERY", 0.0)
    asyncio.run(paced.pace.spend(100, _QUICK, look))
    monkeypatch.setattr(pace, "_EVERY", 3600.0)
    for _ in range(3):
        asyncio.run(paced.pace.spend(100, _QUICK, look))
    assert looks == [5]
