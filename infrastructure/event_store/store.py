"""Implements the port EventStore on PostgreSQL: appends in groups, the last state of each stream remembered."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID, uuid5

from genesis_types.enums import CommandStatus
from psycopg import AsyncRawCursor, InterfaceError, OperationalError
from psycopg.errors import DeadlockDetected, ReadOnlySqlTransaction, UniqueViolation
from psycopg_pool import PoolTimeout

from application.ports import Append, EventTooNew, InboxRow, StoreUnavailable, VersionTaken
from domain.aggregate import Aggregate
from infrastructure.event_store.append import AppendRows, StreamRows, metadata, refusal, statement
from infrastructure.event_store.codec import CODEC, EventCodec, UnreadableEvent
from infrastructure.event_store.group_commit import GroupCommit, Line
from infrastructure.event_store.state_cache import StateCache
from infrastructure.observability.tracing import span
from infrastructure.postgres.pool import Connection, Pool, is_silent

_STREAM = "aggregate_id = $1::text AND aggregate_type = $2::text AND ($3::int IS NULL OR aggregate_version <= $3::int)"
_LOAD = f"""
SELECT event_type, event_version, payload::text FROM domain_events WHERE {_STREAM} ORDER BY aggregate_version
"""  # noqa: S608  (constants)
_LOAD_FROM_OPENING = f"""
SELECT event_type, event_version, payload::text FROM domain_events WHERE {_STREAM} AND aggregate_version >= coalesce((
    SELECT aggregate_version FROM domain_events WHERE {_STREAM} AND event_type = ANY($4::text[])
    ORDER BY aggregate_version DESC LIMIT 1), 1)
ORDER BY aggregate_version
"""  # noqa: S608
_COMMAND = """
SELECT id, session_id, user_id, command_type, request_hash, status::text, response, correlation_id, deadline_at
FROM command_inbox WHERE id = $1::uuid
"""

# read-only: the server was switched to a standby that is not yet, or no longer, the primary
_LOST = (PoolTimeout, OperationalError, InterfaceError, ReadOnlySqlTransaction)


class PostgresEventStore:
    """Safe to use from many tasks of one event loop."""

    def __init__(self, pool: Pool, topic: str, *, cache: StateCache | None = None, codec: EventCodec = CODEC) -> None:
        self._pool = pool
        self._topic = topic
        self._codec = codec
        self._states = cache or StateCache()
        self._group = GroupCommit(self._line)

    async def load(self, aggregate: Aggregate, stream_id: UUID, at_version: int | None = None) -> Any:
        version = None if at_version is None else str(at_version)
        parameters = (str(stream_id), aggregate.aggregate_type, version)
        if aggregate.openings:
            openings = "{" + ",".join(opening.__name__ for opening in aggregate.openings) + "}"
            rows = await self._execute(_LOAD_FROM_OPENING, (*parameters, openings))
        else:
            rows = await self._execute(_LOAD, parameters)
        try:
            events = tuple(self._codec.decode(*row) for row in rows)
        except UnreadableEvent as error:
            raise EventTooNew(str(error)) from error
        state = aggregate.fold(stream_id, events)
        if state is not None and at_version is None:
            self._states.put(stream_id, state, sum(len(payload) for _, _, payload in rows))
        return state

    async def load_cached(self, aggregate: Aggregate, stream_id: UUID) -> Any:
        known = self._states.get(stream_id)
        return known.state if known is not None else await self.load(aggregate, stream_id)

    async def append(self, append: Append) -> None:
        rows = self._rows(append)
        own = append.streams[0]
        with span(
            "append",
            append.correlation_id,
            session_id=own.stream_id,
            causation_id=append.causation_id,
            version=own.expected_version + len(own.events),
        ):
            try:
                written = await self._group.append(rows)
            except UniqueViolation as error:
                self._forget(append)
                failed = refusal(error)
                if failed is None:
                    raise
                raise failed from error
            except DeadlockDetected as error:
                raise VersionTaken from error  # decided again, on what the other one wrote
            except _LOST as error:
                raise await self._unavailable(error) from error
        if not written:
            self._forget(append)
            raise VersionTaken
        for stream, encoded in zip(append.streams, rows.streams, strict=True):
            known = self._states.get(stream.stream_id)
            if stream.events and (known is not None or stream.expected_version == 0):
                size = sum(len(event.payload) for _, event in encoded.events)
                self._states.put(stream.stream_id, stream.after, size + (known.size if known else 0))

    @asynccontextmanager
    async def _line(self) -> AsyncIterator[Line]:
        async with self._pool.connection() as connection:
            yield _PoolLine(connection, self._topic)

    def _rows(self, append: Append) -> AppendRows:
        command = append.inbox[0]
        streams = []
        for number, stream in enumerate(append.streams):
            prefix = "event" if number == 0 else f"event:{stream.stream_id}"
            events = [
                (uuid5(command.command_id, f"{prefix}:{index}"), self._codec.encode(event))
                for index, event in enumerate(stream.events)
            ]
            about = stream.aggregate
            streams.append(
                StreamRows(about.aggregate_type, about.source, str(stream.stream_id), stream.expected_version, events)
            )
        return AppendRows(
            inbox=append.inbox,
            streams=streams,
            metadata=metadata(command.command_type),
            correlation_id=append.correlation_id,
            completes=append.completes,
        )

    def _forget(self, append: Append) -> None:
        for stream in append.streams:
            self._states.forget(stream.stream_id)

    async def find_command(self, command_id: UUID) -> InboxRow | None:
        rows = await self._execute(_COMMAND, (str(command_id),))
        if not rows:
            return None
        command, session_id, user_id, command_type, request_hash, status, response, correlation_id, deadline = rows[0]
        return InboxRow(
            command_id=command,
            session_id=session_id,
            user_id=user_id,
            command_type=command_type,
            request_hash=request_hash,
            status=CommandStatus(status),
            response=response,
            correlation_id=correlation_id,
            deadline_at=deadline,
        )

    async def _execute(self, query: str, parameters: tuple[str | None, ...]) -> list[tuple[Any, ...]]:
        try:
            async with self._pool.connection() as connection:
                cursor = AsyncRawCursor(connection)
                await cursor.execute(query, parameters, prepare=True)
                return await cursor.fetchall()
        except _LOST as error:
            raise await self._unavailable(error) from error

    async def _unavailable(self, error: Exception) -> StoreUnavailable:
        if not isinstance(error, PoolTimeout):
            await self._pool.check()  # one lost connection is seldom alone: a server that came back has ended them all
        return StoreUnavailable(str(error))


class _PoolLine:
    """A connection from the pool."""

    def __init__(self, connection: Connection, topic: str) -> None:
        self._connection = connection
        self._cursor = AsyncRawCursor(connection)
        self._topic = topic

    def usable(self) -> bool:
        return not self._connection.closed and is_silent(self._connection)

    async def write(self, appends: Sequence[AppendRows]) -> set[UUID]:
        await self._cursor.execute(*statement(appends, self._topic), prepare=True)
        return {event_id for event_id, _ in await self._cursor.fetchall()}
