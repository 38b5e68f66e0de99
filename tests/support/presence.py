"""One API process's part in presence, played step by step."""

import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from uuid import UUID, uuid4

from infrastructure.coordination.presence import Client, Presence, PresenceStore
from infrastructure.redis.wakeups import NoHints


class Process:
    """What one API process knows, played step by step: no beat comes by itself."""

    def __init__(self, store: PresenceStore | None, clock: Callable[[], float] = time.time) -> None:
        self.told: list[UUID] = []
        self.presence = Presence(store, NoHints(), self.told.append, clock=clock)
        self._open = AsyncExitStack()

    def open(self, session_id: UUID, client_id: UUID | None = None) -> Client:
        client = self.presence.client(client_id or uuid4(), "Firefox on Linux")
        self._open.enter_context(self.presence.here(session_id, client))
        return client

    async def leave(self) -> None:
        """Every page is closed, and it is said."""
        await self._open.aclose()
        await self.presence.flush()

    async def close(self) -> None:
        await self._open.aclose()
        await self.presence.close()

    async def sees(self, session_id: UUID) -> list[UUID]:
        return [client.client_id for client in await self.presence.clients(session_id)]
