"""Fixtures of the write path: a pool and a store on a fresh database."""

from collections.abc import AsyncIterator

import pytest

from infrastructure.event_store import PostgresEventStore
from infrastructure.postgres import Pool, make_pool, opened
from tests.support.commands import Desk


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
