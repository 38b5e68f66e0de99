"""A backup is everything that matters in one file, and a restore makes it a studio again, on any server."""

import asyncio
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from genesis_types.enums import GenesisStage
from genesis_types.tables import TABLES
from psycopg import AsyncConnection

from infrastructure.backup.dump import back_up
from infrastructure.doctor.database_checks import look_at_database
from infrastructure.operator_error import OperatorError
from infrastructure.read_side.rebuild import verify
from projections.registry import PROJECTIONS
from tests.support.api import Served, served
from tests.support.backups import FAR_AHEAD, empty_database, every_row, put_back, with_read_tables
from tests.support.commands import Desk
from tests.support.postgres import Cluster
from tests.support.reading import tables as read_tables

PASSWORD = "a lantern in the fog"
_SENT = "UPDATE event_outbox SET status = 'SENT', sent_at = now(), sent_tx = pg_current_xact_id()"
_READ = """
INSERT INTO bus_checkpoints (consumer_group, sent_tx, position)
SELECT 'callbacks', sent_tx, position FROM event_outbox ORDER BY sent_tx, position LIMIT 1
"""
_UNREAD = b"""
SELECT count(*) FROM event_outbox o, bus_checkpoints c
WHERE o.status = 'SENT' AND (o.sent_tx, o.position) > (c.sent_tx, c.position)
"""
_TASK = """
INSERT INTO async_tasks (id, session_id, user_id, task_type, status, model, cost_usd, draft)
VALUES (%s, %s, %s, 'GENERATE', 'COMPLETED', 'muse', 0.25, '{"text": "a line\\\\nbreak, a tab\\t, 盐钟"}')
"""


async def execute(url: str, statement: str, values: tuple[object, ...] | None = None) -> None:
    async with await AsyncConnection.connect(url, autocommit=True) as connection:
        await connection.execute(statement.encode(), values)


async def unread(url: str) -> int:
    async with await AsyncConnection.connect(url) as connection:
        row = await (await connection.execute(_UNREAD)).fetchone()
    assert row is not None
    return int(row[0])


async def work(api: Served) -> str:
    """A session with proposals, a note in two scripts, and a finished task; its id."""
    session_id = await api.start(title="The Salt Clock 盐钟", seed="a\ttab, a \\ and a\nline")
    asked = await api.command("GENERATE_INSPIRATION", session_id, count=2)
    await api.outcome(session_id, asked["correlation_id"], stage=GenesisStage.CONCEPT_SELECTION, count=2)
    await api.readable(session_id, 3)
    async with api.studio.pool.connection() as connection:
        await connection.execute(_TASK.encode(), (uuid4(), session_id, api.account.id))
    return session_id


async def test_every_session_key_and_account_comes_back_on_another_server(
    cluster: Cluster, database_url: str, redis_url: str, tmp_path: Path
) -> None:
    file = tmp_path / "studio.zip"
    async with served(database_url, redis_url) as api:
        await api.studio.users.set_password(api.account.id, PASSWORD)
        await api.studio.users.add("Ann", PASSWORD)
        session_id, token = await work(api), api.http.headers["Authorization"]
        before = await api.state(session_id)
        await execute(database_url, _SENT)
        await execute(database_url, _READ)
        await api.readable(await api.start(title="Not sent yet"), 1)
        await api.projecting.stop()
        await execute(database_url, FAR_AHEAD)
        left = await unread(database_url)
    manifest = await asyncio.to_thread(back_up, database_url, file)
    assert file.stat().st_mode & 0o777 == 0o600
    with empty_database(cluster) as elsewhere:
        await asyncio.to_thread(put_back, file, elsewhere)
        rows = every_row(elsewhere)
        assert rows == every_row(database_url)
        assert {name: len(found) for name, found in rows.items()} == {
            name: table.rows for name, table in manifest.tables.items()
        }
        assert rows["task_totals"], "the totals of before, which no trigger has added to"
        assert await unread(elsewhere) == left > 0
        assert [one for one in await look_at_database(elsewhere, working=False) if one.ok is False] == []
        for projection in PROJECTIONS:
            report = await verify(elsewhere, projection)
            assert (report.comparison.differences, report.comparison.columns) == (0, set())
        assert await read_tables(with_read_tables(elsewhere)) == await read_tables(database_url)
        async with served(elsewhere, redis_url) as api:
            api.http.headers["Authorization"] = token
            assert await api.state(session_id) == before
            assert (await api.studio.users.sign_in("ann", PASSWORD, "")) is not None
            later = await api.start(title="Written after the restore")
            await api.readable(later, 1)


async def test_a_backup_under_traffic_is_of_one_moment(
    cluster: Cluster, database_url: str, redis_url: str, tmp_path: Path
) -> None:
    """Each command writes inbox, event and outbox together: a backup holds all of it, or nothing."""
    async with served(database_url, redis_url) as api:
        done = asyncio.Event()

        async def write() -> int:
            count = 0
            while not done.is_set():
                await api.start(title="One more")
                count += 1
            return count

        writers = [asyncio.create_task(write()) for _ in range(4)]
        counts = []
        for number in range(3):
            manifest = await asyncio.to_thread(back_up, database_url, tmp_path / f"{number}.zip")
            counts.append({manifest.tables[name].rows for name in ("domain_events", "event_outbox", "command_inbox")})
        done.set()
        assert sum(await asyncio.gather(*writers)) > 0
    assert [len(found) for found in counts] == [1, 1, 1]
    with empty_database(cluster) as elsewhere:
        await asyncio.to_thread(put_back, tmp_path / "2.zip", elsewhere)
        assert len(every_row(elsewhere)["domain_events"]) in counts[2]


async def test_sessions_that_are_there_are_not_replaced_unasked(
    cluster: Cluster, desk: Desk, database_url: str, tmp_path: Path
) -> None:
    file = tmp_path / "studio.zip"
    await desk.start(title="Kept in the file")
    await asyncio.to_thread(back_up, database_url, file)
    kept = every_row(database_url)
    await desk.start(title="Since then")
    await desk.store._pool.close()  # type: ignore[attr-defined]
    since = every_row(database_url)
    with pytest.raises(OperatorError, match="sessions or people here already"):
        await asyncio.to_thread(put_back, file, database_url)
    assert every_row(database_url) == since
    neighbour = await AsyncConnection.connect(database_url)
    with pytest.raises(OperatorError, match="connected to the database"):
        await asyncio.to_thread(put_back, file, database_url, replace=True)
    await neighbour.close()
    await asyncio.to_thread(put_back, file, database_url, replace=True)
    assert every_row(database_url) == kept


def test_every_table_that_is_kept_has_a_model(database_url: str) -> None:
    """At the newest revision a backup takes the tables that have one, so that a table without would be lost."""
    assert set(every_row(database_url)) <= set(TABLES)


def test_a_backup_of_an_older_schema_is_brought_to_the_newest(cluster: Cluster, tmp_path: Path) -> None:
    from migrations.run import upgrade

    with empty_database(cluster) as old, empty_database(cluster) as elsewhere:
        upgrade(old, "0011")
        with psycopg.connect(old) as connection:
            connection.execute("INSERT INTO users (id, name, name_key) VALUES (gen_random_uuid(), 'Ann', 'ann')")
        assert back_up(old, tmp_path / "old.zip").revision == "0011"
        put_back(tmp_path / "old.zip", elsewhere)
        assert '"name": "Ann"' in every_row(elsewhere)["users"][0]
