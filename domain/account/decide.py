"""Decisions: a command and an account in, facts out. Pure: ids are derived from the command's, the time is given."""

from datetime import datetime
from typing import assert_never, cast
from uuid import uuid5

from domain.account import rejections
from domain.account.account import Account, account_id
from domain.account.amounts import MAX_AMOUNT, credits_text
from domain.account.commands import (
    AccountBody,
    ChargeCredits,
    ClosePeriod,
    ExpireGrants,
    GrantCredits,
    ReleaseOverdue,
    ReleaseReservation,
    ReserveCredits,
    ReturnReservation,
    SettleReservation,
)
from domain.account.events import (
    CreditsCharged,
    CreditsExpired,
    CreditsGranted,
    CreditsReleased,
    CreditsReserved,
    Event,
    PeriodClosed,
    ReleaseReason,
)
from domain.account.ledger import Reservation
from domain.aggregate import Command
from domain.rejections import NotFound, Refused


def decide(command: Command, account: Account | None, now: datetime) -> tuple[Event, ...]:
    """The facts that follow from `command`; none when there is nothing to do. An account that does not exist yet has
    nothing in it.

    Raises Rejection when the command is refused; nothing may be written then.
    """
    body = cast(AccountBody, command.body)
    if account is not None and command.user_id not in (None, account.user_id):
        raise NotFound("account")
    match body:
        case GrantCredits():
            return (_granted(command, body, account, now),)
        case ReserveCredits():
            return (_reserved(body, account, now),)
        case ChargeCredits():
            return _charged(_open(body, account), body.used, now)
        case ReleaseReservation():
            return (_released(_open(body, account), "asked", now),)
        case SettleReservation():
            held = account.ledger.reservation(body.reservation_id) if account else None
            return _charged(held, body.used, now) if held else ()
        case ReturnReservation():
            held = account.ledger.reservation(body.reservation_id) if account else None
            return (_released(held, body.reason, now),) if held else ()
        case ReleaseOverdue():
            overdue = [held for held in account.ledger.reservations if held.deadline_at <= now] if account else []
            return tuple(_released(held, "deadline", now) for held in overdue)
        case ExpireGrants():
            return _expired(account, now)
        case ClosePeriod():
            return _closed(account, now)
        case _:
            assert_never(body)


def _granted(command: Command, body: GrantCredits, account: Account | None, now: datetime) -> CreditsGranted:
    if account_id(body.user_id) != command.stream_id:
        raise NotFound("account")
    before = account.ledger.granted if account else 0
    if not 0 < body.amount <= MAX_AMOUNT:
        raise rejections.invalid_amount(body.amount)
    if before + body.amount > MAX_AMOUNT:
        sentence = (
            f"All that an account is ever granted is at most {credits_text(MAX_AMOUNT)} credits; "
            f"this one has had {credits_text(before)}."
        )
        raise Refused(rejections.INVALID_AMOUNT, sentence)
    if body.expires_at is not None and (body.expires_at.tzinfo is None or body.expires_at <= now):
        raise Refused(rejections.INVALID_EXPIRY, "A grant expires in the future, or never.")
    return CreditsGranted(
        occurred_at=now,
        grant_id=uuid5(command.command_id, "grant"),
        user_id=body.user_id,
        amount=body.amount,
        expires_at=body.expires_at,
        note=body.note,
    )


def _reserved(body: ReserveCredits, account: Account | None, now: datetime) -> CreditsReserved:
    if not 0 < body.amount <= MAX_AMOUNT:
        raise rejections.invalid_amount(body.amount)
    if body.deadline_at.tzinfo is None or body.deadline_at <= now:
        raise Refused(rejections.INVALID_DEADLINE, "A reservation needs a deadline in the future.")
    if account is None:
        raise rejections.insufficient(body.amount, 0)
    if account.ledger.reservation(body.reservation_id) or account.has_settled(body.reservation_id):
        raise Refused(rejections.RESERVATION_EXISTS, f"The reservation {body.reservation_id} was made before.")
    available = account.ledger.available(now)
    if body.amount > available:
        raise rejections.insufficient(body.amount, available)
    return CreditsReserved(
        occurred_at=now,
        reservation_id=body.reservation_id,
        amount=body.amount,
        parts=account.ledger.split(body.amount, now),
        deadline_at=body.deadline_at,
        subject_id=body.subject_id,
    )


def _open(body: ChargeCredits | ReleaseReservation, account: Account | None) -> Reservation:
    held = account.ledger.reservation(body.reservation_id) if account else None
    if held is None:
        raise Refused(rejections.RESERVATION_NOT_OPEN, f"The reservation {body.reservation_id} is not open.")
    return held


def _charged(held: Reservation, used: int | None, now: datetime) -> tuple[Event, ...]:
    """What was used, at most what was reserved; the rest is released. An overrun is the studio's."""
    if used is not None and used < 0:
        raise rejections.invalid_amount(used)
    charged = held.amount if used is None else min(used, held.amount)
    events: list[Event] = []
    if charged:
        known = None if used is None else min(used, MAX_AMOUNT)
        events.append(CreditsCharged(occurred_at=now, reservation_id=held.reservation_id, charged=charged, used=known))
    if charged < held.amount:
        events.append(_released(held, "unused", now, charged=charged))
    return tuple(events)


def _released(held: Reservation, reason: ReleaseReason, now: datetime, *, charged: int = 0) -> CreditsReleased:
    return CreditsReleased(
        occurred_at=now, reservation_id=held.reservation_id, amount=held.amount - charged, reason=reason
    )


def _expired(account: Account | None, now: datetime) -> tuple[Event, ...]:
    grants = account.ledger.grants if account else ()
    return tuple(
        CreditsExpired(occurred_at=now, grant_id=grant.grant_id, amount=grant.free)
        for grant in grants
        if grant.free and grant.expired(now)
    )


def _closed(account: Account | None, now: datetime) -> tuple[Event, ...]:
    if account is None or account.version == account.period_began:
        return ()
    return (
        PeriodClosed(
            occurred_at=now,
            version=account.version + 1,
            opening=account.ledger,
            settled=tuple(sorted(account.settled, key=str)),
        ),
    )
