"""Every misbehaviour of a model's server by name, over real HTTP: what it costs, and what the writer gets."""

import pytest

from infrastructure.writers.limits import REQUESTS
from tests.support.anthropic_misbehaviours import ANTHROPIC
from tests.support.misbehaving_server import outcome
from tests.support.misbehaviours import MISBEHAVIOURS, Misbehaviour

CASES = [pytest.param(name, one, False, id=name) for name, one in MISBEHAVIOURS.items()]
CASES += [pytest.param(name, one, True, id=f"Anthropic {name}") for name, one in ANTHROPIC.items()]


@pytest.mark.parametrize(("name", "misbehaviour", "anthropic"), CASES)
async def test_it_costs_at_most_three_requests_and_gives_what_can_be_had(
    name: str, misbehaviour: Misbehaviour, anthropic: bool
) -> None:
    wanted = misbehaviour.gives
    found = await outcome(name, misbehaviour, anthropic=anthropic)
    assert all(1 <= requests <= REQUESTS for requests in found.requests)
    assert found.gave == [wanted, wanted]
    if isinstance(wanted, int):
        assert found.requests[1] == 1, "what worked is remembered"
    else:
        assert len(set(found.said)) == 1
        assert "Everything you confirmed is safe; " in found.said[0], "a sentence for the writer, with what helps"
