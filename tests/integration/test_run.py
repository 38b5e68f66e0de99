"""`genesis run` as a person meets it: it starts, says where it is, stops in order, and leaves nothing behind."""

import os
import re
import shutil
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import httpx
import psutil
import pytest

from tests.support.studio import Studio, make_home

_STOPS_WITHIN = 10.0


@pytest.fixture
def studios() -> Iterator[list[Studio]]:
    """Whatever a test appends is removed afterwards, with every process of it."""
    found: list[Studio] = []
    yield found
    for studio in found:
        studio.remove()


def _studio(studios: list[Studio], home: Path | None = None, *, from_nothing: bool = False, **arguments: int) -> Studio:
    studio = Studio(home, port=arguments.get("port"), from_nothing=from_nothing)
    studios.append(studio)
    return studio


def _typed_token(studio: Studio) -> str:
    """What `genesis token` prints."""
    done = studio.genesis("token")
    assert (done.returncode, done.stderr) == (0, "")
    (token,) = done.stdout.splitlines()
    with httpx.Client(base_url=studio.base_url, headers={"Authorization": f"Bearer {token}"}, timeout=30) as http:
        assert http.get("/api/v1/auth/me").status_code == 200
    return token


def test_it_becomes_usable_complete_and_ready_and_sigint_leaves_nothing_running(studios: list[Studio]) -> None:
    studio = _studio(studios, from_nothing=True).start().wait_usable().wait_complete()
    assert studio.answers("/live")
    assert studio.answers("/ready")
    assert set(studio.runtime()["pids"]) == {"api", "background", "callbacks", "postgres", "prefect", "redis", "worker"}
    assert (studio.home / "runtime.json").stat().st_mode & 0o077 == 0
    family = studio.family()
    assert studio.stop(signal.SIGINT) < _STOPS_WITHIN
    assert studio.process is not None
    assert studio.process.returncode == 0
    assert studio.family() == []
    assert [process for process in family if process.is_running() and process.status() != "zombie"] == []
    assert not (studio.home / "runtime.json").exists()
    assert "Traceback" not in studio.output


def test_sigterm_while_it_still_starts_stops_it_too(studios: list[Studio]) -> None:
    studio = _studio(studios).start()
    while not (studio.home / "logs" / "api.log").exists():
        time.sleep(0.02)
    assert studio.stop(signal.SIGTERM) < _STOPS_WITHIN
    assert studio.family() == []
    assert "Traceback" not in studio.output


def test_after_sigkill_of_everything_or_of_the_supervisor_it_runs_again_on_the_same_folder(
    studios: list[Studio],
) -> None:
    first = _studio(studios).start().wait_usable()
    token = _typed_token(first)
    orphans = first.family()
    first.stop(signal.SIGKILL)
    again = _studio(studios, first.home, port=first.port).start().wait_usable()
    assert _typed_token(again) != token
    assert not {process.pid for process in orphans} & {process.pid for process in again.family()}
    for process in again.family():  # all at once, as a power cut would
        with suppress(psutil.NoSuchProcess):
            process.kill()
    third = _studio(studios, first.home, port=first.port).start().wait_usable()
    assert third.answers()
    third.stop()
    assert third.family() == []


def test_a_second_run_says_where_the_first_is_and_one_on_another_folder_takes_the_next_port(
    studios: list[Studio],
) -> None:
    one = _studio(studios).start().wait_usable()
    second = one.genesis("run")
    assert second.returncode == 0
    assert "running already" in second.stdout
    (address,) = re.findall(r"http\S+/login\?token=\S+", second.stdout)
    assert address.startswith(one.base_url)
    assert address not in one.output
    login = one.genesis("login")
    assert login.returncode == 0
    assert re.fullmatch(r"http\S+/login\?token=\S+\n", login.stdout)
    two = _studio(studios, port=one.port).start().wait_usable()
    assert f"Port {one.port} is taken" in two.output
    assert one.base_url != two.base_url
    assert one.runtime()["database_url"] != two.runtime()["database_url"]
    one.stop()
    assert two.answers()
    two.stop()
    assert one.family() + two.family() == []


