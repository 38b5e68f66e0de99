"""Traces of a whole studio: one per correlation id over every process, without a word, free when nobody collects."""

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from infrastructure.observability.otlp_exporter import first_span_id
from tests.support.collector import Seen, collecting
from tests.support.journey import WriterAtWork
from tests.support.planted import planted_words_in
from tests.support.studio import Studio, free_port, running_studio

SPARK, TITLE, FEEDBACK = "Zephyrlantern 灯塔", "Quillharbourtale", "Mothfeatherword"
WAY = {
    ("api", "command"),
    ("api", "append"),
    ("background", "publish"),
    ("background", "project"),
    ("callbacks", "callback"),
    ("callbacks", "resume"),
    ("worker", "generation"),
    ("worker", "write"),
    ("worker", "append"),
}

_IMPORTED = """
import importlib, json, sys
for name in sys.argv[1:]:
    importlib.import_module(name)
print(json.dumps(sorted(sys.modules)))
"""


OURS = {"api", "background", "callbacks", "worker"}


def _lines(studio: Studio) -> list[dict[str, Any]]:
    """Every whole line of every log of ours; the last may be half written."""
    texts = [(studio.home / "logs" / f"{name}.log").read_text(encoding="utf-8") for name in sorted(OURS)]
    return [dict(json.loads(line)) for text in texts for line in text[: text.rfind("\n") + 1].splitlines()]


def _of(spans: list[Seen], correlation_id: str) -> list[Seen]:
    return [span for span in spans if span.correlation_id == UUID(correlation_id)]


@pytest.mark.prefect
def test_what_was_asked_for_has_one_trace_from_the_click_to_the_read_tables(tmp_path: Path) -> None:
    with collecting() as collector, running_studio(GENESIS_OTLP_ENDPOINT=collector.endpoint) as studio:
        with WriterAtWork(studio.base_url, studio.token()) as writer:
            begun = writer.give("START_GENESIS", mode="guided", seed=f"{SPARK} {TITLE}", title=TITLE)
            session_id = begun["session_id"]
            writer.state(session_id, min_version=begun["version"])
            state = writer.until(session_id, lambda state: not state["is_pending"] and state["version"] > 2)
            proposal = state["stages"][0]["proposals"][0]
            refused = writer.http.post(
                "/api/v1/genesis/commands",
                json={"command_type": "FINISH_GENESIS", "session_id": session_id, "payload": {}},
            )
            assert refused.status_code == 422
            asked = writer.give("PROVIDE_FEEDBACK", session_id, proposal_id=proposal["id"], text=FEEDBACK)
            correlation_id = asked["correlation_id"]
            writer.state(session_id, min_version=asked["version"])
            done = writer.until(
                session_id, lambda state: not state["is_pending"] and state["version"] > asked["version"]
            )

        def complete(spans: list[Seen]) -> bool:
            mine = _of(spans, correlation_id)
            projected = [span for span in mine if span.name == "project"]
            return {(span.process, span.name) for span in mine} >= WAY and len(projected) >= 2 * (
                done["version"] - asked["version"] + 1
            )

        spans = _of(collector.until(complete), correlation_id)
        studio.stop()
        collector.write(tmp_path)
    first = f"{first_span_id(UUID(correlation_id)):016x}"
    (command,) = [span for span in spans if span.name == "command"]
    assert (command.span_id, command.parent_id) == (first, "")
    assert command.facts["genesis.command_type"] == "PROVIDE_FEEDBACK"
    assert {span.facts["genesis.session_id"] for span in spans if "genesis.session_id" in span.facts} == {session_id}
    known = {span.span_id for span in spans}
    assert {span.parent_id for span in spans} - {""} <= known, "every span hangs on one of the same trace"
    (generation,) = [span for span in spans if span.name == "generation"]
    (outcome,) = [span for span in spans if (span.process, span.name) == ("worker", "append")]
    assert (generation.parent_id, outcome.parent_id) == (first, generation.span_id)
    assert not [span for span in spans if span.failed]
    assert planted_words_in(tmp_path, (SPARK, TITLE, FEEDBACK, str(studio.home))) == []


@pytest.mark.prefect
def test_a_collector_that_is_away_costs_nothing_but_the_spans() -> None:
    with running_studio(GENESIS_OTLP_ENDPOINT=f"http://127.0.0.1:{free_port()}") as studio:
        with WriterAtWork(studio.base_url, studio.token()) as writer:
            begun = writer.give("START_GENESIS", mode="guided", seed=SPARK)
            writer.state(begun["session_id"], min_version=begun["version"])
            writer.until(begun["session_id"], lambda state: not state["is_pending"] and state["version"] > 2)
        deadline = time.monotonic() + 60
        while {line["process"] for line in _lines(studio) if line.get("event") == "traces_not_taken"} < OURS:
            assert time.monotonic() < deadline, studio.logs()
            time.sleep(0.1)
        studio.stop()  # within its time
        lines = _lines(studio)
    said = [line for line in lines if line.get("event") == "traces_not_taken"]
    assert sorted(line["process"] for line in said) == sorted(OURS), "once per process"
    assert not [line for line in lines if str(line.get("logger", "")).startswith(("opentelemetry", "urllib3"))]
    assert {line["process"] for line in lines if line.get("event") == "stopped"} == OURS


def test_without_a_collector_nothing_of_it_is_imported() -> None:
    """What Prefect, FastAPI and Redis import of OpenTelemetry by themselves is theirs."""
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            _IMPORTED,
            "cli.process",
            "api.server",
            "infrastructure.processes.background",
            "flows.callbacks.service",
            "flows.execution.executor",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    found = set(json.loads(done.stdout))
    assert "infrastructure.observability.tracing" in found
    ours = (
        "infrastructure.observability.otlp_exporter",
        "opentelemetry.sdk.trace.export",
        "opentelemetry.exporter",
        "opentelemetry.proto",
    )
    assert not [name for name in found if name.startswith(ours)]
