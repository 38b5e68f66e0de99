"""A model behind the writers' port."""

from application.ports import Writer, WriterError
from infrastructure.settings import Settings


def make_model_writer(settings: Settings) -> Writer:
    """Raises WriterError: no model can be used yet."""
    raise WriterError("UNKNOWN_MODEL", f"The model “{settings.model}” cannot be used yet. Use “muse”.", retryable=False)
