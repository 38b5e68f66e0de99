"""Rebuilding a projection while others write and read it."""

import asyncio
from typing import Any

import pytest
from genesis_types.enums import GenesisMode

from domain.genesis.commands import ConfirmStage, FinishGenesis, NavigateToStage
from domain.genesis.stages import STAGE_ORDER
from infrastructure.event_store.store import PostgresEventStore
from infrastructure.postgres.pool import Pool
from infrastructure.read_side import shadow_tables as shadows
from infrastructure.read_side.rebuild import (
    NothingKept,
    Options,
    go_back,
    rebuild,
    verify,
)
from infrastructure.read_side.rebuild_progress import RebuildProgress
from infrastructure.read_side.rebuild_turn import RebuildRunning, alone
from infrastructure.read_side.table_switch import KeptTablesDiffer
from projections.genesis.queries import Queries
from projections.genesis.session import GENESIS_SESSION
from projections.novel.novels import NOVELS
from tests.support.commands import CONTENTS, Desk
from tests.support.reading import projecting, tables


async def _history(store: PostgresEventStore, count: int = 4) -> list[Desk]:
    """Sessions of every kind: finished, running, waiting, branched from nothing."""
    desks = [Desk(store) for _ in range(count)]
    for index, desk in enumerate(desks):
        await desk.start(mode=GenesisMode.FREE_FORM, seed="salt" * index, title="" if index % 2 else f"Book {index}")
        await desk.propose(count=2)
        if index % 2:
            await desk.confirm_all()
            await desk.do(FinishGenesis())
    return desks


async def _rows(pool: Pool, query: str) -> list[Any]:
    async with pool.connection() as connection:
        return await (await connection.execute(query.encode())).fetchall()


async def test_a_rebuild_gives_the_live_tables_row_by_row(
    store: PostgresEventStore, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await _history(store)
    async with projecting(database_url) as projector:
        await projector.catch_up()
    before = await tables(database_url)
    monkeypatch.setattr(shadows, "CHUNK", 5)  # sessions are cut by the chunks
    seen: list[RebuildProgress] = []
    for projection in (GENESIS_SESSION, NOVELS):
        report = await rebuild(database_url, projection, Options(on_progress=seen.append))
        assert report.comparison.equal, report.comparison
        assert report.comparison.skipped == set()
        assert report.switched
        assert report.generation == 1
    assert report.comparison.rows == 2
    assert await tables(database_url) == before
    assert {progress.phase for progress in seen} == {"copy", "catch up", "compare", "switch", "done"}
    assert seen[-1].done == seen[-1].total
    assert any(progress.eta for progress in seen)


async def test_the_projector_goes_on_after_a_switch(store: PostgresEventStore, database_url: str) -> None:
    (desk, *_) = await _history(store, 2)
    async with projecting(database_url) as projector:
        await projector.catch_up()
        await rebuild(database_url, GENESIS_SESSION)
        await desk.do(NavigateToStage(stage=STAGE_ORDER[3]))
        await projector.catch_up()
    live = await tables(database_url)
    assert (await verify(database_url, GENESIS_SESSION)).comparison.equal
    assert "WORLDVIEW" in "".join(row[0] for row in live["genesis_sessions"])


async def test_a_damaged_table_is_found_and_can_be_left_alone(
    store: PostgresEventStore, database_url: str, pool: Pool
) -> None:
    (desk, other, *_) = await _history(store, 2)
    async with projecting(database_url) as projector:
        await projector.catch_up()
    async with pool.connection() as connection:
        await connection.execute("UPDATE genesis_sessions SET title = 'forged' WHERE id = %s", (desk.session_id,))
        await connection.execute(
            "DELETE FROM genesis_timeline WHERE session_id = %s AND version = 2", (other.session_id,)
        )
    report = await verify(database_url, GENESIS_SESSION)
    assert report.comparison.differences == 2
    assert {(found.table, found.what) for found in report.comparison.samples} == {
        ("genesis_sessions", "title"),
        ("genesis_timeline", "not in the live table"),
    }
    assert not report.switched
    assert await _rows(pool, "SELECT title FROM genesis_sessions WHERE title = 'forged'")
    assert not await _rows(pool, "SELECT 1 FROM pg_namespace WHERE nspname LIKE 'rebuild_%'")
    await rebuild(database_url, GENESIS_SESSION)
    assert (await verify(database_url, GENESIS_SESSION)).comparison.equal


async def test_the_way_back(store: PostgresEventStore, database_url: str, pool: Pool) -> None:
    (desk, *_) = await _history(store, 2)
    async with projecting(database_url) as projector:
        await projector.catch_up()
        with pytest.raises(NothingKept):
            await go_back(database_url, GENESIS_SESSION)
        await rebuild(database_url, GENESIS_SESSION, Options(schema_sql=_with_a_column()))
        assert await _rows(pool, "SELECT note FROM genesis_sessions")
        await desk.do(NavigateToStage(stage=STAGE_ORDER[2]))
        assert await go_back(database_url, GENESIS_SESSION) == 2
        await projector.catch_up()
    where = f"table_schema = '{GENESIS_SESSION.schema}' AND column_name = 'note'"
    columns = f"SELECT 1 FROM information_schema.columns WHERE {where}"
    assert not await _rows(pool, columns)
    assert (await verify(database_url, GENESIS_SESSION)).comparison.equal


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ("DROP COLUMN genre", "genesis_sessions.genre"),
        ("ALTER COLUMN genre TYPE varchar(7)", "genesis_sessions.genre"),
        ("ADD COLUMN note TEXT NOT NULL", "genesis_sessions.note"),
    ],
)
async def test_tables_of_another_shape_are_not_gone_back_to(
    store: PostgresEventStore, database_url: str, pool: Pool, change: str, named: str
) -> None:
    async with projecting(database_url) as projector:
        await projector.catch_up()
        await rebuild(database_url, GENESIS_SESSION)
        async with pool.connection() as connection:
            kept = f"before_genesis_session_v{GENESIS_SESSION.version}"
            await connection.execute(f"ALTER TABLE {kept}.genesis_sessions {change}".encode())
        await _history(store, 2)
        await projector.catch_up()
        before = await tables(database_url)
        with pytest.raises(KeptTablesDiffer, match=named):
            await go_back(database_url, GENESIS_SESSION)
    assert await tables(database_url) == before
    assert (await verify(database_url, GENESIS_SESSION)).comparison.equal


