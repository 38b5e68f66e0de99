"""Opens connections to PostgreSQL: one asynchronous pool per process, every statement its own transaction."""

import select
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from psycopg import AsyncConnection, OperationalError
from psycopg.conninfo import conninfo_to_dict
from psycopg.rows import TupleRow
from psycopg_pool import AsyncConnectionPool

from projections.registry import search_path

Connection = AsyncConnection[TupleRow]
Pool = AsyncConnectionPool[Connection]

# force_generic_plan: our statements take arrays, whose custom plans are never better and cost a planning each time.
# idle_in_transaction_session_timeout: an open write holds back every reader of the log (xmin is cluster-wide).
_SESSION = "-c plan_cache_mode=force_generic_plan -c idle_in_transaction_session_timeout=10s -c timezone=UTC"


def connection_options(database_url: str, application_name: str) -> dict[str, Any]:
    """Keyword arguments for a connection, beside the URL itself; options that the URL brings are kept.

    The one place where this build says which versions of the read tables it reads: their schemas are in the search
    path, so queries name tables only, and `current_schemas(false)` lets SQL ask for the same versions.
    """
    given = conninfo_to_dict(database_url).get("options")
    ours = f"{_SESSION} -c search_path={search_path()}"
    return {
        "autocommit": True,
        "application_name": application_name,
        "connect_timeout": 10,
        "options": f"{ours} {given}" if given else ours,
    }


def make_pool(
    database_url: str, application_name: str, *, min_size: int = 2, max_size: int = 10, patience: float = 10
) -> Pool:
    """A pool that is not open yet: open it inside the running loop, with `opened`.

    `patience`: seconds that whoever wants a connection waits before psycopg_pool.PoolTimeout.
    """
    return AsyncConnectionPool(
        database_url,
        connection_class=Connection,
        kwargs=connection_options(database_url, application_name),
        min_size=min_size,
        max_size=max_size,
        timeout=patience,
        reconnect_timeout=30,
        open=False,
        name=application_name,
        check=check_silent,
    )


async def check_silent(connection: AsyncConnection[Any]) -> None:
    """Refuse a connection that is not silent. Raises OperationalError."""
    if not is_silent(connection):
        await connection.close()  # or the pool would lend it again
        raise OperationalError("the server has ended this connection")


def is_silent(connection: AsyncConnection[Any]) -> bool:
    """Whether the server has said nothing unasked on it: what it says so is, nearly always, that it ends it.

    Without a round trip; of a server that fell silent only the next statement tells.
    """
    said = select.poll()
    said.register(connection.fileno(), select.POLLIN)
    return not said.poll(0)


@asynccontextmanager
async def opened(pool: Pool, *, wait_seconds: float = 15) -> AsyncIterator[Pool]:
    """`pool`, open and connected. Raises psycopg_pool.PoolTimeout when the server cannot be reached in time."""
    await pool.open(wait=True, timeout=wait_seconds)
    try:
        yield pool
    finally:
        await pool.close(timeout=3)
