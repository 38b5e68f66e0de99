"""When nothing is left to do: no work, no message, no lease, and every reader at the end of the log."""

import asyncio
import time

import psycopg

_LEFT = """
SELECT 'work' AS what, count(*) FROM command_inbox WHERE status IN ('RECEIVED', 'PROCESSING')
UNION ALL SELECT 'messages', count(*) FROM event_outbox WHERE status = 'PENDING'
UNION ALL SELECT 'leases', count(*) FROM flow_run_leases
UNION ALL SELECT 'unconfirmed waits', count(*) FROM flow_resume_handles
    WHERE status = 'PENDING_PAUSE' OR (status = 'PAUSED' AND resume_payload IS NOT NULL)
UNION ALL SELECT 'tasks', count(*) FROM async_tasks WHERE status IN ('PENDING', 'RUNNING')
UNION ALL SELECT 'events to project', count(*) FROM domain_events AS e, projection_checkpoints AS c
    WHERE (e.tx_id, e.id) > (c.tx_id, c.position)
"""
_STILL_SECONDS = 4.0
"""So long, more than one sweep, there must be nothing."""


async def quiet(database_url: str, within: float) -> dict[str, int]:
    """What is left when nothing moves any more, or after `within` seconds: empty when all is done."""
    deadline = time.monotonic() + within
    since: float | None = None
    while True:
        left = await asyncio.to_thread(_left, database_url)
        now = time.monotonic()
        since = (since or now) if not left else None
        if since is not None and now - since >= _STILL_SECONDS:
            return {}
        if now > deadline:
            return left
        await asyncio.sleep(0.5)


def _left(database_url: str) -> dict[str, int]:
    with psycopg.connect(database_url) as connection:
        return {what: count for what, count in connection.execute(_LEFT.encode()).fetchall() if count}
