"""Invariants of the read side, of the streams, and of the logs."""

import os
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

from tests.chaos.evidence import Evidence, Finding

_ROOT = Path(__file__).resolve().parents[2]
_VERIFY_SECONDS = 300


def timeline_is_the_log(facts: Evidence) -> Finding:
    """By plain SQL: each event has its line, each session its version, each novel its finish."""
    found = Finding("the read tables stand where the log stands")
    rows = facts.rows(
        "SELECT coalesce(e.aggregate_id, t.session_id::text) AS session, coalesce(e.aggregate_version, t.version) AS"
        " version, e.event_id = t.event_id AND e.event_type = t.event_type AS same"
        " FROM (SELECT * FROM domain_events WHERE aggregate_type = 'genesis_session') AS e FULL JOIN"
        " genesis_timeline AS t ON t.session_id::text = e.aggregate_id AND t.version = e.aggregate_version"
    )
    for row in rows:
        found.look(bool(row["same"]), f"{row['session']} version {row['version']}: timeline and log differ")
    rows = facts.rows(
        "SELECT e.aggregate_id AS session, max(e.aggregate_version) AS log, max(s.version) AS shown,"
        " bool_or(s.is_pending) AS pending, EXISTS (SELECT FROM command_inbox AS i WHERE i.status = 'PROCESSING'"
        " AND i.session_id::text = e.aggregate_id) AS working"
        " FROM domain_events AS e LEFT JOIN genesis_sessions AS s ON s.id::text = e.aggregate_id"
        " WHERE e.aggregate_type = 'genesis_session' GROUP BY 1"
    )
    for row in rows:
        found.look(row["log"] == row["shown"], f"{row['session']} is at {row['log']} and shown at {row['shown']}")
        found.look(row["pending"] == row["working"], f"{row['session']}: is_pending is {row['pending']}")
    rows = facts.rows(
        "SELECT e.payload->>'novel_id' AS novel, count(n.id) AS there FROM domain_events AS e LEFT JOIN novels AS n"
        " ON n.id::text = e.payload->>'novel_id' WHERE e.event_type = 'GenesisCompleted' GROUP BY 1"
    )
    for row in rows:
        found.look(row["there"] == 1, f"novel {row['novel']} is there {row['there']} times")
    for row in facts.rows("SELECT projection, aggregate_id, error FROM projection_parked"):
        found.look(False, f"{row['aggregate_id']} is parked in {row['projection']}: {row['error']}")
    return found


def projections_equal_rebuilt(facts: Evidence) -> Finding:
    """The product's own `genesis projections verify`, as a process: a shadow from nothing, compared row by row."""
    found = Finding("every projection equals one rebuilt from nothing, row by row")
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("GENESIS_", "PREFECT_"))}
    environment |= {"GENESIS_DATABASE_URL": facts.database_url}
    for row in facts.rows("SELECT projection FROM projection_checkpoints ORDER BY 1"):
        command = [sys.executable, "-m", "cli.main", "projections", "verify", row["projection"]]
        done = subprocess.run(
            command,
            cwd=_ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=_VERIFY_SECONDS,
        )
        said = " ".join((done.stdout + done.stderr).split())
        before = said.split(" rows compared: all are the same")[0].split()
        if done.returncode == 0 and before and before[-1].isdigit():
            found.checked += int(before[-1])
        found.look(done.returncode == 0 and "were not compared" not in said, f"{row['projection']}: {said[-400:]}")
    return found


def streams_without_gap_or_repeat(facts: Evidence) -> Finding:
    found = Finding("every stream that resumed showed each version exactly once")
    resumed = 0
    for stream in facts.noted("stream"):
        versions = stream["versions"]
        resumed += stream["openings"] > 1
        found.checked += len(versions)
        complaint = f"{stream['session_id']} ({stream['openings']} openings, until {stream['until']}): {versions}"
        whole = versions == list(range(1, len(versions) + 1)) and len(versions) >= stream["until"]
        found.look(whole, complaint)
        found.look(stream["resets"] == 0, f"{stream['session_id']} was reset {stream['resets']} times")
    found.note = f"{resumed} streams resumed"
    return found


def nothing_unexpected(facts: Evidence) -> Finding:
    """No answer that no client can use, no writer who was left alone, no novel that cannot be opened."""
    found = Finding("no client met a fault of the studio's own, none was left without an end")
    found.checked += sum(1 for _ in facts.noted("answered"))
    for kind in ("unexpected", "forgotten", "endless", "broken", "sleepless"):
        for line in facts.noted(kind):
            found.look(False, ", ".join(f"{key}: {value}" for key, value in line.items()))
    for line in facts.noted("novel"):
        found.look(line["found"], f"the novel of {line['session_id']} could not be opened")
    return found


def logs_keep_silent(facts: Evidence) -> Finding:
    """No word that a writer wrote, wherever it was planted, in any file that a process wrote."""
    found = Finding("no log shows a writer's word")
    words = [word.encode() for word in facts.planted]
    hits: dict[str, int] = defaultdict(int)
    size = 0
    for path in facts.logs:
        with path.open("rb") as stream:
            for line in stream:
                found.checked += 1
                size += len(line)
                hits[path.name] += any(word in line for word in words)
    for name, count in hits.items():
        if count:
            found.violations.append(f"{count} lines of {name} show a planted word")
    found.note = f"{len(facts.logs)} files, {size // 1024} KB"
    return found


CHECKS = (
    timeline_is_the_log,
    projections_equal_rebuilt,
    streams_without_gap_or_repeat,
    nothing_unexpected,
    logs_keep_silent,
)
