"""Log and checkpoints that do not fit together: told by everybody who is asked, refused at the start, mended."""

import asyncio
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
from genesis_types.enums import GenesisMode

from domain.genesis.commands import NavigateToStage
from domain.genesis.stages import STAGE_ORDER
from infrastructure.doctor import repairs
from infrastructure.doctor.database_checks import look_at_database
from infrastructure.operator_error import OperatorError
from infrastructure.postgres.pool import Pool
from infrastructure.processes import projector as process
from infrastructure.read_side.rebuild import Options, rebuild
from infrastructure.settings import Settings
from projections.genesis.queries import Queries
from projections.genesis.session import GENESIS_SESSION
from tests.support.api import Served, served
from tests.support.commands import Desk
from tests.support.reading import eventually, projecting, tables

# As after a restored dump: the log and the places in it carry another server's transaction ids, far ahead of ours.
_RESTORED = (
    "SET session_replication_role = replica",
    "UPDATE domain_events SET tx_id = (tx_id::text::bigint + 1000000)::text::xid8",
    "UPDATE projection_checkpoints SET tx_id = (tx_id::text::bigint + 1000000)::text::xid8",
    "SET session_replication_role = origin",
)
# As after the log was restored from an older backup than the read tables.
_AHEAD = ("UPDATE projection_checkpoints SET position = position + 1000 WHERE projection = 'genesis_session'",)


@pytest.fixture
async def api(database_url: str, redis_url: str) -> AsyncIterator[Served]:
    async with served(database_url, redis_url) as running:
        yield running


async def _execute(pool: Pool, *statements: str) -> None:
    async with pool.connection() as connection:
        for statement in statements:
            await connection.execute(statement.encode())


async def _wrong(api: Served) -> dict[str, str]:
    checks = (await api.http.get("/ready")).json()["checks"]
    return {check["name"]: check["detail"] for check in checks if not check["ok"]}


@pytest.mark.parametrize(
    ("statements", "says", "remedy"),
    [
        (_RESTORED, "restored from another one", "genesis doctor --mend restored-ids"),
        (_AHEAD, "the log is older than the read tables", "genesis projections rebuild genesis_session"),
    ],
    ids=["restored ids", "checkpoint ahead"],
)
async def test_a_read_side_that_would_stand_still_says_so_and_does_not_start(
    api: Served, database_url: str, statements: tuple[str, ...], says: str, remedy: str
) -> None:
    await api.readable(await api.start(), 1)
    assert await _wrong(api) == {}
    await api.projecting.stop()
    await _execute(api.studio.pool, *statements)
    found = await _wrong(api)
    assert "projection:genesis_session" in found
    assert says in found["projection:genesis_session"]
    assert remedy in found["projection:genesis_session"]
    findings = [one for one in await look_at_database(database_url, working=False) if one.ok is False]
    assert any(remedy in one.remedy for one in findings), findings
    with pytest.raises(OperatorError, match=says) as refused:
        async with asyncio.timeout(30):
            await process.run(Settings(database_url=database_url), asyncio.Event())
    assert remedy in refused.value.remedy


async def test_an_idle_projector_notices_what_happens_to_its_place_and_goes_on_when_it_is_mended(
    api: Served, database_url: str
) -> None:
    await api.readable(await api.start(), 1)
    await _execute(api.studio.pool, *_AHEAD)
    running = api.projecting._task
    assert running is not None
    async with asyncio.timeout(30):
        with pytest.raises(OperatorError):
            await running
    api.projecting._task = None
    await rebuild(database_url, GENESIS_SESSION)
    assert await _wrong(api) == {}
    api.projecting.start()
    await api.readable(await api.start(), 1)


async def test_a_restored_log_is_read_again_after_the_mend(api: Served) -> None:
    await api.readable(await api.start(), 1)
    await api.projecting.stop()
    await _execute(api.studio.pool, *_RESTORED)
    later = await api.start()
    async with api.studio.pool.connection() as connection:
        await repairs.MENDS["restored-ids"](connection)
    api.projecting.start()
    await api.readable(later, 1)
    assert await _wrong(api) == {}


