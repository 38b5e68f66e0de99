"""Random journeys on PostgreSQL: every state that was shown live is replayed byte for byte."""

import asyncio
import random
from uuid import UUID, uuid4

import pytest

from application.moments import Moment
from application.replay import Replay
from domain.aggregate import Body, Command
from infrastructure.event_store import stream_history
from infrastructure.event_store.stream_history import StreamHistory
from infrastructure.postgres.pool import Pool
from projections.genesis.queries import Queries
from projections.genesis.replay import replayed_state
from projections.genesis.session import SESSION_TYPE
from tests.support.commands import Desk
from tests.support.reading import projecting
from tests.support.wandering import INTERNAL, wander

JOURNEYS = 45
"""With those of test_api_record.py and of tests/unit/projections/test_replay.py: two hundred."""


async def _head(pool: Pool, session_id: UUID) -> int:
    query = "SELECT max(aggregate_version) FROM domain_events WHERE aggregate_id = %s"
    async with pool.connection() as connection:
        ((version,),) = await (await connection.execute(query, (str(session_id),))).fetchall()
    return int(version)


async def test_random_journeys_replayed_from_postgresql(pool: Pool, desk: Desk, database_url: str) -> None:
    live = Queries(pool, desk.clock)
    replay = Replay(StreamHistory(pool.connection, SESSION_TYPE), replayed_state, desk.clock)
    async with projecting(database_url) as projector:
        for seed in range(JOURNEYS):
            chance = random.Random(seed)
            by_version: dict[int, str] = {}
            by_time: dict[object, str] = {}

            async def give(body: Body) -> None:
                desk.clock.advance(hours=chance.choice((0.01, 1, 40)))  # noqa: B023
                by = None if isinstance(body, INTERNAL) else desk.user_id
                await desk.send(Command(uuid4(), desk.session_id, by, body))

            async def look() -> None:
                head = await _head(pool, desk.session_id)
                async with asyncio.timeout(60):
                    while (state := await live.state(desk.session_id, desk.user_id)) is None or state.version < head:
                        await projector.step()  # nothing, while an older transaction of anybody's runs
                by_version[state.version] = by_time[desk.clock.now] = state.model_dump_json()  # noqa: B023

            await desk.start(mode=chance.choice(("guided", "free_form")), seed=chance.choice(("", "a clock")))
            await look()
            await wander(chance, desk, give, look)
            moments = [Moment(version=version) for version in by_version]
            moments += [Moment(at=at) for at in by_time]
            found = await replay.at_each(desk.session_id, moments)
            expected = [*by_version.values(), *by_time.values()]
            assert [shown.state.model_dump_json() for shown in found] == expected


@pytest.mark.parametrize("chunk", [1, 2, 3, 7])
async def test_a_history_that_is_read_in_parts(
    pool: Pool, desk: Desk, monkeypatch: pytest.MonkeyPatch, chunk: int
) -> None:
    """A hole is named wherever it lies: in a part, at its end, over a whole one."""
    monkeypatch.setattr(stream_history, "_CHUNK", chunk)
    await desk.start(mode="free_form")
    await desk.confirm_all()
    history = StreamHistory(pool.connection, SESSION_TYPE)
    whole = await history.read(desk.session_id)
    assert [event.version for event in whole.events] == [1, 2, 3, 4, 5, 6]
    assert [len((await history.read(desk.session_id, until)).events) for until in (-1, 0, 2, 6, 9)] == [0, 0, 2, 6, 6]
    for gone in (6, 3, 2):
        async with pool.connection() as connection, connection.transaction():
            await connection.execute("SET LOCAL session_replication_role = replica")
            await connection.execute("DELETE FROM domain_events WHERE aggregate_version = %s", (gone,))
        past = await history.read(desk.session_id)
        assert len(past.events) == min(gone - 1, past.head)
        assert (past.broken is None) == (gone == 6), "an end that is missing cannot be told from one that never was"
        assert past.broken is None or f"event {gone} " in str(past.broken)
