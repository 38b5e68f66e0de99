"""`genesis projections` for several at once, for programs, and what it only tells: dry runs, digests, `watch`."""

import asyncio
import json
from typing import Any

import psycopg
import pytest
from typer.testing import CliRunner

from cli.projections import app
from infrastructure.operator_error import OperatorError
from infrastructure.read_side.rebuild_turn import alone
from projections.genesis.session import GENESIS_SESSION
from projections.registry import PROJECTIONS
from tests.support.logs import JOURNEY, write_histories
from tests.support.postgres import Cluster
from tests.support.reading import projecting

NAMES = [projection.name for projection in PROJECTIONS]


@pytest.fixture
def studio_url(database_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("GENESIS_DATABASE_URL", database_url)
    return database_url


def _said(*arguments: str, code: int = 0) -> str:
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == code, (result.output, result.exception)
    return result.output


def _objects(*arguments: str, code: int = 0) -> list[dict[str, Any]]:
    return [json.loads(line) for line in _said(*arguments, "--json", code=code).splitlines()]


def _refused(*arguments: str) -> OperatorError:
    error = CliRunner().invoke(app, arguments).exception
    assert isinstance(error, OperatorError), error
    return error


async def _catch_up(url: str) -> None:
    async with projecting(url) as projector:
        await projector.catch_up()


def _execute(url: str, statement: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement.encode())


def _log(url: str, seed: int = 1) -> None:
    write_histories(url, [JOURNEY, JOURNEY[:9]], seed)
    asyncio.run(_catch_up(url))


def test_all_at_once_in_plain_lines_where_there_is_no_terminal(studio_url: str) -> None:
    _log(studio_url)
    said = _said("rebuild", "--all")
    for name in NAMES:
        assert f"{name} is now generation 1." in said
    assert "genesis_session: copy, 0 of 60 events (0 %)" in said
    assert "\x1b" not in said
    assert "Nothing" not in said
    assert said.count("all are the same") == len(NAMES)
    assert _said("verify", "novels", "genesis_session", "--workers", "2").count("all are the same") == 2
    assert "novels is back, now as generation 2." in _said("back", "novels", "credits", "--yes")


def test_what_one_refuses_does_not_keep_the_others(studio_url: str) -> None:
    _log(studio_url)
    said = _said("back", "novels", "genesis_session", "--yes", code=1)
    assert "novels: No earlier tables of novels are kept." in said
    assert "genesis_session: No earlier tables" in said

    async def meanwhile() -> str:
        async with alone(studio_url, GENESIS_SESSION):
            return await asyncio.to_thread(_said, "rebuild", "genesis_session", "novels", code=1)

    said = asyncio.run(meanwhile())
    assert "A rebuild of genesis_session is running already, in process " in said
    assert "novels is now generation 1." in said


@pytest.mark.parametrize("given", [(), ("--all", "novels"), ("nonsense",)], ids=["nothing", "both", "unknown"])
@pytest.mark.parametrize("command", ["rebuild", "verify", "back"])
def test_what_is_meant_must_be_clear(studio_url: str, command: str, given: tuple[str, ...]) -> None:
    assert "genesis_session" in _refused(command, *given).remedy


def test_for_programs_an_object_on_each_line(studio_url: str) -> None:
    _log(studio_url)
    told = _objects("rebuild", "genesis_session", "novels")
    phases = [one["phase"] for one in told if one.get("projection") == "genesis_session" and "phase" in one]
    assert phases == ["copy", "catch up", "compare", "switch", "done"]
    ends = [one for one in told if "switched" in one]
    assert [(one["projection"], one["events"], one["switched"]) for one in ends] == [
        ("genesis_session", 60, True),
        ("novels", 60, True),
    ]
    (proof,) = [one for one in told if one["projection"] == "novels" and "differences" in one]
    assert (proof["rows"], proof["differences"], proof["unapplied"]["streams"]) == (1, 0, 0)
    _execute(studio_url, "UPDATE genesis_sessions SET title = 'forged'")
    told = _objects("rebuild", "genesis_session", code=1)
    assert told[-1]["switched"] is False, "it cannot ask"
    assert _objects("rebuild", "genesis_session", "--yes")[-1]["switched"] is True


def test_a_dry_run_tells_the_differences_and_changes_nothing(studio_url: str) -> None:
    _log(studio_url)
    _execute(studio_url, "UPDATE genesis_sessions SET title = 'forged'")
    said = _said("rebuild", "genesis_session", "--dry-run")
    assert "2 of " in said
    assert "title" in said
    assert "Nothing has changed." in said
    _said("verify", "genesis_session", code=1)
    assert _objects("watch", "--once")[0]["generation"] == 0


def test_events_that_cannot_be_applied_are_told_before_anything_is_switched(studio_url: str) -> None:
    _log(studio_url)
    _execute(studio_url, "ALTER TABLE domain_events DISABLE TRIGGER USER")
    _execute(
        studio_url,
        "UPDATE domain_events SET event_type = 'ComesFromTheFuture' WHERE id = (SELECT id FROM domain_events"
        " WHERE aggregate_version = 5 ORDER BY aggregate_id LIMIT 1)",
    )
    declined = CliRunner().invoke(app, ["rebuild", "genesis_session"], input="n\n")
    assert declined.exit_code == 1
    assert "In the rebuilt tables 1 stream stands still" in declined.output
    assert "ComesFromTheFuture version 2" in declined.output
    assert "1 stream that goes on now would stand still. Switch?" in declined.output
    assert "Nothing has changed." in declined.output
    assert "is now generation 1" in _said("rebuild", "genesis_session", "--yes")


def test_digests_are_the_same_on_another_machine_with_the_same_log(studio_url: str, cluster: Cluster) -> None:
    _log(studio_url)
    lines = _said("verify", "genesis_session", "novels", "--digest").splitlines()
    assert [line.split()[1] for line in lines if line.startswith("novels")][-1] == "all"
    assert len([line for line in lines if line.startswith("genesis_session ")]) == 3
    with cluster.database() as other:
        columns = "event_id, event_type, event_version, aggregate_type, aggregate_id, aggregate_version, payload"
        query = f"COPY (SELECT {columns}, payload_hash FROM domain_events ORDER BY aggregate_version) TO STDOUT"
        with psycopg.connect(studio_url) as source, psycopg.connect(other) as target:
            target.execute("SELECT setval(pg_get_serial_sequence('domain_events', 'id'), 5000)")
            with source.cursor().copy(query) as rows:
                data = b"".join(bytes(row) for row in rows)
            with target.cursor().copy(f"COPY domain_events ({columns}, payload_hash) FROM STDIN") as copy:
                copy.write(data)
        asyncio.run(_catch_up(other))
        with pytest.MonkeyPatch.context() as patched:
            patched.setenv("GENESIS_DATABASE_URL", other)
            patched.setenv("PGTZ", "Asia/Shanghai")
            assert _said("verify", "genesis_session", "novels", "--digest").splitlines() == lines
    _execute(studio_url, "UPDATE genesis_stage_records SET status = 'forged' WHERE stage = 'CONCEPT_SELECTION'")
    forged = _objects("verify", "genesis_session", "--digest")
    assert forged[-1]["stream"] == "all"
    assert not {one["digest"] for one in forged} & {line.split()[-1] for line in lines if "genesis_session" in line}


def test_watch_tells_position_lag_and_rate(studio_url: str) -> None:
    _log(studio_url)
    write_histories(studio_url, [JOURNEY[:4]], 2)
    told = {one["projection"]: one for one in _objects("watch", "--once")}
    assert set(told) == set(NAMES)
    assert (told["genesis_session"]["lag"], told["genesis_session"]["state"]) == (4, "live, behind")
    assert told["genesis_session"]["position"] == 60
    assert told["genesis_session"]["rate"] is None
    assert "novels v1: position 60, lag 4 events, live, behind" in _said("watch", "--once")


def test_what_an_interrupted_rebuild_has_left_is_shown_and_dropped(studio_url: str) -> None:
    schema = f"rebuild_genesis_session_v{GENESIS_SESSION.version}"
    assert "Nothing was left." in _said("drop", "genesis_session", "--unfinished")
    _execute(studio_url, f"CREATE SCHEMA {schema} CREATE TABLE genesis_sessions (id int)")
    said = _said("status")
    assert f"An interrupted rebuild of version {GENESIS_SESSION.version} of genesis_session is kept" in said
    assert schema in _said("drop", "genesis_session", "--unfinished")
    assert "interrupted" not in _said("status")
    assert _refused("drop", "genesis_session").remedy
