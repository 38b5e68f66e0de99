"""/ready: what is degraded and why, within seconds, also when the database hangs."""

import asyncio
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest

from application.wakeups import LOG
from infrastructure.doctor.readiness import Vitals
from infrastructure.postgres.pool import make_pool
from infrastructure.redis.wakeups import NoHints
from tests.support.api import COMMANDS, Served, served
from tests.support.reading import eventually

_OUTBOX = "INSERT INTO event_outbox (id, position, topic, partition_key, payload, status, created_at) VALUES ("
_LATE = "now() - interval '5 minutes'"


@pytest.fixture
async def api(database_url: str, redis_url: str) -> AsyncIterator[Served]:
    async with served(database_url, redis_url) as running:
        yield running


async def degraded(api: Served) -> dict[str, str]:
    answer = await api.http.get("/ready")
    assert answer.status_code == 200
    return {check["name"]: check["detail"] for check in answer.json()["checks"] if not check["ok"]}


@pytest.mark.parametrize(
    ("statement", "name"),
    [
        (f"{_OUTBOX}'{uuid4()}', 0, 't', 's', '{{}}', 'PENDING', {_LATE})", "relay"),
        (f"{_OUTBOX}'{uuid4()}', 0, 't', 's', '{{}}', 'DEAD', {_LATE})", "dead letters"),
        (
            "INSERT INTO flow_run_leases (session_id, flow_run_id, lease_expires_at)"
            f" VALUES ('{uuid4()}', '{uuid4()}', {_LATE})",
            "worker",
        ),
        (
            "INSERT INTO command_inbox (id, session_id, command_type, request_hash, status, correlation_id,"
            " deadline_at, created_at) SELECT gen_random_uuid(), gen_random_uuid(), 'GENERATE_INSPIRATION', '',"
            f" 'PROCESSING', gen_random_uuid(), now() + interval '1 hour', {_LATE}",
            "callbacks",
        ),
    ],
)
async def test_work_that_nobody_does_is_named_with_who_would_do_it(api: Served, statement: str, name: str) -> None:
    await api.readable(await api.start(), 1)
    assert (await degraded(api)).keys() == set()
    async with api.studio.pool.connection() as connection:
        await connection.execute(statement.encode())
    found = await degraded(api)
    assert found.keys() == {name}
    assert found[name]
    assert await api.start()  # commands are still taken


async def test_an_event_of_a_newer_build_is_a_problem_of_its_own_and_a_failed_check(api: Served) -> None:
    await api.readable(await api.start(), 1)
    session_id = uuid4()
    async with api.studio.pool.connection() as connection:
        await connection.execute(
            "INSERT INTO domain_events (event_id, event_type, event_version, aggregate_type, aggregate_id,"
            " aggregate_version, payload, payload_hash)"
            " VALUES (gen_random_uuid(), 'GenesisStarted', 9, 'genesis_session', %s, 1, '{}', '')",
            (str(session_id),),
        )
    body = {"command_type": "ABANDON_GENESIS", "session_id": str(session_id), "payload": {}}
    answer = await api.http.post(COMMANDS, json=body)
    assert (answer.status_code, answer.json()["code"]) == (503, "EVENT_TOO_NEW")
    assert "upgraded" in answer.json()["detail"]
    assert answer.headers["retry-after"]
    await api.studio.hints.publish(LOG)

    async def parked() -> bool:
        return "parked events" in await degraded(api)

    await eventually(parked)
    assert await api.start()


async def test_a_database_that_hangs_is_unavailable_within_seconds() -> None:
    async def say_nothing(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await done.wait()
        writer.close()

    done = asyncio.Event()
    async with await asyncio.start_server(say_nothing, "127.0.0.1", 0) as server:
        pool = make_pool(f"postgresql://u@127.0.0.1:{server.sockets[0].getsockname()[1]}/d", "test", min_size=0)
        await pool.open(wait=False)
        try:
            async with asyncio.timeout(20):
                signs = await Vitals(pool, NoHints()).look()
        finally:
            done.set()
            await pool.close(timeout=1)
    assert {sign.name for sign in signs if not sign.ok} == {"database", "redis"}
