"""What lies in the archive is read as before: looking back, exports, rebuilds, backups, views; and what may be done."""

import asyncio
import json
from collections.abc import AsyncIterator
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from genesis_types.enums import GenesisMode, GenesisStage
from psycopg import AsyncConnection

from domain.genesis.commands import AbandonGenesis, BranchGenesis, ExtendSession, FinishGenesis, NavigateToStage
from domain.rejections import Refused
from infrastructure.backup.dump import back_up
from infrastructure.doctor.repairs import restored_ids
from infrastructure.event_store import archive as moving
from infrastructure.event_store.store import PostgresEventStore
from infrastructure.exports import database_role
from infrastructure.postgres.pool import Pool, connection_options
from infrastructure.read_side import shadow_tables
from infrastructure.read_side.rebuild import Options, rebuild, verify
from projections.genesis.session import GENESIS_SESSION
from projections.registry import PROJECTIONS
from tests.support.api import COMMANDS, Served, served
from tests.support.archives import archived, brought_back, places
from tests.support.backups import FAR_AHEAD, empty_database, every_row, put_back, with_read_tables
from tests.support.commands import Desk
from tests.support.exports import exported, proof
from tests.support.postgres import Cluster
from tests.support.reading import projecting, tables
from tests.support.tampering import verified


@pytest.fixture
async def api(database_url: str) -> AsyncIterator[Served]:
    async with served(database_url, None, limit_look_backs="off") as running:
        yield running


async def finished(desk: Desk) -> UUID:
    """A book from proposals, feedback and the writer's own words."""
    await desk.start(mode=GenesisMode.FREE_FORM, seed="a clock that counts the tide")
    await desk.propose(count=2)
    await desk.confirm_all()
    await desk.do(FinishGenesis())
    return desk.session_id


async def _written(database_url: str, store: PostgresEventStore) -> tuple[UUID, UUID]:
    """A finished session and one that goes on, both projected."""
    one, other = Desk(store), Desk(store)
    done = await finished(one)
    await other.start(mode=GenesisMode.FREE_FORM, title="Tides")
    await other.do(ExtendSession(hours=5))
    async with projecting(database_url) as projector:
        await projector.catch_up()
    return done, other.session_id


async def _answers(api: Served, session_id: UUID, versions: int) -> dict[str, bytes]:
    base = f"/api/v1/genesis/{session_id}"
    paths = [f"{base}/{path}" for path in ("state", "events", "family", "provenance", "provenance/prov")]
    paths += [f"{base}/replay?at_version={version}" for version in range(1, versions + 1)]
    paths += [f"{base}/diff?from={version}&to={versions}" for version in (1, 3)]
    found = {}
    for path in paths:
        answer = await api.http.get(path)
        assert answer.status_code == 200, (path, answer.text)
        found[path] = answer.content
    return found


async def test_looking_back_over_http_gives_the_same_bytes(api: Served, database_url: str) -> None:
    desk = Desk(api.studio.store, user_id=api.account.id)
    session_id = await finished(desk)
    versions = sum(await places(database_url, session_id))
    await api.readable(str(session_id), versions)

    async def listed() -> bool:
        (item,) = (await api.http.get("/api/v1/genesis")).json()["items"]
        assert item["session_id"] == str(session_id)
        return bool(item["archived"])

    before = await _answers(api, session_id, versions)
    assert await listed() is False
    assert await archived(database_url, session_id) == versions - 1
    for path, body in (await _answers(api, session_id, versions)).items():
        if not path.endswith("/family"):
            assert body == before[path], path
    assert await listed() is True
    refused = await api.http.post(
        COMMANDS, json={"command_type": "EXTEND_SESSION", "session_id": str(session_id), "payload": {"hours": 5}}
    )
    assert (refused.status_code, refused.json()["code"]) == (422, "SESSION_ENDED")
    assert "branch" in refused.json()["detail"]
    await brought_back(database_url, session_id)
    assert await _answers(api, session_id, versions) == before
    assert await listed() is False


