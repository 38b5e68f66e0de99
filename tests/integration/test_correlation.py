"""One click can be followed by its correlation id through the logs of every process, down to the projection."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest

from tests.support.journey import WriterAtWork
from tests.support.studio import Studio, running_studio

pytestmark = pytest.mark.prefect

OURS = ("api", "background", "callbacks", "worker")
TRAIL = {
    ("api", "command_taken"),
    ("background", "message_sent"),
    ("callbacks", "message_taken"),
    ("worker", "generation_begins"),
    ("worker", "generation_ended"),
    ("background", "event_projected"),
}
SECONDS = 30.0


@pytest.fixture(scope="module")
def studio() -> Iterator[Studio]:
    with running_studio(GENESIS_LOG_LEVEL="DEBUG") as running:
        yield running


def _lines(folder: Path, process: str) -> list[dict[str, Any]]:
    """Every whole line; the last may be half written."""
    text = (folder / f"{process}.log").read_text(encoding="utf-8")
    return [dict(json.loads(line)) for line in text[: text.rfind("\n") + 1].split("\n") if line]


def _about(folder: Path, correlation_id: str) -> list[tuple[str, dict[str, Any]]]:
    return [
        (process, line)
        for process in OURS
        for line in _lines(folder, process)
        if line.get("correlation_id") == correlation_id
    ]


def test_a_generation_leaves_a_trail_from_the_request_to_the_projection(studio: Studio) -> None:
    request_id = "0123abcd-4567"
    with WriterAtWork(studio.base_url, studio.token()) as writer:
        writer.http.headers["X-Request-Id"] = request_id
        begun = writer.give("START_GENESIS", mode="guided", seed="A lighthouse keeper collects lost voices")
        session_id, correlation_id = begun["session_id"], begun["correlation_id"]
        writer.state(session_id, min_version=begun["version"])
        writer.until(session_id, lambda state: state["version"] > begun["version"] and not state["is_pending"])
    deadline = time.monotonic() + SECONDS
    while not {(process, line["event"]) for process, line in _about(studio.home / "logs", correlation_id)} >= TRAIL:
        assert time.monotonic() < deadline, _about(studio.home / "logs", correlation_id)
        time.sleep(0.05)
    found = _about(studio.home / "logs", correlation_id)
    assert {line["session_id"] for _, line in found if "session_id" in line} == {session_id}
    (first,) = [line for _, line in found if line["event"] == "command_taken"]
    assert (first["request_id"], first["level"]) == (request_id, "info")
    caused = [line for _, line in found if line["event"] in ("message_sent", "message_taken", "event_projected")]
    assert first["command_id"] in {line["causation_id"] for line in caused}
    sent = {line["event_id"] for _, line in found if line["event"] == "message_sent"}
    assert {line["event_id"] for _, line in found if line["event"] == "event_projected"} & sent


@pytest.mark.parametrize("given", ["", "short", "a lighthouse", "x" * 65, "0123abcd\t4567", "cafe" * 17])
def test_a_request_id_that_could_carry_words_is_replaced(studio: Studio, given: str) -> None:
    answer = httpx.get(f"{studio.base_url}/live", headers={"X-Request-Id": given})
    assert answer.headers["X-Request-Id"] != given
    assert UUID(answer.headers["X-Request-Id"])


def test_a_request_id_is_given_back_also_with_an_error(studio: Studio) -> None:
    for path in ("/live", "/api/v1/nowhere"):
        answer = httpx.get(f"{studio.base_url}{path}", headers={"X-Request-Id": "0123abcd"})
        assert answer.headers["X-Request-Id"] == "0123abcd"
