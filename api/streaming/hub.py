"""Server-sent events of a process: the frames' form, the two streams, how they share reads and how they end.

Only `timeline` frames have an id: the newest of every other kind replaces all before it.
https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar, cast
from uuid import UUID

import anyio
import psycopg
import structlog
from pydantic import BaseModel

from api.schemas.responses import ProgressFrame
from projections.engine.changes import Attendance, Change, Changes, Drafted, FeedOverflow, Moved, Subscription
from projections.genesis.queries import Queries

LONGEST = 15 * 60.0
"""Seconds after which a stream ends, so that who may see it is asked again; the client resumes by itself."""

_TURN = 30.0
"""Seconds after which a stream looks at the clock although nothing has moved: a session's time runs by itself."""

_PIECE = 16 * 1024

T = TypeVar("T")

log = structlog.get_logger(__name__)


def frame(event: str, data: bytes, event_id: int | None = None) -> bytes:
    """One frame. JSON has no line breaks of its own, so one data line is enough."""
    named = b"" if event_id is None else b"id: %d\n" % event_id
    return b"%sevent: %s\ndata: %s\n\n" % (named, event.encode(), data)


def framed(event: str, model: BaseModel, event_id: int | None = None) -> bytes:
    return frame(event, model.model_dump_json().encode(), event_id)


def progress_of(change: Drafted) -> ProgressFrame:
    return ProgressFrame(
        session_id=change.session_id,
        correlation_id=change.correlation_id,
        phase=change.phase,
        percent=change.percent,
        message=change.message,
    )


def _joined(parts: list[bytes]) -> Iterator[bytes]:
    """The frames in few pieces, each small enough that a slow reader is seen to take it."""
    together: list[bytes] = []
    size = 0
    for part in parts:
        if size + len(part) > _PIECE and together:
            yield b"".join(together)
            together, size = [], 0
        together.append(part)
        size += len(part)
    if together:
        yield b"".join(together)


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
        opening: Callable[[], Awaitable[list[bytes]]],
        parts: Callable[[Change | Turned], Awaitable[list[bytes]]],
        *,
        stream_id: UUID | None = None,
        owner: UUID | None = None,
        token_id: UUID | None = None,
        during: AbstractContextManager[None] | None = None,
    ) -> AsyncIterator[bytes]:
        """`opening`, then what `parts` makes of each change, until the stream has to end. All of it within `during`.

        It ends when the server stops, the client is too slow, the database is gone, `token_id` is no longer good, or
        it was long enough. The subscription comes before the first read, so nothing falls in between.
        """
        ends_at = anyio.current_time() + self._longest
        this = _Open(token_id)
        self._open.add(this)
        try:
            async with self._changes.subscribe(stream_id=stream_id, owner=owner) as subscription:
                with during or nullcontext():
                    for part in _joined(await opening()):
                        yield part
                    while (change := await self._next(subscription, ends_at, this)) is not None:
                        for part in _joined(await parts(change)):
                            yield part
        except psycopg.OperationalError as error:
            log.warning("stream_ended", error=type(error).__name__)
        finally:
            self._open.discard(this)

    async def _next(self, subscription: Subscription, ends_at: float, this: "_Open") -> Change | Turned | None:
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


class UserStream:
    """One client of everything that is one user's: the lists first, then each line that moves."""

    def __init__(self, streams: Streams, user_id: UUID) -> None:
        self._queries = streams.queries
        self._user_id = user_id
        self._progress: dict[UUID, ProgressFrame] = {}
        # what is shown of a projection that moves; of others nothing
        self._shown: dict[str, Callable[[Moved], Awaitable[list[bytes]]]] = {
            "genesis_session": self._session,
            "novels": self._books,
        }

    async def opening(self) -> list[bytes]:
        sessions = await self._queries.sessions(self._user_id)
        return [framed("sessions", sessions), await self._novels()]

    async def parts(self, change: Change | Turned) -> list[bytes]:
        if isinstance(change, Drafted):
            progress = progress_of(change)
            if self._progress.get(change.session_id) == progress:
                return []
            self._progress[change.session_id] = progress
            return [framed("progress", progress)]
        if isinstance(change, Attendance | Turned):
            return []
        shown = self._shown.get(change.projection)
        return await shown(change) if shown is not None else []

    async def _session(self, moved: Moved) -> list[bytes]:
        item = await self._queries.session_item(moved.stream_id, self._user_id)
        return [framed("session", item)] if item is not None else []

    async def _books(self, _: Moved) -> list[bytes]:
        return [await self._novels()]

    async def _novels(self) -> bytes:
        return framed("novels", await self._queries.novels(self._user_id))
