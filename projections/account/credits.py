"""The credits projection: each account's figures, and one line of history for each of its facts."""

from datetime import datetime
from pathlib import Path
from typing import Any, assert_never, cast
from uuid import UUID

from domain.account.events import (
    CreditsCharged,
    CreditsExpired,
    CreditsGranted,
    CreditsReleased,
    CreditsReserved,
    Event,
    PeriodClosed,
    fold_ledger,
)
from domain.account.ledger import Ledger
from projections.engine.projection import AddRow, Key, Projection, Row, StoredEvent, Table


class CreditsRow(Row):
    """next_deadline_at, next_expiry_at: when something has to be released, or written off; None: nothing has."""

    account_id: UUID
    user_id: UUID
    ledger: Ledger
    version: int
    period_began: int
    next_deadline_at: datetime | None
    next_expiry_at: datetime | None
    last_event_at: datetime


class HistoryRow(Row):
    account_id: UUID
    version: int
    event_id: UUID
    event_type: str
    amount: int
    used: int | None
    grant_id: UUID | None
    reservation_id: UUID | None
    subject_id: UUID | None
    reason: str
    expires_at: datetime | None
    occurred_at: datetime


def apply_credits(row: CreditsRow | None, stored: StoredEvent, _key: Key) -> CreditsRow:
    event = cast(Event, stored.event)
    ledger = fold_ledger(row.ledger if row else None, event)
    expiries = [grant.expires_at for grant in ledger.grants if grant.free and grant.expires_at]
    return CreditsRow(
        account_id=stored.stream_id,
        user_id=ledger.user_id,
        ledger=ledger,
        version=stored.version,
        period_began=stored.version if isinstance(event, PeriodClosed) else row.period_began if row else 0,
        next_deadline_at=min((held.deadline_at for held in ledger.reservations), default=None),
        next_expiry_at=min(expiries, default=None),
        last_event_at=event.occurred_at,
    )


_NO_FACTS: dict[str, Any] = {
    "used": None, "grant_id": None, "reservation_id": None, "subject_id": None, "reason": "", "expires_at": None
}  # fmt: skip


def _values(stored: StoredEvent) -> dict[str, Any]:
    event = cast(Event, stored.event)
    own = {
        "account_id": stored.stream_id,
        "version": stored.version,
        "event_id": stored.event_id,
        "event_type": type(event).__name__,
        "occurred_at": event.occurred_at,
    }
    return _NO_FACTS | own | _facts(event)


apply_history = AddRow(HistoryRow, _values)


def _facts(event: Event) -> dict[str, Any]:
    match event:
        case CreditsGranted():
            return {
                "amount": event.amount,
                "grant_id": event.grant_id,
                "expires_at": event.expires_at,
                "reason": event.note,
            }
        case CreditsReserved():
            return {
                "amount": event.amount,
                "reservation_id": event.reservation_id,
                "subject_id": event.subject_id,
                "expires_at": event.deadline_at,
            }
        case CreditsCharged():
            return {"amount": event.charged, "used": event.used, "reservation_id": event.reservation_id}
        case CreditsReleased():
            return {"amount": event.amount, "reservation_id": event.reservation_id, "reason": event.reason}
        case CreditsExpired():
            return {"amount": event.amount, "grant_id": event.grant_id}
        case PeriodClosed():
            return {"amount": event.opening.balance}
        case _:
            assert_never(event)


CREDITS = Projection(
    name="credits",
    version=1,
    reads={"account": None},
    sql=Path(__file__).with_name("credits.sql"),
    tables=(
        Table(
            name="account_credits",
            row=CreditsRow,
            key=(("account_id", "uuid"),),
            stream="account_id",
            apply=apply_credits,
        ),
        Table(
            name="account_history",
            row=HistoryRow,
            key=(("account_id", "uuid"), ("version", "int")),
            stream="account_id",
            apply=apply_history,
        ),
    ),
)
