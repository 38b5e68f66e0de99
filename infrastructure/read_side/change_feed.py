"""What moves on the read side, for the readers of one process. Hints make it fast, polling makes it certain.

One feed per API process: it listens once and polls once, however many streams are open. A subscriber that does not
keep up is cut off: it subscribes again and reads where things stand.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import psycopg
import structlog
from psycopg_pool import AsyncConnectionPool, PoolClosed, PoolTimeout

from application.ports import Hint, Hints
from infrastructure.concurrency import hint_listener
from infrastructure.concurrency.supervised import Supervised, supervised
from infrastructure.redis.wakeups import CHANGES, DRAFTS, PRESENCE
from projections.engine.changes import Attendance, Change, Drafted, FeedOverflow, Moved

QUEUE = 256
"""Changes that a subscriber may be behind."""

VERSIONS_EVERY = 1.0
DRAFTS_EVERY = 0.5

# Of a user's sessions only the recently moved ones; the overlap covers a commit that came after its clock reading.
_VERSIONS = b"""
SELECT id, user_id, version, is_pending FROM genesis_sessions WHERE id = ANY(%(sessions)s)
UNION
(SELECT id, user_id, version, is_pending FROM genesis_sessions
 WHERE user_id = ANY(%(users)s) AND (updated_at > clock_timestamp() - interval '10 seconds' OR is_pending)
 ORDER BY updated_at DESC LIMIT 500)
"""
_DRAFTS = b"""
SELECT s.id, s.user_id, t.id, t.draft_seq, t.phase, t.progress, t.message, t.draft
FROM genesis_sessions s JOIN async_tasks t ON t.id = (s.pending->>'correlation_id')::uuid
WHERE s.is_pending AND t.status = 'RUNNING' AND (s.id = ANY(%(sessions)s) OR s.user_id = ANY(%(users)s))
"""

log = structlog.get_logger(__name__)


class FeedSubscription:
    """A bounded queue of changes, for one reader."""

    def __init__(self) -> None:
        self._changes: deque[Change] = deque()
        self._waiting: asyncio.Future[None] | None = None
        self._overflowed = False

    def offer(self, change: Change) -> None:
        if len(self._changes) >= QUEUE:
            self._overflowed = True
        else:
            self._changes.append(change)
            self._wake()

    async def next(self, timeout: float) -> Change | None:  # noqa: ASYNC109  (waiting is what it does)
        """The next change, or None after `timeout` seconds. Raises FeedOverflow when changes were lost."""
        if self._overflowed:
            raise FeedOverflow
        if not self._changes and timeout > 0:
            # not asyncio's queue and wait_for: those take a task for each change and each reader
            loop = asyncio.get_running_loop()
            self._waiting = loop.create_future()
            timer = loop.call_later(timeout, self._wake)
            try:
                await self._waiting
            finally:
                self._waiting = None
                timer.cancel()
        return self._changes.popleft() if self._changes else None

    def _wake(self) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(None)


class ChangeFeed:
    """Implements engine.changes.Changes. Use `async with feed.running():` around the life of the process."""

    def __init__(self, pool: AsyncConnectionPool, hints: Hints) -> None:
        self._pool = pool
        self._hints = hints
        self._of_session: dict[UUID, set[FeedSubscription]] = {}
        self._of_user: dict[UUID, set[FeedSubscription]] = {}
        self._versions: dict[UUID, int] = {}
        self._drafts: dict[UUID, tuple[int, float, str, str]] = {}
        self._working: set[UUID] = set()

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
    async def subscribe(
        self, *, session_id: UUID | None = None, user_id: UUID | None = None
    ) -> AsyncIterator[FeedSubscription]:
        """Changes of one session, or of everything that belongs to one user, from now on."""
        subscription = FeedSubscription()
        places = [(self._of_session, session_id), (self._of_user, user_id)]
        for subscribers, key in places:
            if key is not None:
                subscribers.setdefault(key, set()).add(subscription)
        try:
            yield subscription
        finally:
            for subscribers, key in places:
                if key is not None:
                    subscribers[key].discard(subscription)
                    if not subscribers[key]:
                        del subscribers[key]
            if not self._of_session and not self._of_user:
                self._versions.clear()
                self._drafts.clear()
                self._working.clear()

    def attended(self, session_id: UUID) -> None:
        """Who has the session open may have changed."""
        for subscription in self._of_session.get(session_id, ()):
            subscription.offer(Attendance(session_id))

    def _tell(self, change: Moved | Drafted) -> None:
        receivers = self._of_session.get(change.session_id, set()) | self._of_user.get(change.user_id, set())
        for subscription in receivers:
            subscription.offer(change)

    def _wanted(self, session_id: UUID, user_id: UUID) -> bool:
        return session_id in self._of_session or user_id in self._of_user

    # --- hints -------------------------------------------------------------------------------------------------------

    def _take(self, hint: Hint) -> None:
        if hint.channel == PRESENCE:
            self.attended(UUID(str(hint.message["session_id"])))
        elif hint.channel == CHANGES:
            for message in hint.message["moved"]:
                self._take_moved(_moved(message))
        else:
            change = _drafted(hint.message)
            if self._wanted(change.session_id, change.user_id):
                self._drafts[change.correlation_id] = (change.seq, change.percent, change.phase, change.message)
                self._tell(change)

    def _take_moved(self, change: Moved) -> None:
        if not self._wanted(change.session_id, change.user_id):
            return
        if change.projection == "genesis_session":
            self._versions[change.session_id] = max(change.version, self._versions.get(change.session_id, 0))
            self._working.add(change.session_id)  # it may have begun to work: the next poll looks
        self._tell(change)

    # --- polling -----------------------------------------------------------------------------------------------------

    async def _poll(self) -> None:
        loop = asyncio.get_running_loop()
        next_versions = loop.time()
        while True:
            await asyncio.sleep(DRAFTS_EVERY)
            if not self._of_session and not self._of_user:
                continue
            try:
                if loop.time() >= next_versions:
                    next_versions = loop.time() + VERSIONS_EVERY * 0.9
                    await self._poll_versions()
                if self._working:
                    await self._poll_drafts()
            except (psycopg.Error, PoolTimeout, PoolClosed) as error:
                log.warning("change_feed_poll_failed", error=type(error).__name__)

    async def _rows(self, query: bytes) -> Iterable[tuple[Any, ...]]:
        parameters = {"sessions": list(self._of_session), "users": list(self._of_user)}
        async with self._pool.connection() as connection:
            return await (await connection.execute(query, parameters)).fetchall()

    async def _poll_versions(self) -> None:
        working = set()
        for session_id, user_id, version, is_pending in await self._rows(_VERSIONS):
            if is_pending:
                working.add(session_id)
            if version > self._versions.get(session_id, -1):
                self._versions[session_id] = version
                self._tell(Moved(session_id, user_id, version))
        self._working = working

    async def _poll_drafts(self) -> None:
        seen = {}
        for session_id, user_id, work, seq, phase, progress, message, draft in await self._rows(_DRAFTS):
            known = self._drafts.get(work)
            current = (seq, float(progress), phase, message)
            if known is not None and known[0] > seq:
                current = known  # hints run ahead of what the worker has stored
            elif known != current:
                self._tell(Drafted(session_id, user_id, work, seq, 0, phase, float(progress), message, draft))
            seen[work] = current
        self._drafts = seen


def _moved(message: Mapping[str, Any]) -> Moved:
    return Moved(
        session_id=UUID(message["session_id"]),
        user_id=UUID(message["user_id"]),
        version=int(message["version"]),
        projection=str(message.get("projection", "genesis_session")),
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
