"""Refuses what only a model can do where a session has none: before anything is written, reserved or shown."""

from typing import Any, Protocol
from uuid import UUID

from domain.aggregate import Aggregate, Command, DomainEvent, State
from domain.genesis.events import GenerationRequested
from domain.genesis.rejections import MODEL_NEEDED
from domain.genesis.session import Session
from domain.rejections import Refused

NO_MODEL = (
    "Only a model can read for contradictions; what code can find is on the list already. Connect one on the page "
    "Models, or choose it as this session's writer."
)


class AtHand(Protocol):
    """Knows who writes."""

    async def has_model(self, user_id: UUID, session_id: UUID) -> bool:
        """Whether a model, and not only the muse, writes for this session."""


class ModelNeeded:
    """A policy of the command handler, which adds no command. Raises Refused."""

    def __init__(self, at_hand: AtHand) -> None:
        self._at_hand = at_hand

    async def __call__(
        self,
        command: Command,  # noqa: ARG002  (what a policy is given)
        aggregate: Aggregate,  # noqa: ARG002
        before: Any,  # noqa: ARG002
        after: State,
        events: tuple[DomainEvent, ...],
    ) -> tuple[Command, ...]:
        if (
            isinstance(after, Session)
            and any(isinstance(event, GenerationRequested) and event.kind == "agreement" for event in events)
            and not await self._at_hand.has_model(after.user_id, after.session_id)
        ):
            raise Refused(MODEL_NEEDED, NO_MODEL)
        return ()
