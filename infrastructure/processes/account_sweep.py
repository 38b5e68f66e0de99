"""Finds accounts with something due: reservations past their deadline, expired grants, a period that got long."""

from datetime import datetime
from uuid import uuid5

from domain.account.commands import ClosePeriod, ExpireGrants, ReleaseOverdue
from domain.aggregate import Body, Command
from infrastructure.postgres.pool import Pool

LONGEST_PERIOD = 500
"""Events after which an account is carried forward, so that a fold of it stays short."""

_DUE = b"""
SELECT account_id, version, next_deadline_at, next_expiry_at, version - period_began FROM account_credits
WHERE next_deadline_at <= %(now)s OR next_expiry_at <= %(now)s OR version - period_began >= %(longest)s
ORDER BY last_event_at LIMIT %(batch)s
"""


async def due_on_accounts(
    pool: Pool, now: datetime, batch: int, *, longest_period: int = LONGEST_PERIOD
) -> list[Command]:
    """The commands that follow, with ids derived from what was seen: seen again, they are the same commands."""
    async with pool.connection() as connection:
        cursor = await connection.execute(_DUE, {"now": now, "longest": longest_period, "batch": batch})
        rows = await cursor.fetchall()
    found: list[Command] = []
    for account_id, version, deadline_at, expiry_at, length in rows:
        bodies: list[Body] = []
        if deadline_at is not None and deadline_at <= now:
            bodies.append(ReleaseOverdue())
        if expiry_at is not None and expiry_at <= now:
            bodies.append(ExpireGrants())
        if length >= longest_period:
            bodies.append(ClosePeriod())
        for body in bodies:
            seen = f"{body.command_type}:{version}:{deadline_at}:{expiry_at}"
            found.append(Command(uuid5(account_id, seen), account_id, None, body))
    return found
