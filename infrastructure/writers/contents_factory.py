"""Makes the writer of contents of a process, as chapter_factory.py makes that of chapters."""

from collections.abc import AsyncIterator

import structlog

from application.contents_writers import (
    ChapterInMaking,
    ChapterPlanned,
    ContentsDone,
    ContentsRequest,
    ContentsWriter,
)
from application.writers import WriterError
from infrastructure.settings import Settings
from infrastructure.writers.connections.chosen_contents import BoundedContents, ChosenContents
from infrastructure.writers.connections.paying import Paid
from infrastructure.writers.connections.store import ModelConnections
from infrastructure.writers.connections.stored import MUSE, has_environment
from infrastructure.writers.factory import MISCONFIGURED
from infrastructure.writers.model.targets import Target, target_of
from infrastructure.writers.muse.contents import MuseContents

log = structlog.get_logger(__name__)


def make_contents_writer(
    settings: Settings, connections: ModelConnections | None = None, paid: Paid | None = None
) -> ContentsWriter:
    """With `connections`, what an account has chosen and, with credits on, `paid` lets write; without, the settings'.

    A model that cannot be used becomes a writer that says so, and tries again every time.
    """
    muse = MuseContents(pace_seconds=settings.muse_pace_seconds)
    models = _Models(settings)
    if connections is not None:
        return ChosenContents(settings, connections, models, muse, paid)
    return _OfTheSettings(models, muse) if has_environment(settings) else muse


class _Models:
    """Sets up models; that of the settings once, and anew as long as it cannot be used."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._environment: BoundedContents | None = None

    def stored(self, target: Target) -> BoundedContents:
        """Raises WriterError, whatever it was that stood in the way."""
        from infrastructure.writers.model.contents import ModelContents  # noqa: PLC0415

        try:
            return ModelContents(target)
        except WriterError:
            raise
        except Exception as error:
            log.warning("model_set_up_failed", error=type(error).__name__)
            raise WriterError("MODEL_MISCONFIGURED", MISCONFIGURED, retryable=False) from None

    def environment(self) -> BoundedContents:
        if self._environment is None:
            self._environment = self.stored(target_of(self._settings))
        return self._environment


class _OfTheSettings:
    """The model that the settings name, and the muse where it is asked for."""

    def __init__(self, models: _Models, muse: ContentsWriter) -> None:
        self._models = models
        self._muse = muse

    async def write_contents(
        self, request: ContentsRequest
    ) -> AsyncIterator[ChapterInMaking | ChapterPlanned | ContentsDone]:
        writer = self._muse if request.writer == MUSE else self._models.environment()
        async for item in writer.write_contents(request):
            yield item
