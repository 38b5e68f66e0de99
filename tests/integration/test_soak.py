"""Sixty sessions wait at once in real processes and are resumed at random moments: each exactly once."""

from pathlib import Path

import pytest

from infrastructure.postgres.pool import make_pool, opened
from infrastructure.redis.wakeups import RedisHints
from tests.support.prefect import PrefectServer
from tests.support.soak import Soak, resumed_exactly_once, studio_processes

pytestmark = pytest.mark.prefect

SESSIONS = 60


async def test_sixty_waits_are_resumed_exactly_once(
    database_url: str, redis_url: str, prefect: PrefectServer, tmp_path: Path
) -> None:
    with studio_processes(database_url, redis_url, prefect, tmp_path):
        async with opened(make_pool(database_url, "soak", max_size=4)) as pool:
            soak = Soak(pool, RedisHints(redis_url))
            await soak.begin(SESSIONS)
            await soak.all_wait(1, soak.desks, 120)
            await soak.resume(soak.desks, within=3)
            await soak.all_wait(2, soak.desks, 120)
            await soak.hints.close()
    assert resumed_exactly_once(database_url, prefect, [desk.session_id for desk in soak.desks]) >= 2 * SESSIONS
