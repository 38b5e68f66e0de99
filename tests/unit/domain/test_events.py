"""The stored names of facts are complete, and every fact survives its own JSON."""

from typing import get_args

from domain.genesis.events import EVENT_TYPES, Event
from tests.unit.domain.test_decisions import all_confirmed


def test_every_fact_has_a_stored_name() -> None:
    assert set(get_args(Event)) == set(EVENT_TYPES.values())


def test_a_history_survives_its_json() -> None:
    for event in all_confirmed().events:
        assert type(event).model_validate_json(event.model_dump_json()) == event
