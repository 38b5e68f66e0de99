"""The AI provider on loopback: counts what it answered, fails now and then, tells when its last byte has left."""

import asyncio
import random
from collections.abc import Callable
from typing import Any

from tests.support.model_answers import muse_answer
from tests.support.openai_server import Behaviour, OpenAIServer

_SOME = 400


def _well() -> Behaviour:
    return Behaviour(answer=muse_answer, chunk=400, pause=0.01)


class Provider(OpenAIServer):
    """`answered` counts full answers. `on_answered` is called, in the server's thread, the moment one has been sent."""

    def __init__(self, seed: int = 0) -> None:
        dice = random.Random(seed)
        behaviours = [_well() for _ in range(_SOME)]
        for at in range(_SOME):
            match dice.randrange(40):
                case 0:
                    behaviours[at] = Behaviour(answer=muse_answer, stop_after=300, drop=True)
                case 1:
                    behaviours[at] = Behaviour(answer=muse_answer, status=429, error={"message": "slow down"})
                case 2:
                    behaviours[at] = Behaviour(answer=muse_answer, status=500, error={"message": "not today"})
        super().__init__(*behaviours, _well())
        self.answered = 0
        self.on_answered: Callable[[], None] | None = None

    async def _stream(self, writer: asyncio.StreamWriter, body: dict[str, Any], how: Behaviour) -> None:
        self.requests.clear()  # they hold the whole material
        await super()._stream(writer, body, how)
        if how.drop:
            return
        self.answered += 1
        if self.on_answered is not None:
            told, self.on_answered = self.on_answered, None
            told()
