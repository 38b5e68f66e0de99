"""The `eventsourcing` library's own recorder test-suite against our recorders, on our schema."""

from collections.abc import Iterator
from random import Random
from typing import ClassVar
from uuid import UUID, uuid4

import psycopg
import pytest
from eventsourcing.persistence import IntegrityError, NotSupportedError, StoredEvent
from eventsourcing.tests.persistence import AggregateRecorderTestCase, ApplicationRecorderTestCase

from application.ports import CommandIdTaken, VersionTaken
from infrastructure.event_store.eventsourcing_application import EventLog
from infrastructure.event_store.eventsourcing_recorder import (
    GenesisAggregateRecorder,
    GenesisRecorder,
    state_of,
    unpack,
)


class FromZero(GenesisRecorder):
    """The suite numbers some of its streams from 0."""

    first_version: ClassVar = 0


class AggregatesFromZero(GenesisAggregateRecorder):
    first_version: ClassVar = 0


@pytest.fixture
def log(database_url: str) -> Iterator[EventLog]:
    with EventLog(database_url) as log:
        yield log


class OnOurSchema:
    INITIAL_VERSION = 0
    log: EventLog

    @pytest.fixture(autouse=True)
    def _log(self, log: EventLog) -> None:
        self.log = log

    def new_originator_id(self) -> UUID | str:
        return str(uuid4())


class TestAggregateRecorder(OnOurSchema, AggregateRecorderTestCase):
    def create_recorder(self) -> AggregatesFromZero:
        return AggregatesFromZero(self.log.factory.datastore)  # type: ignore[attr-defined]


class TestApplicationRecorder(OnOurSchema, ApplicationRecorderTestCase[GenesisRecorder]):
    def create_recorder(self) -> FromZero:
        return FromZero(self.log.factory.datastore)  # type: ignore[attr-defined]


def _events(stream: str, *versions: int) -> list[StoredEvent]:
    return [StoredEvent(stream, version, "topic", b"state") for version in versions]


def test_version_gaps_are_refused(log: EventLog) -> None:
    stream = str(uuid4())
    with pytest.raises(IntegrityError) as refused:
        log.recorder.insert_events(_events(stream, 2))
    assert isinstance(refused.value.__cause__, VersionTaken)
    log.recorder.insert_events(_events(stream, 1))
    with pytest.raises(IntegrityError):
        log.recorder.insert_events(_events(stream, 3))
    with pytest.raises(IntegrityError):
        log.recorder.insert_events(_events(stream, 2, 4))
    assert [event.originator_version for event in log.recorder.select_events(stream)] == [1]


def test_one_append_writes_several_streams_or_none(log: EventLog) -> None:
    one, two = str(uuid4()), str(uuid4())
    positions = log.recorder.insert_events([*_events(one, 1), *_events(two, 1, 2)])
    assert len(set(positions or ())) == 3
    with pytest.raises(IntegrityError):
        log.recorder.insert_events([*_events(one, 2), *_events(two, 4)])
    found = [[event.originator_version for event in log.recorder.select_events(stream)] for stream in (one, two)]
    assert found == [[1], [1, 2]]


def test_following_by_position_is_refused(log: EventLog) -> None:
    with pytest.raises(NotSupportedError):
        log.recorder.subscribe()


def test_a_taken_command_id_is_told_apart_from_a_taken_version(log: EventLog, database_url: str) -> None:
    stream = str(uuid4())
    log.recorder.insert_events(_events(stream, 1))
    with psycopg.connect(database_url) as connection:
        (row,) = connection.execute("SELECT id FROM command_inbox").fetchall()
    recorder = log.recorder
    assert isinstance(recorder, GenesisRecorder)
    other = recorder._recorded(UUID(stream), 1)
    assert other.command_id == row[0]
    with pytest.raises(IntegrityError) as refused:
        recorder.insert_events(_events(stream, 2), inbox=[other])
    assert isinstance(refused.value.__cause__, CommandIdTaken)


@pytest.mark.parametrize(
    "state",
    [
        b"",
        b'{"payload":{"a":1},"version":1}',
        b'{"payload": {"a": 1}, "version": 1}',
        b'{"payload":{"$base64":"AA=="},"version":1}',
        b'{"payload":{"a":"\\u0000"},"version":1}',
        b'{"payload":[],"version":0}',
        b'{"payload":{},"version":true}',
        *(Random(seed).randbytes(seed * 7) for seed in range(40)),
    ],
)
def test_any_state_comes_back_as_it_was(state: bytes) -> None:
    stored = unpack("topic", state)
    assert state_of(stored.event_version, stored.payload) == state
    assert "\\u0000" not in stored.payload


@pytest.mark.parametrize("state", [b"", b"\x00\xff", b'{"payload":{"a":[1,2.5,"\xc3\xa9"]},"version":7}', b"{}"])
def test_any_state_comes_back_from_the_database(log: EventLog, state: bytes) -> None:
    event = StoredEvent(str(uuid4()), 1, "any/topic:at.all", state)
    log.recorder.insert_events([event])
    assert log.recorder.select_events(event.originator_id) == [event]
