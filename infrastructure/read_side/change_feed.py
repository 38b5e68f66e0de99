"""What moves on the read side, for the readers of one process. Hints make it fast, polling makes it certain.

One feed per API process: it listens once and polls once, however many streams are open. A subscriber that does not
keep up is cut off: it subscribes again and reads where things stand.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import psycopg
import structlog
from psycopg_pool import AsyncConnectionPool, PoolClosed, PoolTimeout

from application.wakeups import CHANGES, DRAFTS, PRESENCE, Hint, Hints
from infrastructure.concurrency import hint_listener
from infrastructure.concurrency.supervised import Supervised, supervised
from infrastructure.read_side.feed_subscription import FeedSubscription
from projections.engine.changes import Attendance, Drafted, Moved
from projections.engine.projection import Projection
from projections.registry import PROJECTIONS

HEADS_EVERY = 1.0
DRAFTS_EVERY = 0.5

# One snapshot: the moves after the numbers seen, and the numbers up to which they have been seen then. A head is wanted
# after `after` by those who were there at the last poll, after `before` (that poll's own) by those who have come since,
# and wherever it stands by those who have come for one stream.
_HEADS = b"""
SELECT c.projection, c.moves, h.stream_id, h.owner, h.stream_version
FROM unnest(%(names)s::text[], %(versions)s::int[], %(after)s::bigint[], %(before)s::bigint[])
    AS seen (projection, version, after, before)
