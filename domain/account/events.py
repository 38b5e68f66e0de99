"""The facts of an account, in the past tense. Amounts are integers of the smallest unit (amounts.py)."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from domain.account.ledger import Grant, Ledger, Part, Reservation
from domain.aggregate import DomainEvent

ReleaseReason = Literal["unused", "failed", "cancelled", "deadline", "asked"]


class CreditsGranted(DomainEvent):
    """`expires_at` None: never. The first fact of an account: it says whose the account is."""

    grant_id: UUID
    user_id: UUID
    amount: int
    expires_at: datetime | None
    note: str


class CreditsReserved(DomainEvent):
    """`parts`: the grants that hold it, in the order in which they will be charged."""

    reservation_id: UUID
    amount: int
    parts: tuple[Part, ...]
    deadline_at: datetime
    subject_id: UUID | None


class CreditsCharged(DomainEvent):
    """`charged` is what the account pays, at most what was reserved; `used` what the work really cost.

    `used` None: the provider did not say, so that all that was reserved is charged.
    """

    reservation_id: UUID
    charged: int
    used: int | None


class CreditsReleased(DomainEvent):
    """All that was left of a reservation is free again."""

    reservation_id: UUID
    amount: int
    reason: ReleaseReason


class CreditsExpired(DomainEvent):
    grant_id: UUID
    amount: int


class PeriodClosed(DomainEvent):
    """The account as it stands at `version`, which is this fact's own: a fold may begin here.

    `settled`: the reservations that were settled in the period that ends.
    """

    version: int
    opening: Ledger
    settled: tuple[UUID, ...]


Event = CreditsGranted | CreditsReserved | CreditsCharged | CreditsReleased | CreditsExpired | PeriodClosed


def fold_ledger(ledger: Ledger | None, event: Event) -> Ledger:
    """The figures after `event`. One fold, used by the aggregate and by the read side. It never refuses."""
    match event:
        case PeriodClosed():
            return event.opening
        case CreditsGranted():
            grant = Grant(grant_id=event.grant_id, amount=event.amount, free=event.amount, expires_at=event.expires_at)
            return (ledger or Ledger(user_id=event.user_id)).with_grant(grant)
        case _:
            assert ledger is not None, f"{type(event).__name__} cannot be the first event of an account"
    match event:
        case CreditsReserved():
            return ledger.with_reservation(
                Reservation(
                    reservation_id=event.reservation_id,
                    parts=event.parts,
                    deadline_at=event.deadline_at,
                    subject_id=event.subject_id,
                )
            )
        case CreditsCharged():
            return ledger.with_charge(event.reservation_id, event.charged)
        case CreditsReleased():
            return ledger.with_release(event.reservation_id, event.amount)
        case CreditsExpired():
            return ledger.with_expiry(event.grant_id, event.amount)
