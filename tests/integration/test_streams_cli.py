"""`genesis streams`, as it is typed: any stream, its events, its state at any version or time."""

import asyncio
import json
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from typer.testing import CliRunner

from cli.main import app as first_name
from cli.streams import app
from domain.genesis.commands import ExtendSession
from infrastructure.event_store.store import PostgresEventStore
from infrastructure.operator_error import OperatorError
from infrastructure.postgres.pool import make_pool, opened
from tests.support.commands import START, Desk


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


def test_state_by_its_first_name(session: UUID) -> None:
    result = CliRunner().invoke(first_name, ["state", str(session), "--at-version", "2"])
    assert json.loads(result.output) == shown(str(session), "--at-version", "2")


def test_now_and_at_every_version(session: UUID) -> None:
    now = shown(str(session))
    assert (now["aggregate_type"], now["stream_id"]) == ("genesis_session", str(session))
    assert (now["state"]["version"], now["state"]["premise"]["title"]) == (3, "Low Water")
    ends = [shown(str(session), "--at-version", str(version))["state"]["expires_at"] for version in (1, 2, 3)]
    assert ends == sorted(set(ends))
    assert ends[-1] == now["state"]["expires_at"]


def test_at_a_time(session: UUID) -> None:
    assert shown(str(session), "--at", START.isoformat())["state"]["version"] == 3
    assert shown(str(session), "--at", "2999-06-30T23:59:60+00:00")["state"]["version"] == 3
    assert shown(str(session), "--at", f"{START + timedelta(days=1):%Y-%m-%d}")["state"]["version"] == 3
    assert "had not begun" in problem(str(session), "--at", (START - timedelta(seconds=1)).isoformat()).message


def test_what_cannot_be_shown_is_said(session: UUID) -> None:
    assert "no stream" in problem(str(uuid4())).message
    assert "has 3 versions" in problem(str(session), "--at-version", "4").message
    assert "is not a time" in problem(str(session), "--at", "yesterday").message
    assert problem(str(session), "--at", "2026-03-01", "--at-version", "1").code == 2
    for version in ("0", "-1", str(2**31), str(2**63)):
        assert CliRunner().invoke(app, ["state", str(session), "--at-version", version]).exit_code == 2


DAMAGE = {
    "an unknown event": ("UPDATE domain_events SET event_type = 'Dreamt' WHERE aggregate_version = 2", "does not know"),
    "a newer version": ("UPDATE domain_events SET event_version = 99 WHERE aggregate_version = 2", "version 99"),
    "a hole": ("DELETE FROM domain_events WHERE aggregate_version = 2", "event 2 of this stream is missing"),
    "another shape": ("UPDATE domain_events SET payload = '{}' WHERE aggregate_version = 2", "not what was written"),
}


@pytest.mark.parametrize(("damage", "why"), DAMAGE.values(), ids=DAMAGE)
def test_a_damaged_stream_is_listed_and_named(session: UUID, database_url: str, damage: str, why: str) -> None:
    with psycopg.connect(database_url) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute(damage.encode())
    assert why in problem(str(session)).message
    assert shown(str(session), "--at-version", "1")["state"]["version"] == 1
    assert CliRunner().invoke(app, ["show", str(session)]).exit_code == 0


def test_streams_and_their_events_are_listed(session: UUID, database_url: str) -> None:
    (stream,) = json.loads(CliRunner().invoke(app, ["list", "--json"]).output)
    assert (stream["stream_id"], stream["aggregate_type"]) == (str(session), "genesis_session")
    assert (stream["version"], stream["events"]) == (3, 3)
    assert json.loads(CliRunner().invoke(app, ["list", "--type", "account", "--json"]).output) == []
    lines = CliRunner().invoke(app, ["show", str(session), "--from", "2", "--json"]).output.splitlines()
    events = [json.loads(line) for line in lines]
    assert [(event["version"], event["event_type"]) for event in events] == [
        (2, "SessionExtended"),
        (3, "SessionExtended"),
    ]
    assert events[0]["payload"]["hours"] == 5
    assert events[0]["command_type"] == "EXTEND_SESSION"
    assert "SessionExtended" in CliRunner().invoke(app, ["show", str(session)]).output
    for arguments in (["show", str(uuid4())], ["show", str(session), "--from", "3", "--to", "2"]):
        assert isinstance(CliRunner().invoke(app, arguments).exception, OperatorError)
