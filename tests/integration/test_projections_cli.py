"""`genesis projections`, as it is typed."""

import asyncio
from uuid import uuid4

import pytest
from genesis_types.enums import GenesisMode
from typer.testing import CliRunner

from cli.projections import app
from infrastructure.event_store.store import PostgresEventStore
from infrastructure.operator_error import OperatorError
from infrastructure.postgres.pool import make_pool, opened
from projections.genesis.session import GENESIS_SESSION
from tests.support.commands import Desk
from tests.support.reading import projecting


@pytest.fixture
def studio_url(database_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("GENESIS_DATABASE_URL", database_url)
    return database_url


async def _session(url: str) -> Desk:
    async with opened(make_pool(url, "tests", min_size=1, max_size=2)) as pool:
        desk = Desk(PostgresEventStore(pool, "genesis.events"))
        await desk.start(mode=GenesisMode.FREE_FORM)
    async with projecting(url) as projector:
        await projector.catch_up()
    return desk


async def _execute(url: str, statement: str) -> None:
    async with opened(make_pool(url, "tests", min_size=1, max_size=1)) as pool, pool.connection() as connection:
        await connection.execute(statement.encode())


def _said(*arguments: str, code: int = 0) -> str:
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == code, (result.output, result.exception)
    return result.output


def test_list_and_status(studio_url: str) -> None:
    asyncio.run(_session(studio_url))
    assert "genesis_stage_records" in _said("list")
    lines = [line for line in _said("status").splitlines() if "genesis_session " in line]
    cells = [cell.strip() for cell in lines[0].strip("│").split("│")]
    assert cells[1:6] == [
        str(GENESIS_SESSION.version),
        "1",
        "0",
        "0",
        "live",
    ]


def test_rebuild_verify_and_the_way_back(studio_url: str) -> None:
    asyncio.run(_session(studio_url))
    assert "2 rows compared: all are the same." in _said("verify", "genesis_session")
    assert "generation 1" in _said("rebuild", "genesis_session")
    asyncio.run(_execute(studio_url, "UPDATE genesis_sessions SET title = 'forged'"))
    assert "1 of 2 rows differ" in _said("verify", "genesis_session", code=1)
    assert "generation 2" in _said("rebuild", "genesis_session", "--yes", "--drop-old")
    result = CliRunner().invoke(app, ["back", "genesis_session", "--yes"])
    assert isinstance(result.exception, OperatorError)
    assert "generation 3" in _said("rebuild", "genesis_session")
    assert "generation 4" in _said("back", "genesis_session", "--yes")


def test_parked_sessions_are_shown_and_retried(studio_url: str) -> None:
    assert "Nothing is parked." in _said("parked")
    asyncio.run(_execute(studio_url, "ALTER TABLE genesis_timeline ADD CONSTRAINT fault CHECK (version > 1)"))
    desk = asyncio.run(_session(studio_url))
    assert str(desk.session_id) in _said("parked")
    assert isinstance(CliRunner().invoke(app, ["retry", "genesis_session"]).exception, OperatorError)
    asyncio.run(_execute(studio_url, "ALTER TABLE genesis_timeline DROP CONSTRAINT fault"))
    assert "1 of 1 parked streams go on." in _said("retry", "genesis_session", str(desk.session_id))
    assert "Nothing is parked." in _said("parked")


def test_unknown_names_get_a_remedy(studio_url: str) -> None:
    for arguments in (["rebuild", "nonsense"], ["verify", "nonsense"], ["retry", "novels", str(uuid4())]):
        result = CliRunner().invoke(app, arguments)
        assert isinstance(result.exception, OperatorError)
        assert result.exception.remedy
        assert result.output == "", "nothing was begun"


@pytest.mark.usefixtures("studio_url")
def test_nobody_is_asked_about_a_way_back_that_is_not_there() -> None:
    result = CliRunner().invoke(app, ["back", "genesis_session"], input="y\n")
    assert isinstance(result.exception, OperatorError)
    assert result.output == ""


def test_versions_are_shown_and_an_old_one_is_dropped(studio_url: str) -> None:
    asyncio.run(_session(studio_url))
    other = "INSERT INTO projection_checkpoints (projection, version) VALUES ('novels', 9), ('former', 2)"
    asyncio.run(_execute(studio_url, other))
    asyncio.run(_execute(studio_url, "CREATE SCHEMA read_former_v2 CREATE TABLE former (id INT)"))
    assert "a newer build" in _said("list")
    said = _said("status")
    assert "This build knows version 1 of novels; the database has version 9" in said.replace("\n", " ")
    assert "building, 0 %" in said
    for arguments, why in (
        (["rebuild", "novels"], "newer build is in use"),
        (["drop", "genesis_session", str(GENESIS_SESSION.version), "--yes"], "the one that this build reads"),
        (["drop", "former", "3", "--yes"], "no version 3"),
    ):
        result = CliRunner().invoke(app, arguments)
        assert isinstance(result.exception, OperatorError), result.output
        assert why in str(result.exception.message)
        assert result.exception.remedy
    assert CliRunner().invoke(app, ["drop", "former", "2"], input="n\n").exit_code == 1
    assert "former" in _said("status")
    assert "Version 2 of former is dropped." in _said("drop", "former", "2", "--yes")
    assert "Version 9 of novels is dropped." in _said("drop", "novels", "9", "--yes")
    assert "former" not in _said("status")
    assert "generation 1" in _said("rebuild", "novels")
