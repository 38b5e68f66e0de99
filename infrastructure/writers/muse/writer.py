"""The muse behind the writers' port: what to write, how the feedback shows in it, and how it comes in drafts."""

import asyncio
from collections.abc import AsyncIterator

from application.writers import Draft, Proposed, WriterRequest
from domain.genesis.proposals import Content
from infrastructure.writers.muse.drafts import growing
from infrastructure.writers.muse.lexicon import language_of
from infrastructure.writers.muse.proposing import propose
from infrastructure.writers.muse.report import phase_message

PROMPT_VERSION = "muse-2"
_STEPS = 36


class Muse:
    """A writer without a model. `pace_seconds` lies between two drafts, so that the text can be read as it comes."""

    def __init__(self, pace_seconds: float = 0.0) -> None:
        self._pace = pace_seconds

    async def write(self, request: WriterRequest) -> AsyncIterator[Draft | Proposed]:
        language = language_of(request.premise.language)
        yield Draft(contents=(), percent=1.0, phase="reading", message=phase_message(language, "reading"))
        await self._pause()
        contents, adjustments = propose(request)
        yield Draft(
            contents=tuple({} for _ in contents),
            percent=4.0,
            phase="concepts",
            message=phase_message(language, "concepts"),
        )
        message = phase_message(language, "writing")
        for partials, share in growing(contents, _STEPS):
            await self._pause()
            yield Draft(contents=partials, percent=round(5 + 90 * share, 1), phase="writing", message=message)
        await self._pause()
        yield Draft(
            contents=tuple(contents), percent=98.0, phase="checking", message=phase_message(language, "checking")
        )
        yield _proposed(contents, adjustments)

    async def _pause(self) -> None:
        await asyncio.sleep(self._pace)


def _proposed(contents: list[Content], adjustments: list[tuple[str, ...]]) -> Proposed:
    return Proposed(
        contents=tuple(contents),
        adjustments=tuple(adjustments),
        writer="muse",
        model="muse-2",
        prompt_version=PROMPT_VERSION,
        usage={},
        cost_usd=0.0,
        price_source="none",
    )
