"""A server that is still loading its model says so (llama.cpp: 503): it is waited for, and told from one that fails."""

import asyncio

import pytest

from infrastructure.writers.connections.catalogue import models_of
from infrastructure.writers.connections.presets import BY_NAME
from infrastructure.writers.connections.testing import message_of
from infrastructure.writers.model import trial
from infrastructure.writers.model.targets import Target
from infrastructure.writers.model.trial import try_out
from infrastructure.writers.model.writer import ModelWriter
from tests.support.loopback_server import LoopbackServer
from tests.support.model_answers import muse_answer, settings
from tests.support.models import works
from tests.support.openai_server import Behaviour, OpenAIServer
from tests.support.writers import request, written

LOADING = Behaviour(
    answer=muse_answer,
    status=503,
    error={"message": "Loading model", "type": "unavailable_error", "code": 503},
)
"""What llama.cpp answers to everything until its model is there."""


class StillLoading(LoopbackServer):
    """Answers so to GET as well."""

    def __init__(self, said: bytes) -> None:
        super().__init__()
        self._said = said

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        head = b"HTTP/1.1 503 X\r\ncontent-type: application/json; charset=utf-8\r\nconnection: close\r\n"
        writer.write(head + b"content-length: %d\r\n\r\n" % len(self._said) + self._said)
        await writer.drain()


def target(server: OpenAIServer, name: str) -> Target:
    return Target("own-server", name, server.url())


async def test_a_click_waits_for_it_and_is_told_so() -> None:
    with OpenAIServer(LOADING, Behaviour(answer=muse_answer)) as server:
        writer = ModelWriter(settings(server, model="openai:loads-once"), pause_seconds=0)
        drafts, end = await written(writer, request(count=2))
        assert len(server.requests) == 2
    assert len(end.contents) == 2
    assert any("Try 2 of 3. Its server is still loading it." in draft.message for draft in drafts)


async def test_a_test_of_the_connection_waits_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trial, "LOADING_SECONDS", 0)
    with OpenAIServer(LOADING, works()) as server:
        found = await try_out(target(server, "loads-once-for-a-test"))
    assert (found.code, found.requests) == ("OK", 2)


async def test_a_test_says_when_it_takes_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trial, "LOADING_SECONDS", 0)
    with OpenAIServer(LOADING) as server:
        found = await try_out(target(server, "loads-for-ever"))
    assert (found.code, found.requests) == ("MODEL_LOADING", 3)
    assert message_of(found.code) == (
        "The model's server runs, and is still loading the model. Wait until it has, then try again."
    )


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (b'{"error":{"code":503,"message":"Loading model","type":"unavailable_error"}}', "MODEL_LOADING"),
        (b'{"error":"Model a/b is currently loading","estimated_time":20}', "MODEL_LOADING"),
        (b'{"error":"boom"}', "PROVIDER_FAILED"),
        (b"", "PROVIDER_FAILED"),
    ],
    ids=["llama.cpp", "gateway", "failing", "empty"],
)
async def test_its_list_of_models_says_so_too(said: bytes, code: str) -> None:
    with StillLoading(said) as server:
        listed = await models_of(BY_NAME["llamacpp"], f"http://127.0.0.1:{server.port}/v1", None)
    assert (listed.code, listed.models) == (code, ())
