"""The pool's short cut keeps the library's promises: nobody is passed over, nothing broken is kept, nothing is left."""

import asyncio

import psycopg
import pytest
from psycopg.pq import TransactionStatus
from psycopg_pool import PoolTimeout

from infrastructure.postgres.pool import Pool, make_pool, opened
from infrastructure.postgres.prepared import run_prepared
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


@pytest.mark.parametrize("warm", [True, False])
async def test_connections_that_the_server_has_ended_are_given_to_nobody(
    pool: Pool, database_url: str, warm: bool
) -> None:
    given = [await pool.getconn() for _ in range(2)]
    pids = [connection.info.backend_pid for connection in given]
    for connection in given:
        await run_prepared(connection, ANSWER, ("a", "1"), keep_watching=True)
        await pool.putconn(connection)
    if not warm:
        await pool._settle()
    async with await psycopg.AsyncConnection.connect(database_url, autocommit=True) as other:
        for pid in pids:
            await other.execute("SELECT pg_terminate_backend(%s, 5000)", (pid,))

    for _ in range(4):
        async with pool.connection() as connection:
            assert connection.info.backend_pid not in pids
            await connection.execute("SELECT 1")


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


async def test_a_connection_whose_socket_stays_watched_serves_the_driver_in_between(database_url: str) -> None:
    async with opened(make_pool(database_url, "tests", min_size=1, max_size=1)) as pool:
        for turn in range(3):
            for number in range(3):
                assert await _sent(pool, (f"{turn}{number}", "1")) == b"%d%d" % (turn, number)
            async with pool.connection() as connection:
                assert (await (await connection.execute("SELECT 1")).fetchone()) == (1,)


async def test_a_connection_that_the_server_ends_while_nobody_waits_is_not_watched_any_more(
    database_url: str,
) -> None:
    loop = asyncio.get_running_loop()
    async with opened(make_pool(database_url, "tests", min_size=1, max_size=1)) as pool:
        for _ in range(2):
            await _sent(pool, ("a", "1"))
        connection = await pool.lend()
        socket, backend = connection.pgconn.socket, connection.info.backend_pid
        await pool.putconn(connection)
        async with await psycopg.AsyncConnection.connect(database_url, autocommit=True) as other:
            await other.execute("SELECT pg_terminate_backend(%s, 5000)", (backend,))
        for _ in range(3):
            await asyncio.sleep(0)  # the loop has heard the end by now

        assert not loop.remove_reader(socket)

        assert await _sent(pool, ("b", "2")) == b"b"


async def test_an_answer_in_many_packets_comes_whole(pool: Pool) -> None:
    connection = await pool.lend()
    for size in (10, 3_000_000, 10, 3_000_000):
        result = await run_prepared(connection, "SELECT repeat('x', $1::int)", (str(size),), keep_watching=True)
        assert len(result.get_value(0, 0) or b"") == size
    await pool.putconn(connection)


async def test_a_watched_statement_that_takes_too_long_ends_on_the_server_and_its_time_limit_says_so(
    pool: Pool, database_url: str
) -> None:
    lock = "SELECT pg_advisory_lock(8)"
    async with await psycopg.AsyncConnection.connect(database_url, autocommit=True) as holder:
        connection = await pool.lend()
        backend = connection.info.backend_pid
        await run_prepared(connection, lock, (), keep_watching=True)
        await run_prepared(connection, "SELECT pg_advisory_unlock_all()", (), keep_watching=True)
        await holder.execute(lock)

        async def limited(limit: asyncio.Timeout) -> None:
            async with limit:
                await run_prepared(connection, lock, (), keep_watching=True)

        async def waits() -> bool:
            query = "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND pid = %s"
            return await (await holder.execute(query, (backend,))).fetchone() is not None

        limit = asyncio.timeout(None)
        stuck = asyncio.create_task(limited(limit))
        await eventually(waits)
        limit.reschedule(asyncio.get_running_loop().time())

        with pytest.raises(TimeoutError):
            await stuck
        assert not await waits()
        assert (await run_prepared(connection, ANSWER, ("a", "1"), keep_watching=True)).ntuples == 1
        assert (await run_prepared(connection, ANSWER, ("b", "2"), keep_watching=True)).get_value(0, 0) == b"b"
        await pool.putconn(connection)


async def test_whoever_is_cancelled_while_waiting_for_a_connection_takes_none_away(database_url: str) -> None:
    async with opened(make_pool(database_url, "tests", min_size=1, max_size=1)) as pool:
        held = await pool.getconn()
        early, late = (asyncio.create_task(pool.getconn(5)) for _ in range(2))
        await asyncio.sleep(0)  # both wait
        early.cancel()
        await pool.putconn(held)

        assert await late is held
        last = asyncio.create_task(pool.getconn(5))
        await asyncio.sleep(0)
        await pool.putconn(held)  # its turn has come,
        last.cancel()  # and it goes away before it knows
        with pytest.raises(asyncio.CancelledError):
            await last
        assert await pool.getconn(0.05) is held
        await pool.putconn(held)


async def _sent(pool: Pool, parameters: tuple[str, str]) -> bytes | None:
    connection = await pool.lend()
    try:
        return (await run_prepared(connection, ANSWER, parameters, keep_watching=True)).get_value(0, 0)
    finally:
        await pool.putconn(connection)
