"""The open streams of a process: how they share reads, and how they end."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Collection
from contextlib import AbstractContextManager, aclosing, nullcontext
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar, cast
from uuid import UUID

import anyio
import psycopg
import structlog

from api.streaming.frames import joined
from projections.engine.changes import Change, Changes, FeedOverflow, Subscription
from projections.genesis.queries import Queries

LONGEST = 15 * 60.0
"""Seconds after which a stream ends, so that who may see it is asked again; the client resumes by itself."""

_TURN = 30.0
"""Seconds after which a stream looks at the clock although nothing has moved: a session's time runs by itself."""

T = TypeVar("T")

log = structlog.get_logger(__name__)


class _Open:
    """One open stream: which token let it in, and how to end it while it waits."""

    def __init__(self, token_id: UUID | None) -> None:
        self.token_id = token_id
        self.ended = False
        self.waiting = anyio.CancelScope()

    def end(self) -> None:
        self.ended = True
        self.waiting.cancel()


@dataclass(frozen=True, slots=True)
class Turned:
    """Nothing moved for a while; the time did."""


class Streams:
    """The open streams of this process."""

    def __init__(
        self, queries: Queries, changes: Changes, clock: Callable[[], datetime], *, longest: float = LONGEST
    ) -> None:
        self.queries = queries
        self.clock = clock
        self._changes = changes
        self._longest = longest
        self._open: set[_Open] = set()
        self._reading: dict[tuple[object, ...], asyncio.Task[object]] = {}
        self._closed = False

    def count(self) -> int:
        """How many are open."""
        return len(self._open)

    def close(self) -> None:
        """End every stream at once, and every later one as soon as it has begun."""
        self._closed = True
        for stream in tuple(self._open):
            stream.end()

    def tokens(self) -> set[UUID]:
        """The tokens that open streams were let in with."""
        return {stream.token_id for stream in self._open if stream.token_id is not None}

    def end(self, tokens: Collection[UUID]) -> None:
        """End every stream that was let in with one of these tokens."""
        for stream in tuple(self._open):
            if stream.token_id in tokens:
                stream.end()

    async def run(
        self,
        opening: Callable[[], AsyncGenerator[list[bytes]]],
        parts: Callable[[Change | Turned], Awaitable[list[bytes]]],
        *,
        stream_ids: Collection[UUID] = (),
        owner: UUID | None = None,
        token_id: UUID | None = None,
        during: AbstractContextManager[object] | None = None,
    ) -> AsyncIterator[bytes]:
        """`opening`, then what `parts` makes of each change, until the stream has to end. All of it within `during`.

        It ends when the server stops, the client is too slow, the database is gone, `token_id` is no longer good, or
        it was long enough. The subscription comes before the first read, so nothing falls in between.
        """
        ends_at = anyio.current_time() + self._longest
        this = _Open(token_id)
        self._open.add(this)
        try:
            async with (
                self._changes.subscribe(*stream_ids, owner=owner) as subscription,
                aclosing(opening()) as first,
            ):
                with during or nullcontext():
                    while (pieces := await self._opened(first, this)) is not None:
                        for part in joined(pieces):
                            yield part
                    while (change := await self._next(subscription, ends_at, this)) is not None:
                        for part in joined(await parts(change)):
                            yield part
        except psycopg.OperationalError as error:
            log.warning("stream_ended", error=type(error).__name__)
        finally:
            self._open.discard(this)

    async def _opened(self, first: AsyncGenerator[list[bytes]], this: _Open) -> list[bytes] | None:
        """What the opening gives next; None at its end, or when the stream has to end."""
        if not (self._closed or this.ended):
            with anyio.CancelScope() as this.waiting:
                return await anext(first, None)
        return None

    async def _next(self, subscription: Subscription, ends_at: float, this: _Open) -> Change | Turned | None:
        while not (self._closed or this.ended) and (left := ends_at - anyio.current_time()) > 0:
            change = None
            with anyio.CancelScope() as this.waiting:
                try:
                    change = await subscription.next(min(left, _TURN))
                except FeedOverflow:
                    return None
            return change or Turned()
        return None

    async def once(self, key: tuple[object, ...], read: Callable[[], Awaitable[T]]) -> T:
        """`read()`, shared with every stream that asks for the same while it is under way.

        The answer may be from just before the call: whoever needs a version has to look at it.
        """
        task = self._reading.get(key)
        if task is None:
            task = asyncio.ensure_future(cast("Awaitable[object]", read()))
            self._reading[key] = task
            task.add_done_callback(lambda done: self._forget(key, done))
        return cast(T, await asyncio.shield(task))

    def _forget(self, key: tuple[object, ...], done: asyncio.Task[object]) -> None:
        self._reading.pop(key, None)
        if not done.cancelled():
            done.exception()  # whoever waited has it; if all of them went away, nobody has to be told
