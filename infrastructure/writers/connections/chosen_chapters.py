"""Writes chapters with the model that an account has chosen, and with the next in line where that cannot be used.

Scenes that one has written stay: the next goes on after them.
"""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import ClassVar, Protocol

from application.chapter_writers import ChapterRequest, ChapterWriter, ChapterWritten, SceneDraft, SceneWritten
from infrastructure.settings import Settings
from infrastructure.writers.connections.in_line import InLine, MakesWriters
from infrastructure.writers.connections.paying import Paid
from infrastructure.writers.connections.store import ModelConnections
from infrastructure.writers.connections.stored import Other, Stored

Items = AsyncIterator[SceneDraft | SceneWritten | ChapterWritten]


class BoundedChapters(Protocol):
    """A writer that can be told how often it may ask for a scene, and whether it may wait."""

    def write_chapter(self, request: ChapterRequest, *, most: int = ..., patient: bool = ...) -> Items: ...


MakesChapterWriters = MakesWriters[BoundedChapters]


class ChosenChapters(InLine[ChapterRequest, BoundedChapters]):
    """The port over all of an account's models. `muse` writes where there is none, or where it is asked for."""

    piece: ClassVar = SceneWritten
    end: ClassVar = ChapterWritten

    def __init__(
        self,
        settings: Settings,
        connections: ModelConnections,
        make: MakesChapterWriters,
        muse: ChapterWriter,
        paid: Paid | None = None,
    ) -> None:
        assert paid is not None or not settings.credits, "what is paid for has a price"
        super().__init__(settings, connections, make)
        self._muse = muse
        self._paid = paid

    def write_chapter(self, request: ChapterRequest) -> Items:
        return self.asked(request)

    def by_muse(self, request: ChapterRequest) -> Items:
        return self._muse.write_chapter(request)

    def by(self, writer: BoundedChapters, request: ChapterRequest, *, most: int, patient: bool) -> Items:
        return writer.write_chapter(request, most=most, patient=patient)

    async def why_not(self, one: Stored | Other, request: ChapterRequest) -> str | None:
        return await self._paid.why_not_chapter(one, request) if self._paid is not None else None

    def kept(self, request: ChapterRequest, piece: SceneWritten) -> ChapterRequest:
        return replace(request, kept=(*request.kept, piece.scene))

    def language(self, request: ChapterRequest) -> str:
        return request.book.language
