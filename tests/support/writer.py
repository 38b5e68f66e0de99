"""A real, deterministic writer for tests: drafts that grow, then the stage's content, with faults on demand."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from application.writers import Draft, Proposed, WriterError, WriterRequest
from domain.genesis.proposals import Content
from tests.support.commands import CONTENTS


@dataclass
class ScriptedWriter:
    """`faults` are raised one per call until they are used up; `requests` are what it was asked."""

    drafts: int = 3
    pace: float = 0.02
    faults: list[WriterError] = field(default_factory=list)
    misshapen: int = 0
    requests: list[WriterRequest] = field(default_factory=list)
    stopped: int = 0

    async def write(self, request: WriterRequest) -> AsyncIterator[Draft | Proposed]:
        self.requests.append(request)
        content: Content = CONTENTS[request.work.stage]
        try:
            for number in range(1, self.drafts + 1):
                yield Draft(({"title": f"draft {number}"},), 100 * number / (self.drafts + 1), "writing")
                await asyncio.sleep(self.pace)
        except (asyncio.CancelledError, GeneratorExit):
            self.stopped += 1
            raise
        if self.faults:
            raise self.faults.pop(0)
        if self.misshapen:
            self.misshapen -= 1
            content = {"nonsense": True}
        yield Proposed(
            contents=tuple(content for _ in range(request.work.count)),
            adjustments=tuple(() for _ in range(request.work.count)),
            writer="scripted",
            model="scripted-1",
            prompt_version="1",
            usage={"output_tokens": 7},
            cost_usd=0.01,
            price_source="tests",
        )
