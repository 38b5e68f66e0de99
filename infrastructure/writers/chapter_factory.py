"""Makes the writer of chapters of a process: the muse."""

from application.chapter_writers import ChapterWriter
from infrastructure.settings import Settings
from infrastructure.writers.connections.paying import Paid
from infrastructure.writers.connections.store import ModelConnections
from infrastructure.writers.muse.chapters import MuseChapters


def make_chapter_writer(
    settings: Settings,
    connections: ModelConnections | None = None,  # noqa: ARG001  (which model writes is not chosen yet)
    paid: Paid | None = None,  # noqa: ARG001
) -> ChapterWriter:
    return MuseChapters(pace_seconds=settings.muse_pace_seconds)
