"""The account aggregate: its state and how facts change it. Evolving never refuses and never decides."""

from dataclasses import dataclass, field
from uuid import UUID, uuid5

from domain.account.events import CreditsCharged, CreditsReleased, Event, PeriodClosed, fold_ledger
from domain.account.ledger import Ledger


def account_id(user_id: UUID) -> UUID:
    """The stream of a user's account: one for each user."""
    return uuid5(user_id, "account")


@dataclass(frozen=True, slots=True)
class Account:
    """State of one account after `version` events.

    settled, settled_before: reservations settled in this period, and in the one before. No id of theirs can be
    reserved again; of older ones the log itself refuses the repeated event id.
    period_began: the version of the last PeriodClosed, 0 in the first period.
    """

    account_id: UUID
    version: int
    ledger: Ledger
    period_began: int = 0
    settled: frozenset[UUID] = field(default=frozenset())
    settled_before: frozenset[UUID] = field(default=frozenset())

    @property
    def user_id(self) -> UUID:
        return self.ledger.user_id

    def has_settled(self, reservation_id: UUID) -> bool:
        return reservation_id in self.settled or reservation_id in self.settled_before


def evolve(account: Account | None, event: Event, stream_id: UUID) -> Account:
    """The state after `event`. The first event of a stream is CreditsGranted; a fold may also begin at PeriodClosed."""
    if isinstance(event, PeriodClosed):
        return Account(
            account_id=stream_id,
            version=event.version,
            ledger=event.opening,
            period_began=event.version,
            settled_before=frozenset(event.settled),
        )
    ledger = fold_ledger(account.ledger if account else None, event)
    if account is None:
        return Account(account_id=stream_id, version=1, ledger=ledger)
    settled = account.settled
    if isinstance(event, CreditsCharged | CreditsReleased) and ledger.reservation(event.reservation_id) is None:
        settled |= {event.reservation_id}
    return Account(
        account_id=stream_id,
        version=account.version + 1,
        ledger=ledger,
        period_began=account.period_began,
        settled=settled,
        settled_before=account.settled_before,
    )
