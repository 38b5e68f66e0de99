"""A test of a connection: three requests at most, the form that works, and what is wrong in plain words."""

from typing import Any

import pytest
from pydantic import SecretStr

from infrastructure.writers.connections.testing import message_of
from infrastructure.writers.model.ladder import Rung, Way
from infrastructure.writers.model.targets import Protocol, Target
from infrastructure.writers.model.trial import try_out
from tests.support.anthropic_server import AnthropicServer
from tests.support.misbehaving_server import MisbehavingServer
from tests.support.misbehaviours import Misbehaviour
from tests.support.model_answers import KEY, any_answer
from tests.support.models import fails, works
from tests.support.openai_server import Behaviour, OpenAIServer

WEB_PAGE = Behaviour(answer=lambda _: "", page="<html><body>Sign in</body></html>")


def target(server: OpenAIServer, protocol: Protocol = "own-server", **more: Any) -> Target:
    return Target(protocol, "qwen3:8b", server.url(), SecretStr(KEY), **more)


def without_forms(body: dict[str, Any]) -> Behaviour:
    """A server that takes words only."""
    if "response_format" in body or "tools" in body:
        return fails(400, "unknown field")
    return works(as_text=True)


def without_schema(body: dict[str, Any]) -> Behaviour:
    return fails(400, "response_format is not supported") if "response_format" in body else works()


@pytest.mark.parametrize(
    ("serve", "rung", "requests"),
    [(lambda _: works(), Rung.SCHEMA, 1), (without_schema, Rung.TOOL, 2), (without_forms, Rung.TEXT, 2)],
    ids=["schema", "tool", "text"],
)
async def test_the_form_that_works_is_found(serve: Any, rung: Rung, requests: int) -> None:
    with MisbehavingServer(Misbehaviour(serve, 3)) as server:
        found = await try_out(target(server))
    assert (found.code, found.requests) == ("OK", requests)
    way = Way.from_json(found.way, lean=False)
    assert way is not None
    assert way.rung is rung
    assert found.cost_usd is None, "a price that nobody knows is not nought"
    assert (found.input_tokens, found.output_tokens) == (1_200, 800)


async def test_an_answer_in_words_is_asked_for_again_with_the_form_in_words() -> None:
    prose = Behaviour(answer=lambda _: "Ready when you are!", as_text=True)
    with OpenAIServer(prose, works(as_text=True)) as server:
        found = await try_out(target(server))
        assert "JSON schema" in str(server.requests[1][2]["messages"])
    assert (found.code, found.requests, (found.way or {})["rung"]) == ("OK", 2, "text")


async def test_anthropic_is_tested_in_its_own_protocol() -> None:
    with AnthropicServer(Behaviour(answer=any_answer)) as server:
        found = await try_out(Target("anthropic", "claude-sonnet-5-5", server.url("/proxy"), SecretStr(KEY)))
        assert server.requests[0][0].partition("?")[0] == "/proxy/v1/messages"
    assert (found.code, (found.way or {})["rung"]) == ("OK", "tool")


@pytest.mark.parametrize(
    ("behaviour", "code", "requests", "said"),
    [
        (fails(401, "Incorrect API key provided"), "KEY_REFUSED", 1, "check its key"),
        (fails(404, "model 'qwen3:8b' not found"), "MODEL_NOT_FOUND", 1, "no such model"),
        (fails(404, "nothing here"), "WRONG_ADDRESS", 1, "/v1"),
        (WEB_PAGE, "WEB_PAGE", 1, "web page"),
        (fails(402, "Insufficient credits"), "NO_CREDIT", 1, "top it up"),
        (fails(429, "slow down"), "RATE_LIMITED", 1, "asks for a pause"),
        (fails(400, "what is this?"), "REQUEST_REFUSED", 2, "another model"),
        (Behaviour(answer=lambda _: "Once upon a time.", as_text=True), "BROKEN_ANSWER", 2, "not in the form"),
        (Behaviour(answer=lambda _: "", as_text=True), "EMPTY", 2, "with nothing"),
    ],
    ids=["key", "model", "address", "page", "credit", "rate", "refusal", "prose", "empty"],
)
async def test_what_is_wrong_is_said_in_plain_words(behaviour: Behaviour, code: str, requests: int, said: str) -> None:
    with OpenAIServer(behaviour) as server:
        found = await try_out(target(server))
        assert (found.code, found.requests, found.way) == (code, requests, None)
        assert len(server.requests) == requests <= 3
    message = message_of(code)
    assert said in message.lower()
    assert "GENESIS_MODEL" not in message


async def test_nobody_at_the_address() -> None:
    with OpenAIServer(works()) as server:
        gone = target(server)
    assert (await try_out(gone)).code == "UNREACHABLE"


@pytest.mark.parametrize("protocol", ["openai", "anthropic"])
async def test_a_provider_is_not_asked_without_a_key_of_its_own(
    monkeypatch: pytest.MonkeyPatch, protocol: Protocol
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "the-studios-own")
    monkeypatch.setenv("ANTHROPIC_API_KEY", "the-studios-own")
    found = await try_out(Target(protocol, "gpt-5-mini"))
    assert (found.code, found.requests) == ("KEY_MISSING", 0)


async def test_its_own_price_is_what_a_test_costs() -> None:
    with OpenAIServer(works()) as server:
        priced = (await try_out(target(server, prices=(1, 2)))).cost_usd
        free = (await try_out(target(server, prices=(0, 0)))).cost_usd
    assert (priced, free) == (pytest.approx(0.0028), 0.0)
