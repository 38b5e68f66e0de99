"""Fixtures of the write path: a pool and a store on a fresh database."""

from collections.abc import AsyncIterator
from uuid import uuid4

import pytest

from infrastructure.event_store.store import PostgresEventStore
from infrastructure.postgres.pool import Pool, make_pool, opened
from infrastructure.settings import Settings
from tests.support.bus import Bus
from tests.support.commands import Desk
from tests.support.sharing import Shared, shared_over


@pytest.fixture
async def pool(database_url: str) -> AsyncIterator[Pool]:
    async with opened(make_pool(database_url, "tests", min_size=1, max_size=8)) as pool:
        yield pool


@pytest.fixture
def store(pool: Pool) -> PostgresEventStore:
    return PostgresEventStore(pool, "genesis.events")


@pytest.fixture
def desk(store: PostgresEventStore) -> Desk:
    return Desk(store)


@pytest.fixture(params=["postgres", pytest.param("kafka", marks=pytest.mark.kafka)])
async def bus(request: pytest.FixtureRequest, database_url: str, pool: Pool) -> AsyncIterator[Bus]:
    """Each of the two buses, with a topic of its own."""
    bootstrap = request.getfixturevalue("kafka_bootstrap") if request.param == "kafka" else None
    topic = f"genesis.events.{uuid4().hex}"
    made = Bus(Settings(database_url=database_url, kafka_bootstrap=bootstrap, kafka_topic=topic), pool)
    yield made
    await made.publisher.close()


@pytest.fixture(params=["redis", "postgres"])
async def shared(request: pytest.FixtureRequest, database_url: str) -> AsyncIterator[Shared]:
    """What processes share for a moment, over each of the two servers that can carry it."""
    redis_url = request.getfixturevalue("redis_url") if request.param == "redis" else None
    async with shared_over(database_url, redis_url) as found:
        yield found
