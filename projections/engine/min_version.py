"""Waits until the read side is far enough: for a version, or for all that was in the log at the moment of asking.

"Not found" is said only when the projection has passed the log's end of the moment of asking: until then what is asked
for may have been written already. Somebody else's takes the same way as what does not exist, so neither answer nor time
tells the two apart.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from projections.engine.changes import Changes, FeedOverflow
from projections.engine.stream_heads import Look, StreamHeads

PATIENCE = 5.0
"""Seconds that a reader waits at most."""

_FIRST_POLL, _LONGEST_POLL = 0.01, 0.1

T = TypeVar("T")


class ProjectionLagging(Exception):
    """The read side is not far enough in time."""


@dataclass(frozen=True, slots=True)
class Waits:
    """The waits of one process. `patience`: seconds that each lasts at most, if nothing else is said."""

    heads: StreamHeads
    changes: Changes
    patience: float = PATIENCE

    async def reached(
        self, projection: str, stream_id: UUID, owner: UUID, min_version: int, *, patience: float | None = None
    ) -> bool:
        """True as soon as this stream of `owner` is at `min_version` or later; False when there is no such stream.

        Woken by changes, polling as the safety net. Raises ProjectionLagging.
        """

        def decided(look: Look) -> bool | None:
            if look.version is not None:
                return True if look.version >= min_version else None
            return False if look.passed else None

        return await self._decision(projection, (stream_id, owner), decided, patience)

    async def caught_up(self, projection: str, owner: UUID, *, patience: float | None = None) -> None:
        """Returns when `projection` has read all that was in the log when this was called. Raises ProjectionLagging."""
        await self._decision(projection, (None, owner), lambda look: look.passed or None, patience)

    async def found(
        self, projection: str, owner: UUID, read: Callable[[], Awaitable[T | None]], *, stream_id: UUID | None = None
    ) -> T | None:
        """What `read` gives; None only when all that was written before can be read. Raises ProjectionLagging.

        `stream_id`: what it is read of; a stream that stands still is there, and cannot be read.
        """
        value = await read()
        if value is not None:
            return value
        await self.caught_up(projection, owner)
        value = await read()
        if value is None and stream_id is not None and await self.heads.stands_still(projection, stream_id, owner):
            raise ProjectionLagging
        return value

    async def built(self, *projections: str) -> None:
        """Returns when these may be read. Raises ProjectionLagging while a version is built for the first time."""
        deadline = asyncio.get_running_loop().time() + self.patience
        while await self.heads.building(*projections):
            if asyncio.get_running_loop().time() >= deadline:
                raise ProjectionLagging
            await asyncio.sleep(_LONGEST_POLL)

    async def _decision(
        self,
        projection: str,
        whose: tuple[UUID | None, UUID],
        decided: Callable[[Look], bool | None],
        patience: float | None,
    ) -> bool:
        look = await self.heads.look(projection, *whose)
        if (decision := decided(look)) is not None:
            return decision
        place, pause = look.end, _FIRST_POLL
        deadline = asyncio.get_running_loop().time() + (self.patience if patience is None else patience)
        async with self.changes.subscribe(owner=whose[1]) as subscription:
            while True:
                look = await self.heads.look(projection, *whose, place)
                if (decision := decided(look)) is not None:
                    return decision
                left = deadline - asyncio.get_running_loop().time()
                if left <= 0:
                    raise ProjectionLagging
                try:
                    await subscription.next(min(pause, left))
                except FeedOverflow:
                    await asyncio.sleep(min(pause, left))
                pause = min(2 * pause, _LONGEST_POLL)
