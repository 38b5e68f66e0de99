"""Projections without a database: events in, rows out."""

from collections.abc import Sequence
from typing import Any, TypeVar
from uuid import UUID, uuid5

from domain.aggregates import AGGREGATES
from domain.genesis.events import Event
from projections.engine.fold import Working, fold
from projections.engine.projection import Projection, Row, StoredEvent
from tests.support.genesis import SESSION

AnyRow = TypeVar("AnyRow", bound=Row)


def stored(event: Event, version: int, *, session_id: UUID = SESSION, position: int | None = None) -> StoredEvent:
    return StoredEvent(position or version, uuid5(session_id, f"event:{version}"), session_id, version, event)


def project(projection: Projection, events: Sequence[Event], *, session_id: UUID = SESSION) -> Working:
    """The rows after `events`, each of which has been stored and read back."""
    working = Working()
    kept = [AGGREGATES.events[type(event).__name__].model_validate_json(event.model_dump_json()) for event in events]
    entries: list[Any] = [stored(event, n, session_id=session_id) for n, event in enumerate(kept, start=1)]
    fold(projection, working, entries)
    assert not working.parked, working.parked
    return working


def rows(working: Working, row: type[AnyRow]) -> list[AnyRow]:
    found = [item for table in working.rows.values() for item in table.values()]
    return [item for item in found if isinstance(item, row)]