@pytest.mark.parametrize("at", [1, 4, None], ids=["the first version", "in the middle", "its end"])
async def test_a_branch_of_an_archived_session(pool: Pool, desk: Desk, database_url: str, at: int | None) -> None:
    session_id = await finished(desk)
    versions = sum(await places(database_url, session_id))
    await archived(database_url, session_id)
    elsewhere = Desk(PostgresEventStore(pool, "genesis.events"), user_id=desk.user_id)  # nothing is cached there
    made = await elsewhere.do(BranchGenesis(from_session_id=session_id, at_version=at or versions))
    elsewhere.session_id = made.session_id
    await elsewhere.do(NavigateToStage(stage=GenesisStage.CHARACTERS))
    assert await places(database_url, session_id) == (1, versions - 1)
    assert sum(await places(database_url, made.session_id)) == made.version + 1
    assert (await asyncio.to_thread(verified, database_url)).wrong == 0


async def test_commands_to_it_are_refused_as_they_were(pool: Pool, desk: Desk, database_url: str) -> None:
    session_id = await finished(desk)
    said = []
    for write_side in (desk, Desk(PostgresEventStore(pool, "genesis.events"), user_id=desk.user_id)):
        write_side.session_id = session_id
        for body in (AbandonGenesis(), ExtendSession(hours=5), NavigateToStage(stage=GenesisStage.CHARACTERS)):
            with pytest.raises(Refused) as refused:
                await write_side.do(body)
            said.append(str(refused.value))
        await archived(database_url, session_id)
    assert said[:3] == said[3:]


def _files(url: str, folder: Path) -> dict[str, str]:
    """The SHA-256 of every file of an export of each kind, but of what says when it was made."""
    kinds: tuple[tuple[Any, Any], ...] = (
        ("events", "jsonl"),
        ("events", "csv"),
        ("events", "parquet"),
        ("sessions", "parquet"),
        ("ocel", "json"),
    )
    found = {}
    for holds, file_format in kinds:
        own = folder / f"{holds}-{file_format}"
        exported(url, own, holds, file_format, with_text=True)
        assert proof(own)[0] == 0
        for file in sorted(own.iterdir()):
            if file.name not in ("manifest.json", "verify.py", "README.txt"):
                found[f"{own.name}/{file.name}"] = sha256(file.read_bytes()).hexdigest()
    return found


async def test_exports_are_the_same_bytes(database_url: str, store: PostgresEventStore, tmp_path: Path) -> None:
    done, _ = await _written(database_url, store)
    before = await asyncio.to_thread(_files, database_url, tmp_path / "before")
    assert len(before) >= 5
    await archived(database_url, done)
    assert await asyncio.to_thread(_files, database_url, tmp_path / "archived") == before
    await brought_back(database_url, done)
    assert await asyncio.to_thread(_files, database_url, tmp_path / "back") == before


async def test_a_rebuild_and_an_empty_read_side_see_archived_events(
    database_url: str, store: PostgresEventStore
) -> None:
    done, _ = await _written(database_url, store)
    before = await tables(database_url)
    await archived(database_url, done)
    for projection in PROJECTIONS:
        assert (await verify(database_url, projection)).comparison.equal
        report = await rebuild(database_url, projection, Options())
        assert report.comparison.equal
    assert await tables(database_url) == before


