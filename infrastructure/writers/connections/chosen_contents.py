"""Writes contents with the model that an account has chosen, and with the next in line where that cannot be used.

Chapters that one has planned stay: the next goes on after them.
"""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import ClassVar, Protocol

from application.contents_writers import (
    ChapterInMaking,
    ChapterPlanned,
    ContentsDone,
    ContentsRequest,
    ContentsWriter,
)
from infrastructure.settings import Settings
from infrastructure.writers.connections.chosen_pieces import ChosenPieces, MakesWriters
from infrastructure.writers.connections.paying import Paid
from infrastructure.writers.connections.store import ModelConnections
from infrastructure.writers.connections.stored import Other, Stored

Items = AsyncIterator[ChapterInMaking | ChapterPlanned | ContentsDone]


class BoundedContents(Protocol):
    """A writer that can be told how often it may ask for a batch of chapters, and whether it may wait."""

    def write_contents(self, request: ContentsRequest, *, most: int = ..., patient: bool = ...) -> Items: ...


class ChosenContents(ChosenPieces[ContentsRequest, BoundedContents]):
    """The port over all of an account's models. `muse` writes where there is none, or where it is asked for."""

    piece: ClassVar = ChapterPlanned
    end: ClassVar = ContentsDone

    def __init__(
        self,
        settings: Settings,
        connections: ModelConnections,
        make: MakesWriters[BoundedContents],
        muse: ContentsWriter,
        paid: Paid | None = None,
    ) -> None:
        super().__init__(settings, connections, make, paid)
        self._muse = muse

    def write_contents(self, request: ContentsRequest) -> Items:
        return self.write(request)

    def by_muse(self, request: ContentsRequest) -> Items:
        return self._muse.write_contents(request)

    def by_model(self, writer: BoundedContents, request: ContentsRequest, *, most: int, patient: bool) -> Items:
        return writer.write_contents(request, most=most, patient=patient)

    def after(self, request: ContentsRequest, piece: ChapterPlanned) -> ContentsRequest:
        return replace(request, kept=(*request.kept, piece.chapter))

    def language(self, request: ContentsRequest) -> str:
        return request.book.language

    async def why_not(self, paid: Paid, one: Stored | Other, request: ContentsRequest) -> str | None:
        return await paid.why_not_contents(one, request)
