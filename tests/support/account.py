"""Given / when / then for the account, with plain values, a fixed clock and readable ids."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid5

import pytest

from domain.account.account import Account, account_id, evolve
from domain.account.amounts import MICRO
from domain.account.commands import AccountBody, GrantCredits, ReserveCredits
from domain.account.decide import decide
from domain.account.events import Event
from domain.account.ledger import Ledger
from domain.aggregate import Command
from domain.rejections import Rejection

NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
ANN = UUID("aaaaaaaa-0000-4000-8000-000000000001")
BOB = UUID("bbbbbbbb-0000-4000-8000-000000000002")
ACCOUNT_ID = account_id(ANN)


def work(number: int) -> UUID:
    """A stable reservation id."""
    return uuid5(ACCOUNT_ID, f"work:{number}")


def credits(whole: float) -> int:
    return round(whole * MICRO)


@dataclass
class Books:
    """An account's history as a test tells it. Every step goes through `decide` and `evolve`, as in production."""

    account: Account | None = None
    events: list[Event] = field(default_factory=list)
    now: datetime = NOW
    count: int = 0

    @property
    def state(self) -> Account:
        assert self.account is not None
        return self.account

    @property
    def ledger(self) -> Ledger:
        return self.state.ledger

    @property
    def available(self) -> int:
        return self.ledger.available(self.now)

    def command(self, body: AccountBody, *, by: UUID | None = None) -> Command:
        self.count += 1
        return Command(uuid5(ACCOUNT_ID, f"command:{self.count}"), ACCOUNT_ID, by, body)

    def when(self, body: AccountBody, *, by: UUID | None = None) -> tuple[Event, ...]:
        """Decide, then fold the facts; they are returned for `then`."""
        facts = decide(self.command(body, by=by), self.account, self.now)
        for fact in facts:
            self.account = evolve(self.account, fact, ACCOUNT_ID)
        self.events.extend(facts)
        return facts

    def refused(self, body: AccountBody, *, by: UUID | None = None) -> Rejection:
        """The rejection of `body`; nothing has changed."""
        with pytest.raises(Rejection) as caught:
            decide(self.command(body, by=by), self.account, self.now)
        return caught.value

    def later(self, **delta: float) -> "Books":
        self.now += timedelta(**delta)
        return self

    def grant(self, amount: int, *, days: float | None = None, note: str = "") -> tuple[Event, ...]:
        expires_at = None if days is None else self.now + timedelta(days=days)
        return self.when(GrantCredits(user_id=ANN, amount=amount, expires_at=expires_at, note=note))

    def reserve(self, number: int, amount: int, *, hours: float = 1) -> tuple[Event, ...]:
        return self.when(reservation(number, amount, self.now + timedelta(hours=hours)))


def reservation(number: int, amount: int, deadline_at: datetime = NOW + timedelta(hours=1)) -> ReserveCredits:
    return ReserveCredits(reservation_id=work(number), amount=amount, deadline_at=deadline_at)


def with_credits(*amounts: float) -> Books:
    books = Books()
    for amount in amounts:
        books.grant(credits(amount))
    return books


def names(events: Sequence[Event]) -> list[str]:
    return [type(event).__name__ for event in events]


def adds_up(ledger: Ledger) -> None:
    """The sum of grants is what is free, held, charged and expired; and nothing is below zero."""
    assert ledger.granted == ledger.balance + ledger.reserved + ledger.charged + ledger.expired
    assert ledger.reserved == sum(held.amount for held in ledger.reservations)
    figures = [ledger.granted, ledger.charged, ledger.expired, ledger.balance, ledger.reserved]
    figures += [amount for grant in ledger.grants for amount in (grant.free, grant.held)]
    assert min(figures) >= 0
    assert all(part.amount > 0 for held in ledger.reservations for part in held.parts)
