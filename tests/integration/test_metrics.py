"""GET /metrics: what is counted, the facts of the database, who may read them, and that they hold nobody's id."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID, uuid4

import pytest
import yaml
from genesis_types.enums import TaskStatus
from prometheus_client.parser import text_string_to_metric_families

from application.writers import Spent
from domain.genesis.aggregate import GENESIS_SESSION
from domain.genesis.events import GenerationRequested
from flows.workflow.generate import task_of
from infrastructure.messaging.outbox import Outbox
from infrastructure.observability.facts import FACTS
from infrastructure.observability.metrics import Metrics
from infrastructure.postgres.pool import Pool, make_pool
from infrastructure.work.task_store import Tasks
from tests.support.api import COMMANDS, Served, served
from tests.support.reading import eventually

ALERTS = Path(__file__).resolve().parents[2] / "docs" / "alerts.yml"


@pytest.fixture
async def api(database_url: str, redis_url: str) -> AsyncIterator[Served]:
    async with served(database_url, redis_url) as running:
        yield running


async def samples(api: Served) -> dict[str, float]:
    """ "name{label=value,…}" -> value."""
    answer = await api.http.get("/metrics")
    assert answer.status_code == 200
    return {
        f"{sample.name}{{{','.join(f'{key}={value}' for key, value in sample.labels.items())}}}": sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


async def test_commands_are_counted_by_type_and_outcome(api: Served) -> None:
    session_id = await api.start()
    refused = {"command_type": "FINISH_GENESIS", "session_id": session_id, "payload": {}}
    assert (await api.http.post(COMMANDS, json=refused)).status_code == 422
    code = (await api.http.post(COMMANDS, json=refused)).json()["code"]
    stale = {"command_type": "ABANDON_GENESIS", "session_id": session_id, "expected_version": 99, "payload": {}}
    assert (await api.http.post(COMMANDS, json=stale)).status_code == 409
    found = await samples(api)
    name = "genesis_command_seconds_count"
    assert found[f"{name}{{command_type=START_GENESIS,outcome=COMPLETED}}"] == 1
    assert found[f"{name}{{command_type=FINISH_GENESIS,outcome={code}}}"] == 2
    assert found[f"{name}{{command_type=ABANDON_GENESIS,outcome=VERSION_CONFLICT}}"] == 1
    assert found["genesis_http_requests_total{method=POST,route=/genesis/commands,status=422}"] == 2


async def test_facts_of_the_database_are_told(api: Served) -> None:
    session_id = await api.start()
    begun = await api.command("GENERATE_INSPIRATION", session_id)
    await api.readable(session_id, begun["version"])
    async with api.studio.pool.connection() as connection:
        await connection.execute(
            "UPDATE event_outbox SET status = 'DEAD' WHERE position = (SELECT min(position) FROM event_outbox)"
        )
        await connection.execute(
            "UPDATE command_inbox SET deadline_at = now() - interval '1 s' WHERE status = 'PROCESSING'"
        )
    found = await samples(api)
    assert found["genesis_database_up{}"] == 1
    assert found["genesis_outbox_messages{status=DEAD}"] == 1
    assert found["genesis_outbox_messages{status=PENDING}"] == begun["version"] - 1
    assert found["genesis_outbox_oldest_seconds{}"] > 0
    assert found["genesis_projection_lag_seconds{projection=genesis_session}"] == 0
    assert found["genesis_commands_overdue{}"] == 1
    assert found["genesis_waits{status=PAUSED}"] == 0


async def test_what_went_out_and_what_was_applied_is_counted_once_also_when_retention_has_ended_the_rows(
    api: Served,
) -> None:
    session_id = await api.start()
    begun = await api.command("GENERATE_INSPIRATION", session_id)
    await api.readable(session_id, begun["version"])
    outbox = Outbox(api.studio.pool)
    rows = [row.id for row in await outbox.due()]
    assert len(rows) == begun["version"]
    for _ in range(2):  # a relay that has been overtaken marks them once more
        await outbox.sent(rows)
    async with api.studio.pool.connection() as connection:
        await connection.execute("DELETE FROM event_outbox")
    found = await samples(api)
    assert found["genesis_outbox_published_total{}"] == begun["version"]
    assert found["genesis_projection_events_total{projection=genesis_session}"] == begun["version"]


async def test_tokens_and_cost_are_told_by_the_configured_model(api: Served) -> None:
    session_id = await api.start()
    begun = await api.command("GENERATE_INSPIRATION", session_id)
    tasks = Tasks(api.studio.pool, model="openai:small")
    work = await requested(api, session_id)
    assert await tasks.claim(task_of(work, UUID(session_id), api.account.id), "worker")
    used = Spent({"input_tokens": 1200, "output_tokens": 340, "requests": 1}, 0.25)
    assert await tasks.keep_result(UUID(begun["correlation_id"]), "worker", {}, used)
    await tasks.finish(UUID(begun["correlation_id"]), "worker", TaskStatus.COMPLETED)
    found = await samples(api)
    assert found["genesis_ai_tokens_total{kind=input,model=openai:small}"] == 1200
    assert found["genesis_ai_tokens_total{kind=output,model=openai:small}"] == 340
    assert found["genesis_ai_cost_usd_total{model=openai:small}"] == 0.25


async def requested(api: Served, session_id: str) -> GenerationRequested:
    """The work that the session waits for."""
    session = await api.studio.store.load(GENESIS_SESSION, UUID(session_id))
    assert session is not None
    assert session.pending is not None
    return session.pending


_RECOUNTED = """
SELECT coalesce(model, 'unknown'), count(*) FILTER (WHERE status = 'COMPLETED'),
    count(*) FILTER (WHERE status = 'FAILED'), count(*) FILTER (WHERE status = 'CANCELLED'),
    coalesce(sum(cost_usd), 0), coalesce(sum(input_tokens), 0), coalesce(sum(output_tokens), 0)
