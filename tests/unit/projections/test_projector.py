"""The pure projector: batches, and what cannot be applied."""

from typing import Any
from uuid import uuid4

from projections.engine.fold import Working, fold, keys_to_load
from projections.engine.projection import StoredEvent, UnreadableEvent
from projections.genesis.session import GENESIS_SESSION, SessionRow
from tests.support.genesis import SESSION, started, with_concepts
from tests.support.projections import rows, stored


def test_an_unreadable_event_parks_its_session_and_no_other() -> None:
    other = uuid4()
    first, second = started().events
    entries: list[Any] = [
        stored(first, 1, position=1),
        UnreadableEvent(2, SESSION, "StageEntered version 9"),
        stored(first, 1, session_id=other, position=3),
        stored(second, 2, position=4),
        stored(second, 2, session_id=other, position=5),
    ]
    working = Working()
    fold(GENESIS_SESSION, working, entries)
    assert [(parked.stream_id, parked.position) for parked in working.parked.values()] == [(SESSION, 2)]
    assert {row.id: row.version for row in rows(working, SessionRow)} == {SESSION: 1, other: 2}
    assert working.applied == 3


def test_an_event_that_cannot_be_applied_leaves_no_table_half_changed() -> None:
    story = with_concepts()
    orphan = StoredEvent(7, uuid4(), "genesis_session", SESSION, 3, story.events[2])
    working = Working()
    fold(GENESIS_SESSION, working, [orphan])
    assert SESSION in working.parked
    assert working.rows == {}
    assert "AssertionError in apply_session" in working.parked[SESSION].error


def test_an_error_is_described_without_values() -> None:
    class Broken:
        def __getattr__(self, name: str) -> Any:
            raise KeyError("the writer's text")

    working = Working()
    fold(GENESIS_SESSION, working, [StoredEvent(1, uuid4(), "genesis_session", SESSION, 1, Broken())])
    assert "writer" not in working.parked[SESSION].error


def test_rows_that_are_only_added_are_not_loaded() -> None:
    wanted = keys_to_load(GENESIS_SESSION, [stored(event, n) for n, event in enumerate(started().events, 1)])
    assert wanted == {"genesis_sessions": {(SESSION,)}, "genesis_stage_records": set(), "genesis_generations": set()}
