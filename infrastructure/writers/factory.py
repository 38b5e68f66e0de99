"""Which writer the settings name. A model's libraries take a second to import: only when one is used."""

from collections.abc import AsyncIterator

import structlog

from application.writers import Draft, Proposed, Writer, WriterError, WriterRequest
from infrastructure.settings import Settings
from infrastructure.writers.muse.writer import Muse

log = structlog.get_logger(__name__)


def make_writer(settings: Settings) -> Writer:
    """The muse, or a model. A model that cannot be used becomes a writer that says so at every request."""
    if settings.model.strip().lower() in ("", "muse"):
        return Muse(pace_seconds=settings.muse_pace_seconds)
    from infrastructure.writers.model.writer import make_model_writer  # noqa: PLC0415

    try:
        return make_model_writer(settings)
    except WriterError as error:
        log.warning("model_cannot_be_used", code=error.code)
        return Unusable(error)


class Unusable:
    """A worker that would not start for a missing key could tell nobody why; so it starts, and its work fails."""

    def __init__(self, why: WriterError) -> None:
        self._why = (why.code, why.message)

    async def write(self, request: WriterRequest) -> AsyncIterator[Draft | Proposed]:  # noqa: ARG002
        code, message = self._why
        raise WriterError(code, message, retryable=False)
        yield  # what makes this a generator
