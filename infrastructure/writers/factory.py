"""Which writer the settings name. A model's libraries take a second to import: only when one is used."""

from application.ports import Writer
from infrastructure.settings import Settings
from infrastructure.writers.muse.writer import Muse


def make_writer(settings: Settings) -> Writer:
    """The muse, or a model. Raises WriterError for a model that cannot be understood."""
    if settings.model.strip().lower() in ("", "muse"):
        return Muse(pace_seconds=settings.muse_pace_seconds)
    from infrastructure.writers.model import make_model_writer  # noqa: PLC0415

    return make_model_writer(settings)
