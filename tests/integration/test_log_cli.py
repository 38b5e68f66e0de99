"""`genesis log verify`, as it is typed; and what the doctor says of a sample."""

import asyncio
import json
from uuid import UUID

import pytest
from click.testing import Result
from typer.testing import CliRunner

from cli.log import app
from infrastructure.doctor.database_checks import look_at_log
from infrastructure.operator_error import OperatorError
from migrations.run import downgrade
from tests.support.tampering import tamper, written_log


@pytest.fixture
def session(database_url: str, monkeypatch: pytest.MonkeyPatch) -> UUID:
    monkeypatch.setenv("GENESIS_DATABASE_URL", database_url)
    return written_log(database_url)[0]


def verify(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["verify", *arguments])


def problem(*arguments: str) -> OperatorError:
    error = verify(*arguments).exception
    assert isinstance(error, OperatorError)
    return error


@pytest.fixture
def invented(session: UUID, database_url: str) -> UUID:
    """The session, with an event that nobody wrote in the place of its third."""
    statement = "UPDATE domain_events SET event_type = 'Invented' WHERE aggregate_id = %s AND aggregate_version = 3"
    tamper(database_url, statement, str(session))
    return session


def test_a_whole_log(session: UUID) -> None:
    result = verify()
    assert result.exit_code == 0, result.output
    said, digest = result.output.splitlines()
    assert said == "10 events of 2 streams: all is as it was written."
    assert verify("--stream", str(session)).output.startswith("5 events of 1 stream:")
    assert "drawn at random" in verify("--sample", "50").output
    beyond = verify("--from", "1000000")
    assert (beyond.exit_code, beyond.output) == (0, "No event lies there: nothing was looked at.\n")
    found = json.loads(verify("--json").output)
    assert found["digest"] in digest
    assert (found["events"], found["wrong"], found["faults"]) == (10, 0, [])


def test_an_edited_event_is_named(invented: UUID) -> None:
    result = verify()
    assert result.exit_code == 1
    first, counted, remedy = result.output.splitlines()
    assert first.startswith(f"stream {invented} version 3 (event ")
    assert first.endswith("is not what was written, or does not follow the event before it")
    assert counted == "10 events of 2 streams: 1 is not as written."
    assert "genesis restore" in remedy
    result = verify("--json")
    assert result.exit_code == 1
    (fault,) = json.loads(result.output)["faults"]
    assert (fault["stream_id"], fault["version"]) == (str(invented), 3)


def test_what_cannot_be_verified_is_said(session: UUID, database_url: str) -> None:
    assert "no event of stream" in problem("--stream", str(UUID(int=1))).message
    assert problem("--from", "9", "--until", "3").code == 2
    assert verify("--from", "0").exit_code == 2
    assert verify("--from", str(2**63)).exit_code == 2
    assert verify("--sample", "0").exit_code == 2
    assert "is not an id" in problem("--stream", str(session)[:-1]).message
    downgrade(database_url, "0016")
    assert "genesis migrate" in problem().remedy


def test_behind_the_end_there_is_nothing_wrong(session: UUID) -> None:
    result = verify("--from", str(2**63 - 1))
    assert (result.exit_code, result.output.partition(":")[0]) == (0, "No event lies there")


def test_the_doctor_draws_some(session: UUID, database_url: str) -> None:
    finding = asyncio.run(look_at_log(database_url))
    assert (finding.name, finding.ok) == ("log", True)


def test_the_doctor_names_what_it_drew(invented: UUID, database_url: str) -> None:
    finding = asyncio.run(look_at_log(database_url))
    assert finding.ok is False
    assert f"version 3 of stream {invented}" in finding.detail
    assert "genesis log verify" in finding.remedy
