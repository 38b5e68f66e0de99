"""A wait in vain becomes a fact that the writer is told of: once, and only if nothing has happened since."""

from uuid import uuid5

import structlog

from application.command_results import CommandIdReused, VersionConflict
from application.handle_command import handle as give
from application.handle_command import hash_request
from application.ports import Clock, EventStore, Hints
from domain.genesis.commands import Command, ExpireWait
from domain.genesis.rejections import Rejection
from flows.wait.handles import Handle, Handles

log = structlog.get_logger(__name__)


class Expiry:
    def __init__(self, handles: Handles, store: EventStore, clock: Clock, hints: Hints) -> None:
        self._handles = handles
        self._store = store
        self._clock = clock
        self._hints = hints

    async def tell(self, expired: Handle) -> None:
        """Record WaitExpired for this wait, or find that the session has moved on. Raises StoreUnavailable."""
        command = Command(
            uuid5(expired.correlation_id, "expired"), expired.session_id, None, ExpireWait(turn=expired.turn)
        )
        try:
            await give(
                command, store=self._store, clock=self._clock, request_hash=hash_request(command), hints=self._hints
            )
        except (Rejection, VersionConflict, CommandIdReused) as refused:
            log.info("wait_had_ended", session_id=str(expired.session_id), reason=type(refused).__name__)
        else:
            log.info("wait_expired", session_id=str(expired.session_id), turn=expired.turn)
        await self._handles.noticed(expired)
