"""No half export under its name: kills, full disks, lost connections; the same request goes on where it stopped."""

import asyncio
import json
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from infrastructure.exports import encoding, event_rows, exporter, session_rows
from infrastructure.exports.exporter import export
from infrastructure.exports.request import Request
from infrastructure.exports.selection import Selection
from infrastructure.operator_error import OperatorError
from tests.chaos.small_disk import possible
from tests.support.dying_export import killed
from tests.support.exports import ANN, BOB, EVENTS_OF_A_JOURNEY, KEY, exported, proof, write_sessions
from tests.support.postgres import Cluster


@pytest.fixture(scope="module")
def log(cluster: Cluster) -> Iterator[str]:
    with cluster.database() as url:
        write_sessions(url, [ANN, BOB, ANN])
        yield url


@pytest.fixture(autouse=True)
def many_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_rows, "EVENTS_AT_ONCE", 10)
    monkeypatch.setattr(session_rows, "SESSIONS_AT_ONCE", 1)
    monkeypatch.setattr(exporter, "KEEP_EVERY", 0.0)
    monkeypatch.setattr(encoding, "PART", 30)


def contents(folder: Path) -> dict[str, bytes]:
    """Every file but the manifest, which says when it was made."""
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.name != "manifest.json"}


KILLS = [
    ("rows are appended", "events", "jsonl"),
    ("the place is kept", "events", "csv"),
    ("rows are appended", "events", "parquet"),
    ("the place is kept", "sessions", "jsonl"),
    ("rows of an event log are added", "ocel", "sqlite"),
    ("an event log is told as JSON", "ocel", "json"),
    ("the manifest is written", "events", "parquet"),
    ("the folder is renamed", "events", "jsonl"),
]


@pytest.mark.parametrize(
    ("step", "holds", "file_format"), KILLS, ids=[f"{step}, {what} as {form}" for step, what, form in KILLS]
)
def test_a_killed_export_has_no_name_and_is_gone_on_with(
    log: str, tmp_path: Path, step: str, holds: Any, file_format: Any
) -> None:
    target = tmp_path / "out"
    killed(step, log, target, holds, file_format)
    assert not target.exists()
    assert [path.name for path in tmp_path.iterdir()] == [".out.part"]
    _, resumed = asyncio.run(export(log, Request(holds, file_format, Selection()), target, KEY))
    assert resumed
    assert proof(target)[0] == 0
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    exported(log, tmp_path / "whole", holds, file_format)
    ours, whole = contents(target), contents(tmp_path / "whole")
    assert ours.keys() == whole.keys()
    assert file_format == "sqlite" or ours == whole


def test_an_export_that_is_killed_after_its_name_was_given_is_whole(log: str, tmp_path: Path) -> None:
    killed("it has its name", log, tmp_path / "out", "events", "jsonl")
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    assert proof(tmp_path / "out")[0] == 0


def test_another_request_begins_anew_and_an_end_that_was_reached_is_kept(database_url: str, tmp_path: Path) -> None:
    write_sessions(database_url, [ANN])
    killed("rows are appended", database_url, tmp_path / "out", "events", "jsonl")
    write_sessions(database_url, [BOB])
    manifest, resumed = asyncio.run(
        export(database_url, Request("events", "jsonl", Selection()), tmp_path / "out", KEY)
    )
    assert resumed
    assert manifest.rows == EVENTS_OF_A_JOURNEY, "up to where it was going"
    killed("rows are appended", database_url, tmp_path / "other", "events", "jsonl")
    request = Request("events", "csv", Selection(accounts=(BOB,)))
    manifest, resumed = asyncio.run(export(database_url, request, tmp_path / "other", KEY))
    assert not resumed
    assert manifest.rows == EVENTS_OF_A_JOURNEY
    assert proof(tmp_path / "other")[0] == 0


@pytest.mark.skipif(possible() != "", reason=f"no small disk: {possible()}")
@pytest.mark.parametrize(("holds", "file_format"), [("events", "jsonl"), ("events", "parquet"), ("ocel", "sqlite")])
def test_a_full_disk_is_said_in_a_sentence_and_room_lets_it_go_on(
    log: str, tmp_path: Path, holds: Any, file_format: Any
) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "genesis-export", str(disk)], check=True)
    try:
        ballast = disk / "ballast"
        ballast.write_bytes(b"\0" * (4096 - 24) * 1024)  # 24 KB are left: folders, and the first steps
        with pytest.raises(OperatorError, match="There is no space left") as refused:
            exported(log, disk / "out", holds, file_format)
        assert "goes on" in refused.value.remedy
        assert not (disk / "out").exists()
        ballast.unlink()
        assert exported(log, disk / "out", holds, file_format).rows == 3 * EVENTS_OF_A_JOURNEY
        assert proof(disk / "out")[0] == 0
        assert sorted(path.name for path in disk.iterdir()) == ["out"]
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)


def test_a_lost_connection_is_made_again(log: str, tmp_path: Path) -> None:
    ended = 0

    def cut(done: int, whole: int) -> None:
        nonlocal ended
        if done in (50, 100):
            with psycopg.connect(log, autocommit=True) as connection:
                query = (
                    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                    " WHERE application_name = 'genesis-export' AND datname = current_database()"
                )
                row = connection.execute(query).fetchone()
                ended += row[0] if row else 0

    manifest, _ = asyncio.run(export(log, Request("events", "jsonl", Selection()), tmp_path / "out", KEY, cut))
    assert ended == 2
    assert manifest.rows == 3 * EVENTS_OF_A_JOURNEY
    exported(log, tmp_path / "whole")
    assert contents(tmp_path / "out") == contents(tmp_path / "whole")


def test_two_exports_to_one_folder_at_once_and_folders_in_the_way_are_refused(log: str, tmp_path: Path) -> None:
    began, go_on = threading.Event(), threading.Event()

    def stop(done: int, whole: int) -> None:
        began.set()
        go_on.wait(60)

    request = Request("events", "jsonl", Selection())
    first = threading.Thread(target=lambda: asyncio.run(export(log, request, tmp_path / "out", KEY, stop)))
    first.start()
    assert began.wait(60)
    with pytest.raises(OperatorError, match=r"Another export .* is at work"):
        exported(log, tmp_path / "out")
    go_on.set()
    first.join(60)
    with pytest.raises(OperatorError, match="exists already"):
        exported(log, tmp_path / "out")
    mine = tmp_path / ".mine.part"
    mine.mkdir()
    (mine / "novel.txt").write_text("mine")
    with pytest.raises(OperatorError, match="no export has made it"):
        exported(log, tmp_path / "mine")
    assert (mine / "novel.txt").read_text() == "mine"
    (tmp_path / "file").write_text("")
    with pytest.raises(OperatorError, match="cannot be written"):
        exported(log, tmp_path / "file" / "out")


def test_what_was_kept_is_not_believed_when_its_files_are_gone(log: str, tmp_path: Path) -> None:
    killed("rows are appended", log, tmp_path / "out", "events", "jsonl")
    (tmp_path / ".out.part" / "events.jsonl").write_bytes(b"")
    assert exported(log, tmp_path / "out").rows == 3 * EVENTS_OF_A_JOURNEY
    assert proof(tmp_path / "out")[0] == 0
    assert json.loads((tmp_path / "out" / "manifest.json").read_text())["counts"]["GenesisStarted"] == 3
