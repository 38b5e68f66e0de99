"""The library's repository folds our sessions, at any version, and writes through the same statement."""

from collections.abc import Iterator
from uuid import uuid4

import psycopg
import pytest
from eventsourcing.persistence import IntegrityError
from genesis_types.enums import CommandStatus, GenesisStage

from application.ports import InboxRow
from domain.genesis.aggregate import GENESIS_SESSION
from domain.genesis.events import StageEntered
from infrastructure.event_store.eventsourcing_application import EventLog, LoggedEvent, StreamState
from infrastructure.event_store.store import PostgresEventStore
from tests.support.commands import START, Desk


@pytest.fixture
def log(database_url: str) -> Iterator[EventLog]:
    with EventLog(database_url) as log:
        yield log


async def test_any_version_of_a_session_is_the_store_s(desk: Desk, log: EventLog) -> None:
    started = await desk.start(seed="a clock that counts the tide")
    assert started.correlation_id is not None
    await desk.record(started.correlation_id, GenesisStage.CONCEPT_SELECTION, count=3)
    await desk.confirm_all_guided()
    now = await desk.store.load(GENESIS_SESSION, desk.session_id)
    assert now is not None
    assert log.state(desk.session_id) == StreamState(GENESIS_SESSION, desk.session_id, now)
    for version in range(1, now.version + 1):
        then = await desk.store.load(GENESIS_SESSION, desk.session_id, at_version=version)
        assert log.state(desk.session_id, version) == StreamState(GENESIS_SESSION, desk.session_id, then)
    assert [logged.originator_version for logged in log.history(desk.session_id)] == list(range(1, now.version + 1))
    assert log.state(uuid4()) is None


async def test_what_the_library_saves_the_store_reads(desk: Desk, log: EventLog, database_url: str) -> None:
    await desk.start(mode="free_form")
    entered = StageEntered(occurred_at=START, stage=GenesisStage.WORLDVIEW)
    command = InboxRow(
        command_id=uuid4(),
        session_id=desk.session_id,
        user_id=desk.user_id,
        command_type="NAVIGATE_TO_STAGE",
        request_hash="hash",
        status=CommandStatus.COMPLETED,
        response={"version": 2},
    )
    (recording,) = log.save(LoggedEvent(str(desk.session_id), 2, entered), inbox=[command])
    state = await desk.store.load(GENESIS_SESSION, desk.session_id)
    assert state is not None
    assert (state.version, state.current_stage) == (2, GenesisStage.WORLDVIEW)
    assert await desk.store.find_command(command.command_id) == command
    with psycopg.connect(database_url) as connection:
        row = connection.execute(
            "SELECT o.position, e.payload_hash, count(*) OVER () FROM event_outbox o"
            " JOIN domain_events e ON e.event_id = o.id WHERE e.causation_id = %s",
            (command.command_id,),
        ).fetchone()
        (ours,) = connection.execute(
            "SELECT payload_hash FROM domain_events WHERE event_type = 'GenesisStarted'"
        ).fetchall()
    assert row is not None
    assert row[0] == recording.notification.id
    assert row[2] == 1
    assert len(row[1]) == len(ours[0]) == 64
    with pytest.raises(IntegrityError):
        log.save(LoggedEvent(str(desk.session_id), 2, entered))
    assert isinstance(desk.store, PostgresEventStore)
