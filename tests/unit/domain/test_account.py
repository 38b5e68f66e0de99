"""An account decides: what is granted, held, charged, released, expires, and is refused."""

from datetime import datetime, timedelta

import pytest

from domain.account.account import Account, account_id, evolve
from domain.account.aggregate import ACCOUNT
from domain.account.amounts import MAX_AMOUNT, credits_text, parse_credits
from domain.account.commands import (
    AccountBody,
    ChargeCredits,
    ClosePeriod,
    ExpireGrants,
    GrantCredits,
    ReleaseOverdue,
    ReleaseReservation,
    ReturnReservation,
    SettleReservation,
)
from domain.account.decide import decide
from domain.account.events import CreditsCharged, CreditsExpired, CreditsGranted, CreditsReleased, PeriodClosed
from tests.support.account import (
    ACCOUNT_ID,
    ANN,
    BOB,
    NOW,
    Books,
    adds_up,
    credits,
    names,
    reservation,
    with_credits,
    work,
)


def test_a_grant_opens_the_account_and_says_whose_it_is() -> None:
    books = Books()
    (granted,) = books.grant(credits(5), note="welcome")
    assert isinstance(granted, CreditsGranted)
    assert (granted.user_id, granted.amount, granted.note) == (ANN, 5_000_000, "welcome")
    assert (books.state.version, books.state.user_id, books.available) == (1, ANN, 5_000_000)
    assert ACCOUNT.owner(books.state) == ANN


@pytest.mark.parametrize("amount", [0, -1, MAX_AMOUNT + 1])
def test_amounts_that_make_no_sense_are_refused(amount: int) -> None:
    books = with_credits(5)
    for body in (GrantCredits(user_id=ANN, amount=amount), reservation(1, amount)):
        assert books.refused(body).code == "INVALID_AMOUNT"
    assert books.state.version == 1


@pytest.mark.parametrize("amount", [1.5, "5", True])
def test_amounts_are_integers(amount: object) -> None:
    with pytest.raises(ValueError, match="amount"):
        GrantCredits(user_id=ANN, amount=amount)


def test_the_largest_grant_fits_and_not_a_unit_more() -> None:
    books = Books()
    books.grant(MAX_AMOUNT)
    refusal = books.refused(GrantCredits(user_id=ANN, amount=1))
    assert refusal.code == "INVALID_AMOUNT"
    assert "9007199254.740992" in refusal.message


def test_a_grant_in_the_past_is_refused() -> None:
    for expires_at in (NOW, NOW - timedelta(days=1), datetime(2030, 1, 1)):  # noqa: DTZ001  (no zone: no moment)
        body = GrantCredits(user_id=ANN, amount=1, expires_at=expires_at)
        assert Books().refused(body).code == "INVALID_EXPIRY"


def test_a_grant_for_somebody_else_has_no_place_here() -> None:
    assert Books().refused(GrantCredits(user_id=BOB, amount=1)).code == "NOT_FOUND"
    assert with_credits(1).refused(reservation(1, 1), by=BOB).code == "NOT_FOUND"


def test_what_is_reserved_is_not_available() -> None:
    books = with_credits(5)
    books.reserve(1, credits(3))
    assert (books.available, books.ledger.reserved) == (credits(2), credits(3))
    refusal = books.refused(reservation(2, credits(2) + 1))
    assert refusal.code == "INSUFFICIENT_CREDITS"
    assert "2.000001" in refusal.message
    assert "2.00 are available" in refusal.message


def test_an_account_that_does_not_exist_yet_has_nothing_in_it() -> None:
    books = Books()
    assert books.refused(reservation(1, 1)).code == "INSUFFICIENT_CREDITS"
    for body in (ChargeCredits(reservation_id=work(1), used=1), ReleaseReservation(reservation_id=work(1))):
        assert books.refused(body).code == "RESERVATION_NOT_OPEN"
    quiet: tuple[AccountBody, ...] = (
        SettleReservation(reservation_id=work(1), used=1),
        ReturnReservation(reservation_id=work(1), reason="failed"),
        ReleaseOverdue(),
        ExpireGrants(),
        ClosePeriod(),
    )
    for quietly in quiet:
        assert books.when(quietly) == ()


