"""A projection whose rows come from several streams: a shelf for each writer, made of all of their sessions.

Also the count of what a projection takes: the rows, the keys, `apply` and the SQL below, and nothing else.
"""

from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from genesis_types.enums import GenesisMode

from domain.genesis.commands import FinishGenesis
from domain.genesis.events import GenesisCompleted, GenesisStarted
from infrastructure.postgres.pool import Pool
from infrastructure.read_side.batch import retry_parked
from infrastructure.read_side.change_feed import ChangeFeed
from infrastructure.read_side.rebuild import rebuild, verify
from infrastructure.read_side.schemas import ensure
from infrastructure.redis.wakeups import NoHints
from projections.engine.changes import Moved
from projections.engine.min_version import Waits
from projections.engine.projection import Key, Projection, Row, StoredEvent, Table
from projections.engine.stream_heads import StreamHeads
from tests.support.commands import Desk
from tests.support.reading import projecting

_SQL = """
CREATE TABLE shelf (user_id UUID PRIMARY KEY, begun INTEGER NOT NULL, finished INTEGER NOT NULL CHECK (finished < 3))
"""
FINISHED = 7
"""The version of a session that was begun, confirmed in five stages and finished."""


class ShelfRow(Row):
    user_id: UUID
    begun: int
    finished: int


def _keys(stored: StoredEvent) -> tuple[Key, ...]:
    return ((stored.event.user_id,),) if isinstance(stored.event, GenesisStarted | GenesisCompleted) else ()


def _apply(row: ShelfRow | None, stored: StoredEvent, key: Key) -> ShelfRow:
    before = row or ShelfRow(user_id=key[0], begun=0, finished=0)
    more = "begun" if isinstance(stored.event, GenesisStarted) else "finished"
    return before.model_copy(update={more: getattr(before, more) + 1})


@pytest.fixture
def shelf(tmp_path: Path) -> Projection:
    (tmp_path / "shelf.sql").write_text(_SQL)
    table = Table("shelf", ShelfRow, (("user_id", "uuid"),), None, _apply, _keys)
    reads = {"genesis_session": frozenset({"GenesisStarted", "GenesisCompleted"})}
    return Projection(name="shelf", version=1, reads=reads, sql=tmp_path / "shelf.sql", tables=(table,))


async def _books(desks: list[Desk]) -> None:
    for desk in desks:
        await desk.start(mode=GenesisMode.FREE_FORM, title="Tides")
        await desk.confirm_all()
        await desk.do(FinishGenesis())


def _of_one_writer(desk: Desk, count: int) -> list[Desk]:
    desks = [Desk(desk.store) for _ in range(count)]
    for other in desks:
        other.user_id = desk.user_id
    return desks


async def _shelves(pool: Pool) -> list[tuple[Any, ...]]:
    async with pool.connection() as connection:
        query = "SELECT user_id, begun, finished FROM read_shelf_v1.shelf ORDER BY begun DESC"
        return await (await connection.execute(query)).fetchall()


async def test_a_row_of_several_streams_is_kept_rebuilt_and_waited_for(
    desk: Desk, database_url: str, pool: Pool, shelf: Projection
) -> None:
    async with pool.connection() as connection:
        assert [made.name for made in await ensure(connection, (shelf,))] == ["shelf"]
    mine = _of_one_writer(desk, 2)
    other = Desk(desk.store)
    feed = ChangeFeed(pool, NoHints(), (shelf,))
    async with projecting(database_url, projections=(shelf,), batch=3) as projector, feed.running():
        async with feed.subscribe(owner=desk.user_id) as changes:
            await _books([*mine, other])
            await projector.catch_up()
            heard = {await changes.next(5) for _ in mine}
        assert heard == {Moved("shelf", one.session_id, desk.user_id, FINISHED) for one in mine}
        assert await _shelves(pool) == [(desk.user_id, 2, 2), (other.user_id, 1, 1)]
        waits = Waits(StreamHeads(pool, {"shelf": 1}), feed)
        assert await waits.reached("shelf", mine[0].session_id, desk.user_id, FINISHED)
        assert not await waits.reached("shelf", mine[0].session_id, other.user_id, 1)
        report = await rebuild(database_url, shelf)
        assert report.comparison.equal
        assert report.comparison.rows == 2
        assert await _shelves(pool) == [(desk.user_id, 2, 2), (other.user_id, 1, 1)]
        await projector.catch_up()


async def test_one_stream_of_a_row_is_parked_and_the_others_go_on(
    desk: Desk, database_url: str, pool: Pool, shelf: Projection
) -> None:
    async with pool.connection() as connection:
        await ensure(connection, (shelf,))
    mine = _of_one_writer(desk, 4)
    async with projecting(database_url, projections=(shelf,)) as projector:
        await _books(mine)
        await projector.catch_up()
        assert await _shelves(pool) == [(desk.user_id, 4, 2)], "the third book is refused by the table"
        async with pool.connection() as connection:
            rows = await (await connection.execute("SELECT aggregate_id FROM projection_parked")).fetchall()
            assert {row[0] for row in rows} == {str(one.session_id) for one in mine[2:]}
            await connection.execute("ALTER TABLE read_shelf_v1.shelf DROP CONSTRAINT shelf_finished_check")
            for one in mine[2:]:
                done = await retry_parked(connection, shelf, one.session_id)
                assert done.moved == (Moved("shelf", one.session_id, desk.user_id, FINISHED),)
    assert await _shelves(pool) == [(desk.user_id, 4, 4)]
    assert (await verify(database_url, shelf)).comparison.equal
