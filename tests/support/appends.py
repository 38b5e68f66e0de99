"""Appends made of plain values, beside any decision: what the statement is tested with."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from genesis_types.enums import CommandStatus, GenesisMode, GenesisStage
from psycopg import sql

from application.ports import Append, EventStore, InboxRow, StreamAppend
from domain.aggregate import CompletedWork
from domain.genesis.aggregate import GENESIS_SESSION
from domain.genesis.events import Event, GenerationFailed, GenesisStarted, StageEntered
from domain.genesis.session import fold
from infrastructure.postgres.pool import Pool
from tests.support.commands import START

USER = UUID(int=1)
WRITTEN = ("command_inbox", "domain_events", "event_outbox")

STARTED = GenesisStarted(
    occurred_at=START,
    user_id=USER,
    mode=GenesisMode.FREE_FORM,
    title='It\'s "quoted" \\ {braced}, 潮',
    seed="NULL",
    genre="",
    audience="",
    language="en",
    first_stage=GenesisStage.CONCEPT_SELECTION,
    expires_at=START + timedelta(days=14),
)
ENTERED = StageEntered(occurred_at=START, stage=GenesisStage.WORLDVIEW)
FAILED = GenerationFailed(
    usage={},
    cost_usd=None,
    price_source=None,
    occurred_at=START,
    correlation_id=UUID(int=9),
    stage=GenesisStage.WORLDVIEW,
    code="TIMEOUT",
    message="",
)


def inbox(session_id: UUID, *, command_type: str = "EDIT_CONTENT", **changes: Any) -> InboxRow:
    row = InboxRow(
        command_id=uuid4(),
        session_id=session_id,
        user_id=USER,
        command_type=command_type,
        request_hash="hash",
        status=CommandStatus.COMPLETED,
        response={"answer": "it's {1}"},
    )
    return replace(row, **changes)


def processing(session_id: UUID, **changes: Any) -> InboxRow:
    work = {"correlation_id": uuid4(), "deadline_at": START, "status": CommandStatus.PROCESSING} | changes
    return inbox(session_id, command_type="GENERATE_INSPIRATION", **work)


async def write(
    store: EventStore,
    session_id: UUID,
    expected: int,
    events: Sequence[Event],
    *,
    rows: Sequence[InboxRow] = (),
    completes: CompletedWork | None = None,
) -> None:
    own = tuple(rows) or (inbox(session_id),)
    state = fold(session_id, (STARTED, *events))
    assert state is not None
    after = replace(state, version=expected + len(events))
    stream = StreamAppend(GENESIS_SESSION, session_id, expected, tuple(events), after)
    await store.append(Append(own, (stream,), uuid4(), own[0].command_id, completes))


async def count(pool: Pool) -> dict[str, int]:
    found = {}
    async with pool.connection() as connection:
        for table in WRITTEN:
            cursor = await connection.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table)))
            row = await cursor.fetchone()
            assert row is not None
            found[table] = row[0]
    return found
