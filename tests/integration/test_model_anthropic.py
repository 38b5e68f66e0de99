"""Anthropic's models through the same adapter, over real HTTP."""

import json
from typing import Any

import pytest
from genesis_types.enums import GenesisStage
from pydantic import SecretStr

from application.writers import WriterError
from domain.genesis.stages import STAGE_BY_KEY, STAGE_ORDER
from infrastructure.settings import Settings
from infrastructure.writers.model.budget import answer_tokens
from infrastructure.writers.model.tokens import tokens
from infrastructure.writers.model.writer import ModelWriter
from tests.support.anthropic_misbehaviours import ANTHROPIC
from tests.support.anthropic_server import AnthropicServer
from tests.support.misbehaving_server import MisbehavingAnthropic
from tests.support.misbehaviours import Misbehaviour
from tests.support.model_answers import KEY, muse_answer, settings
from tests.support.openai_server import Behaviour
from tests.support.writers import genesis, request, written


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


async def test_what_every_request_of_a_stage_shares_is_marked_for_the_providers_cache() -> None:
    with AnthropicServer(Behaviour(answer=muse_answer)) as server:
        for seed in ("a lamp", "a well"):
            await written(writer(server), request(seed=seed, count=2))
        (_, _, first), (_, _, second) = server.requests
    for body in (first, second):
        assert body["system"][-1]["cache_control"]["type"] == "ephemeral"
        assert body["tools"][-1]["cache_control"]["type"] == "ephemeral"
        assert "cache_control" not in json.dumps(body["messages"]), "another spark would pay for what nobody reads"
    assert (first["system"], first["tools"]) == (second["system"], second["tools"]), "byte for byte, or it is no prefix"
    assert first["messages"] != second["messages"]


@pytest.mark.parametrize("profile", ["lean", "full"])
@pytest.mark.parametrize("stage", STAGE_ORDER)
async def test_an_answer_may_always_be_as_long_as_its_stage_needs(stage: GenesisStage, profile: Any) -> None:
    count = STAGE_BY_KEY[stage].default_count
    before = await genesis("a lamp")
    confirmed = {key: before[key] for key in STAGE_ORDER[: STAGE_ORDER.index(stage)]}
    with AnthropicServer(Behaviour(answer=muse_answer)) as server:
        named = settings(server, "", model="anthropic:claude-sonnet-5-5", model_profile=profile)
        asking = ModelWriter(
            named.model_copy(update={"model_context_tokens": 200_000, "model_parts": "never"}), pause_seconds=0
        )
        _, end = await written(asking, request(stage, "a lamp", count=count, confirmed=confirmed))
        (_, _, body) = server.requests[0]
    kind = STAGE_BY_KEY[stage].content.__name__
    assert body["max_tokens"] >= answer_tokens(kind, count, lean=profile == "lean")
    written_tokens = max(tokens(json.dumps(content, ensure_ascii=False), "claude") for content in end.contents)
    assert body["max_tokens"] > written_tokens * count


async def test_a_model_that_writes_less_is_asked_for_what_it_writes_and_no_request_more() -> None:
    serve = ANTHROPIC["writes 8,192 tokens at most"].serve
    with MisbehavingAnthropic(Misbehaviour(serve, 3)) as server:
        named = settings(server, "", model="anthropic:claude-3-5-haiku-of-old", model_profile="full")
        for _ in range(2):
            await written(ModelWriter(named, pause_seconds=0), request(count=3))
        asked = [body["max_tokens"] for _, _, body in server.requests]
    assert asked == [14_000, 8_192, 8_192], "learnt from the refusal, and remembered"


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
