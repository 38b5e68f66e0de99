"""Settings for a model on loopback, and its good answers, made by the muse in the form that was asked for."""

import json
import re
from typing import Any

from genesis_types.enums import GenesisStage
from pydantic import SecretStr

from application.writers import WriterRequest
from domain.genesis.stages import STAGE_BY_KEY
from infrastructure.settings import Settings
from infrastructure.writers.model.prompts import instructions
from infrastructure.writers.muse.proposing import propose
from tests.support.openai_server import OpenAIServer
from tests.support.writers import request

KEY = "sk-a-key-that-nobody-may-see"
SPARK = "a lighthouse keeper who collects lost voices"


def settings(server: OpenAIServer, path: str = "/v1", **more: Any) -> Settings:
    values: dict[str, Any] = {
        "model": "openai:gpt-4o",
        "model_base_url": server.url(path),
        "model_api_key": SecretStr(KEY),
        "model_context_tokens": 65_536,
    }
    return Settings(**(values | more))


def told(body: dict[str, Any]) -> tuple[str, str]:
    """(instructions, material and task) of a chat request, OpenAI's or Anthropic's."""
    if "system" in body:
        system, user = body["system"], body["messages"][0]["content"]
        plain = [part if isinstance(part, str) else part[0]["text"] for part in (system, user)]
        return plain[0], plain[1]
    system, user = body["messages"][:2]
    return str(system["content"]), str(user["content"])


def piece(body: dict[str, Any], name: str) -> Any:
    """One piece of the material, or None."""
    found = re.search(rf"<{name}>\n(.*?)\n</{name}>", told(body)[1], re.DOTALL)
    return json.loads(found[1]) if found else None


def asked_for(body: dict[str, Any], language: str | None = None) -> WriterRequest:
    system, user = told(body)
    stage = next(stage for stage in STAGE_BY_KEY if instructions(request(stage).work) == system)
    wanted = re.search(r"\(BCP 47\): (\S+)\. ", user)
    count = re.search(r"exactly (\d+) proposals", user)
    assert wanted is not None
    return request(
        stage,
        piece(body, "spark") or "",
        language=language or wanted[1],
        confirmed={GenesisStage(key): value for key, value in (piece(body, "confirmed") or {}).items()},
        count=int(count[1]) if count else 1,
    )


def any_answer(body: dict[str, Any]) -> str:
    """What a model says that works: also to the small question that tests a connection."""
    if "test of a connection" in told(body)[0]:
        return json.dumps({"word": "ready", "number": 7})
    return muse_answer(body)


def muse_answer(body: dict[str, Any], language: str | None = None) -> str:
    asked = asked_for(body, language)
    contents: list[Any] = propose(asked)[0]
    if piece(body, "proposal_to_refine") is not None and asked.work.stage is not GenesisStage.CONCEPT_SELECTION:
        contents = [{"content": content, "adjustments": ["The end is open now."]} for content in contents]
    return json.dumps({"proposals": contents} if len(contents) > 1 else contents[0])
