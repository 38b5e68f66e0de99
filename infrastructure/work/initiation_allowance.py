"""Lets an account begin only so many books from a keyword: in an hour, and at one time."""

from uuid import UUID

from genesis_types.enums import ProjectCommandType

from application.ports import RateLimited
from infrastructure.coordination.rate_limits import RateLimits
from infrastructure.postgres.pool import Pool

AGAIN_SECONDS = 10.0
"""After which somebody is to ask again who has as many at work as may be: a step takes about as long."""

_AT_WORK = """
SELECT count(*) FROM command_inbox
WHERE status = 'PROCESSING' AND user_id = %s AND command_type = ANY(%s) AND deadline_at > clock_timestamp()
"""
_TYPES = [ProjectCommandType.INITIATE_PROJECT.value, ProjectCommandType.RESUME_INITIATION.value]


class InitiationAllowance:
    """Implements application.ports.Allowance. Requests that come in the same instant may be one or two too many at one
    time, never in an hour."""

    def __init__(self, pool: Pool, limits: RateLimits, at_once: int) -> None:
        self._pool = pool
        self._limits = limits
        self._at_once = at_once

    async def __call__(self, user_id: UUID) -> None:
        async with self._pool.connection() as connection:
            row = await (await connection.execute(_AT_WORK, (user_id, _TYPES))).fetchone()
        if row is not None and row[0] >= self._at_once:
            raise RateLimited(AGAIN_SECONDS)
        if (retry_after := await self._limits.hit("initiation", str(user_id))) is not None:
            raise RateLimited(retry_after)
