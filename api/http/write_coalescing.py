"""Answers as few writes: what is written to a connection in one turn of the event loop is sent as one.

uvicorn writes an answer's head and its body one after the other, and uvloop sends each at once: two system calls for
us and two wake-ups for the client, where one is enough.
"""

import asyncio
from typing import Any

AT_ONCE = 64 * 1024
"""Bytes that are not held back: a long answer must come to feel how fast its reader is."""


class Joining(asyncio.Transport):
    """A transport around another one, as uvicorn's protocol uses it."""

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__()
        self._transport = transport
        self._loop = loop
        self._held: list[bytes | bytearray | memoryview] = []
        self._size = 0

    def write(self, data: bytes | bytearray | memoryview) -> None:
        if not self._held:
            self._loop.call_soon(self._send)
        self._held.append(data)
        self._size += len(data)
        if self._size > AT_ONCE:
            self._send()

    def _send(self) -> None:
        if self._held:
            data = b"".join(self._held)
            self._held.clear()
            self._size = 0
            self._transport.write(data)

    def close(self) -> None:
        self._send()
        self._transport.close()

    def abort(self) -> None:
        self._held.clear()
        self._transport.abort()

    def is_closing(self) -> bool:
        return self._transport.is_closing()

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return self._transport.get_extra_info(name, default)

    def pause_reading(self) -> None:
        self._transport.pause_reading()

    def resume_reading(self) -> None:
        self._transport.resume_reading()
