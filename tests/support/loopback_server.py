"""A server on loopback with an event loop of its own, in a thread; when it has ended, no connection of it is open."""

import asyncio
import threading
from contextlib import suppress
from typing import Self


class LoopbackServer:
    """A context manager. `port` is chosen by the system unless a subclass has set it; `answer` is what it does."""

    def __init__(self) -> None:
        self.port = 0
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection. It is closed afterwards; that the other side has gone is no error."""
        raise NotImplementedError

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._ready.wait(30)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(30)
        assert not self._thread.is_alive()

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._stop = asyncio.Event()
        self._answering: set[asyncio.Task[None]] = set()
        server = await asyncio.start_server(self._accept, "127.0.0.1", self.port)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._stop.wait()
        # Nothing is accepted any more, and what was becomes a task of `_accept`, which ends by itself. close() does not
        # do: a server that is closed between a connection's arrival and its transport leaves the socket open.
        self._loop.remove_reader(server.sockets[0].fileno())
        while others := asyncio.all_tasks() - {asyncio.current_task()}:
            for task in self._answering & others:
                task.cancel()
            await asyncio.wait(others)
        server.close()
        await asyncio.sleep(0)  # a transport that was told to abort closes its socket in the loop's next round

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._answering.add(task)
        try:
            if not self._stop.is_set():
                with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
                    await self.answer(reader, writer)
        finally:
            await close(writer)
            self._answering.discard(task)


async def close(writer: asyncio.StreamWriter) -> None:
    """Close the connection; once cancelled, without sending what is left. Raises nothing."""
    writer.close()
    try:
        with suppress(ConnectionError):
            await writer.wait_closed()
    except asyncio.CancelledError:
        writer.transport.abort()
