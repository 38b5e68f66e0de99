"""What `genesis doctor` finds it can also mend: each finding is made true, found, mended, and found no more."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg import AsyncConnection

from infrastructure.doctor import repairs
from infrastructure.doctor.database_checks import look_at_database
from infrastructure.doctor.findings import Finding
from infrastructure.postgres.leader_lock import singleton
from infrastructure.work.retention import Retention
from tests.support.api import Served, served
from tests.support.postgres import Cluster

# The log as another server gave its transaction ids: far ahead of this one's.
_RESTORE = """
SET session_replication_role = replica;
UPDATE domain_events SET tx_id = (tx_id::text::bigint + 1000000)::text::xid8;
UPDATE event_outbox SET sent_tx = (sent_tx::text::bigint + 1000000)::text::xid8 WHERE status = 'SENT';
UPDATE projection_checkpoints SET tx_id = (tx_id::text::bigint + 1000000)::text::xid8;
UPDATE bus_checkpoints SET sent_tx = (sent_tx::text::bigint + 1000000)::text::xid8;
SET session_replication_role = origin;
"""
_SENT = "UPDATE event_outbox SET status = 'SENT', sent_at = now(), sent_tx = pg_current_xact_id()"
_READ = """
INSERT INTO bus_checkpoints (consumer_group, sent_tx, position)
SELECT 'callbacks', sent_tx, position FROM event_outbox ORDER BY sent_tx DESC, position DESC LIMIT 1
"""
_UNREAD = b"""
SELECT count(*) FROM event_outbox o, bus_checkpoints c
WHERE o.status = 'SENT' AND (o.sent_tx, o.position) > (c.sent_tx, c.position)
"""
_HANDLE = """
INSERT INTO flow_resume_handles (id, correlation_id, session_id, turn, status) VALUES (%s, %s, %s, 1, 'PAUSED')
"""


@pytest.fixture
async def api(database_url: str, redis_url: str) -> AsyncIterator[Served]:
    async with served(database_url, redis_url) as running:
        yield running


async def wrong(url: str) -> dict[str, Finding]:
    return {finding.name: finding for finding in await look_at_database(url, working=False) if finding.ok is False}


async def mend(url: str, name: str) -> str:
    async with await AsyncConnection.connect(url, autocommit=True) as connection:
        return await repairs.MENDS[name](connection)


async def execute(url: str, statement: str, values: tuple[object, ...] | None = None) -> None:
    async with await AsyncConnection.connect(url, autocommit=True) as connection:
        await connection.execute(statement.encode(), values)


async def test_a_restored_log_is_read_on_from_where_it_was(api: Served, database_url: str) -> None:
    session_id = await api.start(title="Tides")
    await api.command("GENERATE_INSPIRATION", session_id)
    await api.readable(session_id, 2)
    await api.projecting.stop()
    await execute(database_url, _SENT)
    await execute(
        database_url,
        _READ,
    )
    await execute(database_url, _RESTORE)
    late = await api.start(title="After the dump")
    assert list(await wrong(database_url)) == ["restored ids"]
    assert await mend(database_url, "restored-ids") == "2 events are in this server's order now."
    assert await wrong(database_url) == {}
    api.projecting.start()
    await api.readable(late, 1)
    assert (await api.state(session_id))["version"] == 2
    async with api.studio.pool.connection() as connection:
        rows = await (
            await connection.execute(
                "SELECT version, count(*) FROM genesis_timeline WHERE session_id = %s GROUP BY 1 ORDER BY 1",
                (UUID(session_id),),
            )
        ).fetchall()
        unread = await (await connection.execute(_UNREAD)).fetchone()
    assert rows == [(1, 1), (2, 1)]
    assert unread == (0,)
    assert (await mend(database_url, "restored-ids")).startswith("Nothing to mend")


async def test_who_had_not_read_all_of_a_restored_log_is_named(api: Served, database_url: str) -> None:
    await api.readable(await api.start(), 1)
    await api.projecting.stop()
    await api.start(title="Not read before the dump")
    await execute(database_url, _RESTORE)
    said = await mend(database_url, "restored-ids")
    assert "genesis projections rebuild genesis_session" in said
    assert await wrong(database_url) == {}


async def test_the_log_stays_append_only_after_a_mend(api: Served, database_url: str) -> None:
    await api.start()
    await execute(database_url, _RESTORE)
    await mend(database_url, "restored-ids")
    with pytest.raises(psycopg.errors.RestrictViolation):
        await execute(database_url, "UPDATE domain_events SET event_type = 'Other'")


async def test_a_forgotten_write_anywhere_in_the_cluster_is_named_and_ended(
    cluster: Cluster, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(repairs, "_OLD", "0 seconds")
    with cluster.database(migrated=False) as neighbour:
        forgotten = await AsyncConnection.connect(neighbour, application_name="a report")
        await forgotten.execute("CREATE TABLE left_open (id int)")
        found = await look_at_database(database_url, working=True)
        assert next(one for one in found if one.name == "transactions").ok  # not old yet
        assert await mend(database_url, "transactions") == "1 ended."
        with pytest.raises(psycopg.OperationalError):
            await forgotten.execute("SELECT 1")
        await forgotten.close()


async def test_a_wait_of_a_session_that_ended_is_closed(api: Served, database_url: str) -> None:
    session_id = await api.start()
    await execute(database_url, _HANDLE, (uuid4(), uuid4(), session_id))
    done = await api.command("ABANDON_GENESIS", session_id)
    await api.readable(session_id, done["version"])
    await execute(database_url, "UPDATE genesis_sessions SET last_event_at = now() - interval '5 minutes'")
    assert list(await wrong(database_url)) == ["orphaned handles"]
    assert await mend(database_url, "handles") == "1 closed."
    assert await wrong(database_url) == {}


async def test_a_consumer_group_that_was_left_is_named_and_forgotten_and_retention_goes_on(
    api: Served, database_url: str
) -> None:
    await api.start()
    await execute(database_url, _SENT)
    await execute(database_url, "UPDATE event_outbox SET sent_at = now() - interval '31 days'")
    await execute(database_url, _READ)
    for group in ("tried out once", "down for a moment", "standing"):
        await execute(database_url, "INSERT INTO bus_checkpoints (consumer_group) VALUES (%s)", (group,))
    async with singleton(database_url, "bus-down for a moment", asyncio.Event()):  # it is back
        (found,) = [one for one in await look_at_database(database_url, working=True) if one.name == "consumer groups"]
        assert found.ok is False
        assert "standing" in found.detail or "tried out once" in found.detail
        assert "--mend groups" in found.remedy
        assert "consumer groups" not in await wrong(database_url), "worth knowing, while nothing runs"
        with_broker = await look_at_database(database_url, working=True, broker=True)
        assert "consumer groups" not in {one.name for one in with_broker}
        assert await mend(database_url, "groups") == "2 forgotten: standing, tried out once."
        assert await mend(database_url, "groups") == "0 forgotten."
    await execute(database_url, "DELETE FROM bus_checkpoints WHERE consumer_group = 'down for a moment'")
    await Retention(api.studio.pool, days=30, broker=False).sweep()
    async with api.studio.pool.connection() as connection:
        left = await (await connection.execute("SELECT count(*) FROM event_outbox")).fetchone()
    assert left == (0,)


async def test_a_hole_in_a_history_is_found(api: Served, database_url: str) -> None:
    session_id = await api.start()
    await api.command("GENERATE_INSPIRATION", session_id)
    await execute(
        database_url, "SET session_replication_role = replica; DELETE FROM domain_events WHERE aggregate_version = 1"
    )
    found = await wrong(database_url)
    assert session_id in found["versions"].detail
    assert "backup" in found["versions"].remedy


async def test_the_command_mends_and_says_what_it_did(api: Served, database_url: str) -> None:
    session_id = await api.start()
    await api.command("GENERATE_INSPIRATION", session_id)
    await execute(
        database_url, "UPDATE command_inbox SET deadline_at = now() - interval '5 minutes' WHERE status = 'PROCESSING'"
    )
    code, said, complained = await doctor(database_url, "--json")
    assert (code, complained) == (1, "")
    assert '"commands"' in said
    assert await doctor(database_url, "--mend", "commands") == (0, "1 ended.\n", "")
    assert "commands" not in await wrong(database_url)
    code, _, complained = await doctor(database_url, "--mend", "everything")
    assert code == 2
    assert "restored-ids" in complained


async def doctor(url: str, *arguments: str) -> tuple[int | None, str, str]:
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "cli.main",
        "doctor",
        *arguments,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, "GENESIS_DATABASE_URL": url},
    )
    out, err = await child.communicate()
    return child.returncode, out.decode(), err.decode()