async def test_a_rebuild_while_events_move_back_and_forth(
    database_url: str, store: PostgresEventStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    done, _ = await _written(database_url, store)
    before = await tables(database_url)
    monkeypatch.setattr(shadow_tables, "CHUNK", 3)
    monkeypatch.setattr(moving, "CHUNK", 2)
    ended = asyncio.Event()

    async def move() -> int:
        rounds = 0
        while not ended.is_set():
            assert await archived(database_url, done) > 0
            assert await brought_back(database_url, done) > 0
            rounds += 1
        return rounds

    mover = asyncio.create_task(move())
    try:
        report = await rebuild(database_url, GENESIS_SESSION, Options())
    finally:
        ended.set()
        assert await mover > 0
    assert report.comparison.equal
    assert await tables(database_url) == before


@pytest.mark.parametrize("batch", [2, 500])
async def test_a_projector_that_lags_behind_is_not_outrun(
    database_url: str, store: PostgresEventStore, batch: int
) -> None:
    desk = Desk(store)
    await desk.start(mode=GenesisMode.FREE_FORM, seed="a clock")
    async with projecting(database_url, batch=batch) as projector:
        await projector.catch_up()  # given: it has read the beginning
        await desk.confirm_all()
        await desk.do(FinishGenesis())
        await archived(database_url, desk.session_id)  # when: the rest is archived before it comes to it
        await projector.step()
        await brought_back(database_url, desk.session_id)
        await projector.step()
        await archived(database_url, desk.session_id)
        await projector.catch_up()
    for projection in PROJECTIONS:
        assert (await verify(database_url, projection)).comparison.equal
    assert (await tables(database_url))["genesis_sessions"]


async def test_a_backup_holds_the_archive_and_a_restore_brings_it_back(
    database_url: str, store: PostgresEventStore, cluster: Cluster, tmp_path: Path
) -> None:
    done, going_on = await _written(database_url, store)
    await archived(database_url, done)
    there = await places(database_url, done)
    before = await asyncio.to_thread(verified, database_url)
    manifest = await asyncio.to_thread(back_up, database_url, tmp_path / "backup.zip")
    assert manifest.tables["domain_events_archive"].rows == there[1]
    assert manifest.tables["domain_events"].rows + there[1] == before.events
    with empty_database(cluster) as other:
        await asyncio.to_thread(put_back, tmp_path / "backup.zip", other)
        assert await asyncio.to_thread(every_row, other) == await asyncio.to_thread(every_row, database_url)
        after = await asyncio.to_thread(verified, other)
        assert (after.wrong, after.digest) == (0, before.digest)
        assert (await places(other, done), (await places(other, going_on))[1]) == (there, 0)
        assert await tables(with_read_tables(other)) == await tables(database_url)
        await brought_back(other, done)
        assert (await asyncio.to_thread(verified, other)).digest == before.digest


async def test_the_doctor_mends_restored_ids_in_the_archive_too(
    database_url: str, store: PostgresEventStore, pool: Pool
) -> None:
    done, _ = await _written(database_url, store)
    await archived(database_url, done)
    async with pool.connection() as connection:
        await connection.execute(FAR_AHEAD.encode() + b"RESET session_replication_role")
        assert "events are in this server's order now" in await restored_ids(connection)
        query = "SELECT count(*) FROM domain_events WHERE tx_id >= pg_snapshot_xmax(pg_current_snapshot())"
        assert await (await connection.execute(query)).fetchone() == (0,)
    assert (await asyncio.to_thread(verified, database_url)).wrong == 0
    assert await brought_back(database_url, done) > 0


async def test_the_views_of_analysts_read_archived_events(database_url: str, store: PostgresEventStore) -> None:
    done, _ = await _written(database_url, store)
    query = "SELECT to_jsonb(v)::text FROM {} v ORDER BY 1"
    views = ("events", "proposals", "sessions_now")
    options = connection_options(database_url, "tests")
    async with await AsyncConnection.connect(database_url, **options) as ours:
        name = f"reader_{done.hex[:12]}"
        made = await database_role.create(ours, name, "a lantern in the fog", account_id=None, with_text=False)
        assert made.by_hand == ""
        try:
            address = database_role.address(database_url, name, "a lantern in the fog")
            async with await AsyncConnection.connect(address, autocommit=True) as reader:

                async def seen() -> dict[str, list[Any]]:
                    rows = {view: await reader.execute(query.format(view).encode()) for view in views}
                    return {view: [json.loads(row[0]) for row in await of.fetchall()] for view, of in rows.items()}

                before = await seen()
                await archived(database_url, done)
                assert all(before.values())
                assert await seen() == before
        finally:
            await ours.execute("DROP SCHEMA IF EXISTS analytics CASCADE")
            await ours.execute(f"DROP ROLE IF EXISTS {name}".encode())