def test_a_reservation_needs_a_deadline_ahead() -> None:
    assert with_credits(1).refused(reservation(1, 1, NOW)).code == "INVALID_DEADLINE"


def test_the_grant_that_expires_first_is_used_first() -> None:
    books = with_credits(1)
    books.grant(credits(1), days=30)
    books.grant(credits(1), days=3)
    books.reserve(1, credits(1.5))
    parts = books.ledger.reservations[0].parts
    days = {grant.grant_id: grant.expires_at for grant in books.ledger.grants}
    assert [days[part.grant_id] for part in parts] == [NOW + timedelta(days=3), NOW + timedelta(days=30)]
    assert [part.amount for part in parts] == [credits(1), credits(0.5)]


def test_a_charge_takes_what_was_used_and_releases_the_rest() -> None:
    books = with_credits(5)
    books.reserve(1, credits(3))
    charged, released = books.when(ChargeCredits(reservation_id=work(1), used=credits(1)))
    assert isinstance(charged, CreditsCharged)
    assert (charged.used, charged.charged) == (credits(1), credits(1))
    assert isinstance(released, CreditsReleased)
    assert (released.amount, released.reason) == (credits(2), "unused")
    assert (books.available, books.ledger.reserved, books.ledger.charged) == (credits(4), 0, credits(1))


def test_an_overrun_is_the_studios() -> None:
    books = with_credits(5)
    books.reserve(1, credits(3))
    (charged,) = books.when(SettleReservation(reservation_id=work(1), used=credits(8)))
    assert isinstance(charged, CreditsCharged)
    assert (charged.used, charged.charged) == (credits(8), credits(3))
    assert books.available == credits(2)


def test_use_that_nobody_reported_costs_what_was_reserved() -> None:
    books = with_credits(5)
    books.reserve(1, credits(3))
    (charged,) = books.when(SettleReservation(reservation_id=work(1), used=None))
    assert isinstance(charged, CreditsCharged)
    assert (charged.used, charged.charged) == (None, credits(3))


def test_nothing_used_releases_all() -> None:
    books = with_credits(5)
    books.reserve(1, credits(3))
    assert names(books.when(SettleReservation(reservation_id=work(1), used=0))) == ["CreditsReleased"]
    assert books.available == credits(5)


def test_negative_use_is_refused() -> None:
    books = with_credits(5)
    books.reserve(1, credits(3))
    assert books.refused(ChargeCredits(reservation_id=work(1), used=-1)).code == "INVALID_AMOUNT"


def test_a_settled_reservation_is_not_open_and_its_id_is_spent() -> None:
    books = with_credits(5)
    ends: tuple[AccountBody, ...] = (
        ChargeCredits(reservation_id=work(0), used=credits(1)),
        ReleaseReservation(reservation_id=work(1)),
        ReturnReservation(reservation_id=work(2), reason="cancelled"),
    )
    for number, body in enumerate(ends):
        books.reserve(number, credits(1))
        assert books.refused(reservation(number, 1)).code == "RESERVATION_EXISTS"
        books.when(body)
        assert books.refused(reservation(number, 1)).code == "RESERVATION_EXISTS"
        assert books.refused(ChargeCredits(reservation_id=work(number), used=1)).code == "RESERVATION_NOT_OPEN"
        assert books.refused(ReleaseReservation(reservation_id=work(number))).code == "RESERVATION_NOT_OPEN"
        assert books.when(SettleReservation(reservation_id=work(number), used=1)) == ()
        assert books.when(ReturnReservation(reservation_id=work(number), reason="failed")) == ()
    assert books.ledger.charged == credits(1)


