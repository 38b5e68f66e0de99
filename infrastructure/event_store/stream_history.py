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
    AND aggregate_version > %(after)s AND aggregate_version <= %(last)s
ORDER BY aggregate_version
""".encode()  # noqa: S608  (constants)
_HEAD = b"""
SELECT coalesce(max(aggregate_version), 0) FROM domain_events
WHERE aggregate_id = %(stream_id)s AND aggregate_type = %(aggregate_type)s
"""
_VERSION = 5
_CHUNK = 2_000
"""Events that are asked for at once."""
_LOST = (PoolTimeout, OperationalError, InterfaceError)


async def read_history(
    connection: Connection, aggregate_type: str, stream_id: UUID, until: int | None = None
) -> Past[StoredEvent]:
    """The stream up to version `until`, as far as it can be read."""
    of = {"stream_id": str(stream_id), "aggregate_type": aggregate_type}
    ((head,),) = await (await connection.execute(_HEAD, of)).fetchall()
    events: list[StoredEvent] = []
    decoding: asyncio.Future[Exception | None] | None = None
    end = head if until is None else min(until, head)  # what is committed after this look is not asked for
    for after in range(0, end, _CHUNK):
        last = min(after + _CHUNK, end)
        parameters = of | wanted({aggregate_type: None}) | {"after": after, "last": last}
        rows = await (await connection.execute(_STREAM, parameters)).fetchall()
        if decoding is not None and (broken := await decoding) is not None:
            return Past(events, head, broken)
        # while these are decoded, the server is busy with the next
        decoding = asyncio.ensure_future(asyncio.to_thread(_decode, events, rows, last))
    return Past(events, head, await decoding if decoding is not None else None)


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


def _decode(events: list[StoredEvent], rows: Sequence[tuple[Any, ...]], last: int) -> Exception | None:
    """Add what follows `events`, up to version `last`; what is wrong with the first that cannot be added."""
    for entry, row in zip(decode_rows(rows), rows, strict=True):
        expected = len(events) + 1
        if row[_VERSION] != expected:
            return _missing(expected)
        if isinstance(entry, UnreadableEvent):
            if entry.newer:
                return EventTooNew(entry.error)
            return LogDamaged(f"Event {expected} of this stream cannot be read: {entry.error}.")
        events.append(entry)
    return None if len(events) == last else _missing(len(events) + 1)


def _missing(version: int) -> LogDamaged:
    return LogDamaged(f"The log has a hole: event {version} of this stream is missing.")
