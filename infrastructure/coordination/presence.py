"""Presence says who has a session open just now, over all API processes: in a shared store until it expires.

Nothing here is ever needed: without the store a process shows its own clients, what the store forgets is there again
with the next beat, and a process that was killed stops beating, so its clients go by themselves.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import Annotated, Protocol, TypeVar
from uuid import UUID, uuid4

import structlog
from pydantic import AwareDatetime, BaseModel, Field, ValidationError

from application.wakeups import PRESENCE, Hints
from infrastructure.concurrency.cancellation import end_when_cancelled
from infrastructure.concurrency.supervised import Supervised

HEARTBEAT = 15.0
"""Seconds between two signs of life: as often as a stream is pinged."""
BEATS = 3
"""After so many beats without a sign a client is gone."""

_RETRY_AFTER = 2.0
_SETTLES = 0.05
"""Seconds in which comings and goings are told together: a crowd that reconnects is one change, not many."""
_SESSIONS_AT_ONCE = 100
_LONGEST_LABEL = 200

T = TypeVar("T")

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Client:
    """One open page. `label` says what kind of browser, never where."""

    client_id: UUID
    label: str
    since: datetime


class _Stored(BaseModel):
    """One client as the store keeps it, where anything else may stand too."""

    id: UUID
    label: Annotated[str, Field(max_length=_LONGEST_LABEL)]
    since: AwareDatetime
    process: str


class StoreAway(Exception):
    """The shared store cannot be asked just now."""


class PresenceStore(Protocol):
    """Members of sessions, each until it expires, seen by every process. Times are seconds of the caller's clock."""

    patience: float
    """Seconds that one question may take."""

    async def write(
        self, here: Mapping[UUID, set[bytes]], gone: Mapping[UUID, set[bytes]], now: float, until: float
    ) -> None:
        """`here` are members until `until`, `gone` no longer. Raises StoreAway."""

    async def read(self, session_id: UUID, now: float) -> list[bytes]:
        """A session's members that have not expired, as many as anyone can look at. Raises StoreAway."""

    async def close(self) -> None: ...


