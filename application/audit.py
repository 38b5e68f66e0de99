"""Records what somebody reads of another's, before it is shown: an entry in the owner's audit stream."""

import asyncio
from collections import OrderedDict
from collections.abc import Collection
from datetime import timedelta
from uuid import UUID, uuid5

from application.command_results import CommandIdReused, VersionConflict
from application.handle_command import CommandHandler
from application.ports import Clock, EventTooNew, StoreUnavailable
from domain.aggregate import Body, Command
from domain.audit.commands import RecordExport, RecordSessionRead
from domain.audit.events import Holding, SessionPart
from domain.audit.trail import audit_id
from domain.rejections import Rejection

WINDOW = timedelta(minutes=15)
"""The same reader who reads the same part of the same session again within one quarter of an hour is one entry."""

_REMEMBERED = 10_000
_AT_ONCE = 8


class NotRecorded(Exception):
    """The entry could not be written, so nothing may be shown."""


class Audit:
    """Safe to use from many tasks and processes: an entry's command id says the reader, what was read, and when."""

    def __init__(self, commands: CommandHandler, clock: Clock) -> None:
        self._commands = commands
        self._clock = clock
        self._recorded: OrderedDict[UUID, None] = OrderedDict()

    async def session_read(self, reader_id: UUID, owner_id: UUID, session_id: UUID, part: SessionPart) -> None:
        """Returns once it is written down that `reader_id` reads this session of `owner_id`. Raises NotRecorded."""
        body = RecordSessionRead(user_id=owner_id, reader_id=reader_id, session_id=session_id, part=part)
        await self._record(owner_id, reader_id, body)

    async def exported(
        self,
        reader_id: UUID,
        owners: Collection[UUID],
        holds: Holding,
        *,
        named: bool,
        with_text: bool,
        selection: str,
    ) -> None:
        """Returns once every one of `owners` but the reader has an entry. Raises NotRecorded.

        `selection`: says what was asked for; asked for again, in ranges or after a lost connection, it is one entry.
        """
        turns = asyncio.Semaphore(_AT_ONCE)

        async def record(owner_id: UUID) -> None:
            body = RecordExport(
                user_id=owner_id,
                reader_id=reader_id,
                holds=holds,
                named=named,
                with_text=with_text,
                selection=selection,
            )
            async with turns:
                await self._record(owner_id, reader_id, body)

        for failed in await asyncio.gather(*map(record, owners), return_exceptions=True):
            if isinstance(failed, BaseException):
                raise failed

    async def _record(self, owner_id: UUID, reader_id: UUID, body: Body) -> None:
        if owner_id == reader_id:
            return
        stream_id = audit_id(owner_id)
        window = self._clock().timestamp() // WINDOW.total_seconds()
        # a repetition is the same command, which the inbox knows: no two processes write it twice
        command_id = uuid5(stream_id, f"{body.command_type}:{body.model_dump_json()}:{window:.0f}")
        if command_id in self._recorded:
            return
        try:
            await self._commands.handle(Command(command_id, stream_id, reader_id, body))
        except (Rejection, VersionConflict, CommandIdReused, EventTooNew, StoreUnavailable) as error:
            raise NotRecorded from error
        self._recorded[command_id] = None
        while len(self._recorded) > _REMEMBERED:
            self._recorded.popitem(last=False)
