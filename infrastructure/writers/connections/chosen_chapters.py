"""Writes chapters with the model that an account has chosen, and with the next in line where that cannot be used.

Scenes that one has written stay: the next goes on after them.
"""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import ClassVar, Protocol

from application.chapter_writers import ChapterRequest, ChapterWriter, ChapterWritten, SceneDraft, SceneWritten
from infrastructure.settings import Settings
from infrastructure.writers.connections.chosen_pieces import ChosenPieces, MakesWriters
from infrastructure.writers.connections.paying import Paid
from infrastructure.writers.connections.store import ModelConnections
from infrastructure.writers.connections.stored import Other, Stored

Items = AsyncIterator[SceneDraft | SceneWritten | ChapterWritten]


class BoundedChapters(Protocol):
    """A writer that can be told how often it may ask for a scene, and whether it may wait."""

    def write_chapter(self, request: ChapterRequest, *, most: int = ..., patient: bool = ...) -> Items: ...


class ChosenChapters(ChosenPieces[ChapterRequest, BoundedChapters]):
    """The port over all of an account's models. `muse` writes where there is none, or where it is asked for."""

    piece: ClassVar = SceneWritten
    end: ClassVar = ChapterWritten

    def __init__(
        self,
        settings: Settings,
        connections: ModelConnections,
        make: MakesWriters[BoundedChapters],
        muse: ChapterWriter,
        paid: Paid | None = None,
    ) -> None:
        super().__init__(settings, connections, make, paid)
        self._muse = muse

    def write_chapter(self, request: ChapterRequest) -> Items:
        return self.write(request)

    def by_muse(self, request: ChapterRequest) -> Items:
        return self._muse.write_chapter(request)

    def by_model(self, writer: BoundedChapters, request: ChapterRequest, *, most: int, patient: bool) -> Items:
        return writer.write_chapter(request, most=most, patient=patient)

    def after(self, request: ChapterRequest, piece: SceneWritten) -> ChapterRequest:
        return replace(request, kept=(*request.kept, piece.scene))

    def language(self, request: ChapterRequest) -> str:
        return request.book.language

    async def why_not(self, paid: Paid, one: Stored | Other, request: ChapterRequest) -> str | None:
        return await paid.why_not_chapter(one, request)
