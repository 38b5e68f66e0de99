"""What a real llama.cpp server sent (tests/data), byte for byte over HTTP again: understood as what it is."""

import asyncio
import json
from pathlib import Path

import pytest

from application.writers import WriterError
from infrastructure.settings import Settings
from infrastructure.writers.connections.catalogue import models_of
from infrastructure.writers.connections.presets import BY_NAME
from infrastructure.writers.model import trial
from infrastructure.writers.model.targets import Target
from infrastructure.writers.model.trial import try_out
from infrastructure.writers.model.writer import ModelWriter
from tests.support.loopback_server import LoopbackServer
from tests.support.writers import request, written

RECORDED = {
    one["name"]: one
    for one in map(
        json.loads,
        (Path(__file__).parents[1] / "data" / "llama_cpp_answers.jsonl").read_text("utf-8").splitlines(),
    )
}


class Replayed(LoopbackServer):
    """Gives whoever asks for anything the same recorded answer. `asked` counts the requests."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._recorded = RECORDED[name]
        self.asked = 0

    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        length = next((line.split(":")[1] for line in head.split("\r\n") if line.startswith("content-length:")), "0")
        await reader.readexactly(int(length))
        self.asked += 1
        body = self._recorded["answer"].encode()
        lines = f"HTTP/1.1 {self._recorded['status']} X\r\ncontent-type: {self._recorded['content_type']}\r\n"
        writer.write(f"{lines}content-length: {len(body)}\r\nconnection: close\r\n\r\n".encode() + body)
        await writer.drain()


async def test_a_streamed_answer_bound_to_a_schema_is_read_and_counted() -> None:
    with Replayed("answers the test of a connection") as server:
        found = await try_out(Target("own-server", "SmolLM2-135M-Instruct", server.url()))
    assert (found.code, found.requests, (found.way or {})["rung"]) == ("OK", 1, "json_schema")
    assert (found.input_tokens, found.output_tokens) == (48, 26)


async def test_its_models_are_listed() -> None:
    with Replayed("lists its model") as server:
        listed = await models_of(BY_NAME["llamacpp"], server.url(), None)
    assert (listed.code, listed.models) == ("OK", ("SmolLM2-135M-Instruct",))


@pytest.mark.parametrize(
    ("name", "code", "requests"),
    [
        ("has no such path", "WRONG_ADDRESS", 1),
        ("reads less than it is sent", "TOO_LONG_TO_READ", 1),
        ("is loading its model", "MODEL_LOADING", 3),
    ],
)
async def test_a_refusal_is_told_as_what_it_is(
    name: str, code: str, requests: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trial, "LOADING_SECONDS", 0)
    with Replayed(name) as server:
        settings = Settings(model=f"openai:llama.cpp that {name}", model_base_url=server.url())
        with pytest.raises(WriterError) as caught:
            await written(ModelWriter(settings, pause_seconds=0), request())
        assert server.asked == requests
        assert (await try_out(Target("own-server", "SmolLM2-135M-Instruct", server.url()))).code == code
    assert caught.value.code == code
