"""Sessions that have ended, and where their events lie."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

from genesis_types.enums import GenesisMode
from psycopg import AsyncConnection

from domain.genesis.commands import AbandonGenesis, ExtendSession
from infrastructure.event_store.archive import bring_back, put_away
from infrastructure.postgres.pool import connection_options
from tests.support.commands import Desk
from tests.support.tampering import tamper

ENDED = timedelta(days=1)
"""The clock of tests stands in March 2026, so whatever has ended, ended longer ago than this."""

SENT = "UPDATE event_outbox SET status = 'SENT', sent_at = now(), sent_tx = pg_current_xact_id()"


async def ended(desk: Desk, *, hours: int = 2) -> UUID:
    """A session that was extended so often, then abandoned: 2 + `hours` events."""
    await desk.start(mode=GenesisMode.FREE_FORM, title="Low Water")
    for _ in range(hours):
        await desk.do(ExtendSession(hours=5))
    await desk.do(AbandonGenesis())
    return desk.session_id


async def places(url: str, session_id: UUID) -> tuple[int, int]:
    """How many events are in the log, and how many in the archive."""
    query = b"""
    SELECT (SELECT count(*) FROM ONLY domain_events WHERE aggregate_id = %(stream)s),
        (SELECT count(*) FROM domain_events_archive WHERE aggregate_id = %(stream)s)
    """
    async with await _connect(url) as connection:
        row = await (await connection.execute(query, {"stream": str(session_id)})).fetchone()
    assert row is not None
    return int(row[0]), int(row[1])


async def archived(url: str, *sessions: UUID) -> int:
    """Put these sessions away; how many events were moved."""
    async with await _connect(url) as connection:
        return sum([await put_away(connection, session) for session in sessions])


async def brought_back(url: str, *sessions: UUID) -> int:
    async with await _connect(url) as connection:
        return sum([await bring_back(connection, session) for session in sessions])


async def all_sent(url: str) -> None:
    """As if the relay had sent every message."""
    await asyncio.to_thread(tamper, url, SENT)


async def _connect(url: str) -> AsyncConnection[Any]:
    return await AsyncConnection.connect(url, **connection_options(url, "tests"))
