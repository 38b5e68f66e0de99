"""Every misbehaviour of a model's server by name, over real HTTP: what it costs, and what the writer gets."""

import pytest

from infrastructure.writers.limits import REQUESTS
from tests.support.misbehaving_server import outcome
from tests.support.misbehaviours import MISBEHAVIOURS


@pytest.mark.parametrize("name", MISBEHAVIOURS)
async def test_it_costs_at_most_three_requests_and_gives_what_can_be_had(name: str) -> None:
    wanted = MISBEHAVIOURS[name].gives
    first, requests, second, again = await outcome(name, MISBEHAVIOURS[name])
    assert 1 <= requests <= REQUESTS
    assert 1 <= again <= REQUESTS
    assert (first, second) == (wanted, wanted)
    if isinstance(wanted, int):
        assert again == 1, "what worked is remembered"
