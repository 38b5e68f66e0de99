"""What the auditor asks others than PostgreSQL: Prefect's runs and their history, and the messages of a real topic."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import psycopg
import pytest
from kafka import KafkaProducer

from tests.chaos import audit_bus, audit_waits
from tests.chaos.evidence import Evidence

SESSION, RUN = "00000000-0000-4000-8000-000000000001", "00000000-0000-4000-8000-000000000002"
HANDLE = """
INSERT INTO flow_resume_handles (id, correlation_id, session_id, turn, flow_run_id, status, paused_at, resume_payload)
VALUES (gen_random_uuid(), gen_random_uuid(), %s, 1, %s, %s, now(), %s)
"""
EVENT = """
INSERT INTO domain_events (event_id, event_type, aggregate_type, aggregate_id, aggregate_version, payload, payload_hash,
    created_at) VALUES (%s, %s, 'genesis_session', %s, %s, %s, '', %s)
"""


@dataclass
class PrefectSays:
    """An HTTP server that says of one run what a test wants Prefect to say."""

    state: str = "PAUSED"
    history: list[str] = field(default_factory=lambda: ["2026-11-21T06:00:30Z"])

    @contextmanager
    def served(self) -> Iterator[str]:
        says = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["Content-Length"]))
                self._answer([{"id": RUN, "name": f"{SESSION}:0", "state": {"type": says.state}}])

            def do_GET(self) -> None:
                asked = parse_qs(urlsplit(self.path).query)["flow_run_id"] == [RUN]
                self._answer([{"type": "PAUSED", "timestamp": at} for at in says.history if asked])

            def _answer(self, body: list[dict[str, Any]]) -> None:
                self.send_response(200)
                self.end_headers()
                self.wfile.write(json.dumps(body).encode())

            def log_message(self, *_: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/api"
        finally:
            server.shutdown()
            server.server_close()


def handle(url: str, status: str = "PAUSED", payload: str | None = None) -> None:
    with psycopg.connect(url) as connection:
        connection.execute(HANDLE.encode(), (SESSION, RUN, status, payload))


@pytest.mark.parametrize(
    ("state", "status", "payload", "broken"),
    [
        ("PAUSED", "PAUSED", None, False),
        ("RUNNING", "PAUSED", None, True),
        ("COMPLETED", "PAUSED", None, True),
        ("PAUSED", "PENDING_PAUSE", None, True),
        ("PAUSED", "PAUSED", "{}", True),
        ("PAUSED", "RESUMED", None, True),
        ("COMPLETED", "RESUMED", None, False),
    ],
)
def test_a_handle_and_its_run_that_do_not_agree_are_seen(
    database_url: str, state: str, status: str, payload: str | None, broken: bool
) -> None:
    handle(database_url, status, payload)
    with PrefectSays(state).served() as url:
        facts = Evidence(database_url, prefect=url)
        found = [*audit_waits.handles_wait_for_sleepers(facts).violations]
        found += audit_waits.sleepers_are_known(facts).violations
    assert bool(found) is broken, found


def test_a_confirmed_pause_that_never_was_is_seen(database_url: str) -> None:
    handle(database_url, "RESUMED")
    with PrefectSays().served() as url:
        assert audit_waits.confirmed_pauses_happened(Evidence(database_url, prefect=url)).violations == []
    with PrefectSays(history=[]).served() as url:
        assert audit_waits.confirmed_pauses_happened(Evidence(database_url, prefect=url)).violations != []


@pytest.mark.parametrize(("at", "complaints"), [("2026-11-21T06:00:30Z", 0), ("2026-11-21T06:02:00Z", 2)])
def test_a_stage_that_nobody_slept_in_is_seen(database_url: str, at: str, complaints: int) -> None:
    """Four stages are nobody's here, and said to be; the fifth depends on when Prefect saw a pause."""
    stage = "CONCEPT_SELECTION"
    write(database_url, 1, event_type="GenerationRequested", at="2026-11-21T06:00:00Z", stage=stage)
    write(database_url, 2, event_type="StageConfirmed", at="2026-11-21T06:01:00Z", stage=stage)
    journal = [{"kind": "asleep", "session_id": SESSION, "stage": stage}]
    with PrefectSays(history=[at]).served() as url:
        found = audit_waits.slept_in_every_stage(Evidence(database_url, journal, prefect=url))
    assert sum(stage in complaint for complaint in found.violations) == complaints
    assert len(found.violations) == 4 + complaints


def write(url: str, version: int, *, event_type: str = "Told", at: str = "2026-11-21T06:00:00Z", **payload: str) -> str:
    event_id = str(uuid4())
    with psycopg.connect(url) as connection:
        connection.execute(EVENT.encode(), (event_id, event_type, SESSION, version, json.dumps(payload), at))
    return event_id


@pytest.mark.kafka
@pytest.mark.parametrize(
    ("sent", "broken"),
    [([1, 2, 3], False), ([1, 2, 1, 2, 3], False), ([1, 3], True), ([1, 3, 2], True), ([1, 2, 3, 4], True)],
)
def test_a_topic_that_misses_or_mixes_up_a_session_is_seen(
    database_url: str, kafka_bootstrap: str, sent: list[int], broken: bool
) -> None:
    ids = {version: write(database_url, version) for version in (1, 2, 3)} | {4: str(uuid4())}
    topic = f"genesis.audit.{uuid4().hex[:8]}"
    producer = KafkaProducer(bootstrap_servers=kafka_bootstrap.split(","), metrics_enabled=False)
    for version in sent:
        headers = [("ce_sequence", str(version).encode()), ("ce_id", ids[version].encode())]
        producer.send(topic, value=b"{}", key=SESSION.encode(), headers=headers).get(timeout=20)
    producer.close(timeout=5)
    found = audit_bus.bus(Evidence(database_url, kafka=kafka_bootstrap, topic=topic))
    assert bool(found.violations) is broken, found