def test_a_child_that_dies_is_started_again_and_none_outlives_the_supervisor(studios: list[Studio]) -> None:
    studio = _studio(studios).start().wait_usable()
    pid, _ = studio.runtime()["pids"]["api"]
    os.kill(pid, signal.SIGKILL)
    deadline = time.monotonic() + 60
    while studio.runtime()["pids"].get("api", [pid])[0] == pid or not studio.answers():
        assert time.monotonic() < deadline, studio.output
        time.sleep(0.05)
    assert "api was ended by SIGKILL; starting it again" in studio.output
    postgres, _ = studio.runtime()["pids"]["postgres"]
    os.kill(postgres, signal.SIGKILL)
    while studio.runtime()["pids"].get("postgres", [postgres])[0] == postgres:
        assert time.monotonic() < deadline + 20, studio.output
        time.sleep(0.05)
    assert studio.genesis("token").returncode == 0
    studio.stop(signal.SIGKILL)
    deadline = time.monotonic() + 30
    while studio.family() and time.monotonic() < deadline:
        time.sleep(0.1)
    assert [" ".join(process.cmdline()) for process in studio.family()] == []


def test_a_signal_to_make_alone_stops_the_studio(studios: list[Studio], tmp_path: Path) -> None:
    studio = _studio(studios)
    makefile = tmp_path / "Makefile"
    makefile.write_text(f"run:\n\t@true && exec {sys.executable} -m cli.main run\n")
    studio.start("make", "-f", str(makefile), "run").wait_usable()
    assert studio.stop(signal.SIGINT) < _STOPS_WITHIN
    assert studio.family() == []


def test_a_folder_that_cannot_be_used_is_a_sentence_not_a_traceback(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    done = Studio(file / "home", port=1).genesis("run")
    assert done.returncode == 1
    assert "GENESIS_HOME" in done.stderr
    assert "Traceback" not in done.stderr


def test_servers_that_the_environment_names_are_used_instead_of_embedded_ones(
    studios: list[Studio], database_url: str, redis_url: str
) -> None:
    studio = Studio(
        GENESIS_DATABASE_URL=database_url, GENESIS_REDIS_URL=redis_url, PREFECT_API_URL="http://127.0.0.1:9/api"
    )
    studios.append(studio)
    studio.start().wait_usable().wait_complete()
    assert set(studio.runtime()["pids"]) == {"api", "background", "callbacks", "worker"}
    assert studio.runtime()["database_url"] == database_url
    assert not (studio.home / "postgres").exists()
    studio.stop()
    assert studio.family() == []


def test_without_a_redis_the_studio_runs_on_postgresql_alone_in_a_folder_of_any_name(studios: list[Studio]) -> None:
    place = make_home()
    home = place / "Bücher & \"Zitate\", o'Brien's 50% #1?"
    home.mkdir(mode=0o711)
    studio = Studio(home, GENESIS_EMBEDDED_REDIS="none")
    studios.append(studio)
    studio.start().wait_usable().wait_complete()
    assert "No Redis here" in studio.output
    assert set(studio.runtime()["pids"]) == {"api", "background", "callbacks", "postgres", "prefect", "worker"}
    assert studio.answers("/ready")
    assert (home / "prefect" / "prefect.db").exists()
    body = {"command_type": "START_GENESIS", "payload": {"mode": "guided", "seed": "a lamp"}}
    headers = {"Authorization": f"Bearer {studio.token()}"}
    with httpx.Client(base_url=studio.base_url, headers=headers, timeout=30) as http:
        session_id = http.post("/api/v1/genesis/commands", json=body).raise_for_status().json()["session_id"]
        deadline = time.monotonic() + 60
        while True:
            state = http.get(f"/api/v1/genesis/{session_id}/state", params={"min_version": 1}).json()
            if not state["is_pending"] and state["stages"][0]["proposals"]:
                break
            assert time.monotonic() < deadline, state
            time.sleep(0.2)
    studio.stop()
    assert studio.family() == []
    shutil.rmtree(place, ignore_errors=True)
