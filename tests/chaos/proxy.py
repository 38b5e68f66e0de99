"""A small TCP proxy in front of each server: it passes, delays, holds back or cuts what goes through."""

import asyncio
import threading
from contextlib import suppress
from enum import Enum

from tests.support.studio import free_port

Target = tuple[str, int] | str
"""Host and port, or the path of a unix socket."""


class Mode(Enum):
    PASS = "pass"
    REFUSE = "refuse"  # connections are cut, and new ones closed at once
    HOLD = "hold"  # nothing is said, and nothing goes through: what came in goes on afterwards


class Proxy:
    """One listening port of loopback, and where it leads. Made by `Proxies.add`; its modes may be set by any thread."""

    def __init__(self, loop: asyncio.AbstractEventLoop, target: Target) -> None:
        self._loop = loop
        self._target = target
        self.port = free_port()
        self.connections = 0
        self._mode = Mode.PASS
        self._delay = 0.0
        self._flows = asyncio.Event()
        self._flows.set()
        self._writers: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    def pass_all(self) -> None:
        self._loop.call_soon_threadsafe(self._set, Mode.PASS, 0.0)

    def refuse(self) -> None:
        self._loop.call_soon_threadsafe(self._set, Mode.REFUSE, 0.0)

    def hold(self) -> None:
        self._loop.call_soon_threadsafe(self._set, Mode.HOLD, 0.0)

    def delay(self, seconds: float) -> None:
        """Everything that comes takes so much longer, in each direction."""
        self._loop.call_soon_threadsafe(self._set, Mode.PASS, seconds)

    def cut(self) -> None:
        """End what is open, without a goodbye; new connections are welcome."""
        self._loop.call_soon_threadsafe(self._cut)

    def _set(self, mode: Mode, delay: float) -> None:
        self._mode, self._delay = mode, delay
        self._flows.clear() if mode is Mode.HOLD else self._flows.set()
        if mode is Mode.REFUSE:
            self._cut()

    def _cut(self) -> None:
        for writer in list(self._writers):
            writer.transport.abort()

    async def serve(self) -> None:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", self.port)

    async def close(self) -> None:
        self._server.close()
        self._flows.set()
        self._cut()
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self._writers.add(writer)
        self.connections += 1
        try:
            if self._mode is Mode.REFUSE:
                return
            await self._flows.wait()
            await self._join(reader, writer)
        except (OSError, asyncio.CancelledError):  # the server is not there, so is nobody here; or all is over
            pass
        finally:
            self._writers.discard(writer)
            self._tasks.discard(task)
            writer.transport.abort()

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        match self._target:
            case str() as path:
                behind, beyond = await asyncio.open_unix_connection(path)
            case host, port:
                behind, beyond = await asyncio.open_connection(host, port)
        self._writers.add(beyond)
        try:
            ways = {asyncio.create_task(self._pump(reader, beyond)), asyncio.create_task(self._pump(behind, writer))}
            try:
                await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for way in ways:
                    way.cancel()
                await asyncio.gather(*ways, return_exceptions=True)
        finally:
            self._writers.discard(beyond)
            beyond.transport.abort()

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(65_536):
                if self._delay:
                    await asyncio.sleep(self._delay)
                await self._flows.wait()
                writer.write(data)
                await writer.drain()


class Proxies:
    """A thread with an event loop of its own, so that a busy load does not slow what passes through."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="proxies", daemon=True)
        self._thread.start()
        self.all: list[Proxy] = []

    def add(self, target: Target) -> Proxy:
        proxy = Proxy(self._loop, target)
        asyncio.run_coroutine_threadsafe(proxy.serve(), self._loop).result(60)
        self.all.append(proxy)
        return proxy

    def heal(self) -> None:
        for proxy in self.all:
            proxy.pass_all()

    def close(self) -> None:
        async def end() -> None:
            for proxy in self.all:
                await proxy.close()
            # what was accepted a moment ago becomes a task after all
            while others := asyncio.all_tasks() - {asyncio.current_task()}:
                for task in others:
                    task.cancel()
                await asyncio.wait(others)
            await asyncio.sleep(0)  # an aborted connection closes its socket in the loop's next round

        with suppress(TimeoutError):
            asyncio.run_coroutine_threadsafe(end(), self._loop).result(60)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(30)
        self._loop.close()
