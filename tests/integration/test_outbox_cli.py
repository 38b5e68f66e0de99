"""`genesis outbox`, as it is typed."""

import asyncio
import json
from uuid import UUID, uuid4

import psycopg
import pytest
from typer.testing import CliRunner

from cli.outbox import app
from infrastructure.event_store.store import PostgresEventStore
from infrastructure.operator_error import OperatorError
from infrastructure.postgres.pool import make_pool, opened
from tests.support.appends import ENTERED, STARTED, write

SECRET = "The keeper hears a bell"


@pytest.fixture
def ids(database_url: str, monkeypatch: pytest.MonkeyPatch) -> list[UUID]:
    """The messages of one session: sent, dead, and two that wait behind it."""
    monkeypatch.setenv("GENESIS_DATABASE_URL", database_url)
    asyncio.run(_append(database_url))
    with psycopg.connect(database_url, autocommit=True) as connection:
        found = [row[0] for row in connection.execute("SELECT id FROM event_outbox ORDER BY position")]
        connection.execute(
            "UPDATE event_outbox SET status = 'SENT', sent_at = now(), sent_tx = pg_current_xact_id() WHERE id = %s",
            (found[0],),
        )
        connection.execute(
            "UPDATE event_outbox SET status = 'DEAD', retry_count = 6, last_error = 'MessageSizeTooLargeError'"
            " WHERE id = %s",
            (found[1],),
        )
    return found


async def _append(url: str) -> None:
    async with opened(make_pool(url, "tests", min_size=1, max_size=2)) as pool:
        store = PostgresEventStore(pool, "genesis.events")
        started = STARTED.model_copy(update={"seed": SECRET})
        await write(store, uuid4(), 0, (started, started, ENTERED, ENTERED))


def said(*arguments: str, code: int = 0) -> str:
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == code, (result.output, result.exception)
    assert SECRET not in result.output
    return result.output


def problem(*arguments: str) -> str:
    error = CliRunner().invoke(app, arguments).exception
    assert isinstance(error, OperatorError)
    return error.message


def statuses(url: str) -> list[str]:
    with psycopg.connect(url) as connection:
        return [row[0] for row in connection.execute("SELECT status::text FROM event_outbox ORDER BY position")]


def test_what_is_dead_is_listed_and_shown_without_a_word_of_the_writer(ids: list[UUID]) -> None:
    lines = said("status").splitlines()
    found = {cells[0]: cells[1] for line in lines if len(cells := line.replace("│", " ").split()) > 1}
    assert (found["PENDING"], found["SENT"], found["DEAD"]) == ("2", "1", "1")
    (line,) = [line for line in said("list").splitlines() if str(ids[1]) in line]
    assert [word in line for word in ("GenesisStarted", "DEAD", "6 of 6", "MessageSizeTooLargeError")] == [True] * 4
    assert line.rstrip("│ ").endswith("2"), "two wait behind it"
    assert "MessageSizeTooLargeError" in said("show", str(ids[1]))


def test_a_dead_message_is_tried_again(ids: list[UUID], database_url: str) -> None:
    assert "1 will be tried again" in said("requeue", str(ids[1]))
    assert statuses(database_url) == ["SENT", "PENDING", "PENDING", "PENDING"]
    assert "Nothing is dead" in said("requeue", "--all")
    assert "Nothing is dead" in said("list")


def test_a_discarded_message_lets_the_others_go_on_and_stays_in_the_log(ids: list[UUID], database_url: str) -> None:
    said("discard", str(ids[1]), code=1)  # asked, and nobody says yes
    assert statuses(database_url) == ["SENT", "DEAD", "PENDING", "PENDING"]
    assert "Nothing was ever discarded" in said("discarded")
    answer = said("discard", str(ids[1]), "--yes", "--why", "the [broker] allows 1 MB")
    assert "Discarded GenesisStarted" in answer
    assert "2 behind it go on" in answer
    assert statuses(database_url) == ["SENT", "PENDING", "PENDING"]
    (trace,) = json.loads(said("discarded", "--json"))
    assert (trace["id"], trace["why"]) == (str(ids[1]), "the [broker] allows 1 MB")
    assert "the [broker] allows 1 MB" in said("discarded")
    assert "There is no message" in problem("discard", str(ids[1]), "--yes")
    with psycopg.connect(database_url) as connection:
        row = connection.execute("SELECT count(*) FROM domain_events WHERE event_id = %s", (ids[1],)).fetchone()
    assert row == (1,)


def test_only_dead_messages_can_be_sent_again_or_discarded(ids: list[UUID]) -> None:
    assert "is SENT, not dead" in problem("discard", str(ids[0]), "--yes")
    assert "is PENDING, not dead" in problem("requeue", str(ids[2]))
    assert "There is no message" in problem("show", str(uuid4()))
    assert "Say which" in problem("requeue")
    for why in ("x" * 501, "a\udc80b", "line\nbreak"):
        assert "cannot be the reason" in problem("discard", str(ids[1]), "--yes", "--why", why)
    for odd in ("1", "x" * 10_000, "'; DROP TABLE event_outbox; --"):
        for command in ("show", "requeue", "discard"):
            assert "is not an id" in problem(command, odd)


def test_programs_read_the_same_as_json(ids: list[UUID]) -> None:
    assert {name: fact["messages"] for name, fact in json.loads(said("status", "--json")).items()} == {
        "PENDING": 2,
        "SENT": 1,
        "DEAD": 1,
    }
    assert [row["id"] for row in json.loads(said("list", "--json"))] == [str(ids[1])]
    assert json.loads(said("show", str(ids[1]), "--json"))["behind"] == 2
