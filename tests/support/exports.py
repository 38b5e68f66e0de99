"""A log to export: whole journeys of two accounts, and events as they may also lie there; and exports of it."""

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg

from benchmarks.catching_up import journey
from infrastructure.event_store.codec import CODEC, commitment, encoded
from infrastructure.exports.exporter import export
from infrastructure.exports.key import ExportKey
from infrastructure.exports.manifest import Manifest
from infrastructure.exports.request import FileFormat, Request, What
from infrastructure.exports.selection import Selection

KEY = ExportKey.of(b"the key of the tests, which is in no export")
ANN, BOB = UUID("a0000000-0000-4000-8000-000000000001"), UUID("b0000000-0000-4000-8000-000000000002")
FEEDBACK = '=HYPERLINK("http://example.org"), "quoted",\r\nand ÆØ 暗 in it'
"""A text that a spreadsheet would run, and that a careless CSV would break at."""

_COLUMNS = (
    "event_id, event_type, event_version, aggregate_type, aggregate_id, aggregate_version, payload, payload_hash,"
    " payload_salt, correlation_id, causation_id"
)
_STORY = journey()
_ENCODED = [CODEC.encode(event) for event in _STORY.events]
EVENTS_OF_A_JOURNEY = len(_ENCODED)


def write_sessions(url: str, owners: Sequence[UUID], *, at_once: int = 3, settled: bool = True) -> list[UUID]:
    """One whole journey for each owner, their events mixed in the log; a transaction for some of them.

    `settled`: until nothing that still runs on the server, its own housekeeping included, holds readers back.
    """
    sessions = [uuid4() for _ in owners]
    rows = [
        _row(session, owner, version)
        for version in range(1, EVENTS_OF_A_JOURNEY + 1)
        for session, owner in zip(sessions, owners, strict=True)
    ]
    with psycopg.connect(url, autocommit=True) as connection:
        for start in range(0, len(rows), at_once * 40):
            with connection.cursor().copy(f"COPY domain_events ({_COLUMNS}) FROM STDIN") as copy:
                for row in rows[start : start + at_once * 40]:
                    copy.write_row(row)
        if settled:
            _settle(connection)
    return sessions


def _settle(connection: psycopg.Connection[Any]) -> None:
    query = "SELECT max(tx_id) < pg_snapshot_xmin(pg_current_snapshot()) FROM domain_events"
    deadline = time.monotonic() + 60
    while connection.execute(query).fetchone() != (True,):
        assert time.monotonic() < deadline, "a transaction goes on and on"
        time.sleep(0.02)


def _row(session: UUID, owner: UUID, version: int) -> tuple[Any, ...]:
    event = _ENCODED[version - 1]
    payload = json.loads(event.payload.replace(str(_STORY.state.novel_id), str(session)[:-4] + "ffff"))
    began = datetime.fromisoformat(payload["occurred_at"])
    payload["occurred_at"] = (began + timedelta(minutes=version)).isoformat().replace("+00:00", "Z")
    if "user_id" in payload:
        payload["user_id"] = str(owner)
    if event.event_type == "FeedbackGiven":
        payload["text"] = FEEDBACK
    if event.event_type == "ProposalsRecorded":
        priced = version % 2 == 0
        payload |= {"cost_usd": 0.00125 if priced else None, "usage": {"input_tokens": 900, "output_tokens": 80}}
    facts = (uuid4(), event.event_type, event.event_version, "genesis_session", str(session), version)
    made = encoded(event.event_type, event.event_version, payload)
    return (*facts, made.payload, made.payload_hash, made.payload_salt, uuid4(), uuid4())


def add_event(
    url: str, stream: UUID, version: int, event_type: str, payload: dict[str, Any], *, salted: bool = True, **more: Any
) -> None:
    """One event as it stands, whatever it is; unsalted as in logs from before there were salts."""
    facts = {"event_version": 1, "aggregate_type": "genesis_session"} | more
    made = encoded(event_type, facts["event_version"], payload)
    unsalted = (commitment(made.payload.encode(), None), None)
    committed = (made.payload_hash, made.payload_salt) if salted else unsalted
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            f"INSERT INTO domain_events ({_COLUMNS})"
            " VALUES (gen_random_uuid(), %s, %s, %s, %s, %s, %s, %s, %s, NULL, NULL)".encode(),
            (
                *(event_type, facts["event_version"], facts["aggregate_type"], str(stream), version),
                *(made.payload, *committed),
            ),
        )
        _settle(connection)


def exported(
    url: str,
    folder: Path,
    holds: What = "events",
    file_format: FileFormat = "jsonl",
    *,
    until: str | None = None,
    **selection: Any,
) -> Manifest:
    """An export of the log at `url` into `folder`."""
    request = Request(holds, file_format, Selection(**selection), until)
    manifest, _ = asyncio.run(export(url, request, folder, KEY))
    return manifest


def every_event(url: str) -> list[tuple[Any, ...]]:
    """(position, event id, type, stream, version, payload) of the whole log, in commit order."""
    with psycopg.connect(url) as connection:
        return connection.execute(
            "SELECT id, event_id::text, event_type, aggregate_id, aggregate_version, payload FROM domain_events"
            " ORDER BY tx_id, id"
        ).fetchall()


def proof(folder: Path) -> tuple[int, str]:
    """What verify.py in the folder says, run as an analyst would: with nothing of the studio's."""
    done = subprocess.run(
        [sys.executable, "-P", str(folder / "verify.py")], capture_output=True, text=True, check=False, cwd="/"
    )
    assert not done.stderr, done.stderr
    return done.returncode, done.stdout
