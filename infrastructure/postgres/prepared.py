"""One prepared statement without a cursor: for the few statements that are sent all the time.

A cursor takes 50 microseconds of Python around what libpq does, as much as the rest of an append together. Waiting for
the answer as the driver does takes six system calls and a timer each time, because it begins and ends to watch the
socket; here the socket stays watched as long as the connection is lent for this only (see `watched`, `unwatch`).
https://www.psycopg.org/psycopg3/docs/api/pq.html
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import Any
from weakref import WeakKeyDictionary

from psycopg import AsyncConnection, errors
from psycopg.abc import PQGen
from psycopg.generators import execute
from psycopg.pq import ExecStatus
from psycopg.pq.abc import PGconn, PGresult


class _Line:
    """What is known of one connection: its prepared statements, and whether the event loop watches its socket."""

    def __init__(self) -> None:
        self.names: dict[str, bytes] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._socket = -1
        self._waiting: asyncio.Future[None] | None = None

    async def readable(self, pgconn: PGconn) -> None:
        loop = asyncio.get_running_loop()
        self._waiting = waiting = loop.create_future()
        if self._loop is None:
            self._loop, self._socket = loop, pgconn.socket
            loop.add_reader(self._socket, self._wake)
        await waiting

    def _wake(self) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(None)
        else:  # nobody asked: the server has ended the connection, and would be heard for ever
            self.unwatch()

    def unwatch(self) -> None:
        if self._loop is not None:
            self._loop.remove_reader(self._socket)
            self._loop = None


_lines: WeakKeyDictionary[AsyncConnection[Any], _Line] = WeakKeyDictionary()


def unwatch(connection: AsyncConnection[Any]) -> None:
    """To be called before anything else than `run_prepared` uses or closes a connection that it has used.

    A socket that is closed while it is watched would hide the next one with its number from the event loop.
    """
    line = _lines.get(connection)
    if line is not None:
        line.unwatch()


async def run_prepared(
    connection: AsyncConnection[Any], query: str, parameters: Sequence[str | None], *, keep_watching: bool = False
) -> PGresult:
    """Send `query`, with $n placeholders and parameters as text, prepared once per connection. Autocommit only.

    `keep_watching`: the next to use this connection will be `run_prepared` again, or `unwatch`.
    Raises psycopg.Error as a cursor would, asyncio.CancelledError after the server has been told.
    """
    values = [None if value is None else value.encode() for value in parameters]
    line = _lines.get(connection)
    if line is None:
        line = _lines[connection] = _Line()
    async with connection.lock:
        name = line.names.get(query)
        if name is not None:
            try:
                return await _answer(connection, line, name, values)
            except errors.InvalidSqlStatementName:  # somebody deallocated all of them
                line.names.clear()
            finally:
                if not keep_watching:
                    line.unwatch()
        line.unwatch()
        return await connection.wait(_prepare_and_run(connection.pgconn, line.names, query, values))


async def _answer(connection: AsyncConnection[Any], line: _Line, name: bytes, values: list[bytes | None]) -> PGresult:
    pgconn, found = connection.pgconn, None
    try:
        pgconn.send_query_prepared(name, values)
        if pgconn.flush() == 0:
            await line.readable(pgconn)
            pgconn.consume_input()
            while not pgconn.is_busy():
                result = pgconn.get_result()
                if result is None:
                    assert found is not None
                    return _checked(found)
                found = result
    except asyncio.CancelledError:
        line.unwatch()
        await _cancelled(connection)
        raise
    except BaseException:
        line.unwatch()  # libpq may have closed the socket
        raise
    line.unwatch()  # there is more to come, or more to be sent: the driver knows how to wait for that
    rest = await connection.wait(execute(pgconn))
    return _last(rest if found is None else [found, *rest])


async def _cancelled(connection: AsyncConnection[Any]) -> None:
    """Cancelled once more where the driver waits: it tells the server, and reads what is left."""
    task = asyncio.current_task()
    assert task is not None
    task.cancel()
    with suppress(asyncio.CancelledError, errors.Error):
        await connection.wait(execute(connection.pgconn))
    with suppress(asyncio.CancelledError):
        await asyncio.sleep(0)  # if there was nothing to wait for
    task.uncancel()


def _prepare_and_run(
    pgconn: PGconn, names: dict[str, bytes], query: str, values: list[bytes | None]
) -> PQGen[PGresult]:
    name = b"genesis_%d" % len(names)
    pgconn.send_prepare(name, query.encode())
    _last((yield from execute(pgconn)))
    names[query] = name
    pgconn.send_query_prepared(name, values)
    return _last((yield from execute(pgconn)))


def _last(results: Sequence[PGresult]) -> PGresult:
    return _checked(results[-1])


def _checked(found: PGresult) -> PGresult:
    if found.status == ExecStatus.FATAL_ERROR:
        raise errors.error_from_result(found, "utf-8")
    return found
