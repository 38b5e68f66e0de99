"""The stored names of facts are complete, and every fact survives its own JSON."""

from typing import get_args

from domain.account.events import Event as AccountEvent
from domain.aggregates import AGGREGATES
from domain.audit.events import Event as AuditEvent
from domain.chapter.events import Event as ChapterEvent
from domain.genesis.aggregate import GENESIS_SESSION
from domain.genesis.events import Event
from domain.project.events import Event as ProjectEvent
from tests.unit.domain.test_decisions import all_confirmed


def test_every_fact_has_a_stored_name() -> None:
    assert set(get_args(Event)) == set(GENESIS_SESSION.events)
    every = (Event, AccountEvent, AuditEvent, ProjectEvent, ChapterEvent)
    assert {event for one in every for event in get_args(one)} == set(AGGREGATES.events.values())


def test_a_history_survives_its_json() -> None:
    for event in all_confirmed().events:
        assert type(event).model_validate_json(event.model_dump_json()) == event
