"""A session that waits for its writer goes on after a restore, with a Prefect server that has never heard of it."""

import asyncio
from pathlib import Path

import pytest
from genesis_types.enums import GenesisMode, GenesisStage

from domain.genesis.commands import GenerateInspiration
from infrastructure.backup.dump import back_up
from tests.support.backups import empty_database, put_back
from tests.support.commands import Desk
from tests.support.postgres import Cluster
from tests.support.prefect import PrefectServer, prefect_server
from tests.support.workshop import settings_for, workshop

pytestmark = pytest.mark.prefect


async def test_a_wait_is_taken_up_again(
    cluster: Cluster, database_url: str, redis_url: str, prefect: PrefectServer, tmp_path: Path
) -> None:
    async with workshop(settings_for(database_url, redis_url, prefect.url)) as shop:
        shop.start("relay", "callbacks", "worker")
        desk = shop.desk()
        await desk.start(mode=GenesisMode.FREE_FORM, seed="a lamp")
        before = await shop.waits_for(desk.session_id, 1)
        await asyncio.to_thread(back_up, database_url, tmp_path / "studio.zip")
    with empty_database(cluster) as elsewhere, prefect_server(tmp_path) as fresh:
        await asyncio.to_thread(put_back, tmp_path / "studio.zip", elsewhere)
        async with workshop(settings_for(elsewhere, redis_url, fresh.url)) as shop:
            shop.start("relay", "callbacks", "worker")
            later = Desk(shop.made.store, user_id=desk.user_id, hints=shop.made.hints)
            later.session_id, later.clock.now = desk.session_id, shop.made.clock()
            await later.do(GenerateInspiration(count=1))
            session = await shop.idle(later)
            assert len(session.stages[GenesisStage.CONCEPT_SELECTION].proposals) == 1
            assert await shop.waits_for(desk.session_id, 2) != before
