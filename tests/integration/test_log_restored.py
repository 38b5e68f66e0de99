"""A backup keeps the hash chains, and a restore says what the restored log shows."""

from pathlib import Path

import pytest
import structlog

from cli.backup import restore
from infrastructure.backup.dump import back_up
from tests.support.backups import empty_database
from tests.support.postgres import Cluster
from tests.support.tampering import tamper, verified, written_log


@pytest.fixture(autouse=True)
def logging_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(structlog, "configure", lambda **_: None)


def test_a_restored_log_has_the_same_chains(
    cluster: Cluster,
    database_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    written_log(database_url)
    back_up(database_url, tmp_path / "log.zip")
    with empty_database(cluster) as url:
        monkeypatch.setenv("GENESIS_DATABASE_URL", url)
        restore(tmp_path / "log.zip")
        assert verified(url) == verified(database_url)
    assert "fault" not in capsys.readouterr().out


def test_a_log_that_was_changed_before_it_was_backed_up_is_restored_and_named(
    cluster: Cluster,
    database_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    session, _ = written_log(database_url)
    statement = "UPDATE domain_events SET created_at = now() WHERE aggregate_id = %s AND aggregate_version = 2"
    tamper(database_url, statement, str(session))
    back_up(database_url, tmp_path / "log.zip")
    with empty_database(cluster) as url:
        monkeypatch.setenv("GENESIS_DATABASE_URL", url)
        restore(tmp_path / "log.zip")
    said = capsys.readouterr().out
    assert f"stream {session} version 2 (event " in said
    assert "The log was backed up with one fault." in said
    assert "Restored from" in said
