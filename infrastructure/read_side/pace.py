"""Paces a rebuild: small writes, a rate that was asked for, and room for live traffic as soon as that is late."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from psycopg import AsyncConnection

from infrastructure.event_store.log_reader import NEXT_RECORDED_AT

_OPEN, _LEAST = 0.05, 400
"""An open write holds back every reader of the log: seconds that one may take, and events below which none is cut."""

LATE, IN_TIME = 0.1, 0.05
"""Seconds that live events may wait to be projected: above the first a rebuild gives way, below the second it stops."""

_EVERY = 0.05
"""Seconds between two looks, while the rebuild does not give way."""

_SHORTEST, _LONGEST = 0.02, 0.5
"""Seconds of a pause in which others get their turn."""

_SHARE = 1.0
"""A first pause is as long as the write before it; each further look that finds live events late doubles that."""

_MOST = 2.0
"""No more than this: on a machine that is late by itself, waiting longer would help nobody, and the rebuild not end."""

# Of the versions that this build reads and that have been at the log's end: how old the oldest event is that one of
# them has yet to read, and a number that changes when one of them moves.
_LOOK = f"""
SELECT coalesce(max(extract(epoch FROM clock_timestamp() - next.created_at)), 0)::float8,
    coalesce(sum(c.position + c.moves), 0)::bigint
FROM projection_checkpoints AS c LEFT JOIN LATERAL ({NEXT_RECORDED_AT}) AS next ON true
WHERE c.built_at IS NOT NULL AND format('read_%s_v%s', c.projection, c.version) = ANY(current_schemas(false))
""".encode()  # noqa: S608  (constants)


@dataclass(frozen=True, slots=True)
class Look:
    """late: seconds that the oldest event waits that is not projected yet. moved: another number than before, when a
    projection has moved since."""

    late: float
    moved: int


async def look(connection: AsyncConnection[Any]) -> Look:
    """How late the live projections are."""
    row = await (await connection.execute(_LOOK)).fetchone()
    return Look(row[0], int(row[1])) if row else Look(0.0, 0)


class Pace:
    """How many events are written at once, and how long to pause then.

    rate: events a second, on average; None: no limit. most: events at once. While live events are late, chunks and
    the time that a write may take get smaller and pauses longer. When nothing has moved in a pause there is nobody to
    give way to: no projector runs, and nothing is waited for until one moves.
    """

    def __init__(
        self, rate: float | None, most: int, *, sleep: Callable[[float], Awaitable[None]] | None = None
    ) -> None:
        self._rate = rate
        self._most = most if rate is None else max(1, min(most, int(rate)))  # a pause is about a second at most
        self._least = min(_LEAST, self._most)
        self._begun = time.monotonic()
        self._spent = 0
        self._sleep = sleep or asyncio.sleep
        self._share = 0.0
        self._open = _OPEN
        self._alone: int | None = None
        self._looked = 0.0
        self.chunk = self._least  # nothing is known yet of how long a write takes here
        self.late: float | None = None
        """Seconds that live events were late when the rebuild last looked and gave way; None while it does not."""

    @property
    def gives_way(self) -> bool:
        return self.late is not None

    async def spend(self, events: int, seconds: float, looked: Callable[[], Awaitable[Look]]) -> None:
        """`events` were written, in a transaction that was open for so many seconds; pause for as long as it takes."""
        if seconds > self._open:
            self.chunk = max(self._least, self.chunk // 2)
        elif seconds < self._open / 2 and not self.gives_way:
            self.chunk = min(self._most, self.chunk * 2)
        await self._give_way(seconds, looked)
        self._spent += events
        if self._rate is not None:
            await self._sleep(max(0.0, self._begun + self._spent / self._rate - time.monotonic()))

    async def _give_way(self, seconds: float, looked: Callable[[], Awaitable[Look]]) -> None:
        if not self.gives_way and time.monotonic() < self._looked + _EVERY:
            return
        found, self._looked = await looked(), time.monotonic()
        if self._alone is not None and found.moved == self._alone:
            return
        self._alone = None
        if found.late > LATE:
            self._share = min(_MOST, self._share * 2 or _SHARE)
            self._open = max(_OPEN / 4, self._open / 2)
            self.late = found.late
        elif found.late < IN_TIME:
            self._share = self._share / 2 if self._share > _SHARE / 4 else 0.0
            self._open = min(_OPEN, self._open * 2)
            if not self._share:
                self.late = None
        if not self._share:
            return
        await self._sleep(min(_LONGEST, max(_SHORTEST, self._share * seconds)))
        if found.late > _LONGEST and (await looked()).moved == found.moved:
            self._alone, self._share, self._open, self.late = found.moved, 0.0, _OPEN, None
