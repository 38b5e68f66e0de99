"""Joins credits to generations: what a session's facts reserve, charge and release on its owner's account.

A policy of the command handler: the commands that it adds are decided and written with the session's own events, or
nothing is written.
"""

from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from typing import Any, Protocol
from uuid import UUID, uuid5

from pydantic import JsonValue

from application.writer_request import writer_request
from application.writers import WriterRequest
from domain.account.account import account_id
from domain.account.commands import ReserveCredits, ReturnReservation, SettleReservation
from domain.aggregate import Aggregate, Body, Command, DomainEvent, State
from domain.genesis.events import (
    ContradictionsFound,
    GenerationCancelled,
    GenerationFailed,
    GenerationRequested,
    ProposalsRecorded,
)
from domain.genesis.session import Session

GRACE = timedelta(hours=1)
"""A reservation outlives its work's deadline, so that the outcome which the deadline brings still finds it."""


class Pricing(Protocol):
    """What generations cost, in the smallest unit of an account, rounded up."""

    async def estimate(self, request: WriterRequest) -> int:
        """The most that this request can cost, all attempts included. 0: it is free. Raises Refused."""

    def charge(self, usage: Mapping[str, JsonValue], cost_usd: float | None, model: str) -> int | None:
        """What was used. None: nobody knows, which is not nothing."""


class CreditPolicy:
    """Reserves the worst case when a generation is asked for, charges what its outcome used, releases it when it
    fails or is stopped. The reservation's id is the generation's correlation id."""

    def __init__(self, pricing: Pricing) -> None:
        self._pricing = pricing

    async def __call__(
        self,
        command: Command,  # noqa: ARG002  (what a policy is given)
        aggregate: Aggregate,  # noqa: ARG002
        before: Any,  # noqa: ARG002
        after: State,
        events: tuple[DomainEvent, ...],
    ) -> tuple[Command, ...]:
        if not isinstance(after, Session):
            return ()
        return tuple(
            [
                Command(uuid5(correlation_id, body.command_type), account_id(after.user_id), None, body)
                async for correlation_id, body in self._bodies(after, events)
            ]
        )

    async def _bodies(self, session: Session, events: tuple[DomainEvent, ...]) -> AsyncIterator[tuple[UUID, Body]]:
        for event in events:
            match event:
                case GenerationRequested():
                    amount = await self._pricing.estimate(writer_request(session, event))
                    if amount:
                        yield event.correlation_id, _reserve(session, event, amount)
                case ProposalsRecorded() | ContradictionsFound():
                    used = self._pricing.charge(event.usage, event.cost_usd, event.model)
                    yield (
                        event.correlation_id,
                        SettleReservation(reservation_id=event.correlation_id, used=used),
                    )
                case GenerationFailed():
                    yield (
                        event.correlation_id,
                        ReturnReservation(reservation_id=event.correlation_id, reason="failed"),
                    )
                case GenerationCancelled():
                    yield (
                        event.correlation_id,
                        ReturnReservation(reservation_id=event.correlation_id, reason="cancelled"),
                    )
                case _:
                    continue


def _reserve(session: Session, work: GenerationRequested, amount: int) -> ReserveCredits:
    return ReserveCredits(
        reservation_id=work.correlation_id,
        amount=amount,
        deadline_at=work.deadline_at + GRACE,
        subject_id=session.session_id,
    )
