"""A connection pool that hands the connection that came back last straight to whoever asks next.

The library's own checkout and return take about 40 microseconds of Python, a fifth of an append, and waiting for one
takes more; here they are taken only when there is something to decide: growing, a broken connection, the end.
"""

import asyncio
import select
from collections import deque
from typing import Any, TypeVar

from psycopg import AsyncConnection
from psycopg.pq import ConnStatus, TransactionStatus
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from infrastructure.postgres.prepared import unwatch

ACT = TypeVar("ACT", bound=AsyncConnection[Any])

SETTLE = 5.0
"""Seconds after which warm connections go through the library's pool, which may retire or close them."""


class WarmPool(AsyncConnectionPool[ACT]):
    """An AsyncConnectionPool; for connections in autocommit mode, which come back without a transaction."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._free = self._max_size
        self._asking: deque[asyncio.Future[None]] = deque()
        self._warm: list[ACT] = []
        self._settling: asyncio.TimerHandle | None = None
        self._returning: set[asyncio.Task[None]] = set()

    async def getconn(self, timeout: float | None = None) -> ACT:  # noqa: ASYNC109  (the library's signature)
        connection = await self.lend(timeout)
        unwatch(connection)
        return connection

    async def lend(self, timeout: float | None = None) -> ACT:  # noqa: ASYNC109  (as above)
        """The same for `run_prepared` and nothing else: its socket may still be watched from the last time."""
        if self._free:
            self._free -= 1
        else:
            await self._turn(self.timeout if timeout is None else timeout)
        try:
            while True:
                connection = self._warm.pop() if self._warm else await super().getconn(timeout)
                if _quiet(connection):
                    return connection
                unwatch(connection)
                await connection.close()
                await self._return(connection)
        except BaseException:
            self._next()
            raise

    async def _turn(self, patience: float) -> None:
        """In the order of asking, as soon as fewer than `max_size` are given away."""
        loop = asyncio.get_running_loop()
        turn: asyncio.Future[None] = loop.create_future()
        self._asking.append(turn)
        timer = loop.call_later(patience, _too_late, turn, patience)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled() and turn.exception() is None:
                self._next()  # it came at the moment of the cancellation
            raise
        finally:
            timer.cancel()

    def _next(self) -> None:
        """One fewer is given away."""
        while self._asking:
            turn = self._asking.popleft()
            if not turn.done():
                turn.set_result(None)
                return
        self._free += 1

    async def putconn(self, conn: ACT) -> None:
        try:
            if self._waiting or self._closed or conn.pgconn.transaction_status != TransactionStatus.IDLE:
                await self._return(conn)
                return
            self._warm.append(conn)
        finally:
            self._next()
        if self._settling is None:
            self._settling = asyncio.get_running_loop().call_later(SETTLE, self._settle_soon)

    async def check(self) -> None:
        await self._settle()
        await super().check()

    async def close(self, timeout: float = 5.0) -> None:  # noqa: ASYNC109  (the library's signature)
        if self._settling is not None:
            self._settling.cancel()
        await self._settle()
        await super().close(timeout)

    async def _settle(self) -> None:
        while self._warm:
            await self._return(self._warm.pop())

    async def _return(self, connection: ACT) -> None:
        """To the library, which may close it."""
        unwatch(connection)
        await super().putconn(connection)

    def _settle_soon(self) -> None:
        self._settling = None
        task = asyncio.get_running_loop().create_task(self._settle())
        self._returning.add(task)
        task.add_done_callback(self._returning.discard)


def _quiet(connection: AsyncConnection[Any]) -> bool:
    """Whether the server has said nothing since the last answer: what it says unasked is, nearly always, goodbye.

    Without a round trip; a server that fell silent is found out by the next statement only.
    """
    if connection.pgconn.status != ConnStatus.OK:
        return False
    said = select.poll()
    said.register(connection.pgconn.socket, select.POLLIN)
    return not said.poll(0)


def _too_late(turn: "asyncio.Future[None]", patience: float) -> None:
    if not turn.done():
        turn.set_exception(PoolTimeout(f"couldn't get a connection after {patience:.2f} sec"))
