"""Anthropic's models through the same adapter, over real HTTP."""

import json
from typing import Any

import pytest
from pydantic import SecretStr

from application.writers import WriterError
from infrastructure.settings import Settings
from infrastructure.writers.model.writer import ModelWriter
from tests.support.anthropic_server import AnthropicServer
from tests.support.model_answers import KEY, muse_answer
from tests.support.openai_server import Behaviour
from tests.support.writers import request, written


def writer(server: AnthropicServer) -> ModelWriter:
    key = SecretStr(KEY)
    named = Settings(model="anthropic:claude-sonnet-5-5", model_base_url=server.url("/proxy"), model_api_key=key)
    return ModelWriter(named, pause_seconds=0)


async def test_proposals_are_streamed_and_counted() -> None:
    with AnthropicServer(Behaviour(answer=muse_answer, pause=0.01)) as server:
        drafts, end = await written(writer(server), request(count=2))
        path, headers, _ = server.requests[0]
    assert path.split("?")[0] == "/proxy/v1/messages"
    assert headers["authorization"] == f"Bearer {KEY}"
    assert any(draft.contents for draft in drafts)
    assert len(end.contents) == 2
    assert (end.usage["input_tokens"], end.usage["output_tokens"]) == (1200, 800)
    assert end.cost_usd is None, "another address has prices of its own"


async def test_the_key_for_anthropic_is_not_sent_to_another_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "meant-for-anthropic")
    with AnthropicServer(Behaviour(answer=muse_answer)) as server:
        keyless = Settings(model="anthropic:claude-sonnet-5-5", model_base_url=server.url("/proxy"))
        await written(ModelWriter(keyless), request(count=1))
        assert "meant-for-anthropic" not in json.dumps(server.requests[0][1])


@pytest.mark.parametrize(
    ("how", "code"),
    [
        ({"finish_reason": "length"}, "TRUNCATED"),
        ({"stop_after": 600, "drop": True}, "CONNECTION_LOST"),
        ({"status": 401, "error": {"type": "authentication_error", "message": "invalid x-api-key"}}, "KEY_REFUSED"),
        ({"status": 529, "error": {"type": "overloaded_error", "message": "Overloaded"}}, "OVERLOADED"),
    ],
)
async def test_its_failures_mean_the_same(how: dict[str, Any], code: str) -> None:
    with AnthropicServer(Behaviour(answer=muse_answer, **how)) as server:
        asking = writer(server)
        with pytest.raises(WriterError) as caught:
            await written(asking, request(count=1))
    assert caught.value.code == code
