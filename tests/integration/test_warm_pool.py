"""The pool's short cut keeps the library's promises: nobody is passed over, nothing broken is kept, nothing is left."""

import asyncio

import psycopg
import pytest
from psycopg.pq import TransactionStatus
from psycopg_pool import PoolTimeout

from infrastructure.postgres import Pool, make_pool, opened
from infrastructure.prepared import run_prepared
from tests.support.reading import eventually

ANSWER = "SELECT $1::text, $2::int"


async def test_the_connection_that_came_back_last_is_given_next(pool: Pool) -> None:
    first, second = await pool.getconn(), await pool.getconn()
    await pool.putconn(first)
    await pool.putconn(second)

    again = await pool.getconn()

    assert again is second
    await pool.putconn(again)


async def test_whoever_waits_gets_the_connection_before_it_stays_warm(database_url: str) -> None:
    async with opened(make_pool(database_url, "tests", min_size=1, max_size=1)) as pool:
        held = await pool.getconn()
        waiting = asyncio.create_task(pool.getconn(5))
        await asyncio.sleep(0)  # it has asked by now, and waits

        await pool.putconn(held)

        assert await waiting is held
        with pytest.raises(PoolTimeout):
            await pool.getconn(0.05)
        await pool.putconn(held)


async def test_a_connection_in_a_transaction_is_not_kept_warm(pool: Pool) -> None:
    connection = await pool.getconn()
    await connection.execute("BEGIN")

    await pool.putconn(connection)

    async with pool.connection() as given:
        assert given.info.transaction_status == TransactionStatus.IDLE


async def test_a_check_finds_warm_connections_that_the_server_has_ended(pool: Pool, database_url: str) -> None:
    async with pool.connection() as connection:
        ended = connection.info.backend_pid
    async with await psycopg.AsyncConnection.connect(database_url, autocommit=True) as other:
        await other.execute("SELECT pg_terminate_backend(%s, 5000)", (ended,))

    await pool.check()

    async with pool.connection() as connection:
        assert (await (await connection.execute("SELECT 1")).fetchone()) == (1,)


async def test_a_closed_pool_leaves_no_connection(database_url: str) -> None:
    async with opened(make_pool(database_url, "tests-left", min_size=1, max_size=3)) as pool:
        connections = [await pool.getconn() for _ in range(3)]
        for connection in connections:
            await pool.putconn(connection)

    assert all(connection.closed for connection in connections)


async def test_a_statement_is_prepared_anew_when_somebody_deallocated_it(pool: Pool) -> None:
    async with pool.connection() as connection:
        await run_prepared(connection, ANSWER, ("a", "1"))
        await connection.execute("DEALLOCATE ALL")

        result = await run_prepared(connection, ANSWER, ("b", "2"))

    assert (result.get_value(0, 0), result.get_value(0, 1)) == (b"b", b"2")


async def test_a_refused_statement_raises_what_a_cursor_raises_and_the_connection_goes_on(pool: Pool) -> None:
    async with pool.connection() as connection:
        with pytest.raises(psycopg.errors.InvalidTextRepresentation):
            await run_prepared(connection, ANSWER, ("a", "no number"))
        assert (await run_prepared(connection, ANSWER, ("a", None))).ntuples == 1


async def test_a_statement_that_is_cancelled_ends_on_the_server(pool: Pool, database_url: str) -> None:
    async with await psycopg.AsyncConnection.connect(database_url, autocommit=True) as holder:
        await holder.execute("SELECT pg_advisory_lock(7)")
        async with pool.connection() as connection:
            stuck = asyncio.create_task(run_prepared(connection, "SELECT pg_advisory_lock(7)", ()))
            query = "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND pid = %s"
            backend = connection.info.backend_pid

            async def waits() -> bool:
                return await (await holder.execute(query, (backend,))).fetchone() is not None

            await eventually(waits)

            stuck.cancel()

            with pytest.raises(asyncio.CancelledError):
                await stuck
            assert (await run_prepared(connection, ANSWER, ("a", "1"))).ntuples == 1
