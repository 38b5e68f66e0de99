"""The projector against a real log: nothing lost, nothing twice, and one broken session holds up no other."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import pytest
from genesis_types.enums import GenesisMode, GenesisStatus
from psycopg import AsyncConnection

from domain.genesis.commands import FinishGenesis, NavigateToStage
from domain.genesis.stages import STAGE_ORDER
from infrastructure.postgres.pool import Pool, connection_options
from infrastructure.read_side import batch as projecting_module
from infrastructure.read_side.batch import project_next, retry_parked, standing
from projections.genesis.queries import Queries
from projections.genesis.session import GENESIS_SESSION
from projections.novel.novels import NOVELS
from projections.registry import PROJECTIONS
from tests.support.commands import Desk
from tests.support.reading import Heard, projecting, tables

SECOND = STAGE_ORDER[1]


async def test_what_was_commanded_can_be_read(desk: Desk, database_url: str, pool: Pool) -> None:
    await desk.start(mode=GenesisMode.FREE_FORM, title="Tides")
    await desk.confirm_all()
    finished = await desk.do(FinishGenesis())
    async with projecting(database_url) as projector:
        await projector.catch_up()
    queries = Queries(pool)
    state = await queries.state(desk.session_id, desk.user_id)
    assert state is not None
    assert (state.status, state.version, state.title) == (GenesisStatus.COMPLETED, finished.version, "Tides")
    assert list(state.confirmed_data) == list(STAGE_ORDER)
    novel = await queries.novel(UUID(str(finished.result["novel_id"])), desk.user_id)
    assert novel is not None
    assert novel.content == state.confirmed_data


async def test_a_transaction_that_commits_late_is_not_lost(desk: Desk, database_url: str, pool: Pool) -> None:
    await desk.start(mode=GenesisMode.FREE_FORM)
    other = Desk(desk.store)
    async with projecting(database_url) as projector, await AsyncConnection.connect(database_url) as late:
        await projector.catch_up()
        # a slow writer takes its position first and commits last
        await late.execute(
            "INSERT INTO domain_events (event_id, event_type, aggregate_type, aggregate_id, aggregate_version,"
            " payload, payload_hash) SELECT %s, event_type, aggregate_type, %s, 1, payload, payload_hash"
            " FROM domain_events WHERE aggregate_version = 1 LIMIT 1",
            (uuid4(), str(slow := uuid4())),
        )
        await other.start(mode=GenesisMode.FREE_FORM)
        assert await projector.catch_up() == 0, "nothing is read past a transaction that still runs"
        await late.commit()
        assert await projector.catch_up() == 2 * len(PROJECTIONS)
    found = {row[0] for row in (await _all(pool, "SELECT id FROM genesis_sessions"))}
    assert found == {desk.session_id, other.session_id, slow}


async def _all(pool: Pool, query: str) -> Any:
    async with pool.connection() as connection:
        cursor = await connection.execute(query.encode())
        return await cursor.fetchall()


async def test_a_projector_killed_in_the_middle_of_a_batch_applies_it_once(
    desk: Desk, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await desk.start(mode=GenesisMode.FREE_FORM)
    await desk.propose()
    original = projecting_module.move_checkpoint

    async def killed(*_args: Any, **_options: Any) -> None:
        raise RuntimeError("killed between the rows and the checkpoint")

    async with projecting(database_url) as projector:
        monkeypatch.setattr(projecting_module, "move_checkpoint", killed)
        with pytest.raises(RuntimeError):
            await projector.step()
        assert all(rows == [] for rows in (await tables(database_url)).values())
        monkeypatch.setattr(projecting_module, "move_checkpoint", original)
    async with projecting(database_url, batch=1) as successor:
        await successor.catch_up()
    once = await tables(database_url)
    assert len(once["genesis_timeline"]) == 3
    async with projecting(database_url) as again:
        assert await again.catch_up() == 0
    assert await tables(database_url) == once


async def test_two_projectors_at_once_do_nothing_twice(desk: Desk, database_url: str) -> None:
    async with projecting(database_url, batch=2) as one, projecting(database_url, batch=3) as two:
        await desk.start(mode=GenesisMode.FREE_FORM)
        for stage in (*STAGE_ORDER[1:], *STAGE_ORDER):
            await desk.do(NavigateToStage(stage=stage))
        await asyncio.gather(one.catch_up(), two.catch_up())
    found = await tables(database_url)
    assert len(found["genesis_timeline"]) == 10
    assert '"version": 10' in found["genesis_sessions"][0][0]


async def _append_raw(
    url: str, session_id: UUID, version: int, event_type: str, payload: str, *, schema: int = 1
) -> int:
    async with await AsyncConnection.connect(url) as connection:
        cursor = await connection.execute(
            "INSERT INTO domain_events (event_id, event_type, event_version, aggregate_type, aggregate_id,"
            " aggregate_version, payload, payload_hash) VALUES (%s, %s, %s, 'genesis_session', %s, %s, %s, '')"
            " RETURNING id",
            (uuid4(), event_type, schema, str(session_id), version, payload),
        )
        row = await cursor.fetchone()
        assert row is not None
        return int(row[0])


async def test_what_does_not_concern_a_projection_is_passed_over_unless_another_projector_was_there(
    desk: Desk, database_url: str
) -> None:
    async with await AsyncConnection.connect(database_url, **connection_options(database_url, "tests")) as connection:
        at_first = await standing(connection, NOVELS)
        await desk.start(mode=GenesisMode.FREE_FORM)

        passed = await project_next(connection, NOVELS, at_first)
        late = await project_next(connection, NOVELS, at_first)

        assert (passed.read, passed.moved) == (1, ())
        assert passed.standing.checkpoint > at_first.checkpoint
        assert await standing(connection, NOVELS) == passed.standing == late.standing
        assert (await project_next(connection, NOVELS, late.standing)).read == 0


@pytest.mark.parametrize(
    "poison",
    [
        ("ComesFromTheFuture", "{}", 1),
        ("StageEntered", '{"occurred_at": "2026-03-01T09:00:00Z", "stage": "PLOT_OUTLINE"}', 2),
        ("StageEntered", '{"occurred_at": "2026-03-01T09:00:00Z", "stage": "secret manuscript"}', 1),
    ],
)
async def test_a_poison_event_parks_its_session_while_others_go_on(
    desk: Desk, database_url: str, pool: Pool, poison: tuple[str, str, int]
) -> None:
    await desk.start(mode=GenesisMode.FREE_FORM)
    other = Desk(desk.store)
    await other.start(mode=GenesisMode.FREE_FORM)
    event_type, payload, schema = poison
    position = await _append_raw(database_url, desk.session_id, 2, event_type, payload, schema=schema)
    await other.do(NavigateToStage(stage=SECOND))
    async with projecting(database_url) as projector:
        await projector.catch_up()
        queries = Queries(pool)
        assert await queries.version_of(desk.session_id, desk.user_id) == 1
        assert await queries.version_of(other.session_id, other.user_id) == 2
        found = await _all(pool, "SELECT projection, aggregate_id, position, error FROM projection_parked")
        parked = {row[0]: row[1:3] for row in found}
        assert parked.pop("genesis_session") == (str(desk.session_id), position)
        assert set(parked.values()) <= {(str(desk.session_id), position)}, "others that read it cannot go on either"
        assert not any("secret" in row[3] for row in found)
        await _append_raw(
            database_url,
            desk.session_id,
            3,
            "StageEntered",
            '{"occurred_at": "2026-03-01T09:00:00Z", "stage": "CHARACTERS"}',
        )
        await projector.catch_up()
        assert await queries.version_of(desk.session_id, desk.user_id) == 1, "a parked session stands still"


async def test_a_parked_session_catches_up_when_retried(
    desk: Desk, database_url: str, pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    await desk.start(mode=GenesisMode.FREE_FORM)
    await desk.do(NavigateToStage(stage=SECOND))
    sessions = GENESIS_SESSION.tables[0]
    correct = sessions.apply

    def broken(row: Any, stored: Any, key: Any) -> Any:
        if stored.version == 2:
            raise ValueError("a fault of this build")
        return correct(row, stored, key)

    with monkeypatch.context() as patch:
        patch.setattr(projecting_module, "fold", _fold_with(broken))
        async with projecting(database_url) as projector:
            await projector.catch_up()
    await desk.do(NavigateToStage(stage=STAGE_ORDER[2]))
    async with projecting(database_url) as projector:
        await projector.catch_up()
    queries = Queries(pool)
    assert await queries.version_of(desk.session_id, desk.user_id) == 1
    async with pool.connection() as connection:
        done = await retry_parked(connection, GENESIS_SESSION, desk.session_id)
        assert (done.read, done.parked) == (2, ())
        assert (await retry_parked(connection, GENESIS_SESSION, desk.session_id)).read == 0
    state = await queries.state(desk.session_id, desk.user_id)
    assert state is not None
    assert (state.version, state.current_stage) == (3, STAGE_ORDER[2])


def _fold_with(apply: Any) -> Any:
    """`fold`, with another `apply` for the first table."""
    from dataclasses import replace

    from projections.engine.fold import fold

    def changed(projection: Any, working: Any, entries: Any) -> None:
        first, *others = projection.tables
        fold(replace(projection, tables=(replace(first, apply=apply), *others)), working, entries)

    return changed


async def test_a_row_that_the_database_refuses_parks_its_session(desk: Desk, database_url: str, pool: Pool) -> None:
    await desk.start(mode=GenesisMode.FREE_FORM)
    other = Desk(desk.store)
    await other.start(mode=GenesisMode.FREE_FORM)
    async with pool.connection() as connection:
        await connection.execute(f"ALTER TABLE genesis_timeline ADD CHECK (session_id <> '{desk.session_id}')".encode())
    async with projecting(database_url) as projector:
        await projector.catch_up()
    queries = Queries(pool)
    assert await queries.version_of(desk.session_id, desk.user_id) is None
    assert await queries.version_of(other.session_id, other.user_id) == 1
    (parked,) = await _all(pool, "SELECT aggregate_id, error FROM projection_parked")
    assert parked[0] == str(desk.session_id)
    assert "23514" in parked[1]


async def test_a_stored_row_that_cannot_be_read_parks_its_session(desk: Desk, database_url: str, pool: Pool) -> None:
    other = Desk(desk.store)
    async with projecting(database_url) as projector:
        for one in (desk, other):
            await one.start(mode=GenesisMode.FREE_FORM)
        await projector.catch_up()
        async with pool.connection() as connection:
            await connection.execute("UPDATE genesis_sessions SET mode = '?' WHERE id = %s", (desk.session_id,))
        for one in (desk, other):
            await one.do(NavigateToStage(stage=SECOND))
        await projector.catch_up()
    assert await Queries(pool).version_of(other.session_id, other.user_id) == 2
    assert [row[0] for row in await _all(pool, "SELECT aggregate_id FROM projection_parked")] == [str(desk.session_id)]


async def test_readers_are_told_after_the_commit(desk: Desk, database_url: str) -> None:
    heard = Heard()
    await desk.start(mode=GenesisMode.FREE_FORM)
    await desk.confirm_all()
    await desk.do(FinishGenesis())
    async with projecting(database_url, heard) as projector:
        await projector.catch_up()
    who = {"stream_id": str(desk.session_id), "owner": str(desk.user_id), "version": 7}
    assert heard.messages == [
        ("changes", {"moved": [{"projection": "genesis_session"} | who]}),
        ("changes", {"moved": [{"projection": "novels"} | who]}),
        ("changes", {"moved": [{"projection": "analytics"} | who]}),
    ]
