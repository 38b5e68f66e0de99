"""The muse behind the writers' port: what to write, how the feedback shows in it, and how it comes in drafts."""

import asyncio
from collections.abc import AsyncIterator

from application.model_needed import NO_MODEL
from application.writers import Draft, Proposed, WriterError, WriterRequest
from domain.genesis.rejections import MODEL_NEEDED
from infrastructure.writers.muse.drafts import growing
from infrastructure.writers.muse.lexicon import language_of
from infrastructure.writers.muse.proposing import propose
from infrastructure.writers.muse.report import phase_message

VERSION = "muse-2"
_STEPS = 36


class Muse:
    """A writer without a model. `pace_seconds` lies between two drafts, so that the text can be read as it comes."""

    def __init__(self, pace_seconds: float = 0.0) -> None:
        self._pace = pace_seconds

    async def write(self, request: WriterRequest) -> AsyncIterator[Draft | Proposed]:
        if request.work.kind == "agreement":
            raise _cannot_search()
        language = language_of(request.premise.language)
        yield Draft((), 1.0, "reading", phase_message(language, "reading"))
        await asyncio.sleep(self._pace)
        contents, adjustments = propose(request)
        yield Draft(tuple({} for _ in contents), 4.0, "concepts", phase_message(language, "concepts"))
        message = phase_message(language, "writing")
        for partials, share in growing(contents, _STEPS):
            await asyncio.sleep(self._pace)
            yield Draft(partials, round(5 + 90 * share, 1), "writing", message)
        await asyncio.sleep(self._pace)
        whole = tuple(contents)
        yield Draft(whole, 98.0, "checking", phase_message(language, "checking"))
        yield Proposed(
            whole,
            tuple(adjustments),
            writer="muse",
            model=VERSION,
            prompt_version=VERSION,
            cost_usd=0.0,
            price_source="none",
        )


def _cannot_search() -> WriterError:
    """The door refuses it; but a model may have been taken away since."""
    problem = WriterError(MODEL_NEEDED, NO_MODEL, retryable=False)
    problem.tries = 0
    return problem
