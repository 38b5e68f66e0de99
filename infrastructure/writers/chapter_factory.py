"""Makes the writer of chapters of a process."""

from collections.abc import AsyncIterator

from application.chapter_writers import ChapterRequest, ChapterWriter, ChapterWritten, SceneDraft, SceneWritten
from application.writers import WriterError
from infrastructure.settings import Settings
from infrastructure.writers.connections.paying import Paid
from infrastructure.writers.connections.store import ModelConnections


def make_chapter_writer(
    settings: Settings,  # noqa: ARG001
    connections: ModelConnections | None = None,  # noqa: ARG001
    paid: Paid | None = None,  # noqa: ARG001
) -> ChapterWriter:
    return NoWriter()


class NoWriter:
    """Says that this build has no writer of chapters."""

    async def write_chapter(self, request: ChapterRequest) -> AsyncIterator[SceneDraft | SceneWritten | ChapterWritten]:  # noqa: ARG002
        raise WriterError("NO_WRITER", "This version writes no chapters yet.", retryable=False)
        yield  # makes it a generator
