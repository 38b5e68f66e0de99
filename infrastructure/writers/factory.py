"""Which writer the settings name. A model's libraries take a second to import: only when one is used."""

from collections.abc import AsyncIterator

import structlog

from application.writers import Draft, Proposed, Writer, WriterError, WriterRequest
from infrastructure.settings import Settings
from infrastructure.writers.muse.writer import Muse

MISCONFIGURED = (
    "The model cannot be set up. Everything you confirmed is safe; check GENESIS_MODEL, its key and its address, or "
    "use “muse”."
)

log = structlog.get_logger(__name__)


def make_writer(settings: Settings) -> Writer:
    """The muse, or a model. A model that cannot be used becomes a writer that says so, and tries again every time."""
    if settings.model.strip().lower() in ("", "muse"):
        return Muse(pace_seconds=settings.muse_pace_seconds)
    try:
        return _model_writer(settings)
    except WriterError as error:
        log.warning("model_cannot_be_used", code=error.code)
        return Unusable(settings)


def _model_writer(settings: Settings) -> Writer:
    """Raises WriterError, whatever it was that stood in the way."""
    from infrastructure.writers.model.writer import make_model_writer  # noqa: PLC0415

    try:
        return make_model_writer(settings)
    except WriterError:
        raise
    except Exception as error:
        log.warning("model_set_up_failed", error=type(error).__name__)
        raise WriterError("MODEL_MISCONFIGURED", MISCONFIGURED, retryable=False) from None


class Unusable:
    """A worker that would not start for a missing key could tell nobody why; so it starts, and its work fails.

    Each request tries again: what was wrong may be right by then.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    async def write(self, request: WriterRequest) -> AsyncIterator[Draft | Proposed]:
        async for item in _model_writer(self._settings).write(request):
            yield item