def test_overdue_reservations_are_released_and_the_others_stay() -> None:
    books = with_credits(5)
    books.reserve(1, credits(1), hours=1)
    books.reserve(2, credits(2), hours=2)
    assert books.later(hours=1).when(ReleaseOverdue())[0].reservation_id == work(1)  # type: ignore[union-attr]
    assert (books.available, books.ledger.reserved) == (credits(3), credits(2))
    assert books.when(ReleaseOverdue()) == ()


def test_an_expired_grant_never_counts_even_before_it_is_written_off() -> None:
    books = with_credits(1)
    books.grant(credits(4), days=1)
    books.later(days=1)
    assert books.available == credits(1)
    assert books.refused(reservation(1, credits(2), NOW + timedelta(days=2))).code == "INSUFFICIENT_CREDITS"
    (expired,) = books.when(ExpireGrants())
    assert isinstance(expired, CreditsExpired)
    assert (expired.amount, books.ledger.expired) == (credits(4), credits(4))
    assert books.when(ExpireGrants()) == ()


def test_what_is_held_of_an_expired_grant_can_be_charged_and_expires_when_released() -> None:
    books = Books()
    books.grant(credits(4), days=1)
    books.reserve(1, credits(3), hours=48)
    books.later(days=1).when(ExpireGrants())
    assert books.ledger.expired == credits(1)
    books.when(SettleReservation(reservation_id=work(1), used=credits(1)))
    assert books.available == 0
    books.when(ExpireGrants())
    assert (books.ledger.charged, books.ledger.expired, books.ledger.grants) == (credits(1), credits(3), ())
    adds_up(books.ledger)


def test_a_fold_may_begin_at_a_closed_period() -> None:
    books = with_credits(5)
    books.reserve(1, credits(1))
    books.when(SettleReservation(reservation_id=work(1), used=credits(1)))
    books.reserve(2, credits(2))
    (closed,) = books.when(ClosePeriod())
    assert isinstance(closed, PeriodClosed)
    whole = books.state
    assert evolve(None, closed, ACCOUNT_ID) == whole
    assert whole.version == len(books.events)
    assert books.when(ClosePeriod()) == (), "a period in which nothing happened is not closed"
    assert books.refused(reservation(1, 1)).code == "RESERVATION_EXISTS", "settled in the period before"
    books.when(SettleReservation(reservation_id=work(2), used=credits(1)))
    assert (books.available, books.ledger.granted) == (credits(3), credits(5))


def test_the_same_command_gives_the_same_facts() -> None:
    books = with_credits(5)
    command = books.command(GrantCredits(user_id=ANN, amount=7))
    assert decide(command, books.account, NOW) == decide(command, books.account, NOW)


def test_events_survive_being_stored() -> None:
    books = with_credits(5)
    books.grant(7, days=3)
    books.reserve(1, credits(1))
    books.when(SettleReservation(reservation_id=work(1), used=1))
    books.reserve(2, 3, hours=100)
    books.when(ClosePeriod())
    books.later(days=3).when(ExpireGrants())
    stored = [type(event).model_validate_json(event.model_dump_json()) for event in books.events]
    assert {type(event) for event in stored} == set(ACCOUNT.events)
    state: Account | None = None
    for event in stored:
        state = evolve(state, event, ACCOUNT_ID)
    assert state == books.account
    assert account_id(ANN) == ACCOUNT_ID


@pytest.mark.parametrize(
    ("text", "amount"), [("5", 5_000_000), ("2.5", 2_500_000), (" 0.000001 ", 1), ("1e3", 1_000_000_000)]
)
def test_credits_are_read_as_people_type_them(text: str, amount: int) -> None:
    assert parse_credits(text) == amount
    assert parse_credits(credits_text(amount)) == amount


@pytest.mark.parametrize("text", ["", "ten", "0.0000001", "nan", "inf", "1e30", "1,5"])
def test_what_is_no_amount_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(ValueError, match=r"\.$"):
        parse_credits(text)


def test_credits_are_written_exactly() -> None:
    assert [credits_text(n) for n in (0, 1, 1_500_000, -250_000, MAX_AMOUNT)] == [
        "0.00",
        "0.000001",
        "1.50",
        "-0.25",
        "9007199254.740992",
    ]
