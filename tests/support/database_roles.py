"""Two writers' sessions in one database, and login roles that read the views of it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

import pytest
from genesis_types.enums import GenesisMode
from psycopg import AsyncConnection, sql

from infrastructure.event_store.store import PostgresEventStore
from infrastructure.exports import database_role
from infrastructure.postgres.pool import Pool, connection_options
from infrastructure.work.sent_parts import SentParts
from tests.support.commands import Desk
from tests.support.reading import projecting

PASSWORD = "a bell under the water, and fog"
SEED = "a lighthouse that nobody lit"


@dataclass
class House:
    """Two writers' sessions in one database, and the roles that read them."""

    url: str
    ours: AsyncConnection[Any]
    writers: tuple[Desk, Desk]
    made: list[str]

    async def role(self, *, account: UUID | None = None, with_text: bool = False) -> str:
        name = f"reader_{uuid4().hex[:12]}"
        self.made.append(name)
        done = await database_role.create(self.ours, name, PASSWORD, account_id=account, with_text=with_text)
        assert done.by_hand == ""
        return name

    @asynccontextmanager
    async def connected(self, name: str) -> AsyncIterator[AsyncConnection[Any]]:
        """As a tool connects: by the address that was printed."""
        async with await AsyncConnection.connect(
            database_role.address(self.url, name, PASSWORD), autocommit=True
        ) as connection:
            yield connection

    async def rows(self, name: str, query: str) -> list[tuple[Any, ...]]:
        async with self.connected(name) as connection:
            return await (await connection.execute(query.encode())).fetchall()


@pytest.fixture
async def house(database_url: str, store: PostgresEventStore, pool: Pool) -> AsyncIterator[House]:
    one, other = Desk(store), Desk(store)
    for desk in (one, other):
        await desk.start(seed=SEED, mode=GenesisMode.FREE_FORM)
        await desk.propose()
        await desk.confirm_all()
    await SentParts(pool).keep(one.session_id, {sha256(SEED.encode()).hexdigest(): SEED})
    async with projecting(database_url) as projector:
        await projector.catch_up()
    async with await AsyncConnection.connect(database_url, **connection_options(database_url, "tests")) as ours:
        made: list[str] = []
        yield House(database_url, ours, (one, other), made)
        await ours.execute("DROP SCHEMA IF EXISTS analytics CASCADE")
        for name in made:
            await ours.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(name)))
