"""An OpenAI-compatible server on loopback that can be told to misbehave."""

import asyncio
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.support.loopback_server import LoopbackServer

Answer = Callable[[dict[str, Any]], str]


@dataclass
class Behaviour:
    """What the server does with one request. `answer`: the arguments of the tool call, as JSON text."""

    answer: Answer
    status: int = 200
    error: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    finish_reason: str = "stop"
    stop_after: int | None = None  # characters of the arguments that are sent
    drop: bool = False  # the connection is cut after them
    cut: bool = False  # the stream ends after them, in good order but without a finish reason
    hang: bool = False  # nothing more comes after them
    as_text: bool = False
    usage: dict[str, int] | None = field(default_factory=lambda: {"prompt_tokens": 1200, "completion_tokens": 800})
    chunk: int = 40
    pieces: int | None = None  # so many pieces instead, `pause` seconds apart
    pause: float = 0.0
    whole: bool = False  # one JSON answer, though a stream was asked for
    page: str = ""  # a web page instead
    comments: int = 0  # that only keep the line open, `comment_pause` seconds apart
    comment_pause: float = 0.0
    thoughts: str = ""  # before the answer, `chunk` characters at a time


class OpenAIServer(LoopbackServer):
    """`behaviours` are used up in order; the last one stays. `requests` keeps (path, headers, body) of what is posted.

    `models` are listed to whoever asks for them by GET, `listings` counts how often that was.
    """

    def __init__(self, *behaviours: Behaviour, models: Sequence[str] = ()) -> None:
        super().__init__()
        self.behaviours = list(behaviours)
        self.models = models
        self.listings: list[tuple[str, dict[str, str]]] = []
        self.requests: list[tuple[str, dict[str, str], dict[str, Any]]] = []

    def url(self, path: str = "/v1") -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        path = head[0].split(" ")[1]
        headers = {key.lower(): value for key, _, value in (line.partition(": ") for line in head[1:] if line)}
        if head[0].startswith("GET "):
            self.listings.append((path, headers))
            listed = {"object": "list", "data": [{"id": name} for name in self.models]}
            await _answer(writer, "application/json", json.dumps(listed).encode())
            return
        body = json.loads(await reader.readexactly(int(headers.get("content-length", "0"))))
        self.requests.append((path, headers, body))
        how = self.behaviour(body)
        if how.status != 200:
            payload = json.dumps({"error": how.error}).encode()
            extra = "".join(f"{key}: {value}\r\n" for key, value in how.headers.items())
            writer.write(
                f"HTTP/1.1 {how.status} X\r\ncontent-type: application/json\r\n{extra}"
                f"content-length: {len(payload)}\r\nconnection: close\r\n\r\n".encode()
                + payload
            )
            await writer.drain()
            return
        if how.page:
            await _answer(writer, "text/html; charset=utf-8", how.page.encode())
        elif how.whole or not body.get("stream"):
            await _answer(writer, "application/json", json.dumps(_completion(body, how)).encode())
        else:
            await self._stream(writer, body, how)

    def behaviour(self, body: dict[str, Any]) -> Behaviour:
        return self.behaviours.pop(0) if len(self.behaviours) > 1 else self.behaviours[0]

    def start_stream(self, writer: asyncio.StreamWriter) -> None:
        writer.write(
            b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n"
            b"connection: close\r\n\r\n"
        )

    async def _stream(self, writer: asyncio.StreamWriter, body: dict[str, Any], how: Behaviour) -> None:
        self.start_stream(writer)
        for _ in range(how.comments):
            await _send(writer, b": still here\n\n")
            await asyncio.sleep(how.comment_pause)
        for start in range(0, len(how.thoughts), how.chunk):
            thought = {"role": "assistant", "reasoning_content": how.thoughts[start : start + how.chunk]}
            await send(writer, _chunk(body, thought))
        text = how.answer(body)
        sent = text if how.stop_after is None else text[: how.stop_after]
        size = how.chunk if how.pieces is None else len(sent) // how.pieces + 1
        for index in range(0, max(1, len(sent)), size):
            await send(writer, _chunk(body, _delta(body, sent[index : index + size], index == 0, how.as_text)))
            await asyncio.sleep(how.pause)
        if how.hang:
            await asyncio.sleep(3600)
        if how.drop:
            writer.transport.abort()
            return
        if how.cut:
            writer.write(b"0\r\n\r\n")
            await writer.drain()
            return
        await send(writer, _chunk(body, {}, how.finish_reason))
        if how.usage is not None:
            total = {**how.usage, "total_tokens": sum(how.usage.values())}
            await send(writer, {**_chunk(body, {}), "choices": [], "usage": total})
        await _send(writer, b"data: [DONE]\n\n")
        writer.write(b"0\r\n\r\n")
        await writer.drain()


def _completion(body: dict[str, Any], how: Behaviour) -> dict[str, Any]:
    message = _delta(body, how.answer(body), True, how.as_text)
    choice = {"index": 0, "message": {"content": None, **message}, "finish_reason": how.finish_reason}
    usage = {**(how.usage or {}), "total_tokens": sum((how.usage or {}).values())}
    return {**_chunk(body, {}), "object": "chat.completion", "choices": [choice], "usage": usage}


async def _answer(writer: asyncio.StreamWriter, kind: str, payload: bytes) -> None:
    head = f"HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\ncontent-length: {len(payload)}\r\nconnection: close\r\n\r\n"
    writer.write(head.encode() + payload)
    await writer.drain()


def _delta(body: dict[str, Any], text: str, first: bool, as_text: bool) -> dict[str, Any]:
    if as_text or not body.get("tools"):
        return {"role": "assistant", "content": text}
    function: dict[str, Any] = {"arguments": text}
    call: dict[str, Any] = {"index": 0, "function": function}
    if first:
        call |= {"id": "call_1", "type": "function"}
        function["name"] = body["tools"][0]["function"]["name"]
    return {"role": "assistant", "tool_calls": [call]}


def _chunk(body: dict[str, Any], delta: dict[str, Any], finish: str | None = None) -> dict[str, Any]:
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion.chunk",
        "created": 1,
        "model": body["model"],
        "choices": [{"index": 0, "delta": delta, "finish_reason": finish}],
    }


async def send(writer: asyncio.StreamWriter, value: dict[str, Any], name: str | None = None) -> None:
    """One server-sent event."""
    head = f"event: {name}\n" if name else ""
    await _send(writer, f"{head}data: {json.dumps(value)}\n\n".encode())


async def _send(writer: asyncio.StreamWriter, data: bytes) -> None:
    writer.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
    await writer.drain()
