"""What wakes a flow is named, and held against the events themselves."""

import pytest

from domain.aggregates import AGGREGATES
from domain.genesis.events import WaitExpired
from flows.callbacks.reactions import BEGINNINGS, DECISIONS, REQUESTS, STARTS
from flows.wait.handles import is_turn


def test_every_event_that_is_a_turn_answers_a_wait_and_nothing_else_does() -> None:
    with_turn = {name for name, event in AGGREGATES.events.items() if "turn" in event.model_fields}
    assert with_turn - {WaitExpired.__name__} - STARTS == DECISIONS
    assert with_turn - DECISIONS >= STARTS
    assert REQUESTS <= DECISIONS
    assert AGGREGATES.events.keys() >= BEGINNINGS


@pytest.mark.parametrize("value", [None, "1", 1.0, True, 0, -1, 2**31, [], {}])
def test_what_cannot_be_a_turn_is_known(value: object) -> None:
    assert not is_turn(value)
    assert is_turn(1)
