"""Anthropic's Messages API on loopback: streams one tool call."""

import asyncio
from typing import Any

from tests.support.openai_server import Behaviour, OpenAIServer, send


class AnthropicServer(OpenAIServer):
    async def _stream(self, writer: asyncio.StreamWriter, body: dict[str, Any], how: Behaviour) -> None:
        self.start_stream(writer)
        text = how.answer(body)[: how.stop_after]
        usage = {"input_tokens": 1200, "output_tokens": 1}
        message = {"id": "msg_1", "type": "message", "role": "assistant", "model": body["model"], "content": []}
        call = {"type": "tool_use", "id": "toolu_1", "name": body["tools"][0]["name"], "input": {}}
        await event(writer, "message_start", message=message | {"stop_reason": None, "usage": usage})
        await event(writer, "content_block_start", index=0, content_block=call)
        for start in range(0, len(text), how.chunk):
            piece = {"type": "input_json_delta", "partial_json": text[start : start + how.chunk]}
            await event(writer, "content_block_delta", index=0, delta=piece)
            await asyncio.sleep(how.pause)
        if how.drop:
            writer.transport.abort()
            return
        await event(writer, "content_block_stop", index=0)
        stop = {"stop_reason": "max_tokens" if how.finish_reason == "length" else "tool_use", "stop_sequence": None}
        await event(writer, "message_delta", delta=stop, usage={"output_tokens": 800})
        await event(writer, "message_stop")
        writer.write(b"0\r\n\r\n")
        await writer.drain()


async def event(writer: asyncio.StreamWriter, kind: str, **fields: Any) -> None:
    await send(writer, {"type": kind, **fields}, name=kind)
