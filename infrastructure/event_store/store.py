"""The asynchronous event store: the port `EventStore` on PostgreSQL, with the last folded state of each session."""

from collections import OrderedDict
from typing import Any
from uuid import UUID, uuid5

import orjson
from genesis_types.enums import CommandStatus
from psycopg import AsyncRawCursor, InterfaceError, OperationalError
from psycopg.errors import ReadOnlySqlTransaction, UniqueViolation
from psycopg_pool import PoolTimeout

from application.ports import Append, InboxRow, StoreUnavailable, VersionTaken
from domain.genesis.session import Session, fold
from infrastructure.event_store.append import AppendRows, refusal, statement
from infrastructure.event_store.codec import CODEC, EventCodec
from infrastructure.observability.tracing import span
from infrastructure.postgres.pool import Pool
from infrastructure.postgres.prepared import run_prepared

_LOAD = """
SELECT event_type, event_version, payload::text FROM domain_events
WHERE aggregate_id = $1::text AND ($2::int IS NULL OR aggregate_version <= $2::int) ORDER BY aggregate_version
"""
_COMMAND = """
SELECT id, session_id, user_id, command_type, request_hash, status::text, response, correlation_id, deadline_at
FROM command_inbox WHERE id = $1::uuid
"""

# read-only: the server was switched to a standby that is not yet, or no longer, the primary
_LOST = (PoolTimeout, OperationalError, InterfaceError, ReadOnlySqlTransaction)


class PostgresEventStore:
    """Safe to use from many tasks of one event loop. States are immutable, so the cache shares them as they are."""

    def __init__(self, pool: Pool, topic: str, *, cached_sessions: int = 512, codec: EventCodec = CODEC) -> None:
        self._pool = pool
        self._topic = topic
        self._codec = codec
        self._states = _StateCache(cached_sessions)

    async def load(self, session_id: UUID, at_version: int | None = None) -> Session | None:
        version = None if at_version is None else str(at_version)
        rows = await self._execute(_LOAD, (str(session_id), version))
        state = fold(session_id, tuple(self._codec.decode(*row) for row in rows))
        if state is not None and at_version is None:
            self._states.put(state)
        return state

    async def load_cached(self, session_id: UUID) -> Session | None:
        return self._states.get(session_id) or await self.load(session_id)

    async def append(self, append: Append, state: Session) -> None:
        with span(
            "append",
            append.correlation_id,
            session_id=append.session_id,
            causation_id=append.causation_id,
            version=append.expected_version + len(append.events),
        ):
            written = await self._write(statement(self._rows(append)), append.session_id)
        if not written:
            self._states.forget(append.session_id)
            raise VersionTaken
        self._states.put(state)

    async def _write(self, query: tuple[str, tuple[str | None, ...]], session_id: UUID) -> int:
        try:
            connection = await self._pool.lend()
            try:
                return (await run_prepared(connection, *query, keep_watching=True)).ntuples
            finally:
                await self._pool.putconn(connection)
        except UniqueViolation as error:
            self._states.forget(session_id)
            failed = refusal(error)
            if failed is None:
                raise
            raise failed from error
        except _LOST as error:
            raise await self._unavailable(error) from error

    def _rows(self, append: Append) -> AppendRows:
        command = append.inbox[0]
        return AppendRows(
            stream_id=str(append.session_id),
            expected_version=append.expected_version,
            inbox=append.inbox,
            events=[
                (uuid5(command.command_id, f"event:{index}"), self._codec.encode(event))
                for index, event in enumerate(append.events)
            ],
            metadata=orjson.dumps({"command_type": command.command_type}).decode(),
            correlation_id=append.correlation_id,
            causation_id=append.causation_id,
            topic=self._topic,
            completes=append.completes,
        )

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
            connection = await self._pool.getconn()
            try:
                cursor = AsyncRawCursor(connection)
                await cursor.execute(query, parameters, prepare=True)
                return await cursor.fetchall()
            finally:
                await self._pool.putconn(connection)
        except _LOST as error:
            raise await self._unavailable(error) from error

    async def _unavailable(self, error: Exception) -> StoreUnavailable:
        if not isinstance(error, PoolTimeout):
            await self._pool.check()  # one lost connection is seldom alone: a server that came back has ended them all
        return StoreUnavailable(str(error))


class _StateCache:
    """The latest known state of the most recently used sessions. It may be behind; the append's guard finds out."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._states: OrderedDict[UUID, Session] = OrderedDict()

    def get(self, session_id: UUID) -> Session | None:
        state = self._states.get(session_id)
        if state is not None:
            self._states.move_to_end(session_id)
        return state

    def put(self, state: Session) -> None:
        known = self._states.get(state.session_id)
        if known is None or known.version < state.version:
            self._states[state.session_id] = state
        self._states.move_to_end(state.session_id)
        while len(self._states) > self._limit:
            self._states.popitem(last=False)

    def forget(self, session_id: UUID) -> None:
        self._states.pop(session_id, None)
