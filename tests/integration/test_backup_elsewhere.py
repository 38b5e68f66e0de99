"""Backups where it is tight: another user of the machine, a disk that is full, a database that is large."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from infrastructure.backup.dump import back_up
from infrastructure.operator_error import OperatorError
from tests.chaos import small_disk
from tests.support import another_user
from tests.support.another_user import ROOT
from tests.support.backups import empty_database, every_row
from tests.support.postgres import Cluster

_MEGABYTE = 1 << 20


def people(url: str, count: int) -> None:
    with psycopg.connect(url) as connection:
        connection.execute(
            "INSERT INTO users (id, name, name_key) SELECT gen_random_uuid(), v, v"
            " FROM (SELECT gen_random_uuid()::text AS v FROM generate_series(1, %s)) AS t",
            (count,),
        )


@pytest.fixture
def shared(tmp_path: Path) -> Iterator[Path]:
    """A folder that every user of the machine reaches."""
    folder = Path(f"/tmp/genesis-shared-{os.getpid()}")
    folder.mkdir(mode=0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.mark.skipif(bool(another_user.possible()), reason=another_user.possible() or "possible")
def test_another_user_restores_what_they_may_read(
    cluster: Cluster, database_url: str, shared: Path, tmp_path: Path
) -> None:
    people(database_url, 3)
    file = shared / "studio.zip"
    back_up(database_url, file)
    home = shared / "home"
    home.mkdir()
    sockets = Path(conninfo_to_dict(database_url)["host"] or "/")
    user = sockets.stat().st_uid  # who reaches the server, which runs as an account of its own
    if user == 0:
        pytest.skip("the test's server is root's alone")
    os.chown(home, user, user)
    with empty_database(cluster) as elsewhere:
        refused = another_user.run("restore", str(file), user=user, home=home, database_url=elsewhere)
        assert refused.returncode == 1, refused
        assert refused.stderr.startswith(f"{file} cannot be read: Permission denied."), refused.stderr
        assert "Traceback" not in refused.stderr
        assert "another user" in refused.stderr

        os.chown(file, user, user)
        done = another_user.run("restore", str(file), user=user, home=home, database_url=elsewhere)
        assert (done.returncode, "Traceback" in done.stderr) == (0, False), (home / "logs" / "cli.log").read_text()
        assert every_row(elsewhere) == every_row(database_url)


@contextmanager
def small(folder: Path, size: str) -> Iterator[Path]:
    """A disk of so many bytes."""
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "genesis-test", str(folder)], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.skipif(bool(small_disk.possible()), reason=small_disk.possible() or "possible")
def test_a_disk_that_is_full_keeps_nothing_and_the_same_command_works_with_space(
    database_url: str, tmp_path: Path
) -> None:
    people(database_url, 3_000)
    with small(tmp_path / "disk", "64k") as disk:
        with pytest.raises(OperatorError) as refused:
            back_up(database_url, disk / "studio.zip")
        assert refused.value.message == f"There is no space left in {disk}. Nothing has the name studio.zip yet."
        assert list(disk.iterdir()) == []
        subprocess.run(["mount", "-o", "remount,size=8m", str(disk)], check=True)
        assert back_up(database_url, disk / "studio.zip").tables["users"].rows == 3_000


_MEASURED = """
import resource, sys
from pathlib import Path
from infrastructure.backup.dump import back_up
from infrastructure.backup.reading import opened_backup
from infrastructure.backup.restore import restore
url, path, restoring = sys.argv[1], Path(sys.argv[2]), sys.argv[3] == "restore"
if not restoring:
    back_up(url, path)
with opened_backup(path) as backup:
    if restoring:
        restore(backup, url)
    else:
        for _ in backup.verify():
            pass
status = Path("/proc/self/status")  # getrusage would tell of the process that this one was forked from
said = status.read_text().partition("VmHWM:")[2].split()[0] if status.exists() else 0
print(int(said) * 1024 or resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def peak(url: str, path: Path, what: str) -> int:
    """The most memory that a process takes to write and verify a backup, or to restore it, in bytes."""
    command = [sys.executable, "-c", _MEASURED, url, str(path), what]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return int(done.stdout.splitlines()[-1])


def fill(url: str, events: int) -> None:
    """Accounts with a hundred grants each, of a kilobyte an event."""
    with psycopg.connect(url) as connection:
        connection.execute(
            """INSERT INTO domain_events (event_id, event_type, aggregate_type, aggregate_id, aggregate_version,
                   payload, payload_hash, correlation_id, causation_id)
               SELECT gen_random_uuid(), 'CreditsGranted', 'account', md5('a' || n / 100)::uuid::text, n %% 100 + 1,
                   jsonb_build_object('occurred_at', '2026-03-01T09:00:00Z', 'grant_id', gen_random_uuid(),
                       'user_id', md5('u' || n / 100)::uuid, 'amount', 1, 'expires_at', NULL,
                       'note', left(repeat(md5(n::text), 30), 900)),
                   '', gen_random_uuid(), gen_random_uuid()
               FROM generate_series(0, %s - 1) AS n""",
            (events,),
        )


def test_a_hundred_thousand_events_take_no_more_memory_than_a_few(
    cluster: Cluster, database_url: str, tmp_path: Path
) -> None:
    few, many = tmp_path / "few.zip", tmp_path / "many.zip"
    with cluster.database() as lean, empty_database(cluster) as elsewhere:
        fill(lean, 2_000)
        written, restored = peak(lean, few, "write"), peak(elsewhere, few, "restore")
    fill(database_url, 100_000)
    assert peak(database_url, many, "write") < written + 24 * _MEGABYTE
    with empty_database(cluster) as elsewhere:
        # its read tables are folded in stretches: what one of them takes is bounded, and more than nothing
        assert peak(elsewhere, many, "restore") < restored + 128 * _MEGABYTE
        with psycopg.connect(elsewhere) as connection:
            assert connection.execute("SELECT count(*) FROM domain_events").fetchone() == (100_000,)
