"""Makes the writer of ideas of a process, as factory.py makes that of proposals."""

import structlog

from application.idea_writers import IdeaItems, IdeaRequest, IdeaWriter
from application.writers import WriterError
from infrastructure.settings import Settings
from infrastructure.writers.connections.chosen_ideas import BoundedIdeas, ChosenIdeas
from infrastructure.writers.connections.paying import Paid
from infrastructure.writers.connections.store import ModelConnections
from infrastructure.writers.connections.stored import MUSE, has_environment
from infrastructure.writers.factory import MISCONFIGURED
from infrastructure.writers.model.targets import Target, target_of
from infrastructure.writers.muse.ideas import MuseIdeas

log = structlog.get_logger(__name__)


def make_idea_writer(
    settings: Settings, connections: ModelConnections | None = None, paid: Paid | None = None
) -> IdeaWriter:
    """With `connections`, what an account has chosen and, with credits on, `paid` lets write; without, the settings'.

    A model that cannot be used becomes a writer that says so, and tries again every time.
    """
    muse = MuseIdeas(pace_seconds=settings.muse_pace_seconds)
    models = _Models(settings)
    if connections is not None:
        return ChosenIdeas(settings, connections, models, muse, paid)
    return _OfTheSettings(models, muse) if has_environment(settings) else muse


class _Models:
    """Sets up models; that of the settings once, and anew as long as it cannot be used."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._environment: BoundedIdeas | None = None

    def stored(self, target: Target) -> BoundedIdeas:
        """Raises WriterError, whatever it was that stood in the way."""
        from infrastructure.writers.model.ideas import ModelIdeas  # noqa: PLC0415

        try:
            return ModelIdeas(target, step_seconds=self._settings.step_seconds)
        except WriterError:
            raise
        except Exception as error:
            log.warning("model_set_up_failed", error=type(error).__name__)
            raise WriterError("MODEL_MISCONFIGURED", MISCONFIGURED, retryable=False) from None

    def environment(self) -> BoundedIdeas:
        if self._environment is None:
            self._environment = self.stored(target_of(self._settings))
        return self._environment


class _OfTheSettings:
    """The model that the settings name, and the muse where it is asked for."""

    def __init__(self, models: _Models, muse: IdeaWriter) -> None:
        self._models = models
        self._muse = muse

    async def write_ideas(self, request: IdeaRequest) -> IdeaItems:
        writer = self._muse if request.writer == MUSE else self._models.environment()
        async for item in writer.write_ideas(request):
            yield item
