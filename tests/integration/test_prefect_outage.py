"""A Prefect server that is away costs time, never a decision."""

from collections.abc import AsyncIterator

import pytest
from genesis_types.enums import GenesisMode, GenesisStage

from domain.genesis.commands import GenerateInspiration
from tests.support.prefect import PrefectServer
from tests.support.workshop import Workshop, eventually, settings_for, workshop

pytestmark = pytest.mark.prefect

CONCEPT = GenesisStage.CONCEPT_SELECTION


@pytest.fixture
async def shop(database_url: str, redis_url: str, prefect: PrefectServer) -> AsyncIterator[Workshop]:
    async with workshop(settings_for(database_url, redis_url, prefect.url)) as running:
        running.start("relay", "callbacks", "worker")
        yield running


async def test_decisions_made_while_prefect_is_killed_take_effect_when_it_is_back(
    shop: Workshop, prefect: PrefectServer
) -> None:
    waiting, new = shop.desk(), shop.desk()
    await waiting.start(mode=GenesisMode.FREE_FORM, seed="a lamp")
    await shop.waits_for(waiting.session_id, 1)
    prefect.stop(kill=True)
    try:
        await waiting.do(GenerateInspiration(count=1))
        await new.start(mode=GenesisMode.GUIDED, seed="a tide")
        query = "SELECT 1 FROM flow_resume_handles WHERE status = 'PAUSED' AND resume_payload IS NOT NULL"
        await eventually(lambda: shop.rows(query))
    finally:
        prefect.start()
    assert len((await shop.idle(waiting)).stages[CONCEPT].proposals) == 1
    assert len((await shop.idle(new)).stages[CONCEPT].proposals) == 3
