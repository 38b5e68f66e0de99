"""One client of one session's stream: what it has been sent, and which frames a change makes for it.

On opening: the history after the last id that the client has, one `state`, while work runs one full `draft`, and to a
client that says who it is, who else is there. Then what changes, without what was sent; and the state again when a
warning comes by itself.
"""

from collections.abc import AsyncGenerator
from datetime import datetime
from time import monotonic
from typing import Literal
from uuid import UUID

import orjson

from api.schemas.responses import PresenceFrame, ProgressFrame, ResetFrame
from api.streaming.frames import Framing, frame, framed, progress_of
from api.streaming.hub import Streams, Turned
from api.streaming.presence import Attending, frame_for
from projections.engine.changes import Attendance, Change, Drafted
from projections.genesis.compact import fits
from projections.genesis.contents import Standing
from projections.genesis.queries import MAX_PAGE
from projections.genesis.views import TimelineEntry

_CATCH_UP_EVERY = 0.5
"""Seconds between two looks at the stored draft, for a client that missed a piece of it."""


_PIECE = 45_000
"""Characters of a draft's JSON in one frame. One takes four bytes at most, or two if it has to be escaped."""


class SessionStream:
    """Not shared between tasks."""

    def __init__(
        self,
        streams: Streams,
        session_id: UUID,
        user_id: UUID,
        last_event_id: str | None,
        attending: Attending | None = None,
        *,
        framing: Framing = frame,
    ) -> None:
        self._streams = streams
        self._queries = streams.queries
        self._session_id = session_id
        self._user_id = user_id
        self._last_event_id = last_event_id
        self._attending = attending
        self._framing = framing
        self.gone = False
        """There was nothing to read the last time: not there, not yet, or not mine."""
        self._present: PresenceFrame | None = None
        self._sent = 0
        self._warns_at: datetime | None = None
        self._work: UUID | None = None
        self._seq = -1
        self._progress: ProgressFrame | None = None
        self._early: Drafted | None = None
        self._caught_up_at = 0.0

    async def opening(self) -> AsyncGenerator[list[bytes]]:
        if parts := await self.opened():
            yield parts

    async def opened(self) -> list[bytes]:
        """All that opens the stream; nothing if there is no such session."""
        # read for this client alone: a shared read may have begun before it subscribed
        standing = await self._read()
        if standing is None:
            return []
        parts = []
        self._sent = _version(self._last_event_id)
        if not 0 <= self._sent <= standing.version:
            reason: Literal["invalid", "ahead"] = "invalid" if self._sent < 0 else "ahead"
            parts.append(framed(self._framing, "reset", ResetFrame(reason=reason)))
            self._sent = 0
        return [*parts, *await self._show(standing), *await self._stored_draft(), *await self._attendance()]

    async def parts(self, change: Change | Turned) -> list[bytes]:
        parts = await self._parts_of(change)
        if self._warns_at is not None and self._streams.clock() >= self._warns_at:
            standing = await self._streams.once(("state", self._session_id), self._read)
            if standing is not None and standing.version >= self._sent:
                parts += await self._show(standing)
        return parts

    async def _parts_of(self, change: Change | Turned) -> list[bytes]:
        if isinstance(change, Drafted):
            return await self._written(change)
        if isinstance(change, Attendance):
            return await self._attendance()
        if isinstance(change, Turned):
            return []
        if change.version <= self._sent:
            return []
        standing = await self._streams.once(("state", self._session_id), self._read)
        if standing is not None and standing.version < change.version:
            standing = await self._read()
        return await self._show(standing) if standing is not None and standing.version > self._sent else []

    async def _show(self, standing: Standing) -> list[bytes]:
        """The history that was not sent yet, and the state at its end; then a draft that came before them."""
        version, work = standing.version, standing.work
        parts = [framed(self._framing, "timeline", entry, entry.version) for entry in await self._history(version)]
        parts.append(self._framing("state", standing.body))
        self._sent, self._warns_at = version, standing.warns_at
        if work != self._work:
            self._work, self._seq, self._progress = work, -1, None
        early, self._early = self._early, None
        return parts + (await self._written(early) if early is not None else [])

    async def _written(self, change: Drafted) -> list[bytes]:
        if change.correlation_id != self._work:
            if change.offset == 0:
                self._early = change  # the state that announces its work may not have come yet
            return []
        parts = []
        progress = progress_of(change)
        if change.seq >= self._seq and progress != self._progress:
            self._progress = progress
            parts.append(framed(self._framing, "progress", progress))
        if change.content is None or change.seq <= self._seq:
            return parts
        if change.offset == 0 or change.seq == self._seq + 1:
            return [*parts, *self._draft(change.seq, change.offset, change.content)]
        return parts + await self._stored_draft()

    async def _stored_draft(self) -> list[bytes]:
        """The whole draft as the worker last stored it, when it is newer than what was sent."""
        if self._work is None or monotonic() - self._caught_up_at < _CATCH_UP_EVERY:
            return []
        self._caught_up_at = monotonic()
        return [
            part
            for draft in await self._queries.drafts(self._user_id, self._session_id)
            if draft.correlation_id == self._work and draft.content is not None and draft.seq > self._seq
            for part in self._draft(draft.seq, 0, draft.content)
        ]

    def _draft(self, seq: int, offset: int, content: object) -> list[bytes]:
        """One frame; or, of a draft that is too long for one, its JSON in pieces."""
        self._seq = seq
        # not through the model: drafts are the bulk of what is sent, and their content is JSON already
        data = {
            "session_id": str(self._session_id),
            "correlation_id": str(self._work),
            "seq": seq,
            "offset": offset,
            "content": content,
        }
        body = orjson.dumps(data)
        if fits(body):
            return [self._framing("draft", body)]
        text = orjson.dumps(content).decode()
        pieces = [text[start : start + _PIECE] for start in range(0, len(text), _PIECE)]
        return [
            self._framing("draft_piece", orjson.dumps(data | {"piece": n, "pieces": len(pieces), "content": piece}))
            for n, piece in enumerate(pieces)
        ]

    async def _attendance(self) -> list[bytes]:
        if self._attending is None:
            return []
        clients = await self._streams.once(("presence", self._session_id), self._attending.clients)
        present = frame_for(self._attending.own, clients)
        if present == self._present:
            return []
        self._present = present
        return [framed(self._framing, "presence", present)]

    async def _read(self) -> Standing | None:
        standing = await self._queries.contents.standing(self._session_id, self._user_id)
        self.gone = standing is None
        return standing

    async def _history(self, until: int) -> list[TimelineEntry]:
        """What was not sent yet, up to `until`: what lies behind it comes with the next state."""
        entries: list[TimelineEntry] = []
        after = self._sent
        while after < until:
            page = await self._streams.once(
                ("timeline", self._session_id, after, until),
                lambda: self._queries.timeline(self._session_id, self._user_id, after, MAX_PAGE),  # noqa: B023
            )
            if page is None or not page.items:
                break
            entries += (entry for entry in page.items if entry.version <= until)
            after = page.items[-1].version
        return entries


def _version(last_event_id: str | None) -> int:
    """0 for none, -1 for what is no id of ours."""
    if not last_event_id:
        return 0
    if not (last_event_id.isascii() and last_event_id.isdigit()) or len(last_event_id) > 9:
        return -1
    return int(last_event_id)
