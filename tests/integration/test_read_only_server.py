"""The database server takes no writes for a while, as a standby does that is not yet the primary."""

from collections.abc import AsyncIterator
from uuid import uuid4

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from tests.support.api import COMMANDS, Served, served
from tests.support.postgres import Cluster


@pytest.fixture
async def api(database_url: str, redis_url: str) -> AsyncIterator[Served]:
    async with served(database_url, redis_url) as running:
        yield running


async def _read_only(url: str, cluster_url: str, *, on: bool) -> None:
    """From now on, for everybody: whoever is connected has to connect anew."""
    name = str(conninfo_to_dict(url)["dbname"])
    async with await psycopg.AsyncConnection.connect(cluster_url, autocommit=True) as connection:
        setting = "on" if on else "off"
        await connection.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = {setting}".encode())
        await connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,))


async def test_a_command_is_answered_with_come_again_and_then_done_once(
    api: Served, database_url: str, cluster: Cluster
) -> None:
    session_id = await api.start()
    body = {
        "command_type": "NAVIGATE_TO_STAGE",
        "session_id": session_id,
        "command_id": str(uuid4()),
        "payload": {"stage": "CHARACTERS"},
    }
    await _read_only(database_url, cluster.admin_url, on=True)
    for _ in range(12):  # each of the pool's connections is met as it is
        answer = await api.http.post(COMMANDS, json=body)
        assert (answer.status_code, answer.json()["code"]) == (503, "UNAVAILABLE")
        assert answer.headers["Retry-After"]
    await _read_only(database_url, cluster.admin_url, on=False)
    answers = [await api.http.post(COMMANDS, json=body) for _ in range(12)]
    done = [answer.json() for answer in answers if answer.status_code == 200]
    assert done, answers[-1].text
    assert {answer.status_code for answer in answers} <= {200, 503}
    assert all(answer == done[0] for answer in done)
    async with await psycopg.AsyncConnection.connect(database_url) as connection:
        log = await connection.execute("SELECT count(*) FROM domain_events WHERE aggregate_id = %s", (session_id,))
        assert await log.fetchone() == (2,)