FROM async_tasks GROUP BY 1 ORDER BY 1
"""


async def test_totals_of_generations_are_what_a_recount_would_find(pool: Pool) -> None:
    """Whatever statement changes tasks, one by one or many at once, and several of them at the same time."""
    async with pool.connection() as connection:
        await connection.execute(
            "INSERT INTO async_tasks (id, session_id, user_id, task_type, model, status, cost_usd)"
            " SELECT gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), 'GENERATE_INSPIRATION',"
            " (ARRAY['a', 'b', NULL])[1 + n % 3], 'RUNNING', CASE WHEN n % 2 = 0 THEN 0.125 END"
            " FROM generate_series(1, 60) AS n"
        )

    async def change(statement: str) -> None:
        async with pool.connection() as connection:
            await connection.execute(statement.encode())

    await asyncio.gather(
        *(
            change(
                f"UPDATE async_tasks SET status = '{status}', input_tokens = coalesce(input_tokens, 0) + 7"
                f" WHERE ctid IN (SELECT ctid FROM async_tasks WHERE status = 'RUNNING' LIMIT {count} FOR UPDATE)"
            )
            for status, count in (("COMPLETED", 9), ("FAILED", 5), ("CANCELLED", 3), ("COMPLETED", 11), ("FAILED", 2))
        )
    )
    await change("UPDATE async_tasks SET draft = '{}', progress = 2")
    await change(
        "UPDATE async_tasks SET cost_usd = coalesce(cost_usd, 0) + 1, output_tokens = 9 WHERE status = 'FAILED'"
    )
    async with pool.connection() as connection:
        counted = await (await connection.execute("SELECT * FROM task_totals ORDER BY model")).fetchall()
        assert counted == await (await connection.execute(_RECOUNTED)).fetchall()
        await connection.execute("DELETE FROM async_tasks")
        assert await (await connection.execute("SELECT * FROM task_totals ORDER BY model")).fetchall() == counted


async def test_a_fact_that_is_slow_is_left_out_and_the_database_is_not_called_away(api: Served) -> None:
    session_id = await api.start()
    await api.readable(session_id, 1)
    async with api.studio.pool.connection() as connection, connection.transaction():
        await connection.execute("LOCK TABLE flow_run_leases")  # whoever asks waits, as for a slow answer
        found = await samples(api)
        ready = await api.http.get("/ready")
    assert found["genesis_database_up{}"] == 1
    assert found["genesis_facts_missing{}"] == 1
    assert "genesis_runs_overdue{}" not in found
    assert {fact.name for fact in FACTS if fact.name == "genesis_oldest_write_transaction_seconds"} <= {
        name.partition("{")[0] for name in found
    }
    checks = {check["name"]: check for check in ready.json()["checks"]}
    assert (ready.status_code, ready.json()["status"]) == (200, "degraded")
    assert checks["database"]["ok"]
    assert not checks["worker"]["ok"]
    assert "did not answer this within" in checks["worker"]["detail"]
    assert checks["relay"]["ok"]


async def test_open_streams_are_counted(api: Served) -> None:
    async def counted(clients: int) -> None:
        async def so_many() -> bool:
            return (await samples(api))["genesis_sse_clients{}"] == clients

        await eventually(so_many)

    session_id = await api.start()
    await api.readable(session_id, 1)
    async with api.http.stream("GET", f"/api/v1/genesis/{session_id}/events/stream") as stream:
        lines = stream.aiter_lines()  # kept: a generator that is forgotten closes the stream
        await anext(lines)
        await counted(1)
    await counted(0)


async def test_no_id_and_no_text_is_in_them(api: Served) -> None:
    session_id = await api.start(seed="zinnober")
    await api.http.get(f"/api/v1/genesis/{session_id}/state")
    await api.http.get(f"/api/v1/genesis/{uuid4()}/state")
    await api.http.get(f"/nowhere/{uuid4()}")
    text = (await api.http.get("/metrics")).text
    assert not re.search(r"[0-9a-f]{8}-[0-9a-f]{4}", text)
    assert "zinnober" not in text
    assert "owner" not in text


async def test_from_elsewhere_they_need_a_token_that_may_read(api: Served) -> None:
    elsewhere = {"X-Forwarded-For": "203.0.113.9"}
    async with await api.client(**elsewhere) as stranger:
        assert (await stranger.get("/metrics")).status_code == 401
    for scopes, status in (({"metrics"}, 200), ({"read"}, 200), ({"write"}, 403)):
        token = await api.studio.accounts.issue_bearer(api.account.id, scopes=scopes)  # type: ignore[arg-type]
        async with await api.client(Authorization=f"Bearer {token}", **elsewhere) as program:
            assert (await program.get("/metrics")).status_code == status
            assert (await program.get("/api/v1/genesis")).status_code == (200 if "read" in scopes else 403)


async def test_a_database_that_hangs_is_said_and_not_waited_for() -> None:
    async def say_nothing(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await done.wait()
        writer.close()

    done = asyncio.Event()
    async with await asyncio.start_server(say_nothing, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        pool = make_pool(f"postgresql://u@127.0.0.1:{port}/d", "test", min_size=0)
        await pool.open(wait=False)
        try:
            async with asyncio.timeout(20):
                text = (await Metrics(pool).exposition()).decode()
        finally:
            done.set()
            await pool.close(timeout=1)
    assert "genesis_database_up 0.0" in text
    assert "genesis_outbox" not in text


async def test_every_alert_asks_for_what_is_really_told(api: Served) -> None:
    session_id = await api.start()
    await api.command("GENERATE_INSPIRATION", session_id)
    work = await requested(api, session_id)
    assert await Tasks(api.studio.pool).claim(task_of(work, UUID(session_id), api.account.id), "worker")
    told = {name.partition("{")[0] for name in await samples(api)}
    groups = yaml.safe_load(ALERTS.read_text())["groups"]
    rules = [rule for group in groups for rule in group["rules"]]
    assert len({rule["alert"] for rule in rules}) == len(rules)
    for rule in rules:
        asked = set(re.findall(r"genesis_\w+", rule["expr"]))
        assert asked
        assert asked <= told, rule["alert"]
        assert rule["annotations"]["remedy"]
    assert {fact.name for fact in FACTS} <= told
