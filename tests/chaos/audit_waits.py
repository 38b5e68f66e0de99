"""Invariants of waiting, by asking Prefect: who is said to wait sleeps, and each guided stage was slept through."""

from collections import defaultdict
from datetime import datetime
from typing import Any

import httpx

from tests.chaos.evidence import Evidence, Finding

_PAGE = 200
GUIDED = ("CONCEPT_SELECTION", "STORY_CONCEPTION", "CHARACTERS", "WORLDVIEW", "PLOT_OUTLINE")


def _runs(facts: Evidence) -> dict[str, dict[str, Any]]:
    """Every flow run that Prefect knows, by id."""
    found: dict[str, dict[str, Any]] = {}
    with httpx.Client(timeout=20) as http:
        while True:
            body = {"limit": _PAGE, "offset": len(found), "sort": "ID_DESC"}
            page = http.post(f"{facts.prefect}/flow_runs/filter", json=body).raise_for_status().json()
            found |= {run["id"]: run for run in page}
            if len(page) < _PAGE:
                return found


def _paused_at(facts: Evidence, run_ids: list[str]) -> dict[str, list[datetime]]:
    """When each of these runs entered a PAUSED state."""
    found: dict[str, list[datetime]] = {}
    with httpx.Client(timeout=20) as http:
        for id_ in run_ids:
            states = http.get(f"{facts.prefect}/flow_run_states/", params={"flow_run_id": id_}).raise_for_status()
            stamps = [state["timestamp"] for state in states.json() if state["type"] == "PAUSED"]
            found[id_] = [datetime.fromisoformat(stamp.replace("Z", "+00:00")) for stamp in stamps]
    return found


def handles_wait_for_sleepers(facts: Evidence) -> Finding:
    found = Finding("no handle waits for a run that is not paused")
    if facts.prefect is None:
        found.note = "no Prefect to ask"
        return found
    runs = _runs(facts)
    waiting = facts.rows(
        "SELECT session_id::text, turn, flow_run_id::text AS run, status::text, resume_payload IS NOT NULL AS signalled"
        " FROM flow_resume_handles WHERE status IN ('PENDING_PAUSE', 'PAUSED')"
    )
    for handle in waiting:
        state = runs[handle["run"]]["state"]["type"] if handle["run"] in runs else "unknown to Prefect"
        who = f"session {handle['session_id']} turn {handle['turn']} ({handle['status']}): run {handle['run']}"
        found.look(handle["status"] == "PAUSED" and state == "PAUSED", f"{who} is {state}")
        found.look(not handle["signalled"], f"{who} was given its decision and not woken")
    return found


def sleepers_are_known(facts: Evidence) -> Finding:
    """The other way round: a paused run has a handle that will wake it, or else Prefect keeps it for ever."""
    found = Finding("no run sleeps that no handle will wake")
    if facts.prefect is None:
        found.note = "no Prefect to ask"
        return found
    query = "SELECT flow_run_id::text AS run FROM flow_resume_handles WHERE status IN ('PENDING_PAUSE', 'PAUSED')"
    known = {row["run"] for row in facts.rows(query)}
    for id_, run in _runs(facts).items():
        if run["state"]["type"] == "PAUSED":
            found.look(id_ in known, f"run {run['name']} ({id_}) is paused, and no handle waits for it")
    return found


def confirmed_pauses_happened(facts: Evidence) -> Finding:
    """What a handle says was paused, Prefect's history of that run shows as PAUSED."""
    found = Finding("every pause that a handle confirms is in Prefect's own history")
    if facts.prefect is None:
        found.note = "no Prefect to ask"
        return found
    claimed: dict[str, int] = defaultdict(int)
    for row in facts.rows(
        "SELECT flow_run_id::text AS run FROM flow_resume_handles"
        " WHERE paused_at IS NOT NULL AND flow_run_id IS NOT NULL"
    ):
        claimed[row["run"]] += 1
    stamps = _paused_at(facts, list(claimed))
    for run, count in claimed.items():
        found.checked += count
        if len(stamps[run]) < count:
            found.violations.append(f"run {run}: {count} pauses confirmed, {len(stamps[run])} in its history")
    return found


def slept_in_every_stage(facts: Evidence) -> Finding:
    """Patient writers confirmed only when the workflow slept: a PAUSED state lies between the stage's begin and end."""
    found = Finding("at least one PAUSED state per guided stage in Prefect's own history")
    patient: dict[str, set[str]] = defaultdict(set)
    for line in facts.noted("asleep"):
        patient[line["session_id"]].add(line["stage"])
    if facts.prefect is None or not patient:
        found.note = "no Prefect to ask, or nobody who waited for it"
        return found
    names: dict[str, list[str]] = defaultdict(list)
    for id_, run in _runs(facts).items():
        names[str(run["name"]).split(":")[0]].append(id_)
    slept: set[str] = set()
    for session, stages in patient.items():
        stamps = [at for times in _paused_at(facts, names[session]).values() for at in times]
        spans = _spans(facts, session)
        for stage in stages & set(spans):
            begin, end = spans[stage]
            there = any(begin <= at <= end for at in stamps)
            slept |= {stage} if there else set()
            found.look(there, f"{session} {stage}: no PAUSED between {begin} and {end}")
    for stage in GUIDED:
        found.look(stage in slept, f"{stage}: nobody's workflow slept in it")
    return found


def _spans(facts: Evidence, session: str) -> dict[str, tuple[datetime, datetime]]:
    """Stage -> from its first request to its first confirmation."""
    begins: dict[str, datetime] = {}
    spans: dict[str, tuple[datetime, datetime]] = {}
    query = (
        "SELECT event_type, payload->>'stage' AS stage, created_at FROM domain_events WHERE aggregate_id = %s"
        " AND event_type IN ('GenerationRequested', 'StageConfirmed') ORDER BY aggregate_version"
    )
    for row in facts.rows(query, session):
        if row["event_type"] == "GenerationRequested":
            begins.setdefault(row["stage"], row["created_at"])
        elif row["stage"] in begins:
            spans.setdefault(row["stage"], (begins[row["stage"]], row["created_at"]))
    return spans


CHECKS = (handles_wait_for_sleepers, sleepers_are_known, confirmed_pauses_happened, slept_in_every_stage)
