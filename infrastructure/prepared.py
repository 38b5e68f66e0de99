"""One prepared statement without a cursor: for the few statements that are sent all the time.

A cursor takes 50 microseconds of Python around what libpq does, as much as the rest of an append together.
https://www.psycopg.org/psycopg3/docs/api/pq.html
"""

from collections.abc import Sequence
from typing import Any
from weakref import WeakKeyDictionary

from psycopg import AsyncConnection, errors
from psycopg.abc import PQGen
from psycopg.generators import execute
from psycopg.pq import ExecStatus
from psycopg.pq.abc import PGconn, PGresult

_names: WeakKeyDictionary[AsyncConnection[Any], dict[str, bytes]] = WeakKeyDictionary()


async def run_prepared(connection: AsyncConnection[Any], query: str, parameters: Sequence[str | None]) -> PGresult:
    """Send `query`, with $n placeholders and parameters as text, prepared once per connection. Autocommit only.

    Raises psycopg.Error as a cursor would, asyncio.CancelledError after the server has been told.
    """
    values = [None if value is None else value.encode() for value in parameters]
    prepared = _names.setdefault(connection, {})
    async with connection.lock:
        try:
            return await connection.wait(_run(connection.pgconn, prepared, query, values))
        except errors.InvalidSqlStatementName:  # somebody deallocated all of them
            prepared.clear()
            return await connection.wait(_run(connection.pgconn, prepared, query, values))


def _run(pgconn: PGconn, prepared: dict[str, bytes], query: str, values: list[bytes | None]) -> PQGen[PGresult]:
    name = prepared.get(query)
    if name is None:
        name = b"genesis_%d" % len(prepared)
        pgconn.send_prepare(name, query.encode())
        _last((yield from execute(pgconn)))
        prepared[query] = name
    pgconn.send_query_prepared(name, values)
    return _last((yield from execute(pgconn)))


def _last(results: Sequence[PGresult]) -> PGresult:
    found = results[-1]
    if found.status == ExecStatus.FATAL_ERROR:
        raise errors.error_from_result(found, "utf-8")
    return found
