"""One connection for everything that a browser has open: several sessions, each with its own place, and the lists.

A session's frames are those of its own stream, wrapped. A session that is not there or not mine is told as `gone`, once
the read side has looked; it ends nothing else. `ready` says that everything has been opened.
"""

from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from uuid import UUID

from api.schemas.responses import GoneFrame, ReadyFrame
from api.streaming.frames import framed, wrapped
from api.streaming.hub import Streams, Turned
from api.streaming.presence import Attending
from api.streaming.session_stream import SessionStream
from api.streaming.user_stream import UserStream
from projections.engine.changes import Attendance, Change, Drafted
from projections.engine.min_version import ProjectionLagging, Waits

MOST_SESSIONS = 100
MOST_PAGES = 100
"""Of all sessions together. An address with as many of both is under 8 KB, which is what proxies take."""

SESSION = "genesis_session"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A session, the last version that the client has of it, and the ids of the pages that show it."""

    session_id: UUID
    last: str
    pages: tuple[UUID, ...] = ()


class LiveStream:
    """Not shared between tasks. Run it within `here`: that is how long its pages have their sessions open."""

    def __init__(
        self,
        streams: Streams,
        waits: Waits,
        user_id: UUID,
        wanted: tuple[Wanted, ...],
        attend: Callable[[UUID, tuple[UUID, ...]], Attending],
        *,
        lists: bool,
    ) -> None:
        self._waits = waits
        self._user_id = user_id
        self._lists = UserStream(streams, user_id, wrapped(None)) if lists else None
        attending = {one.session_id: attend(one.session_id, one.pages) if one.pages else None for one in wanted}
        self._attending: Mapping[UUID, Attending | None] = attending
        self._unknown = {
            one.session_id: SessionStream(
                streams,
                one.session_id,
                user_id,
                one.last,
                attending[one.session_id],
                framing=wrapped(one.session_id),
            )
            for one in wanted
        }
        self._open: dict[UUID, SessionStream] = {}
        self._present: dict[UUID, ExitStack] = {}
        self.here = ExitStack()

    async def opening(self) -> AsyncGenerator[list[bytes]]:
        if self._lists is not None:
            async for parts in self._lists.opening():
                yield parts
        for session_id in tuple(self._unknown):
            yield await self._opened(session_id)
        yield await self._looked_for()
        yield [framed(wrapped(None), "ready", ReadyFrame())]

    async def parts(self, change: Change | Turned) -> list[bytes]:
        if isinstance(change, Turned):
            parts = await self._looked_for()
            for session_id in tuple(self._open):
                parts += await self._of_session(session_id, change)
            return parts
        session_id = change.session_id if isinstance(change, Drafted | Attendance) else change.stream_id
        parts = []
        if session_id in self._open:
            parts = await self._of_session(session_id, change)
        elif session_id in self._unknown and not isinstance(change, Drafted | Attendance):
            parts = await self._opened(session_id)
        if self._lists is not None and self._is_mine(change):
            parts += await self._lists.parts(change)
        return parts

    def _is_mine(self, change: Change) -> bool:
        """A session that is asked for by its id may be somebody else's."""
        if isinstance(change, Attendance):
            return False
        return (change.user_id if isinstance(change, Drafted) else change.owner) == self._user_id

    async def _of_session(self, session_id: UUID, change: Change | Turned) -> list[bytes]:
        client = self._open[session_id]
        parts = await client.parts(change)
        if not client.gone:
            return parts
        del self._open[session_id]
        self._present.pop(session_id, ExitStack()).close()
        return [*parts, self._gone(session_id)]

    async def _opened(self, session_id: UUID) -> list[bytes]:
        """What opens a session that may be read; nothing while it may not."""
        client = self._unknown[session_id]
        parts = await client.opened()
        if client.gone:
            return []
        del self._unknown[session_id]
        self._open[session_id] = client
        attending = self._attending[session_id]
        if attending is not None:
            present = self._present[session_id] = self.here.enter_context(ExitStack())
            present.enter_context(attending.here())
        return parts

    async def _looked_for(self) -> list[bytes]:
        """What is not there yet when the read side is up to date is not there, or not mine."""
        if not self._unknown:
            return []
        try:
            await self._waits.caught_up(SESSION, self._user_id)
        except ProjectionLagging:
            return []  # it comes with a change, or is looked for again
        parts = []
        for session_id in tuple(self._unknown):
            parts += await self._opened(session_id)
        for session_id in tuple(self._unknown):
            del self._unknown[session_id]
            parts.append(self._gone(session_id))
        return parts

    @staticmethod
    def _gone(session_id: UUID) -> bytes:
        return framed(wrapped(session_id), "gone", GoneFrame(reason="not_found"))
