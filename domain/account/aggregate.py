"""The descriptor of the account: what the write path has to know of it."""

from typing import Any
from uuid import UUID

from pydantic import JsonValue

from domain.account import events
from domain.account.account import Account, evolve
from domain.account.commands import (
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
from domain.account.decide import decide
from domain.aggregate import Aggregate, Command


def _owner(account: Account) -> UUID:
    return account.user_id


def _result(_: Command, facts: tuple[Any, ...]) -> dict[str, JsonValue]:
    """A grant answers with its id."""
    return next(({"grant_id": str(one.grant_id)} for one in facts if isinstance(one, events.CreditsGranted)), {})


ACCOUNT = Aggregate(
    aggregate_type="account",
    source="/genesis/accounts",
    name="account",
    events=(
        events.CreditsGranted,
        events.CreditsReserved,
        events.CreditsCharged,
        events.CreditsReleased,
        events.CreditsExpired,
        events.PeriodClosed,
    ),
    commands=(),
    internal=(
        GrantCredits,
        ReserveCredits,
        ChargeCredits,
        ReleaseReservation,
        SettleReservation,
        ReturnReservation,
        ReleaseOverdue,
        ExpireGrants,
        ClosePeriod,
    ),
    openings=frozenset({events.PeriodClosed}),
    decide=decide,
    evolve=evolve,
    owner=_owner,
    result=_result,
)