async def test_an_interrupted_rebuild_changes_nothing_and_what_is_left_of_it_is_no_hindrance(
    store: PostgresEventStore, database_url: str, pool: Pool
) -> None:
    await _history(store, 2)
    async with projecting(database_url) as projector:
        await projector.catch_up()
    before = await tables(database_url)

    def interrupted(_comparison: object) -> bool:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await rebuild(database_url, GENESIS_SESSION, Options(switch=interrupted))
    assert await tables(database_url) == before
    assert not (await rebuild(database_url, GENESIS_SESSION, Options(switch=lambda _comparison: False))).switched
    assert not await _rows(pool, "SELECT 1 FROM pg_namespace WHERE nspname LIKE 'rebuild_%'"), "it was declined"
    async with pool.connection() as connection:  # what something else has left there
        schema = f"rebuild_genesis_session_v{GENESIS_SESSION.version}"
        await connection.execute(f"CREATE SCHEMA {schema} CREATE TABLE genesis_sessions (id int)".encode())
    assert (await rebuild(database_url, GENESIS_SESSION)).comparison.equal
    assert await tables(database_url) == before


async def test_two_rebuilds_of_one_projection_do_not_meet(database_url: str) -> None:
    async with alone(database_url, GENESIS_SESSION):
        with pytest.raises(RebuildRunning):
            await rebuild(database_url, GENESIS_SESSION)
        assert (await rebuild(database_url, NOVELS)).switched


async def test_a_rebuild_frees_a_session_that_a_fixed_fault_had_parked(
    desk: Desk, database_url: str, pool: Pool
) -> None:
    await desk.start(mode=GenesisMode.FREE_FORM)
    async with pool.connection() as connection:
        await connection.execute("ALTER TABLE genesis_timeline ADD CONSTRAINT fault CHECK (version <> 1)")
    async with projecting(database_url) as projector:
        await projector.catch_up()
    assert await _rows(pool, "SELECT 1 FROM projection_parked")
    report = await rebuild(database_url, GENESIS_SESSION, Options(keep=False))
    assert report.comparison.skipped == {desk.session_id}
    assert not await _rows(pool, "SELECT 1 FROM projection_parked")
    assert await Queries(pool).version_of(desk.session_id, desk.user_id) == 1


def _with_a_column() -> str:
    original = GENESIS_SESSION.create()
    changed = original.replace(
        "seed TEXT NOT NULL DEFAULT '',", "seed TEXT NOT NULL DEFAULT '', note TEXT DEFAULT 'new',"
    )
    assert changed != original
    return changed


async def test_a_rebuild_with_one_more_column_under_live_reads_and_writes(
    store: PostgresEventStore, database_url: str, pool: Pool
) -> None:
    desks = await _history(store, 6)
    queries = Queries(pool)
    over = asyncio.Event()
    counts = {"written": 0, "read": 0}

    async def writer(desk: Desk) -> None:
        turn = 0
        while not over.is_set():
            turn += 1
            await desk.do(NavigateToStage(stage=STAGE_ORDER[turn % 5]))
            await desk.do(ConfirmStage(stage=STAGE_ORDER[turn % 5], content=CONTENTS[STAGE_ORDER[turn % 5]]))
            counts["written"] += 2

    async def reader(desk: Desk) -> None:
        latest = 0
        while not over.is_set():
            state = await queries.state(desk.session_id, desk.user_id)
            assert state is not None
            assert state.version >= latest, "a reader never goes back"
            latest = state.version
            page = await queries.timeline(desk.session_id, desk.user_id, after_version=latest - 1)
            assert page is not None
            assert page.items[0].version == latest
            assert (await queries.sessions(desk.user_id)).items
            counts["read"] += 3

    async with projecting(database_url) as projector, asyncio.TaskGroup() as tasks:
        await projector.catch_up()

        async def project() -> None:
            while not over.is_set():
                if not await projector.step():
                    await asyncio.sleep(0.005)

        tasks.create_task(project())
        for desk in desks[::2]:
            tasks.create_task(writer(desk))
        for desk in desks:
            tasks.create_task(reader(desk))
        reports = []
        for options in (Options(schema_sql=_with_a_column()), Options(keep=False), Options()):
            await asyncio.sleep(0.2)
            reports.append(await rebuild(database_url, GENESIS_SESSION, options))
        await asyncio.sleep(0.2)
        over.set()
    assert [report.generation for report in reports] == [1, 2, 3]
    assert all(report.comparison.equal for report in reports), [report.comparison for report in reports]
    assert counts["written"] > 20
    assert counts["read"] > 20
    async with projecting(database_url) as projector:
        await projector.catch_up()
    assert (await verify(database_url, GENESIS_SESSION)).comparison.equal
