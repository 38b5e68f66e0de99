"""What `genesis doctor --mend` does: each mends what one finding names, in one transaction, and says what it did."""

from collections.abc import Awaitable, Callable
from typing import Any

from psycopg import AsyncConnection

from infrastructure.messaging.consumer_groups import forget_abandoned

_OLD = "60 seconds"
_FIRST_NORMAL_XID = 3
"""The least id that a transaction can have: before all that this server has given or will give."""

Mend = Callable[[AsyncConnection[Any]], Awaitable[str]]


async def transactions(connection: AsyncConnection[Any]) -> str:
    """End the write transactions, anywhere in the cluster, that are older than a minute."""
    rows = await (
        await connection.execute(
            """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
               WHERE backend_xid IS NOT NULL AND pid <> pg_backend_pid()
                   AND xact_start < clock_timestamp() - %s::interval""",
            (_OLD,),
        )
    ).fetchall()
    return f"{len(rows)} ended."


async def handles(connection: AsyncConnection[Any]) -> str:
    """Close the waits of sessions that have ended."""
    cursor = await connection.execute(
        """UPDATE flow_resume_handles AS h SET status = 'RESUMED', resumed_at = clock_timestamp()
           FROM genesis_sessions AS s
           WHERE s.id = h.session_id AND h.status IN ('PENDING_PAUSE', 'PAUSED')
               AND s.status IN ('COMPLETED', 'ABANDONED')"""
    )
    return f"{cursor.rowcount} closed."


async def restored_ids(connection: AsyncConnection[Any]) -> str:
    """Give restored events a transaction id before all of this server's, and every checkpoint its place among them.

    A log that was dumped from another server carries that server's transaction ids. Where they are ahead of this
    server's, readers wait for them, and checkpoints pass over what is written now. Everything restored gets one id, so
    that positions alone order it; whoever had read all of it stands at its end. Whoever had not is named: with the
    order changed, "half of it" is no place any more. Messages are only sent again, and consumers drop duplicates.
    """
    async with connection.transaction():
        await connection.execute(
            "LOCK TABLE domain_events, event_outbox, projection_checkpoints, bus_checkpoints, projection_parked"
            " IN SHARE ROW EXCLUSIVE MODE"
        )
        row = await (
            await connection.execute(
                "SELECT max(id) FROM domain_events WHERE tx_id >= pg_snapshot_xmax(pg_current_snapshot())"
            )
        ).fetchone()
        if row is None or row[0] is None:
            return "Nothing to mend: every transaction id is this server's own."
        last = int(row[0])
        here = {"last": last, "first": str(_FIRST_NORMAL_XID)}
        behind = await (
            await connection.execute(
                """SELECT p.projection FROM projection_checkpoints AS p WHERE EXISTS (
                       SELECT FROM domain_events AS e
                       WHERE e.id <= %(last)s AND (e.tx_id, e.id) > (p.tx_id, p.position))
                   ORDER BY 1""",
                here,
            )
        ).fetchall()
        await connection.execute(
            """UPDATE bus_checkpoints AS c SET sent_tx = %(first)s::text::xid8, position = coalesce(
                   (SELECT min(o.position) - 1 FROM event_outbox AS o WHERE o.status = 'SENT' AND o.position <= %(last)s
                        AND (o.sent_tx, o.position) > (c.sent_tx, c.position)), %(last)s)""",
            here,
        )
        await connection.execute(
            "UPDATE event_outbox SET sent_tx = %(first)s::text::xid8 WHERE status = 'SENT' AND position <= %(last)s",
            here,
        )
        # the one place where the log is touched: what happened stays, only the order in which it is read is renewed
        for table in ("domain_events", "domain_events_archive"):
            await connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER {table}_append_only".encode())
        cursor = await connection.execute(
            "UPDATE domain_events SET tx_id = %(first)s::text::xid8 WHERE id <= %(last)s", here
        )
        for table in ("domain_events", "domain_events_archive"):
            await connection.execute(f"ALTER TABLE {table} ENABLE TRIGGER {table}_append_only".encode())
        await connection.execute(
            "UPDATE projection_checkpoints SET tx_id = %(first)s::text::xid8, position = %(last)s", here
        )
        await connection.execute(
            "UPDATE projection_parked SET tx_id = %(first)s::text::xid8 WHERE position <= %(last)s", here
        )
    done = f"{cursor.rowcount} events are in this server's order now."
    if behind:
        rebuilds = ", ".join(f"`genesis projections rebuild {name}`" for (name,) in behind)
        return f"{done} Not all of them had been read before the dump. Now run {rebuilds}."
    return done


async def groups(connection: AsyncConnection[Any]) -> str:
    """Forget the consumer groups that nobody reads for and that have not read for a day."""
    forgotten = await forget_abandoned(connection)
    return f"{len(forgotten)} forgotten{': ' if forgotten else ''}{', '.join(forgotten)}."


MENDS: dict[str, Mend] = {
    "transactions": transactions,
    "handles": handles,
    "groups": groups,
    "restored-ids": restored_ids,
}
"""`commands` is the sweeper's own sweep: cli/doctor.py."""
