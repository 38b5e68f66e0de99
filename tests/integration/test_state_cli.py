"""`genesis state`, as it is typed: any stream, at any version or time."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from typer.testing import CliRunner

from cli.main import app
from domain.genesis.commands import ExtendSession
from infrastructure.event_store.store import PostgresEventStore
from infrastructure.operator_error import OperatorError
from infrastructure.postgres.pool import make_pool, opened
from tests.support.commands import Desk


@pytest.fixture
def session(database_url: str, monkeypatch: pytest.MonkeyPatch) -> UUID:
    """A session of three events."""
    monkeypatch.setenv("GENESIS_DATABASE_URL", database_url)

    async def make() -> UUID:
        async with opened(make_pool(database_url, "tests", min_size=1, max_size=2)) as pool:
            desk = Desk(PostgresEventStore(pool, "genesis.events"))
            await desk.start(mode="free_form", title="Low Water")
            for _ in range(2):
                await desk.do(ExtendSession(hours=5))
            return desk.session_id

    return asyncio.run(make())


def shown(*arguments: str) -> dict[str, Any]:
    result = CliRunner().invoke(app, ["state", *arguments])
    assert result.exit_code == 0, (result.output, result.exception)
    found: dict[str, Any] = json.loads(result.output)
    return found


def problem(*arguments: str) -> OperatorError:
    error = CliRunner().invoke(app, ["state", *arguments]).exception
    assert isinstance(error, OperatorError)
    return error


def test_now_and_at_every_version(session: UUID) -> None:
    now = shown(str(session))
    assert (now["aggregate_type"], now["stream_id"]) == ("genesis_session", str(session))
    assert (now["state"]["version"], now["state"]["premise"]["title"]) == (3, "Low Water")
    ends = [shown(str(session), "--at-version", str(version))["state"]["expires_at"] for version in (1, 2, 3)]
    assert ends == sorted(set(ends))
    assert ends[-1] == now["state"]["expires_at"]


def test_at_a_time(session: UUID, database_url: str) -> None:
    with psycopg.connect(database_url) as connection:
        rows = connection.execute("SELECT created_at FROM domain_events ORDER BY aggregate_version").fetchall()
    for version, (recorded,) in enumerate(rows, 1):
        assert shown(str(session), "--at", recorded.isoformat())["state"]["version"] == version
    assert "had not begun" in problem(str(session), "--at", (rows[0][0] - timedelta(seconds=1)).isoformat()).message
    assert shown(str(session), "--at", f"{datetime.now(UTC) + timedelta(days=1):%Y-%m-%d}")["state"]["version"] == 3


def test_what_cannot_be_shown_is_said(session: UUID) -> None:
    assert "no stream" in problem(str(uuid4())).message
    assert "has 3 versions" in problem(str(session), "--at-version", "4").message
    assert "is not a time" in problem(str(session), "--at", "yesterday").message
    assert problem(str(session), "--at", "2026-03-01", "--at-version", "1").code == 2
