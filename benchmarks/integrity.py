"""The proof of the log: every payload and every chain checked, beside COPY of the same rows; and the back-fill."""

import sys
import time
from uuid import uuid4

import psycopg

from benchmarks.catching_up import journey
from benchmarks.floor import Row, figure, interleaved, say, server, show
from infrastructure.event_store.codec import CODEC
from infrastructure.event_store.log_verification import verify_log
from migrations.run import downgrade, upgrade

_COLUMNS = (
    "event_id, event_type, event_version, aggregate_type, aggregate_id, aggregate_version, payload, payload_hash,"
    " payload_salt, metadata, correlation_id, causation_id"
)
_INBOX = b"""
INSERT INTO command_inbox (id, session_id, command_type, request_hash, status, response)
SELECT causation_id, aggregate_id::uuid, 'EDIT_CONTENT', '', 'COMPLETED',
    jsonb_build_object('version', aggregate_version)
FROM domain_events
"""
_COPY = b"COPY (SELECT * FROM domain_events ORDER BY id) TO STDOUT"


def write_log(url: str, sessions: int, *, at_once: int = 100) -> int:
    """A journey made by so many sessions, some of them `at_once`, as the studio stores it; how many events that are."""
    encoded = [CODEC.encode(event) for event in journey().events]
    with psycopg.connect(url) as connection:
        with connection.cursor().copy(f"COPY domain_events ({_COLUMNS}) FROM STDIN") as copy:
            for _ in range(0, sessions, at_once):
                group = [str(uuid4()) for _ in range(at_once)]
                for version, event in enumerate(encoded, start=1):
                    for session in group:
                        facts = (uuid4(), event.event_type, event.event_version, "genesis_session", session, version)
                        commitment = (event.payload, event.payload_hash, event.payload_salt)
                        copy.write_row((*facts, *commitment, '{"command_type": "EDIT_CONTENT"}', uuid4(), uuid4()))
        connection.execute(_INBOX)
        connection.execute("ANALYZE domain_events, command_inbox")
    return sessions * len(encoded)


def copied(url: str, events: int) -> float:
    """The floor: every row as the server prints it, thrown away."""
    with psycopg.connect(url) as connection:
        began = time.perf_counter()
        with connection.cursor().copy(_COPY) as rows:
            for _ in rows:
                pass
        return events / (time.perf_counter() - began)


def verified(url: str, events: int, spent: list[float], workers: int = 1) -> float:
    began, busy = time.perf_counter(), time.process_time()
    report = verify_log(url, workers=workers)
    assert (report.events, report.wrong) == (events, 0)
    spent.append(events / (time.process_time() - busy))
    return events / (time.perf_counter() - began)


def filled(url: str) -> float:
    """Seconds that the migration takes to chain what is there."""
    downgrade(url, "0016")
    began = time.perf_counter()
    upgrade(url, "0018")
    return time.perf_counter() - began


def run(quick: bool = False) -> list[Row]:
    spent: list[float] = []
    with server() as cluster, cluster.database() as url:
        say("writing the log")
        events = write_log(url, 2_000 if quick else 20_000)
        copied(url, events)  # the first reading of fresh rows marks them, which is not what is measured
        contenders = {
            "copy": lambda: copied(url, events),
            "verify": lambda: verified(url, events, spent),
            "two": lambda: verified(url, events, [], workers=2),
        }
        measured = interleaved(3 if quick else 2, contenders, "events")
        say("back-fill")
        seconds = filled(url)
        assert verify_log(url).wrong == 0
    return [
        measured.beside(f"{events:,} events verified by two processes", "events/s", "two", "copy", bar=">= 200000"),
        measured.beside(f"{events:,} events verified by one", "events/s", "verify", "copy"),
        figure("the same, per second of the process's own time", sorted(spent)[len(spent) // 2], "events/s"),
        figure("the migration that chains them", events / seconds, "events/s"),
    ]


if __name__ == "__main__":
    show("Integrity", run("--quick" in sys.argv))
