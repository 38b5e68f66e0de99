"""The projector as a process: it stops when it is asked to, and another takes over from one that is cut off."""

import asyncio

import psycopg
from genesis_types.enums import GenesisMode

from domain.genesis.commands import ConfirmStage, GenerateInspiration
from domain.genesis.stages import STAGE_ORDER
from infrastructure.event_store.store import PostgresEventStore
from infrastructure.postgres.pool import Pool
from infrastructure.processes import projector as process
from infrastructure.settings import Settings
from projections.genesis.queries import Queries
from tests.support.commands import CONTENTS, Desk
from tests.support.reading import eventually

SECOND = STAGE_ORDER[1]


async def test_the_process_works_without_hints_and_stops_when_asked(
    desk: Desk, store: PostgresEventStore, database_url: str, pool: Pool
) -> None:
    stop = asyncio.Event()
    settings = Settings(database_url=database_url)
    running = [asyncio.create_task(process.run(settings, stop)) for _ in range(2)]
    try:
        await desk.start(mode=GenesisMode.FREE_FORM)
        await _seen(pool, desk, 1)
    finally:
        stop.set()
        async with asyncio.timeout(30):
            await asyncio.gather(*running)


async def test_a_projector_takes_over_when_the_active_one_is_cut_off(desk: Desk, database_url: str, pool: Pool) -> None:
    stop = asyncio.Event()
    running = asyncio.create_task(process.run(Settings(database_url=database_url), stop))
    try:
        await desk.start(mode=GenesisMode.FREE_FORM)
        await _seen(pool, desk, 1)
        with psycopg.connect(database_url, autocommit=True) as admin:
            admin.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE application_name LIKE 'genesis-projector%' AND datname = current_database()"
            )
        await desk.do(GenerateInspiration())
        await desk.do(ConfirmStage(stage=SECOND, content=CONTENTS[SECOND]))
        await _seen(pool, desk, 3)
    finally:
        stop.set()
        await running


async def _seen(pool: Pool, desk: Desk, version: int) -> None:
    async def reached() -> bool:
        return await Queries(pool).version_of(desk.session_id, desk.user_id) == version

    await eventually(reached)