class Presence:
    """The clients of this process, and what the others say of theirs. `start` it, and `close` it at the end.

    `tell` is called with a session when its clients may have changed. `clock` gives wall time in seconds.
    """

    def __init__(
        self,
        store: PresenceStore | None,
        hints: Hints,
        tell: Callable[[UUID], None],
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._shared = store
        self._hints = hints
        self._tell = tell
        self._clock = clock
        self._process = uuid4().hex
        self._here: dict[UUID, dict[UUID, list[Client]]] = {}
        self._stored: dict[UUID, set[bytes]] = {}
        self._seen: dict[UUID, tuple[Client, ...]] = {}
        self._changed: set[UUID] = set()
        self._wake = asyncio.Event()
        self._away_until = 0.0

    def client(self, client_id: UUID, label: str) -> Client:
        return Client(client_id, label, datetime.fromtimestamp(self._clock(), UTC))

    @contextmanager
    def here(self, session_id: UUID, client: Client) -> Iterator[None]:
        """`client` has the session open in this process for as long as the context lasts."""
        clients = self._here.setdefault(session_id, {})
        streams = clients.setdefault(client.client_id, [])
        if streams:  # it connects anew before it lets go of the old: nothing to tell, it was never away
            client = replace(client, since=streams[0].since)
        else:
            self._note(session_id)
        streams.append(client)
        try:
            yield
        finally:
            streams.remove(client)
            if not streams:
                del clients[client.client_id]
                self._note(session_id)
            if not clients:
                self._here.pop(session_id, None)

    async def clients(self, session_id: UUID) -> tuple[Client, ...]:
        """Who has it open, the first to come first; each once, however many streams it has."""
        found = {streams[0].client_id: streams[0] for streams in self._here.get(session_id, {}).values()}
        for client in await self._elsewhere(session_id):
            known = found.get(client.client_id)
            if known is None or client.since < known.since:
                found[client.client_id] = client
        return tuple(sorted(found.values(), key=lambda client: (client.since, client.client_id)))

    # --- signs of life -----------------------------------------------------------------------------------------------

    def start(self, group: Supervised) -> None:
        """Give signs of life as a task of `group`."""
        group.start("presence", self._keep)

    async def close(self) -> None:
        """Say who left last. Call it when the task has ended."""
        await self.flush()
        if self._shared is not None:
            await self._shared.close()

    async def _keep(self) -> None:
        loop = asyncio.get_running_loop()
        beats_at = loop.time() + HEARTBEAT
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), max(0.0, beats_at - loop.time()))
            if self._wake.is_set():
                await asyncio.sleep(_SETTLES)
                await self.flush()
            if loop.time() >= beats_at:
                await self.beat()
                beats_at = loop.time() + HEARTBEAT

    async def flush(self) -> None:
        """Tell who came and went since the last time."""
        self._wake.clear()
        changed, self._changed = self._changed, set()
        await self._store(changed)
        for session_id in changed:
            self._tell(session_id)
        for session_id in changed:
            await self._hints.publish(PRESENCE, {"session_id": str(session_id)})

    async def beat(self) -> None:
        """A sign of life of every client here, and a look at the others: a process that was killed tells nobody."""
        sessions = tuple(self._here)
        await self._store(sessions)
        seen = {}
        for session_id in sessions:
            seen[session_id] = await self.clients(session_id)
            if self._seen.get(session_id) != seen[session_id]:
                self._tell(session_id)
        self._seen = seen

    def _note(self, session_id: UUID) -> None:
        self._changed.add(session_id)
        self._wake.set()

    # --- the shared store --------------------------------------------------------------------------------------------

    async def _store(self, sessions: Iterable[UUID]) -> None:
        left = list(sessions)
        while left:
            some, left = left[:_SESSIONS_AT_ONCE], left[_SESSIONS_AT_ONCE:]
            here = {session_id: self._members(session_id) for session_id in some}
            if await self._ask(partial(self._write, here), otherwise=False):
                self._stored |= here
        for session_id in self._stored.keys() - self._here.keys():
            del self._stored[session_id]

    async def _write(self, here: Mapping[UUID, set[bytes]], store: PresenceStore) -> bool:
        gone = {session_id: self._stored.get(session_id, set()) - members for session_id, members in here.items()}
        now = self._clock()
        await store.write(here, gone, now, now + BEATS * HEARTBEAT)
        return True

    async def _elsewhere(self, session_id: UUID) -> list[Client]:
        nobody: list[bytes] = []
        found = await self._ask(lambda store: store.read(session_id, self._clock()), nobody)
        return [client for client in map(self._client_elsewhere, found) if client is not None]

    def _client_elsewhere(self, stored: bytes) -> Client | None:
        """A client of another process; None if it is ours, or not a member as we write them."""
        try:
            member = _Stored.model_validate_json(stored)
        except ValidationError:
            log.warning("presence_not_readable")
            return None
        return None if member.process == self._process else Client(member.id, member.label, member.since)

    def _members(self, session_id: UUID) -> set[bytes]:
        """This process's clients of the session, as they are stored."""
        firsts = [streams[0] for streams in self._here.get(session_id, {}).values()]
        return {
            _Stored(id=one.client_id, label=one.label, since=one.since, process=self._process)
            .model_dump_json()
            .encode()
            for one in firsts
        }

    async def _ask(self, work: Callable[[PresenceStore], Awaitable[T]], otherwise: T) -> T:
        """What the store says, or `otherwise` while it is away or slow."""
        if self._shared is None or time.monotonic() < self._away_until:
            return otherwise
        try:
            async with asyncio.timeout(self._shared.patience):
                return await work(self._shared)
        except (TimeoutError, StoreAway) as error:
            end_when_cancelled()
            self._away_until = time.monotonic() + _RETRY_AFTER
            log.warning("presence_without_store", error=type(error.__cause__ or error).__name__)
            return otherwise
