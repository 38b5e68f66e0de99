"""A model that looks for contradictions, over real HTTP: what it is sent, and what can be read of its answers."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from pydantic import SecretStr

from application.writers import Proposed, WriterError
from infrastructure.settings import Settings
from infrastructure.writers.limits import REQUESTS
from infrastructure.writers.model.writer import ModelWriter
from infrastructure.writers.muse.writer import Muse
from tests.support.anthropic_server import AnthropicServer
from tests.support.model_answers import KEY, piece, settings, told
from tests.support.openai_server import Behaviour, OpenAIServer
from tests.support.searching import AGE, BROTHER, CONFIRMED, INVENTED, NOW, THEN, findings, search
from tests.support.writers import written

BOTH = findings(AGE, BROTHER)


def says(text: str, **how: Any) -> Behaviour:
    return Behaviour(answer=lambda _: text, as_text=True, **how)


async def searched(*how: Behaviour, name: str, **more: Any) -> tuple[Proposed, OpenAIServer]:
    with OpenAIServer(*how) as server:
        writer = ModelWriter(settings(server, model=f"openai:{name}", **more), pause_seconds=0)
        _, end = await written(writer, search())
        return end, server


def quotes(end: Proposed) -> list[tuple[str, str]]:
    return [(one.quote, one.other_quote) for one in end.found]


async def test_it_is_given_what_is_confirmed_and_asked_for_quotations_in_a_form_of_their_own() -> None:
    end, server = await searched(says(BOTH), name="told")
    ((_, _, body),) = server.requests
    system, user = told(body)
    assert "character for character" in system
    assert piece(body, "confirmed")["CHARACTERS"]["characters"][0]["background"].startswith(THEN)
    assert set(piece(body, "confirmed")) == {stage.value for stage in CONFIRMED}
    assert piece(body, "spark") is None, "what somebody only wished for contradicts nothing"
    assert "Write “why” and “change” in this language (BCP 47): en." in user
    form = json.dumps(body["response_format"])
    assert '"quote"' in form
    assert '"other_quote"' in form
    assert (end.contents, end.prompt_version, end.writer) == ((), "agreement-2", "model")
    assert end.usage["requests"] == 1
    assert end.asked is not None
    assert [part.name for part in end.asked.attempts[0].parts] == ["agreement", "confirmed", "task", "json_schema"]


DRESSED: dict[str, Callable[[str], str]] = {
    "as asked": lambda text: text,
    "in a fence, with words around it": lambda text: f"Sure! Here they are:\n```json\n{text}\n```\nHope this helps.",
    "after thoughts with braces": lambda text: f"<think>{{maybe}} hm</think>{text}",
    "as a call that is told as text": lambda text: json.dumps({"name": "propose", "arguments": json.loads(text)}),
    "as JSON in a string": json.dumps,
    "as a bare list": lambda text: json.dumps(json.loads(text)["contradictions"]),
    "under another name": lambda text: text.replace('"contradictions"', '"issues"'),
    "with other keys": lambda text: (
        text.replace('"quote"', '"sentence_1"').replace('"other_quote"', '"sentence_2"').replace('"why"', '"reason"')
    ),
    "with a trailing comma": lambda text: text.replace("]}", ",]}"),
    "with a doubled brace": lambda text: "{" + text,
}


@pytest.mark.parametrize("dress", DRESSED.values(), ids=list(DRESSED))
async def test_findings_are_read_however_they_are_dressed(dress: Callable[[str], str]) -> None:
    end, server = await searched(says(dress(BOTH)), name="dressed")
    assert quotes(end) == [(AGE["quote"], AGE["other_quote"]), (BROTHER["quote"], BROTHER["other_quote"])]
    assert end.found[1].change is None
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    "text",
    [
        '{"contradictions": []}',
        '{"findings": [], "note": "All is well."}',
        "[]",
        '```json\n{"contradictions": []}\n```',
    ],
    ids=["as-asked", "with-a-note", "bare", "fenced"],
)
async def test_nothing_found_is_an_answer(text: str) -> None:
    end, server = await searched(says(text), name="nothing")
    assert end.found == ()
    assert len(server.requests) == 1


async def test_prose_is_asked_again_otherwise_and_three_requests_are_the_most() -> None:
    end, server = await searched(says("They do not agree about her age."), says(BOTH), name="prose then well")
    assert len(end.found) == 2
    assert len(server.requests) == 2
    with pytest.raises(WriterError) as failed:
        await searched(says("They do not agree about her age."), name="always prose")
    assert (failed.value.code, failed.value.tries) == ("BROKEN_ANSWER", REQUESTS)
    assert failed.value.sent is not None
    assert failed.value.sent.prompt_version == "agreement-2"


async def test_quotations_that_stand_nowhere_are_asked_for_once_more_with_the_reason() -> None:
    end, server = await searched(says(findings(INVENTED)), says(BOTH), name="tells in its own words")
    assert len(end.found) == 2
    assert "None of your quotations stands in <confirmed>" in told(server.requests[1][2])[1]
    stubborn, server = await searched(says(findings(INVENTED)), name="always in its own words")
    assert len(stubborn.found) == 1, "whether it is true is decided when it is recorded"
    assert len(server.requests) == 2
    mixed, server = await searched(says(findings(AGE, INVENTED)), name="partly")
    assert (len(mixed.found), len(server.requests)) == (2, 1), "what is good is worth no second request"


async def test_what_was_whole_of_an_answer_that_was_cut_off_is_kept() -> None:
    cut = says(BOTH, stop_after=len(BOTH) - 30, finish_reason="length")
    end, server = await searched(cut, name="cut off")
    assert quotes(end) == [(NOW, THEN)]
    assert len(server.requests) == 1
    with pytest.raises(WriterError) as failed:
        await searched(says(BOTH, stop_after=25, finish_reason="length"), name="cut at once")
    assert failed.value.code == "TRUNCATED", "a list of which nothing came is not an empty one"


async def test_a_server_that_knows_no_schema_is_told_the_form_in_words() -> None:
    refuses = Behaviour(answer=lambda _: "", status=400, error={"message": "response_format is not supported"})
    end, server = await searched(refuses, refuses, says(BOTH), name="knows no schema")
    assert len(end.found) == 2
    assert len(server.requests) == REQUESTS
    with OpenAIServer(refuses, says(BOTH)) as again:
        _, found = await written(
            ModelWriter(settings(again, model="openai:knows none, own", model_profile="lean"), pause_seconds=0),
            search(),
        )
        assert len(found.found) == 2


@pytest.mark.parametrize("as_text", [False, True], ids=["tool", "text"])
async def test_a_model_of_anthropics_finds_them_too(as_text: bool) -> None:
    with AnthropicServer(Behaviour(answer=lambda _: BOTH, as_text=as_text)) as server:
        named = Settings(
            model="anthropic:claude-sonnet-5-5",
            model_base_url=server.url("/proxy"),
            model_api_key=SecretStr(KEY),
        )
        _, end = await written(ModelWriter(named, pause_seconds=0), search("zh"))
        assert len(end.found) == 2
        assert (end.usage["input_tokens"], end.usage["output_tokens"]) == (1200, 800)


async def test_the_muse_cannot_and_says_so_without_a_request() -> None:
    with pytest.raises(WriterError) as refused:
        await written(Muse(), search())
    assert (refused.value.code, refused.value.tries, refused.value.retryable) == ("MODEL_NEEDED", 0, False)
