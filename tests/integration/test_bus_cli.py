"""`genesis bus`, as it is typed."""

import asyncio
import json
from uuid import uuid4

import psycopg
import pytest
from typer.testing import CliRunner

from cli.bus import app
from infrastructure.messaging.inbound_record import Record, Unfit
from infrastructure.messaging.parked_messages import park
from infrastructure.operator_error import OperatorError
from infrastructure.postgres.pool import make_pool, opened

SECRET = b"The keeper hears a bell"


@pytest.fixture
def ids(database_url: str, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Two parked messages."""
    monkeypatch.setenv("GENESIS_DATABASE_URL", database_url)

    async def fill() -> None:
        async with opened(make_pool(database_url, "tests", min_size=1, max_size=2)) as pool, pool.connection() as one:
            why = Unfit("FORGED", "the log says otherwise: session", uuid4())
            headers = [("ce_id", b"1"), ("[bold]", b"\x1b[31m\xff\0")]
            for number in range(2):
                await park(one, "callbacks", [(Record(f"topic[{number}]@7", b"key", headers, SECRET), why)])

    asyncio.run(fill())
    with psycopg.connect(database_url) as connection:
        return [str(row[0]) for row in connection.execute("SELECT id FROM bus_parked ORDER BY created_at")]


def said(*arguments: str, code: int = 0) -> str:
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == code, (result.output, result.exception)
    assert SECRET.decode() not in result.output
    return result.output


def problem(*arguments: str) -> str:
    error = CliRunner().invoke(app, arguments).exception
    assert isinstance(error, OperatorError)
    return error.message


def test_what_is_parked_is_listed_and_shown_without_what_it_holds(ids: list[str]) -> None:
    listed = said("parked")
    assert all(word in listed for word in (*ids, "callbacks", "topic[1]@7", "FORGED: the log says otherwise: session"))
    assert [row["id"] for row in json.loads(said("parked", "--json", "--limit", "1"))] == ids[:1]
    shown = said("show", ids[0])
    assert "[bold]" in shown
    assert "\x1b" not in shown
    assert json.loads(said("show", ids[0], "--json"))["size"] == len(SECRET)


def test_another_look_is_asked_for(ids: list[str]) -> None:
    assert "1 will be looked at again" in said("retry", ids[0])
    assert "2 will be looked at again" in said("retry", "--all")
    assert all(row["retry_at"] for row in json.loads(said("parked", "--json")))


def test_parked_messages_are_forgotten(ids: list[str]) -> None:
    said("discard", ids[0], code=1)  # asked, and nobody says yes
    assert "1 forgotten" in said("discard", ids[0], "--yes")
    assert "1 forgotten" in said("discard", "--all", "--yes")
    assert "No message is parked" in said("parked")
    assert "No message is parked" in said("retry", "--all")


def test_wrong_usage_is_said(ids: list[str]) -> None:
    assert "Say which" in problem("retry")
    assert "Say which" in problem("discard", ids[0], "--all")
    assert "No message" in problem("show", str(uuid4()))
    assert "No message" in problem("discard", str(uuid4()), "--yes")
