"""Counts what a rebuild has done, and says how fast it goes and how long it will take."""

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

_RECENT = 10.0
"""Seconds over which the rate is taken: what was done before a pause, or by an earlier run, says nothing of it."""


@dataclass(frozen=True, slots=True)
class RebuildProgress:
    """`done` of `total` events, `rate` of them a second; `eta` in seconds. None while nothing can be said.

    late: seconds that live events are late, while the rebuild gives way to them; None while it does not.
    """

    phase: str
    done: int
    total: int
    rate: float | None
    eta: float | None
    late: float | None = None


class Meter:
    """Counts events; `resumed` are those that an earlier run had done, which say nothing of the rate."""

    def __init__(self, tell: Callable[[RebuildProgress], None]) -> None:
        self.done = 0
        self.resumed = 0
        self._total = 0
        self._tell = tell
        self._phase = "prepare"
        self._late: float | None = None
        self._recent: deque[tuple[float, int]] = deque()

    def begin(self, total: int, resumed: int = 0) -> None:
        self._total = total
        self.done = self.resumed = resumed
        self._recent.append((time.monotonic(), resumed))
        self.phase("copy")

    def advance(self, events: int, late: float | None = None) -> None:
        self.done += events
        self._late = late
        self._total = max(self._total, self.done)
        now = time.monotonic()
        self._recent.append((now, self.done))
        while len(self._recent) > 2 and self._recent[1][0] < now - _RECENT:
            self._recent.popleft()
        self._report()

    def phase(self, name: str) -> None:
        self._phase, self._late = name, None
        self._report()

    def _report(self) -> None:
        rate = self._rate()
        eta = (self._total - self.done) / rate if rate else None
        self._tell(RebuildProgress(self._phase, self.done, self._total, rate, eta, self._late))

    def _rate(self) -> float | None:
        if len(self._recent) < 2:
            return None
        (began, before), (now, done) = self._recent[0], self._recent[-1]
        return (done - before) / (now - began) if now > began and done > before else None
