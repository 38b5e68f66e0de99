"""Anthropic's Messages API on loopback: streams a tool call after thoughts and pings, or breaks off where told to."""

import asyncio
import json
from dataclasses import dataclass, field
from typing import Any

from tests.support.openai_server import Behaviour, OpenAIServer, send


@dataclass
class Speech(Behaviour):
    """What the server says to one request; of Behaviour, what does not name OpenAI's own parts counts here as well.

    `stop_reason` "": as it should be. `broken`: the error event that ends the stream after `stop_after` characters.
    """

    redacted: bool = False
    """A block of thoughts that only the provider can read, before the others."""
    pings: int = 0
    """After the message has begun, and between its blocks."""
    preface: str = ""
    tool: str = ""
    in_start: bool = False
    """The arguments stand in the block's start, and no pieces of them follow."""
    stop_reason: str = ""
    broken: dict[str, Any] = field(default_factory=dict)


class AnthropicServer(OpenAIServer):
    async def _stream(self, writer: asyncio.StreamWriter, body: dict[str, Any], how: Behaviour) -> None:
        self.start_stream(writer)
        speech = how if isinstance(how, Speech) else Speech(**vars(how))
        if await _message(writer, body, speech):
            writer.write(b"0\r\n\r\n")
            await writer.drain()


async def _message(writer: asyncio.StreamWriter, body: dict[str, Any], how: Speech) -> bool:
    """False: the connection is gone."""
    usage = {"input_tokens": 1200, "output_tokens": 1}
    message = {"id": "msg_1", "type": "message", "role": "assistant", "model": body["model"], "content": []}
    await event(writer, "message_start", message=message | {"stop_reason": None, "usage": usage})
    index = await _before(writer, how)
    text = how.answer(body)[: how.stop_after]
    if how.as_text:
        block: dict[str, Any] = {"type": "text", "text": ""}
    else:
        name = how.tool or body["tools"][0]["name"]
        given = json.loads(text) if how.in_start else {}
        block = {"type": "tool_use", "id": "toolu_1", "name": name, "input": given}
    pieces = "" if how.in_start else text
    if pieces or not how.as_text:
        await event(writer, "content_block_start", index=index, content_block=block)
        for start in range(0, len(pieces), how.chunk):
            part = pieces[start : start + how.chunk]
            delta = {"type": "text_delta", "text": part} if how.as_text else _arguments(part)
            await event(writer, "content_block_delta", index=index, delta=delta)
            if how.pause:
                await asyncio.sleep(how.pause)
        if how.hang:
            await asyncio.sleep(3600)
        if how.drop:
            writer.transport.abort()
            return False
        if how.broken:
            await event(writer, "error", error=how.broken)
            return True
        if how.cut:
            return True
        await event(writer, "content_block_stop", index=index)
    usual = "max_tokens" if how.finish_reason == "length" else "end_turn" if how.as_text else "tool_use"
    ends = {"stop_reason": how.stop_reason or usual, "stop_sequence": None}
    await event(writer, "message_delta", delta=ends, usage={"output_tokens": 800})
    await event(writer, "message_stop")
    return True


async def _before(writer: asyncio.StreamWriter, how: Speech) -> int:
    """Pings, thoughts and a text before the call; the index of the next block."""
    index = 0
    await _pings(writer, how)
    if how.redacted:
        await event(
            writer, "content_block_start", index=index, content_block={"type": "redacted_thinking", "data": "Rk9P"}
        )
        await event(writer, "content_block_stop", index=index)
        index += 1
    if how.thoughts:
        block = {"type": "thinking", "thinking": "", "signature": ""}
        await event(writer, "content_block_start", index=index, content_block=block)
        for start in range(0, len(how.thoughts), 40):
            thought = {"type": "thinking_delta", "thinking": how.thoughts[start : start + 40]}
            await event(writer, "content_block_delta", index=index, delta=thought)
        await event(
            writer, "content_block_delta", index=index, delta={"type": "signature_delta", "signature": "c2lnbmVk"}
        )
        await event(writer, "content_block_stop", index=index)
        index += 1
    if how.preface:
        await event(writer, "content_block_start", index=index, content_block={"type": "text", "text": ""})
        await event(writer, "content_block_delta", index=index, delta={"type": "text_delta", "text": how.preface})
        await event(writer, "content_block_stop", index=index)
        index += 1
    await _pings(writer, how)
    return index


async def _pings(writer: asyncio.StreamWriter, how: Speech) -> None:
    for _ in range(how.pings):
        await event(writer, "ping")
        await asyncio.sleep(how.comment_pause)


def _arguments(part: str) -> dict[str, str]:
    return {"type": "input_json_delta", "partial_json": part}


async def event(writer: asyncio.StreamWriter, kind: str, **fields: Any) -> None:
    await send(writer, {"type": kind, **fields}, name=kind)
