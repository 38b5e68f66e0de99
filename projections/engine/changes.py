"""What moves on the read side, as readers hear of it. The feed itself is in infrastructure/read_side/change_feed.py."""

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from pydantic import JsonValue


@dataclass(frozen=True, slots=True)
class Moved:
    """What `projection` keeps of a stream stands at its `version` now. `owner` None: nobody's in particular."""

    projection: str
    stream_id: UUID
    owner: UUID | None
    version: int


@dataclass(frozen=True, slots=True)
class Drafted:
    """Work in progress. `content` is what follows from `offset` on (0: all of it); None: only progress moved."""

    session_id: UUID
    user_id: UUID
    correlation_id: UUID
    seq: int
    offset: int
    phase: str
    percent: float
    message: str
    content: JsonValue = None


@dataclass(frozen=True, slots=True)
class Attendance:
    """Who has the session open may have changed."""

    session_id: UUID


Change = Moved | Drafted | Attendance


class FeedOverflow(Exception):
    """The subscriber was too slow. It has to subscribe again and read where things stand."""


class Subscription(Protocol):
    async def next(self, timeout: float) -> Change | None:  # noqa: ASYNC109  (waiting is what it does)
        """The next change, or None after `timeout` seconds. Raises FeedOverflow when changes were lost."""


class Changes(Protocol):
    def subscribe(self, *stream_ids: UUID, owner: UUID | None = None) -> AbstractAsyncContextManager[Subscription]:
        """Changes of these streams, and of everything that is one user's, each once, from now on."""
