"""Any process may die at any moment: a genesis whose processes are killed ends as if nothing had happened."""

import os
import signal
import time
from collections.abc import Iterator

import psutil
import pytest

from domain.genesis.stages import STAGE_ORDER
from tests.support.journey import WriterAtWork
from tests.support.studio import Studio


@pytest.fixture
def writer(studio: Studio) -> Iterator[WriterAtWork]:
    with WriterAtWork(studio.base_url, studio.token()) as at_work:
        yield at_work


def kill(studio: Studio, name: str) -> None:
    """SIGKILL to one of the studio's processes; the studio starts it again."""
    pid = pid_of(studio, name)
    os.kill(pid, signal.SIGKILL)
    deadline = time.monotonic() + 60
    while studio.runtime().get("pids", {}).get(name, [pid])[0] == pid:
        assert time.monotonic() < deadline, f"{name} was not started again"
        time.sleep(0.05)


def pid_of(studio: Studio, name: str) -> int:
    return int(studio.runtime()["pids"][name][0])


def history(writer: WriterAtWork, session_id: str) -> list[str]:
    page = writer.get(f"/api/v1/genesis/{session_id}/events", limit=200)
    assert [event["version"] for event in page["items"]] == list(range(1, len(page["items"]) + 1))
    return [event["event_type"] for event in page["items"]]


@pytest.mark.prefect
def test_a_worker_killed_in_mid_generation_and_an_api_killed_between_commands(
    studio: Studio, writer: WriterAtWork
) -> None:
    undisturbed = writer.start("guided")
    writer.go_all_the_way(undisturbed)
    session = writer.start("guided")

    def disturb(stage: str) -> None:
        if stage == STAGE_ORDER[0]:
            writer.until(session, lambda state: bool(state["pending"] and state["pending"]["draft"]))
            kill(studio, "worker")
        elif stage == STAGE_ORDER[2]:
            kill(studio, "api")
        elif stage == STAGE_ORDER[3]:
            kill(studio, "background")
            kill(studio, "callbacks")

    novel = writer.go_all_the_way(session, disturb)
    assert set(novel["content"]) == {stage.value for stage in STAGE_ORDER}
    assert history(writer, session) == history(writer, undisturbed)


@pytest.mark.prefect
def test_while_it_waits_the_run_is_paused_in_prefect_and_holds_no_process(studio: Studio, writer: WriterAtWork) -> None:
    session = writer.start("guided")
    writer.until(session, lambda state: not state["is_pending"])
    api = studio.runtime()["prefect_api_url"]
    deadline = time.monotonic() + 60
    while True:
        found = writer.http.post(f"{api}/flow_runs/filter", json={"flow_runs": {"name": {"like_": session}}}).json()
        if [run["state"]["type"] for run in found] == ["PAUSED"]:
            break
        assert time.monotonic() < deadline, [run["state"] for run in found]
        time.sleep(0.1)
    worker = psutil.Process(pid_of(studio, "worker"))
    assert worker.children() == []
    assert not any(session in " ".join(process.cmdline()) for process in studio.family())
