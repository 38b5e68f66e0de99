"""A wait in vain becomes a fact that the writer is told of: once, and only if nothing has happened since."""

from uuid import uuid5

import structlog

from application.command_results import CommandIdReused, VersionConflict
from application.handle_command import CommandHandler
from domain.aggregate import Command
from domain.genesis.commands import ExpireWait
from domain.rejections import Rejection
from flows.wait.handles import Handle, Handles

log = structlog.get_logger(__name__)


class Expiry:
    def __init__(self, handles: Handles, commands: CommandHandler) -> None:
        self._handles = handles
        self._commands = commands

    async def tell(self, expired: Handle) -> None:
        """Record WaitExpired for this wait, or find that the session has moved on. Raises StoreUnavailable."""
        command = Command(
            uuid5(expired.correlation_id, "expired"), expired.session_id, None, ExpireWait(turn=expired.turn)
        )
        try:
            await self._commands.handle(command)
        except (Rejection, VersionConflict, CommandIdReused) as refused:
            log.info("wait_had_ended", session_id=str(expired.session_id), reason=type(refused).__name__)
        else:
            log.info("wait_expired", session_id=str(expired.session_id), turn=expired.turn)
        await self._handles.noticed(expired)
