"""The guided journey of all stages with the model that is given: `make test-model` runs this file, and names it.

It is no test_*.py: where all parts are required, a model is not one of them, for nobody's CI has one.
"""

import os
from collections.abc import AsyncIterator

import pytest

from tests.support.given_model import NONE_GIVEN, CannotBeUsed, given_model
from tests.support.guided_journey import guided_journey
from tests.support.prefect import PrefectServer
from tests.support.workshop import Workshop, settings_for, workshop


@pytest.fixture
async def shop(database_url: str, redis_url: str, prefect: PrefectServer) -> AsyncIterator[Workshop]:
    async with workshop(settings_for(database_url, redis_url, prefect.url)) as running:
        running.start("relay", "callbacks")
        yield running


@pytest.mark.prefect
async def test_the_guided_journey_with_the_model_that_is_given(
    shop: Workshop, capsys: pytest.CaptureFixture[str]
) -> None:
    def say(line: str) -> None:
        with capsys.disabled():
            print(line)

    try:
        given = await given_model(os.environ)
    except CannotBeUsed as problem:
        pytest.fail(str(problem), pytrace=False)
    if given is None:
        pytest.skip(NONE_GIVEN)
    say(f"\n{given.model} at {given.model_base_url}")
    await guided_journey(shop, given, given.model_timeout_seconds or 1_800, say)
