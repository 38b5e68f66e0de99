"""An OpenAI-compatible server on loopback that misbehaves in one way, and the real writer run against it."""

from typing import Any

from application.writers import WriterError
from infrastructure.writers.limits import TimeLimits
from infrastructure.writers.model.writer import ModelWriter
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


async def outcome(name: str, misbehaviour: Misbehaviour) -> tuple[int | str, int, int | str, int]:
    """(what the first click gave, its requests, what the next one gave, its requests)."""
    with MisbehavingServer(misbehaviour) as server:
        found: list[int | str] = []
        asked: list[int] = []
        for _ in range(2):
            before = len(server.requests)
            # a model of its own name: what one case taught is not known to the next
            writer = ModelWriter(settings(server, model=f"openai:{name}"), limits=LIMITS, pause_seconds=0)
            try:
                _, end = await written(writer, request(count=3))
                found.append(len(end.contents))
            except WriterError as error:
                found.append(error.code)
            asked.append(len(server.requests) - before)
    return found[0], asked[0], found[1], asked[1]
