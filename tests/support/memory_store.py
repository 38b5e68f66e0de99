"""An event store in memory with the promises of the real one, which can lose its connection at the worst moment."""

from typing import Any
from uuid import UUID

from genesis_types.enums import CommandStatus

from application.ports import Append, CommandIdTaken, CommandTypeActive, InboxRow, StoreUnavailable, VersionTaken
from domain.aggregate import Aggregate, DomainEvent


class MemoryStore:
    """`breaks`: how the next appends end: "before" nothing is written, "after" all is, and in both cases the
    connection is lost."""

    def __init__(self) -> None:
        self.streams: dict[UUID, list[DomainEvent]] = {}
        self.inbox: dict[UUID, InboxRow] = {}
        self.breaks: list[str] = []
        self.log: list[DomainEvent] = []

    async def load(self, aggregate: Aggregate, stream_id: UUID, at_version: int | None = None) -> Any:
        return aggregate.fold(stream_id, tuple(self.streams.get(stream_id, ())[:at_version]))

    async def load_cached(self, aggregate: Aggregate, stream_id: UUID) -> Any:
        return await self.load(aggregate, stream_id)

    async def find_command(self, command_id: UUID) -> InboxRow | None:
        return self.inbox.get(command_id)

    async def append(self, append: Append) -> None:
        how = self.breaks.pop() if self.breaks else ""
        if how == "before":
            raise StoreUnavailable
        self._check(append)
        if append.completes is not None:
            self._complete(append)
        self.inbox |= {row.command_id: row for row in append.inbox}
        for stream in append.streams:
            self.streams.setdefault(stream.stream_id, []).extend(stream.events)
            self.log.extend(stream.events)
        if how == "after":
            raise StoreUnavailable

    def _check(self, append: Append) -> None:
        for stream in append.streams:
            if len(self.streams.get(stream.stream_id, ())) != stream.expected_version:
                raise VersionTaken
        active = {
            (row.session_id, row.command_type) for row in self.inbox.values() if row.status is CommandStatus.PROCESSING
        }
        for row in append.inbox:
            if row.command_id in self.inbox:
                raise CommandIdTaken
            if row.status is CommandStatus.PROCESSING and (row.session_id, row.command_type) in active:
                raise CommandTypeActive

    def _complete(self, append: Append) -> None:
        work = append.completes
        assert work is not None
        for command_id, row in self.inbox.items():
            if row.correlation_id == work.correlation_id and row.status is CommandStatus.PROCESSING:
                self.inbox[command_id] = InboxRow(
                    row.command_id,
                    row.session_id,
                    row.user_id,
                    row.command_type,
                    row.request_hash,
                    work.status,
                    row.response,
                    row.correlation_id,
                    row.deadline_at,
                )
                return
        raise VersionTaken