JOIN projection_checkpoints AS c USING (projection, version)
LEFT JOIN LATERAL (
    SELECT m.stream_id, m.owner, m.stream_version FROM stream_heads AS m
    WHERE m.projection = c.projection AND m.version = c.version AND m.moved_no > seen.before
        AND (m.moved_no > seen.after AND (m.stream_id = ANY(%(streams)s) OR m.owner = ANY(%(owners)s))
            OR m.owner = ANY(%(new_owners)s))
    UNION
    SELECT m.stream_id, m.owner, m.stream_version FROM stream_heads AS m
    WHERE m.projection = c.projection AND m.version = c.version AND m.stream_id = ANY(%(new_streams)s)
) AS h ON true
"""
_NUMBERS = b"""
SELECT c.projection, c.moves FROM unnest(%(names)s::text[], %(versions)s::int[]) AS seen (projection, version)
JOIN projection_checkpoints AS c USING (projection, version)
"""
_DRAFTS = b"""
SELECT t.session_id, t.user_id, t.id, t.draft_seq, t.phase, t.progress, t.message, t.draft FROM async_tasks AS t
WHERE t.status = 'RUNNING' AND (t.session_id = ANY(%(streams)s) OR t.user_id = ANY(%(owners)s))
"""

log = structlog.get_logger(__name__)


class ChangeFeed:
    """Implements engine.changes.Changes. Use `async with feed.running():` around the life of the process."""

    def __init__(
        self, pool: AsyncConnectionPool, hints: Hints, projections: Sequence[Projection] = PROJECTIONS
    ) -> None:
        self._pool = pool
        self._hints = hints
        self._versions = {projection.name: projection.version for projection in projections}
        self._of_stream: dict[UUID, set[FeedSubscription]] = {}
        self._of_owner: dict[UUID, set[FeedSubscription]] = {}
        self._new_streams: set[UUID] = set()
        self._new_owners: set[UUID] = set()
        self._after = dict.fromkeys(self._versions, 0)
        self._before = dict(self._after)
        self._begun = False
        self._told: dict[tuple[str, UUID], int] = {}
        self._drafts: dict[UUID, tuple[int, float, str, str]] = {}

    @asynccontextmanager
    async def running(self) -> AsyncIterator["ChangeFeed"]:
        async with supervised() as group:
            self.start(group)
            yield self

    def start(self, group: Supervised) -> None:
        """Listen and poll as two tasks of `group`."""
        channels = (CHANGES, DRAFTS, PRESENCE)
        group.start("change feed: hints", lambda: hint_listener.listen(self._hints, channels, self._take))
        group.start("change feed: polling", self._poll)

    @asynccontextmanager
    async def subscribe(self, *stream_ids: UUID, owner: UUID | None = None) -> AsyncIterator[FeedSubscription]:
        """Changes of these streams, and of everything that is one user's, each once, from now on."""
        subscription = FeedSubscription()
        places = [(self._of_stream, self._new_streams, stream_id) for stream_id in set(stream_ids)]
        if owner is not None:
            places.append((self._of_owner, self._new_owners, owner))
        for subscribers, new, key in places:
            subscribers.setdefault(key, set()).add(subscription)
            new.add(key)
        try:
            yield subscription
        finally:
            for subscribers, _, key in places:
                subscribers[key].discard(subscription)
                if not subscribers[key]:
                    del subscribers[key]
            if not self._of_stream and not self._of_owner:
                self._told.clear()
                self._drafts.clear()
                self._new_streams.clear()
                self._new_owners.clear()

    def attended(self, session_id: UUID) -> None:
        """Who has the session open may have changed."""
        for subscription in self._of_stream.get(session_id, ()):
            subscription.offer(Attendance(session_id))

    def _tell(self, change: Moved | Drafted, stream_id: UUID, owner: UUID | None) -> None:
        receivers = self._of_stream.get(stream_id, set())
        if owner is not None:
            receivers = receivers | self._of_owner.get(owner, set())
        for subscription in receivers:
            subscription.offer(change)

    def _wanted(self, stream_id: UUID, owner: UUID | None) -> bool:
        return stream_id in self._of_stream or owner in self._of_owner

    # --- hints -------------------------------------------------------------------------------------------------------

    def _take(self, hint: Hint) -> None:
        if hint.channel == PRESENCE:
            self.attended(UUID(str(hint.message["session_id"])))
        elif hint.channel == CHANGES:
            for message in hint.message["moved"]:
                change = _moved(message)
                if self._wanted(change.stream_id, change.owner):
                    self._take_moved(change)
        else:
            draft = _drafted(hint.message)
            if self._wanted(draft.session_id, draft.user_id):
                self._drafts[draft.correlation_id] = (draft.seq, draft.percent, draft.phase, draft.message)
                self._tell(draft, draft.session_id, draft.user_id)

    def _take_moved(self, change: Moved) -> None:
        key = (change.projection, change.stream_id)
        self._told[key] = max(change.version, self._told.get(key, 0))
        self._tell(change, change.stream_id, change.owner)

    # --- polling -----------------------------------------------------------------------------------------------------

    async def _begin(self) -> None:
        """From where on moves are news. Without a server: from the beginning."""
        try:
            for projection, moves in await self._rows(_NUMBERS, self._asked()):
                self._after[projection] = self._before[projection] = moves
        except (psycopg.Error, PoolTimeout, PoolClosed) as error:
            log.warning("change_feed_poll_failed", error=type(error).__name__)

    def _asked(self) -> dict[str, Any]:
        return {"names": list(self._versions), "versions": list(self._versions.values())}

    async def _poll(self) -> None:
        if not self._begun:
            await self._begin()
            self._begun = True
        loop = asyncio.get_running_loop()
        next_heads = loop.time()
        while True:
            await asyncio.sleep(DRAFTS_EVERY)
            if not self._of_stream and not self._of_owner:
                continue
            try:
                looked = loop.time() >= next_heads
                if looked:
                    next_heads = loop.time() + HEADS_EVERY * 0.9
                    await self._poll_heads()
                if looked or self._drafts:
                    await self._poll_drafts()
            except (psycopg.Error, PoolTimeout, PoolClosed) as error:
                log.warning("change_feed_poll_failed", error=type(error).__name__)

    async def _rows(self, query: bytes, parameters: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        async with self._pool.connection() as connection:
            return await (await connection.execute(query, parameters)).fetchall()

    async def _poll_heads(self) -> None:
        new_streams, new_owners = self._new_streams, self._new_owners
        parameters = self._asked() | {
            "after": list(self._after.values()),
            "before": list(self._before.values()),
            "streams": list(self._of_stream),
            "owners": list(self._of_owner),
            "new_streams": list(new_streams),
            "new_owners": list(new_owners),
        }
        self._new_streams, self._new_owners = set(), set()
        try:
            rows = await self._rows(_HEADS, parameters)
        except BaseException:
            self._new_streams |= new_streams
            self._new_owners |= new_owners
            raise
        self._before = dict(self._after)
        for projection, moves, stream_id, owner, version in rows:
            self._after[projection] = moves
            if stream_id is not None and version > self._told.get((projection, stream_id), -1):
                self._take_moved(Moved(projection, stream_id, owner, version))

    async def _poll_drafts(self) -> None:
        parameters = {"streams": list(self._of_stream), "owners": list(self._of_owner)}
        seen = {}
        for session_id, user_id, work, seq, phase, progress, message, draft in await self._rows(_DRAFTS, parameters):
            known = self._drafts.get(work)
            current = (seq, float(progress), phase, message)
            if known is not None and known[0] > seq:
                current = known  # hints run ahead of what the worker has stored
            elif known != current:
                change = Drafted(session_id, user_id, work, seq, 0, phase, float(progress), message, draft)
                self._tell(change, session_id, user_id)
            seen[work] = current
        self._drafts = seen


def _moved(message: Mapping[str, Any]) -> Moved:
    owner = message["owner"]
    return Moved(
        projection=str(message["projection"]),
        stream_id=UUID(message["stream_id"]),
        owner=None if owner is None else UUID(owner),
        version=int(message["version"]),
    )


def _drafted(message: Mapping[str, Any]) -> Drafted:
    return Drafted(
        session_id=UUID(message["session_id"]),
        user_id=UUID(message["user_id"]),
        correlation_id=UUID(message["correlation_id"]),
        seq=int(message["seq"]),
        offset=int(message.get("offset", 0)),
        phase=str(message.get("phase", "")),
        percent=float(message.get("percent", 0)),
        message=str(message.get("message", "")),
        content=message.get("content"),
    )
