"""Between the studio and Prefect: what was asked is done, and its answer is lost, spoilt or never comes."""

import asyncio
import re
from dataclasses import dataclass
from typing import Literal

from tests.support.loopback_server import LoopbackServer, close

How = Literal["cut", "error", "silence", "busy"]
"""cut: done, then the connection ends without a word. error: done, then 500. silence: done, and no answer for long.
busy: not done, 503."""

SILENCE_SECONDS = 30.0


@dataclass
class Fault:
    """For the next `times` requests whose "METHOD path body" matches."""

    pattern: str
    how: How
    times: int = 1


class PrefectProxy(LoopbackServer):
    """Forwards to a Prefect server on loopback, one request per connection. `met` keeps the faults that were used."""

    def __init__(self, port: int) -> None:
        super().__init__()
        self._upstream = port
        self.faults: list[Fault] = []
        self.met: list[str] = []
        self.asked: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/api"

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        size = re.search(r"(?im)^content-length: *(\d+)", head)
        body = await reader.readexactly(int(size.group(1))) if size else b""
        said = f"{head.split(' HTTP/')[0]} {body.decode(errors='replace')}"
        self.asked.append(said)
        fault = next((each for each in self.faults if each.times and re.search(each.pattern, said)), None)
        if fault is not None:
            fault.times -= 1
            self.met.append(f"{fault.how}: {head.split(' HTTP/')[0]}")
        if fault is not None and fault.how == "busy":
            answer = b"HTTP/1.1 503 X\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
        else:
            answer = await self._ask(head, body)
        match fault and fault.how:
            case "cut":
                writer.transport.abort()
                return
            case "error":
                answer = b"HTTP/1.1 500 X\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}"
            case "silence":
                await asyncio.sleep(SILENCE_SECONDS)
                return
        writer.write(answer)
        await writer.drain()

    async def _ask(self, head: str, body: bytes) -> bytes:
        """The server's whole answer."""
        lines = [line for line in head.split("\r\n") if line and not line.lower().startswith("connection:")]
        reader, writer = await asyncio.open_connection("127.0.0.1", self._upstream)
        try:
            writer.write(("\r\n".join([*lines, "connection: close"]) + "\r\n\r\n").encode("latin-1") + body)
            await writer.drain()
            answer = await reader.read()
        finally:
            await close(writer)
        ended, _, rest = answer.partition(b"\r\n\r\n")
        if b"connection: close" not in ended.lower():
            ended += b"\r\nconnection: close"
        return ended + b"\r\n\r\n" + rest