async def test_a_place_that_is_set_back_wakes_an_idle_projector(
    desk: Desk, database_url: str, pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is written and no hint comes: only the checkpoint shows that there is something to read."""
    monkeypatch.setattr(process, "_CHECK", 0.1)
    await desk.start(mode=GenesisMode.FREE_FORM)
    async with projecting(database_url) as projector:
        await projector.catch_up()
        before = await tables(database_url)
        await _execute(
            pool,
            "TRUNCATE genesis_sessions, genesis_stage_records, genesis_timeline",
            "UPDATE projection_checkpoints SET tx_id = '0', position = 0 WHERE projection = 'genesis_session'",
        )

        async def read_again() -> bool:
            await projector.step()
            return await tables(database_url) == before

        await eventually(read_again)


async def test_a_rebuild_moves_the_heads_of_what_it_frees(desk: Desk, database_url: str, pool: Pool) -> None:
    await desk.start(mode=GenesisMode.FREE_FORM)
    await desk.do(NavigateToStage(stage=STAGE_ORDER[1]))
    await _execute(pool, "ALTER TABLE genesis_timeline ADD CONSTRAINT fault CHECK (version <> 2)")
    async with projecting(database_url, batch=1) as projector:
        await projector.catch_up()
        assert await _heads(pool) == [("genesis_session", desk.session_id, desk.user_id, 1)]
        numbers = await _numbers(pool)
        await rebuild(database_url, GENESIS_SESSION, Options(keep=False))
        assert await _heads(pool) == [("genesis_session", desk.session_id, desk.user_id, 2)]
        assert await _numbers(pool) > numbers, "who polls sees it"
        await projector.catch_up()
    assert await Queries(pool).version_of(desk.session_id, desk.user_id) == 2


async def _heads(pool: Pool) -> list[tuple[object, ...]]:
    async with pool.connection() as connection:
        query = (
            "SELECT projection, stream_id, owner, stream_version FROM stream_heads WHERE projection = 'genesis_session'"
        )
        return await (await connection.execute(query)).fetchall()


async def _numbers(pool: Pool) -> list[tuple[object, ...]]:
    async with pool.connection() as connection:
        return await (await connection.execute("SELECT max(moved_no) FROM stream_heads")).fetchall()


async def test_streams_that_a_newer_build_has_written_to_are_a_finding(api: Served, database_url: str) -> None:
    session_id = await api.start()
    await api.readable(session_id, 1)
    async with api.studio.pool.connection() as connection:
        await connection.execute(
            "INSERT INTO domain_events (event_id, event_type, event_version, aggregate_type, aggregate_id,"
            " aggregate_version, payload, payload_hash)"
            " VALUES (gen_random_uuid(), 'ComesFromTheFuture', 1, 'genesis_session', %s, 2, '{}', '')",
            (session_id,),
        )

    async def told() -> bool:
        return "newer build" in (await _wrong(api)).get("projection:genesis_session", "")

    await eventually(told)
    findings = {one.name: one for one in await look_at_database(database_url, working=True)}
    assert "genesis projections retry genesis_session" in findings["projection genesis_session"].remedy


async def test_a_session_whose_beginning_a_newer_build_wrote_is_not_said_to_be_missing(api: Served) -> None:
    session_id = uuid4()
    async with api.studio.pool.connection() as connection:
        await connection.execute(
            "INSERT INTO domain_events (event_id, event_type, event_version, aggregate_type, aggregate_id,"
            " aggregate_version, payload, payload_hash)"
            " VALUES (gen_random_uuid(), 'ComesFromTheFuture', 1, 'genesis_session', %s, 1,"
            " jsonb_build_object('user_id', %s::text), '')",
            (str(session_id), str(api.account.id)),
        )
    path = f"/api/v1/genesis/{session_id}"
    for asked in (f"{path}/state", f"{path}/events", f"{path}/state?min_version=1"):
        answer = await api.http.get(asked)
        assert (answer.status_code, answer.json()["code"]) == (503, "PROJECTION_LAGGING")
    async with await api.client(await api.stranger()) as http:
        assert (await http.get(f"{path}/state")).status_code == 404
