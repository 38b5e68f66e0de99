"""`genesis doctor` finds what is wrong with the servers, one thing at a time, and names the remedy."""

import asyncio
from uuid import uuid4

import psycopg
import pytest

from infrastructure.doctor.database_checks import look_at_database
from infrastructure.doctor.findings import Finding, look_at_kafka, look_at_redis
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
