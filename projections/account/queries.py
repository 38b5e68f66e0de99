"""What readers ask of credits, as plain SQL over the read tables. Whose an account is, is part of every query."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool

from domain.account.amounts import MICRO
from domain.account.ledger import Ledger
from projections.genesis.views import View

SOON = timedelta(days=7)
"""What expires so soon is pointed out."""

_LEDGER = "SELECT ledger, version FROM account_credits WHERE user_id = %(user_id)s"

_HISTORY = """
SELECT h.version, h.event_type, h.amount, h.used, h.grant_id, h.reservation_id, h.reason, h.expires_at, h.occurred_at,
    coalesce(h.subject_id, r.subject_id) AS session_id
FROM account_credits c JOIN account_history h ON h.account_id = c.account_id
LEFT JOIN LATERAL (
    SELECT s.subject_id FROM account_history s WHERE s.reservation_id = h.reservation_id
        AND s.account_id = c.account_id AND s.event_type = 'CreditsReserved' LIMIT 1
) r ON true
WHERE c.user_id = %(user_id)s AND h.event_type <> 'PeriodClosed'
    AND (%(before)s::int IS NULL OR h.version < %(before)s::int)
ORDER BY h.version DESC LIMIT %(limit)s
"""

_CHARGED = """
SELECT coalesce(sum(h.amount), 0)::bigint AS session, (array_agg(h.amount ORDER BY h.version DESC))[1] AS last
FROM account_credits c
JOIN account_history r ON r.account_id = c.account_id AND r.event_type = 'CreditsReserved'
    AND r.subject_id = %(session_id)s
JOIN account_history h ON h.account_id = c.account_id AND h.event_type = 'CreditsCharged'
    AND h.reservation_id = r.reservation_id
WHERE c.user_id = %(user_id)s
"""


class GrantView(View):
    """`left` can be reserved; `reserved` is held for work in progress."""

    grant_id: UUID
    amount: int
    left: int
    reserved: int
    expires_at: datetime | None


class ReservationView(View):
    """What is held for one generation (`reservation_id` is its correlation id) until it ends, or its deadline."""

    reservation_id: UUID
    session_id: UUID | None
    amount: int
    deadline_at: datetime


class CreditsView(View):
    """An account. Amounts are integers of the smallest unit, `unit` of which are one credit.

    `enabled`: whether generations are paid from it. `expiring`: what of `available` expires within a week.
    granted = available + reserved + charged + expired, at every moment.
    """

    enabled: bool
    unit: int
    version: int
    granted: int
    available: int
    reserved: int
    charged: int
    expired: int
    expiring: int
    expiring_at: datetime | None
    grants: tuple[GrantView, ...]
    reservations: tuple[ReservationView, ...]


class CreditsEntry(View):
    """One fact of an account: what it is about by `event_type`, see docs/operations.md. `used` beside `amount`: what
    the work really cost, when more than was reserved."""

    version: int
    event_type: str
    amount: int
    used: int | None
    grant_id: UUID | None
    reservation_id: UUID | None
    session_id: UUID | None
    reason: str
    expires_at: datetime | None
    occurred_at: datetime


class CreditsHistory(View):
    """The newest first."""

    items: tuple[CreditsEntry, ...]
    next_cursor: str | None


class CreditQueries:
    """Reads accounts. `enabled`: whether credits are on.

    `clock`: an expired grant does not count from the moment it expires, swept or not.
    """

    def __init__(self, pool: AsyncConnectionPool[Any], clock: Callable[[], datetime], *, enabled: bool = True) -> None:
        self._pool = pool
        self._enabled = enabled
        self._clock = clock

    async def credits(self, user_id: UUID) -> CreditsView:
        """The account of `user_id`; one that was never granted anything has nothing in it."""
        rows = await self._rows(_LEDGER, {"user_id": user_id})
        if not rows:
            return shown_credits(Ledger(user_id=user_id), 0, self._clock(), enabled=self._enabled)
        ledger = Ledger.model_validate(rows[0]["ledger"])
        return shown_credits(ledger, rows[0]["version"], self._clock(), enabled=self._enabled)

    async def history(self, user_id: UUID, before: int | None, limit: int) -> CreditsHistory:
        """The facts before version `before`, the newest first."""
        rows = await self._rows(_HISTORY, {"user_id": user_id, "before": before, "limit": limit + 1})
        items = tuple(CreditsEntry.model_validate(row) for row in rows[:limit])
        more = len(rows) > limit
        return CreditsHistory(items=items, next_cursor=str(items[-1].version) if more else None)

    async def charged(self, user_id: UUID, session_id: UUID) -> tuple[int, int | None]:
        """(what all generations of a session were charged, the last of these charges); None: there was none."""
        (row,) = await self._rows(_CHARGED, {"user_id": user_id, "session_id": session_id})
        return row["session"], row["last"]

    async def _rows(self, query: str, parameters: dict[str, Any]) -> list[dict[str, Any]]:
        async with self._pool.connection() as connection, connection.cursor(row_factory=dict_row) as cursor:
            await cursor.execute(query, parameters)
            rows: list[dict[str, Any]] = await cursor.fetchall()
        return rows


def shown_credits(ledger: Ledger, version: int, now: datetime, *, enabled: bool = True) -> CreditsView:
    """What is shown of `ledger` at `now`: a grant that has expired is shown as expired."""
    gone = sum(grant.free for grant in ledger.grants if grant.expired(now))
    live = [grant for grant in ledger.grants if not (grant.expired(now) and not grant.held)]
    soon = [grant for grant in live if grant.expires_at and not grant.expired(now) and grant.free]
    soon = [grant for grant in soon if grant.expires_at is not None and grant.expires_at - now <= SOON]
    return CreditsView(
        enabled=enabled,
        unit=MICRO,
        version=version,
        granted=ledger.granted,
        available=ledger.available(now),
        reserved=ledger.reserved,
        charged=ledger.charged,
        expired=ledger.expired + gone,
        expiring=sum(grant.free for grant in soon),
        expiring_at=min((grant.expires_at for grant in soon if grant.expires_at), default=None),
        grants=tuple(
            GrantView(
                grant_id=grant.grant_id,
                amount=grant.amount,
                left=0 if grant.expired(now) else grant.free,
                reserved=grant.held,
                expires_at=grant.expires_at,
            )
            for grant in live
        ),
        reservations=tuple(
            ReservationView(
                reservation_id=held.reservation_id,
                session_id=held.subject_id,
                amount=held.amount,
                deadline_at=held.deadline_at,
            )
            for held in ledger.reservations
        ),
    )
