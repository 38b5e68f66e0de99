"""A studio's models as a test keeps them: over HTTP, on servers of the test's own."""

from typing import Any

import httpx

from tests.support.model_answers import KEY, any_answer
from tests.support.openai_server import Behaviour, OpenAIServer

MODELS = "/api/v1/models"


def works(**how: Any) -> Behaviour:
    return Behaviour(answer=any_answer, **how)


def fails(status: int, words: str = "no") -> Behaviour:
    return Behaviour(answer=any_answer, status=status, error={"message": words})


async def keep(
    http: httpx.AsyncClient, server: OpenAIServer | None = None, name: str = "Mine", **more: Any
) -> dict[str, Any]:
    """A model that is kept: of a local server of the test's, or what `more` says."""
    body: dict[str, Any] = {"name": name, "preset": "openai", "model": "gpt-5-mini", "api_key": KEY}
    if server is not None:
        body |= {"preset": "other", "model": "qwen3:8b", "base_url": server.url()}
    answer = await http.post(MODELS, json=body | more)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made
