"""Reads one stream's whole history from the log, for looking back: each event decoded, a hole or a stranger named."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any
from uuid import UUID

from psycopg import InterfaceError, OperationalError
from psycopg_pool import PoolTimeout

from application.ports import EventTooNew, StoreUnavailable
from application.replay import LogDamaged, Past
from infrastructure.event_store.log_reader import COLUMNS, decode_rows, wanted
from infrastructure.postgres.pool import Connection
from projections.engine.projection import StoredEvent, UnreadableEvent

_STREAM = f"""
SELECT {COLUMNS} FROM domain_events
WHERE aggregate_id = %(stream_id)s AND aggregate_type = %(aggregate_type)s
    AND (%(until)s::int IS NULL OR aggregate_version <= %(until)s)
ORDER BY aggregate_version
""".encode()  # noqa: S608  (constants)
_HEAD = b"""
SELECT coalesce(max(aggregate_version), 0) FROM domain_events
WHERE aggregate_id = %(stream_id)s AND aggregate_type = %(aggregate_type)s
"""
_VERSION = 5
_LOST = (PoolTimeout, OperationalError, InterfaceError)


async def read_history(
    connection: Connection, aggregate_type: str, stream_id: UUID, until: int | None = None
) -> Past[StoredEvent]:
    """The stream up to version `until`, as far as it can be read."""
    parameters = {"stream_id": str(stream_id), "aggregate_type": aggregate_type, "until": until}
    ((head,),) = await (await connection.execute(_HEAD, parameters)).fetchall()
    if until is not None:  # a version that is committed after this look is not asked for
        parameters["until"] = until = min(until, head)
    rows = await (await connection.execute(_STREAM, parameters | wanted({aggregate_type: None}))).fetchall()
    events, broken = await asyncio.to_thread(_decoded, rows)
    if broken is None and len(events) < (head if until is None else until):
        broken = _missing(len(events) + 1)
    return Past(events, max(head, len(events)), broken)


class StreamHistory:
    """Implements the port History for the streams of one aggregate. `connect`: a pool's `connection`, or another."""

    def __init__(self, connect: Callable[[], AbstractAsyncContextManager[Connection]], aggregate_type: str) -> None:
        self._connect = connect
        self._aggregate_type = aggregate_type

    async def read(self, stream_id: UUID, until: int | None = None) -> Past[StoredEvent]:
        try:
            async with self._connect() as connection:
                return await read_history(connection, self._aggregate_type, stream_id, until)
        except _LOST as error:
            raise StoreUnavailable(str(error)) from error


def _decoded(rows: Sequence[tuple[Any, ...]]) -> tuple[list[StoredEvent], Exception | None]:
    """The events up to the first that is missing or cannot be read, and what is wrong with that one."""
    events: list[StoredEvent] = []
    for entry, row in zip(decode_rows(rows), rows, strict=True):
        expected = len(events) + 1
        if row[_VERSION] != expected:
            return events, _missing(expected)
        if isinstance(entry, UnreadableEvent):
            if entry.newer:
                return events, EventTooNew(entry.error)
            return events, LogDamaged(f"Event {expected} of this stream cannot be read: {entry.error}.")
        events.append(entry)
    return events, None


def _missing(version: int) -> LogDamaged:
    return LogDamaged(f"The log has a hole: event {version} of this stream is missing.")
