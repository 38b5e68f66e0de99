"""Many readers of streams in one process, as cheap as can be: raw sockets, no parsing beyond what is measured.

A process of its own, started by `benchmarks.streams`: `python -m benchmarks.stream_clients PORT TOKEN FILE`, the
sessions' ids on stdin, one for each stream. It prints `ready` when every stream has sent its first state; after the
next line on stdin it writes the milliseconds from each event's own time to the arrival of its frame into FILE, as one
JSON list, prints `done`, and ends.
"""

import asyncio
import json
import re
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import cast

import uvloop

CONNECTING = 40
"""Streams that open at the same time."""

_OCCURRED = re.compile(rb'event: timeline\ndata: .*"occurred_at":"([^"]+)"')


class Reader(asyncio.Protocol):
    """One stream."""

    def __init__(self, request: bytes, took: list[float]) -> None:
        self._request = request
        self._took = took
        self._rest = b""
        self.opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        cast(asyncio.WriteTransport, transport).write(self._request)

    def data_received(self, data: bytes) -> None:
        came = time.time()
        frames = (self._rest + data).split(b"\n\n")
        self._rest = frames.pop()
        for frame in frames:
            if self.opened.done():
                if found := _OCCURRED.search(frame):
                    self._took.append((came - datetime.fromisoformat(found[1].decode()).timestamp()) * 1000)
            elif b"event: state\n" in frame:
                self.opened.set_result(None)

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.opened.done():
            self.opened.set_exception(exc or ConnectionError(self._rest.decode(errors="replace")))


async def read(port: int, token: str, sessions: list[str]) -> list[float]:
    loop, took, few = asyncio.get_running_loop(), list[float](), asyncio.Semaphore(CONNECTING)

    async def connect(session: str) -> None:
        head = f"GET /api/v1/genesis/{session}/events/stream HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        request = f"{head}Authorization: Bearer {token}\r\n\r\n".encode()
        async with few:
            _, reader = await loop.create_connection(lambda: Reader(request, took), "127.0.0.1", port)
            await reader.opened

    async with asyncio.timeout(120):
        await asyncio.gather(*(connect(session) for session in sessions))
    print("ready", flush=True)
    await loop.run_in_executor(None, sys.stdin.readline)
    return took


if __name__ == "__main__":
    ids = sys.stdin.readline().split()
    Path(sys.argv[3]).write_text(json.dumps(uvloop.run(read(int(sys.argv[1]), sys.argv[2], ids))), encoding="utf-8")
    print("done", flush=True)
