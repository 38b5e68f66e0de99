"""Makes ideas with the model that an account has chosen, and with the next in line where that cannot be used."""

from typing import ClassVar, Protocol

from application.idea_writers import IdeaItems, IdeaRequest, IdeasWritten, IdeaWriter, StepWritten, with_step
from infrastructure.settings import Settings
from infrastructure.writers.connections.chosen_pieces import ChosenPieces, MakesWriters
from infrastructure.writers.connections.paying import Paid
from infrastructure.writers.connections.store import ModelConnections
from infrastructure.writers.connections.stored import Other, Stored


class BoundedIdeas(Protocol):
    """A writer that can be told how often it may ask for a step, and whether it may wait."""

    def write_ideas(self, request: IdeaRequest, *, most: int = ..., patient: bool = ...) -> IdeaItems: ...


class ChosenIdeas(ChosenPieces[IdeaRequest, BoundedIdeas]):
    """The port over all of an account's models. `muse` writes where there is none, or where it is asked for."""

    piece: ClassVar = StepWritten
    end: ClassVar = IdeasWritten

    def __init__(
        self,
        settings: Settings,
        connections: ModelConnections,
        make: MakesWriters[BoundedIdeas],
        muse: IdeaWriter,
        paid: Paid | None = None,
    ) -> None:
        super().__init__(settings, connections, make, paid)
        self._muse = muse

    def write_ideas(self, request: IdeaRequest) -> IdeaItems:
        return self.write(request)

    def by_muse(self, request: IdeaRequest) -> IdeaItems:
        return self._muse.write_ideas(request)

    def by_model(self, writer: BoundedIdeas, request: IdeaRequest, *, most: int, patient: bool) -> IdeaItems:
        return writer.write_ideas(request, most=most, patient=patient)

    async def why_not(self, paid: Paid, one: Stored | Other, request: IdeaRequest) -> str | None:
        return await paid.why_not_ideas(one, request)

    def after(self, request: IdeaRequest, piece: StepWritten) -> IdeaRequest:
        return with_step(request, piece)

    def language(self, request: IdeaRequest) -> str:
        return request.brief.language
