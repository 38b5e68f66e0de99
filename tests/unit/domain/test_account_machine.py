"""Whatever the sequence of commands: an account adds up, and nothing in it falls below zero."""

from contextlib import suppress
from datetime import timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from domain.account.account import Account, evolve
from domain.account.commands import (
    AccountBody,
    ChargeCredits,
    ClosePeriod,
    ExpireGrants,
    ReleaseOverdue,
    ReleaseReservation,
    ReturnReservation,
    SettleReservation,
)
from domain.account.events import CreditsCharged, CreditsExpired, CreditsGranted, CreditsReleased, CreditsReserved
from domain.rejections import Rejection
from tests.support.account import ACCOUNT_ID, Books, adds_up, reservation, work

numbers = st.integers(0, 15)
amounts = st.integers(-1, 400)


class AccountMachine(RuleBasedStateMachine):
    """Commands of all kinds, sensible or not, in any order and any number of times."""

    def __init__(self) -> None:
        super().__init__()
        self.books = Books()

    def give(self, body: AccountBody) -> None:
        with suppress(Rejection):
            self.books.when(body)

    @rule(amount=st.integers(1, 1_000), days=st.none() | st.integers(1, 5))
    def grant(self, amount: int, days: int | None) -> None:
        self.books.grant(amount, days=days)

    @rule(number=numbers, amount=amounts, hours=st.integers(1, 72))
    def reserve(self, number: int, amount: int, hours: int) -> None:
        if any(isinstance(fact, CreditsReserved) and fact.reservation_id == work(number) for fact in self.books.events):
            return  # what the account has forgotten, the log refuses: the event's id is taken
        before = self.books.available if self.books.account else 0
        with suppress(Rejection):
            self.books.reserve(number, amount, hours=hours)
            assert 0 < amount <= before, "more was reserved than there was"

    @rule(number=numbers, used=st.none() | amounts, settle=st.booleans())
    def charge(self, number: int, used: int | None, settle: bool) -> None:
        kind = SettleReservation if settle else ChargeCredits
        self.give(kind(reservation_id=work(number), used=used))

    @rule(number=numbers, failed=st.none() | st.booleans())
    def release(self, number: int, failed: bool | None) -> None:
        if failed is None:
            self.give(ReleaseReservation(reservation_id=work(number)))
        else:
            self.give(ReturnReservation(reservation_id=work(number), reason="failed" if failed else "cancelled"))

    @rule(hours=st.integers(1, 48))
    def time_passes(self, hours: int) -> None:
        self.books.later(hours=hours)

    @rule()
    def sweep(self) -> None:
        self.give(ReleaseOverdue())
        self.give(ExpireGrants())
        if self.books.account:
            assert self.books.ledger.balance == self.books.available, "an expired grant was left"
            assert all(held.deadline_at > self.books.now for held in self.books.ledger.reservations)

    @rule()
    def close_the_period(self) -> None:
        before = self.books.account
        self.give(ClosePeriod())
        if before is not None:
            assert self.books.ledger == before.ledger

    @invariant()
    def it_adds_up(self) -> None:
        if self.books.account:
            adds_up(self.books.ledger)

    @invariant()
    def the_facts_alone_say_the_same(self) -> None:
        """As the auditor of the log reckons: by sums over amounts, knowing of no grant."""
        totals = dict.fromkeys(("granted", "reserved", "charged", "released", "expired"), 0)
        held: dict[object, int] = {}
        for fact in self.books.events:
            match fact:
                case CreditsGranted():
                    totals["granted"] += fact.amount
                case CreditsReserved():
                    assert fact.reservation_id not in held, "reserved twice"
                    assert sum(part.amount for part in fact.parts) == fact.amount
                    totals["reserved"] += fact.amount
                    held[fact.reservation_id] = fact.amount
                case CreditsCharged():
                    totals["charged"] += fact.charged
                    held[fact.reservation_id] -= fact.charged
                case CreditsReleased():
                    totals["released"] += fact.amount
                    held[fact.reservation_id] -= fact.amount
                case CreditsExpired():
                    totals["expired"] += fact.amount
                case _:
                    continue
            assert min(held.values(), default=0) >= 0
            assert totals["granted"] - totals["reserved"] + totals["released"] - totals["expired"] >= 0
        if self.books.account:
            ledger = self.books.ledger
            assert ledger.reserved == totals["reserved"] - totals["charged"] - totals["released"]
            assert ledger.balance == (totals["granted"] - totals["reserved"] + totals["released"] - totals["expired"])

    def teardown(self) -> None:
        self.folding_again_gives_the_same_account()

    def folding_again_gives_the_same_account(self) -> None:
        """From the beginning, and from the last closed period, after a stay in storage."""
        account: Account | None = None
        for fact in self.books.events:
            account = evolve(account, type(fact).model_validate_json(fact.model_dump_json()), ACCOUNT_ID)
        assert account == self.books.account
        if account is not None and account.period_began:
            later: Account | None = None
            for fact in self.books.events[account.period_began - 1 :]:
                later = evolve(later, fact, ACCOUNT_ID)
            assert later == account

    @invariant()
    def a_spent_id_is_not_reserved_again(self) -> None:
        account = self.books.account
        if account is not None:
            for spent in account.settled:
                number = next(n for n in range(16) if work(n) == spent)
                assert self.books.refused(reservation(number, 1, self.books.now + timedelta(hours=1))).code == (
                    "RESERVATION_EXISTS"
                )


AccountMachine.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TestAccount = AccountMachine.TestCase
