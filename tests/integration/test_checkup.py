"""`genesis doctor` finds what is wrong with the servers, one thing at a time, and names the remedy."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from psycopg.conninfo import make_conninfo
from pydantic import SecretStr

from cli import doctor
from infrastructure.doctor import database_checks, findings, reachability
from infrastructure.doctor.database_checks import look_at_database
from infrastructure.doctor.findings import Finding, look_at_kafka, look_at_redis
from infrastructure.embedded.runtime import Runtime
from infrastructure.settings import Settings
from tests.support.postgres import Cluster

_OUTBOX = """
INSERT INTO event_outbox (id, position, topic, partition_key, payload, status, created_at)
VALUES (%s, 1, 't', 's', '{}', %s, now() - interval '5 minutes')
"""
_INBOX = """
INSERT INTO command_inbox (id, session_id, command_type, request_hash, status, correlation_id, deadline_at)
VALUES (%s, %s, 'GENERATE_INSPIRATION', '', 'PROCESSING', %s, now() - interval '5 minutes')
"""
_HANDLE = """
INSERT INTO flow_resume_handles (id, correlation_id, session_id, turn, status, expires_at)
VALUES (%s, %s, %s, 1, 'PAUSED', now() - interval '5 minutes')
"""


async def _findings(url: str, *, working: bool = True) -> dict[str, Finding]:
    return {finding.name: finding for finding in await look_at_database(url, working=working)}


async def test_a_fresh_database_at_head_has_nothing_wrong(database_url: str) -> None:
    assert {finding.ok for finding in (await _findings(database_url)).values()} == {True}


async def test_a_database_without_the_schema_is_told_to_migrate(cluster: Cluster) -> None:
    with cluster.database(migrated=False) as url:
        found = await _findings(url)
    assert found["schema"].ok is False
    assert "genesis migrate" in found["schema"].remedy


@pytest.mark.parametrize(
    ("statement", "values", "name"),
    [
        (_OUTBOX, (uuid4(), "PENDING"), "outbox"),
        (_OUTBOX, (uuid4(), "DEAD"), "dead letters"),
        (_INBOX, (uuid4(), uuid4(), uuid4()), "commands"),
        (_HANDLE, (uuid4(), uuid4(), uuid4()), "handles"),
        (
            "INSERT INTO projection_parked (projection, version, aggregate_id, position, tx_id, error)"
            " VALUES (%s, 1, %s, 1, '1', '')",
            ("novels", str(uuid4())),
            "parked sessions",
        ),
    ],
)
async def test_what_waits_too_long_or_is_stuck_is_found(
    database_url: str, statement: str, values: tuple[object, ...], name: str
) -> None:
    with psycopg.connect(database_url) as connection:
        connection.execute(statement.encode(), values)
    found = await _findings(database_url)
    assert [finding.name for finding in found.values() if not finding.ok] == [name]
    assert found[name].remedy


async def test_waiting_work_is_no_fault_while_the_studio_does_not_run(database_url: str) -> None:
    with psycopg.connect(database_url) as connection:
        connection.execute(_OUTBOX.encode(), (uuid4(), "PENDING"))
    assert (await _findings(database_url, working=False))["outbox"].ok is None


async def test_servers_that_cannot_be_reached_are_findings_not_exceptions() -> None:
    (database,) = await look_at_database("postgresql://127.0.0.1:1/x", working=True)
    redis, kafka = await asyncio.gather(look_at_redis("redis://127.0.0.1:1/0"), look_at_kafka("127.0.0.1:1"))
    assert (database.ok, redis.ok, kafka.ok) == (False, False, False)
    assert all(finding.remedy for finding in (database, redis, kafka))


@asynccontextmanager
async def _silent_server() -> AsyncIterator[int]:
    """The port of a server that takes connections and says nothing."""
    done = asyncio.Event()

    async def say_nothing(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await done.wait()
        writer.close()

    async with await asyncio.start_server(say_nothing, "127.0.0.1", 0) as server:
        try:
            yield server.sockets[0].getsockname()[1]
        finally:
            done.set()


async def test_a_server_that_is_slow_one_that_refuses_and_one_that_is_missing_are_told_apart(
    database_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for module in (reachability, findings, database_checks):
        monkeypatch.setattr(module, "PATIENCE", 1.0)
    async with _silent_server() as port:
        (database,) = await look_at_database(f"postgresql://u@127.0.0.1:{port}/d", working=True)
        redis = await look_at_redis(f"redis://127.0.0.1:{port}/0")
    for slow in (database, redis):
        assert slow.ok is False
        assert "does not answer" in slow.detail
        assert "cannot be reached" not in slow.detail
    (database,) = await look_at_database("postgresql://127.0.0.1:1/x", working=True)
    redis, kafka = await asyncio.gather(look_at_redis("redis://127.0.0.1:1/0"), look_at_kafka("127.0.0.1:1"))
    for refused in (database, redis, kafka):
        assert "nothing listens at 127.0.0.1:1" in refused.detail
    missing = make_conninfo(database_url, dbname="nowhere")
    (database,) = await look_at_database(missing, working=True)
    assert database.detail == 'it refuses the connection: database "nowhere" does not exist'
    (database,) = await look_at_database(f"postgresql:///d?host={tmp_path}", working=True)
    assert "there is no socket" in database.detail
    assert "there is no socket" in (await look_at_redis(f"unix://{tmp_path}/redis.sock")).detail
    assert "is no host and port" in (await look_at_kafka("broker")).detail


async def test_a_question_that_is_slow_is_not_known_and_holds_up_no_other(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    quick = tuple(replace(question, seconds=0.2) for question in database_checks.WAITING)
    monkeypatch.setattr(database_checks, "WAITING", quick)
    with psycopg.connect(database_url) as connection:
        connection.execute("LOCK TABLE flow_run_leases")  # whoever asks waits, as for a slow answer
        found = await _findings(database_url)
    assert {name: finding.ok for name, finding in found.items() if not finding.ok} == {"work": None, "runs": None}
    assert "the database answers" in found["runs"].detail
    assert found["PostgreSQL"].ok
    assert found["dead letters"].ok


async def test_who_signs_in_under_another_key_than_their_name_is_named(database_url: str) -> None:
    with psycopg.connect(database_url) as connection:
        for name, key in (("Straße", "strasse"), ("STRASSE", "strasse 2")):
            connection.execute("INSERT INTO users (id, name, name_key) VALUES (gen_random_uuid(), %s, %s)", (name, key))
    found = (await _findings(database_url))["names"]
    assert found.ok is None
    assert found.detail.startswith("STRASSE signs in as “strasse 2”")


async def test_a_server_that_was_started_a_moment_ago_is_still_starting(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    nowhere = "http://127.0.0.1:1"
    settings = Settings(database_url=SecretStr(database_url), prefect_api_url=f"{nowhere}/api")

    async def found(age: float) -> dict[str, Finding]:
        began = {name: (1, time.time() - age) for name in ("prefect", "api")}
        running = Runtime(1, nowhere, database_url, "", f"{nowhere}/api", began)
        return {one.name: one for one in await doctor._servers(settings, running, working=False)}

    just, long_ago = await found(3), await found(900)
    for name in ("Prefect", "API"):
        assert (just[name].ok, "is still starting" in just[name].detail) == (None, True)
        assert (long_ago[name].ok, bool(long_ago[name].remedy)) == (False, True)
