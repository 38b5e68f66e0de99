"""Leases flow runs to executors: flow_run_leases says which run of a session is due or at work, and who executes it.

PostgreSQL decides who executes, Prefect what state the run is in: an executor that dies leaves a row that runs out.
"""

from dataclasses import dataclass
from uuid import UUID

from psycopg.rows import class_row

from infrastructure.postgres.pool import Pool

LEASE_SECONDS = 15.0
"""Renewed every third of it; a dead executor's runs are taken up that long after its last sign of life."""

_DUE = """
INSERT INTO flow_run_leases (session_id, flow_run_id) VALUES (%(session_id)s, %(flow_run_id)s)
ON CONFLICT DO NOTHING
"""
_CLAIM = """
UPDATE flow_run_leases SET lease_owner = %(executor)s || '/' || gen_random_uuid(),
    lease_expires_at = clock_timestamp() + make_interval(secs => %(lease)s)
WHERE session_id IN (
    SELECT session_id FROM flow_run_leases WHERE lease_expires_at <= clock_timestamp()
    ORDER BY lease_expires_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED)
RETURNING session_id, flow_run_id, lease_owner AS owner, failures
"""
_RENEW = """
UPDATE flow_run_leases SET lease_expires_at = clock_timestamp() + make_interval(secs => %(lease)s)
WHERE lease_owner = ANY(%(owners)s) RETURNING lease_owner
"""
_DROP = "DELETE FROM flow_run_leases WHERE lease_owner = %(owner)s"
_AGAIN = """
UPDATE flow_run_leases SET lease_owner = NULL, failures = failures + %(failed)s,
    lease_expires_at = clock_timestamp() + make_interval(secs => %(delay)s)
WHERE lease_owner = %(owner)s
"""
# A session has a live run when one is due or at work, or waits.
_LIVE = """
SELECT EXISTS (SELECT FROM flow_run_leases WHERE session_id = %(session_id)s)
    OR EXISTS (SELECT FROM flow_resume_handles WHERE session_id = %(session_id)s
        AND status IN ('PENDING_PAUSE', 'PAUSED') AND flow_run_id IS NOT NULL)
"""


@dataclass(frozen=True, slots=True)
class Lease:
    """One execution of a run. `owner` is unique to it: a run that is taken over is no longer its first owner's."""

    session_id: UUID
    flow_run_id: UUID
    owner: str
    failures: int


class Leases:
    def __init__(self, pool: Pool, *, lease_seconds: float = LEASE_SECONDS) -> None:
        self._pool = pool
        self.seconds = lease_seconds

    async def due(self, session_id: UUID, flow_run_id: UUID) -> None:
        """The run is to be executed now, unless another of its session is due or at work: that one will do."""
        async with self._pool.connection() as connection:
            await connection.execute(_DUE, {"session_id": session_id, "flow_run_id": flow_run_id})

    async def claim(self, executor: str, limit: int) -> list[Lease]:
        """Up to `limit` runs that are due, or whose executor has gone silent; they are ours now."""
        async with self._pool.connection() as connection, connection.cursor(row_factory=class_row(Lease)) as cursor:
            await cursor.execute(_CLAIM, {"executor": executor, "limit": limit, "lease": self.seconds})
            return await cursor.fetchall()

    async def renew(self, owners: list[str]) -> set[str]:
        """Those of `owners` that still hold their lease."""
        async with self._pool.connection() as connection:
            rows = await connection.execute(_RENEW, {"owners": owners, "lease": self.seconds})
            return {row[0] for row in await rows.fetchall()}

    async def drop(self, lease: Lease) -> None:
        """The run waits or has ended."""
        async with self._pool.connection() as connection:
            await connection.execute(_DROP, {"owner": lease.owner})

    async def again(self, lease: Lease, *, delay: float = 0, failed: bool = False) -> None:
        """The run is due again after `delay` seconds, for anybody."""
        async with self._pool.connection() as connection:
            await connection.execute(_AGAIN, {"owner": lease.owner, "delay": delay, "failed": int(failed)})

    async def live(self, session_id: UUID) -> bool:
        """Whether a run of this session is due, at work, or waiting."""
        async with self._pool.connection() as connection:
            row = await (await connection.execute(_LIVE, {"session_id": session_id})).fetchone()
        return bool(row and row[0])
