"""A server that says how much it reads is sent as much in the same click: the rest is left out, and that is said."""

from typing import Any

import pytest
from genesis_types.enums import GenesisStage

from application.writers import WriterError, WriterRequest
from infrastructure.writers.model.ladder import stated_context
from infrastructure.writers.model.tokens import tokens
from infrastructure.writers.model.writer import ModelWriter
from tests.support.long_session import long_sessions
from tests.support.model_answers import muse_answer, settings
from tests.support.openai_server import Behaviour, OpenAIServer
from tests.support.writers import written

LLAMA_CPP = "request ({asked} tokens) exceeds the available context size ({context} tokens), try increasing it"


class SmallContext(OpenAIServer):
    """Reads `context` tokens, and refuses what is longer in llama.cpp's words."""

    def __init__(self, context: int) -> None:
        super().__init__()
        self.context = context
        self.refused = 0

    def behaviour(self, body: dict[str, Any]) -> Behaviour:
        asked = sum(tokens(message["content"]) for message in body["messages"])
        if asked < self.context:
            return Behaviour(answer=muse_answer)
        self.refused += 1
        error = {
            "code": 400,
            "message": LLAMA_CPP.format(asked=asked, context=self.context),
            "type": "exceed_context_size_error",
            "n_prompt_tokens": asked,
            "n_ctx": self.context,
        }
        return Behaviour(answer=muse_answer, status=400, error=error)


async def long_request() -> WriterRequest:
    """About 2,150 tokens."""
    sessions = await long_sessions("en")
    return next(one for one in sessions if one.stage is GenesisStage.STORY_CONCEPTION).another_round


async def test_the_material_is_cut_to_what_the_server_says_that_it_reads() -> None:
    asked = await long_request()
    with SmallContext(2_048) as server:
        # nobody has said how large the context is: 8,192 is what such servers usually start with
        writer = ModelWriter(settings(server, model_context_tokens=None, model="openai:small"), pause_seconds=0)
        drafts, end = await written(writer, asked)
        assert (server.refused, len(server.requests)) == (1, 3), "the third mends what is like an earlier proposal"
        second = server.requests[1][2]
        read = sum(tokens(message["content"]) for message in second["messages"])
        written_at_most = second.get("max_completion_tokens") or second["max_tokens"]
        assert read + written_at_most <= 2_048, "prompt and answer have room together"
        assert len(end.contents) == asked.work.count
        assert any("Try 2 of 3. The material is longer than it can read." in draft.message for draft in drafts)
        assert "Of the earlier proposals, the model was told the newest only." in end.notes

        server.context = 8_192  # it was started again, with more
        await written(writer, asked)
        assert server.refused == 1
        assert len(server.requests[3][2]["messages"][1]["content"]) > len(second["messages"][1]["content"])


async def test_what_cannot_be_cut_so_far_is_said_with_what_helps() -> None:
    with SmallContext(600) as server:
        writer = ModelWriter(settings(server, model_context_tokens=None, model="openai:tiny"), pause_seconds=0)
        with pytest.raises(WriterError) as caught:
            await written(writer, await long_request())
        assert len(server.requests) == 1
    assert caught.value.code == "TOO_LONG_TO_READ"
    assert "llama.cpp: --ctx-size" in caught.value.message


@pytest.mark.parametrize(
    ("words", "context"),
    [
        (LLAMA_CPP.format(asked=9_000, context=4_096), 4_096),
        ('{"error":{"message":"too long","n_prompt_tokens":9000,"n_ctx":2048}}', 2_048),
        ("this model's maximum context length is 4096 tokens. however, you requested 9000 tokens", 4_096),
        ("loaded with context length of only 4096 tokens", 4_096),
        ("maximum context length is 8,192 tokens", 8_192),
        ("input length exceeds the context length", None),
        ("the request exceeds the available context size, try increasing it", None),
        ("prompt is too long: 210000 tokens > 200000 maximum", None),
    ],
    ids=["llama.cpp", "llama.cpp fields", "vLLM", "LM Studio", "comma", "Ollama", "llama.cpp of old", "Anthropic"],
)
def test_only_what_is_said_of_the_context_counts(words: str, context: int | None) -> None:
    assert stated_context(words) == context
