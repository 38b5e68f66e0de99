"""A log written as the studio writes it, and a hand that changes it behind the studio's back."""

import asyncio
from uuid import UUID, uuid4

import psycopg

from application.ports import Append, StreamAppend
from domain.genesis.aggregate import GENESIS_SESSION
from domain.genesis.commands import ExtendSession
from infrastructure.event_store.chain_walk import Fault
from infrastructure.event_store.log_verification import Report, Scope, verify_log
from infrastructure.event_store.store import PostgresEventStore
from infrastructure.postgres.pool import make_pool, opened
from tests.support.appends import ENTERED, STARTED, inbox
from tests.support.commands import Desk


def written_log(url: str) -> tuple[UUID, UUID]:
    """Two sessions of five events: one by a command for each event, the other by two appends, of three and of two."""

    async def write() -> tuple[UUID, UUID]:
        async with opened(make_pool(url, "tests", min_size=1, max_size=2)) as pool:
            store = PostgresEventStore(pool, "genesis.events")
            desk, other = Desk(store), uuid4()
            await desk.start(mode="free_form", title="Low Water")
            for _ in range(2):
                await desk.do(ExtendSession(hours=5))
            for version, events in ((0, (STARTED, ENTERED, ENTERED)), (3, (ENTERED, ENTERED))):
                row = inbox(other)
                row = row.__class__(
                    row.command_id,
                    row.session_id,
                    row.user_id,
                    row.command_type,
                    row.request_hash,
                    row.status,
                    {"version": version + len(events)},
                )
                state = GENESIS_SESSION.fold(other, (STARTED, *events))
                stream = StreamAppend(GENESIS_SESSION, other, version, events, state)
                await store.append(Append((row,), (stream,), row.command_id, row.command_id))
            for _ in range(2):
                await desk.do(ExtendSession(hours=5))
            return desk.session_id, other

    return asyncio.run(write())


def tamper(url: str, statement: str, *parameters: object) -> None:
    """As somebody with all rights on the database may: no trigger refuses."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute(statement.encode(), parameters)


def verified(url: str, scope: Scope | None = None) -> Report:
    return verify_log(url, scope)


def named(report: Report) -> list[tuple[str, int, str]]:
    """Stream, version and the first words of each fault."""
    return [(fault.stream_id, fault.version, _begin(fault)) for fault in report.faults]


def _begin(fault: Fault) -> str:
    return " ".join(fault.what.split()[:2])
