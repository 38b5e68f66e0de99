"""A model's server on loopback that misbehaves, OpenAI's or Anthropic's, and the real writer run against it."""

from dataclasses import dataclass, field
from typing import Any

from application.writers import WriterError
from infrastructure.writers.limits import TimeLimits
from infrastructure.writers.model.writer import ModelWriter
from tests.support.anthropic_server import AnthropicServer
from tests.support.misbehaviours import Misbehaviour
from tests.support.model_answers import settings
from tests.support.openai_server import Behaviour, OpenAIServer
from tests.support.writers import request, written

LIMITS = TimeLimits(first=30, silence=0.6, total=60)


class MisbehavingServer(OpenAIServer):
    def __init__(self, misbehaviour: Misbehaviour) -> None:
        super().__init__()
        self._misbehaviour = misbehaviour

    def behaviour(self, body: dict[str, Any]) -> Behaviour:
        return self._misbehaviour.serve(body)


class MisbehavingAnthropic(MisbehavingServer, AnthropicServer):
    """The same in Anthropic's protocol."""


@dataclass
class Outcome:
    """Of two clicks: what each gave (proposals, or a code), its requests, and the sentences that failures told."""

    gave: list[int | str] = field(default_factory=list)
    requests: list[int] = field(default_factory=list)
    said: list[str] = field(default_factory=list)


async def outcome(name: str, misbehaviour: Misbehaviour, *, anthropic: bool = False) -> Outcome:
    kind = MisbehavingAnthropic if anthropic else MisbehavingServer
    provider, path = ("anthropic:claude-opus-4-1 that ", "") if anthropic else ("openai:", "/v1")
    more: dict[str, Any] = {"model_profile": "full", "model_context_tokens": 200_000} if anthropic else {}
    with kind(misbehaviour) as server:
        found = Outcome()
        for _ in range(2):
            before = len(server.requests)
            # a model of its own name: what one case taught is not known to the next
            named = settings(server, path, model=f"{provider}{name}", **more)
            writer = ModelWriter(named, limits=LIMITS, pause_seconds=0)
            try:
                _, end = await written(writer, request(count=3))
                found.gave.append(len(end.contents))
            except WriterError as error:
                found.gave.append(error.code)
                found.said.append(error.message)
            found.requests.append(len(server.requests) - before)
    return found
