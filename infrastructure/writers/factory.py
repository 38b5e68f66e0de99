"""Makes the writer of a process. A model's libraries take a second to import: only when one is used."""

from collections.abc import AsyncIterator

import structlog

from application.writers import Draft, PartsCame, Proposed, Writer, WriterError, WriterRequest
from infrastructure.settings import Settings
from infrastructure.writers.connections.chosen import BoundedWriter, ChosenWriter
from infrastructure.writers.connections.paying import Paid
from infrastructure.writers.connections.store import ModelConnections
from infrastructure.writers.connections.stored import has_environment
from infrastructure.writers.limits import REQUESTS
from infrastructure.writers.model.targets import Target, target_of
from infrastructure.writers.muse.writer import Muse

MISCONFIGURED = (
    "The model cannot be set up. Everything you confirmed is safe; check GENESIS_MODEL, its key and its address, or "
    "use “muse”."
)

log = structlog.get_logger(__name__)


def make_writer(settings: Settings, connections: ModelConnections | None = None, paid: Paid | None = None) -> Writer:
    """With `connections`, whatever a session has chosen and, with credits on, `paid` lets write.

    Without, what the settings name: the muse, or a model.

    A model that cannot be used becomes a writer that says so, and tries again every time.
    """
    muse = Muse(pace_seconds=settings.muse_pace_seconds)
    if connections is not None:
        models = _Models(settings)
        if has_environment(settings):
            models.prepare()
        return ChosenWriter(settings, connections, models, muse, paid)
    return _environment(settings) if has_environment(settings) else muse


def _environment(settings: Settings) -> BoundedWriter:
    try:
        return _model_writer(target_of(settings))
    except WriterError as error:
        log.warning("model_cannot_be_used", code=error.code)
        return Unusable(settings)


def _model_writer(target: Target) -> BoundedWriter:
    """Raises WriterError, whatever it was that stood in the way."""
    from infrastructure.writers.model.writer import ModelWriter  # noqa: PLC0415

    try:
        return ModelWriter(target)
    except WriterError:
        raise
    except Exception as error:
        log.warning("model_set_up_failed", error=type(error).__name__)
        raise WriterError("MODEL_MISCONFIGURED", MISCONFIGURED, retryable=False) from None


class _Models:
    """Sets up models; that of the settings once, and anew as long as it cannot be used."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._environment: BoundedWriter | None = None

    def prepare(self) -> None:
        """Load its libraries before the first request needs them, and say in the log when it cannot be used."""
        try:
            self.environment()
        except WriterError as error:
            log.warning("model_cannot_be_used", code=error.code)

    def stored(self, target: Target) -> BoundedWriter:
        return _model_writer(target)

    def environment(self) -> BoundedWriter:
        if self._environment is None:
            self._environment = _model_writer(target_of(self._settings))
        return self._environment


class Unusable:
    """A worker that would not start for a missing key could tell nobody why; so it starts, and its work fails.

    Each request tries again: what was wrong may be right by then.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    async def write(
        self, request: WriterRequest, *, most: int = REQUESTS, patient: bool = True
    ) -> AsyncIterator[Draft | PartsCame | Proposed]:
        async for item in _model_writer(target_of(self._settings)).write(request, most=most, patient=patient):
            yield item
