"""Every way in which a model can fail, over real HTTP: what the writer is told, and what nobody is told."""

import logging
from typing import Any

import pytest
from pydantic import SecretStr

from application.writers import Draft, WriterError
from infrastructure.settings import Settings
from infrastructure.writers.factory import make_writer
from infrastructure.writers.limits import TimeLimits
from infrastructure.writers.model.writer import ModelWriter
from tests.support.model_answers import KEY, SPARK, muse_answer, settings
from tests.support.openai_server import Behaviour, OpenAIServer
from tests.support.writers import request, written


async def failure(*how: Behaviour, limits: TimeLimits | None = None, **more: Any) -> tuple[WriterError, list[Draft]]:
    """(the error, the drafts that came before it); neither key nor spark is in the error or what led to it."""
    drafts: list[Draft] = []

    async def read(server: OpenAIServer) -> None:
        writer = ModelWriter(settings(server, **more), limits=limits, pause_seconds=0)
        async for item in writer.write(request(seed=SPARK, count=1)):
            assert isinstance(item, Draft)
            drafts.append(item)

    with OpenAIServer(*how) as server, pytest.raises(WriterError) as caught:
        await read(server)
    error = caught.value
    assert error.__cause__ is None
    assert error.__suppress_context__ or error.__context__ is None
    for secret in (KEY, SPARK):
        assert secret not in error.message
    assert error.message.endswith(".")
    return error, drafts


@pytest.mark.parametrize("stop_after", [900, None])
async def test_what_reached_the_limit_is_never_a_success_even_when_it_is_valid(stop_after: int | None) -> None:
    how = Behaviour(answer=muse_answer, stop_after=stop_after, finish_reason="length", pause=0.01)
    error, drafts = await failure(how)
    assert (error.code, error.retryable) == ("TRUNCATED", False)
    assert drafts[-1].contents, "what was written so far has been shown"


@pytest.mark.parametrize("answer", ['{"title": ', "{}", '{"proposals": []}', "[1]"])
async def test_a_wrong_shape_again_and_again_is_a_failure(answer: str) -> None:
    error, _ = await failure(Behaviour(answer=lambda _: answer, finish_reason="tool_calls"))
    assert (error.code, error.retryable) == ("BROKEN_ANSWER", True)


async def test_nothing_at_all_is_a_failure() -> None:
    error, _ = await failure(Behaviour(answer=lambda _: "", as_text=True))
    assert (error.code, error.retryable) == ("EMPTY", True)


@pytest.mark.parametrize(
    ("status", "body", "code", "retryable"),
    [
        (429, {"message": f"Slow down, {KEY}."}, "RATE_LIMITED", True),
        (429, {"message": "No credit.", "code": "insufficient_quota"}, "NO_CREDIT", False),
        (401, {"message": f"Incorrect API key provided: {KEY}"}, "KEY_REFUSED", False),
        (403, {"message": "not allowed"}, "KEY_REFUSED", False),
        (404, {"message": "no such model", "code": "model_not_found"}, "MODEL_NOT_FOUND", False),
        (400, {"message": f"cannot use tools on {SPARK}"}, "REQUEST_REFUSED", False),
        (500, {"message": "boom"}, "PROVIDER_FAILED", True),
        (503, {"message": "overloaded"}, "OVERLOADED", True),
    ],
)
async def test_a_providers_refusal_says_what_to_do(
    status: int, body: dict[str, str], code: str, retryable: bool, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    error, _ = await failure(Behaviour(answer=muse_answer, status=status, error=body))
    assert (error.code, error.retryable) == (code, retryable)
    assert KEY not in caplog.text
    assert SPARK not in caplog.text


@pytest.mark.parametrize("how", [{"drop": True}, {"cut": True}])
async def test_a_connection_that_breaks_off_in_mid_stream(how: dict[str, bool]) -> None:
    error, drafts = await failure(Behaviour(answer=muse_answer, stop_after=1200, pause=0.01, **how))
    assert (error.code, error.retryable) == ("CONNECTION_LOST", True)
    assert any(draft.contents for draft in drafts), "what was written so far has been shown"


async def test_nobody_at_the_address() -> None:
    with OpenAIServer(Behaviour(answer=muse_answer)) as server:
        gone = settings(server)
    with pytest.raises(WriterError) as caught:
        await written(ModelWriter(gone, pause_seconds=0), request(count=1))
    assert (caught.value.code, caught.value.retryable) == ("UNREACHABLE", True)


async def test_a_model_that_falls_silent_is_given_up() -> None:
    how = Behaviour(answer=muse_answer, stop_after=400, hang=True)
    error, drafts = await failure(how, limits=TimeLimits(first=60, silence=0.3, total=60))
    assert (error.code, error.retryable) == ("WENT_SILENT", True)
    assert any(draft.contents for draft in drafts)


@pytest.mark.parametrize("how", [{"stop_after": 0, "hang": True}, {"pause": 0.05, "chunk": 8}])
async def test_a_model_that_takes_longer_than_allowed_is_given_up(how: dict[str, Any]) -> None:
    error, _ = await failure(Behaviour(answer=muse_answer, **how), model_timeout_seconds=0.6)
    assert (error.code, error.retryable) == ("TIMED_OUT", True)


# --- what cannot be set up -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["gpt-5", "nobody:model", "openai:", "anthropic", "test"])
def test_a_model_that_nobody_knows_is_refused_at_once(name: str) -> None:
    with pytest.raises(WriterError) as caught:
        ModelWriter(Settings(model=name, model_api_key=SecretStr(KEY)))
    assert (caught.value.code, caught.value.retryable) == ("UNKNOWN_MODEL", False)
    assert name in caught.value.message


@pytest.mark.parametrize("provider", ["openai", "anthropic"])
def test_keys_come_from_the_settings_or_the_providers_usual_variable(
    provider: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    variable = f"{provider.upper()}_API_KEY"
    monkeypatch.delenv(variable, raising=False)
    with pytest.raises(WriterError) as caught:
        ModelWriter(Settings(model=f"{provider}:some-model"))
    assert caught.value.code == "KEY_MISSING"
    assert variable in caught.value.message
    monkeypatch.setenv(variable, KEY)
    ModelWriter(Settings(model=f"{provider}:some-model"))


@pytest.mark.parametrize(("name", "code"), [("nobody:model", "UNKNOWN_MODEL"), ("openai:gpt-5-mini", "KEY_MISSING")])
async def test_a_model_that_cannot_be_used_is_explained_at_every_request(
    name: str, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    writer = make_writer(Settings(model=name))
    for _ in range(2):
        with pytest.raises(WriterError) as caught:
            await written(writer, request(count=1))
        assert (caught.value.code, caught.value.retryable) == (code, False)
