"""Invariants of the write side: what was answered is there, once, in order; every work has one end, one charge."""

from collections import defaultdict
from typing import Any

from tests.chaos.evidence import Evidence, Finding

_EVENTS = """
SELECT id, event_id::text, event_type, aggregate_id, aggregate_type AS kind, aggregate_version AS version,
    correlation_id::text, causation_id::text, tx_id::text AS tx, payload
FROM domain_events ORDER BY aggregate_id, aggregate_version
"""
_INBOX = """
SELECT id::text, session_id::text, user_id, command_type, status::text, response, correlation_id::text, created_at
FROM command_inbox
"""
_OUTCOMES = ("ProposalsRecorded", "GenerationFailed", "GenerationCancelled")


def answered_once(facts: Evidence) -> Finding:
    """Every answered command: one inbox row with that answer, and its events, once and in one transaction."""
    found = Finding("every answered command's events exist exactly once")
    inbox = {row["id"]: row for row in facts.rows(_INBOX)}
    caused: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for event in facts.rows(_EVENTS):
        caused[event["causation_id"]].append(event)
    for answer in facts.noted("answered"):
        id_, row = answer["command_id"], inbox.get(answer["command_id"])
        if row is None:
            found.look(False, f"{answer['type']} {id_} was answered and is not in the inbox")
            continue
        same = all(row["response"].get(key) == answer[key] for key in ("session_id", "status", "version", "result"))
        same = same and row["response"].get("correlation_id") == answer["correlation_id"]
        found.look(same, f"{answer['type']} {id_} was answered otherwise than is stored")
        events = caused[id_]
        versions = [event["version"] for event in events if event["aggregate_id"] == answer["session_id"]]
        found.look(
            bool(versions) and versions == list(range(answer["version"] - len(versions) + 1, answer["version"] + 1)),
            f"{answer['type']} {id_} was answered with version {answer['version']}, its events are {versions}",
        )
        found.look(len({event["tx"] for event in events}) <= 1, f"{id_} was written in several transactions")
        found.look(
            all(event["aggregate_id"] == answer["session_id"] or event["kind"] == "account" for event in events),
            f"{id_} wrote into two sessions",
        )
    return found


def same_answer_always(facts: Evidence) -> Finding:
    """A command that was answered more than once was answered the same; two at once on one version: one winner."""
    found = Finding("the same command gets the same answer, rivals on one version one winner")
    answers: dict[str, dict[str, Any]] = {}
    for answer in facts.noted("answered"):
        first = answers.setdefault(answer["command_id"], answer)
        found.look(first == answer, f"{answer['command_id']} was answered in two ways")
    for twins in facts.noted("twins"):
        found.look(twins["same"], f"{twins['command_id']} given twice at once: {twins['statuses']}")
    for quarrel in facts.noted("quarrel"):
        winners = quarrel["winners"]
        found.look(len(winners) <= 1, f"{quarrel['session_id']} at version {quarrel['version']}: {winners}")
    return found


def refused_writes_nothing(facts: Evidence) -> Finding:
    found = Finding("a refused command has left nothing")
    known = {row["id"] for row in facts.rows("SELECT id::text FROM command_inbox")}
    answered = {answer["command_id"] for answer in facts.noted("answered")}
    for refusal in facts.noted("refused"):
        if refusal["command_id"] not in answered:
            found.look(refusal["command_id"] not in known, f"{refusal['command_id']} ({refusal['code']}) was written")
    return found


def inbox_and_events_together(facts: Evidence) -> Finding:
    """No inbox row without its events, no event without its inbox row, no event without its message."""
    found = Finding("inbox, events and outbox were written together")
    events = facts.rows(_EVENTS)
    causes = {event["causation_id"] for event in events}
    works = {str(e["payload"]["command_id"]) for e in events if e["event_type"] == "GenerationRequested"}
    inbox = {row["id"] for row in facts.rows(_INBOX)}
    for id_ in inbox:
        found.look(id_ in causes or id_ in works, f"command {id_} has no events")
    for cause in causes:
        found.look(cause in inbox, f"events of {cause}, which is not in the inbox")
    outbox = {row["id"]: row["position"] for row in facts.rows("SELECT id::text, position FROM event_outbox")}
    for event in events:
        found.look(outbox.pop(event["event_id"], None) == event["id"], f"event {event['event_id']} has no message")
    for id_ in outbox:
        found.look(False, f"message {id_} has no event")
    return found


def no_holes(facts: Evidence) -> Finding:
    found = Finding("versions have no holes")
    versions: dict[str, list[int]] = defaultdict(list)
    for event in facts.rows(_EVENTS):
        versions[event["aggregate_id"]].append(event["version"])
    for session, seen in versions.items():
        found.look(seen == list(range(1, len(seen) + 1)), f"{session}: {seen}")
    return found


def everything_ended(facts: Evidence) -> Finding:
    """No work goes on for ever, and each has one outcome in the log."""
    found = Finding("every PROCESSING row ended, every work has one outcome")
    outcomes: dict[str, list[str]] = defaultdict(list)
    requested: list[str] = []
    for event in facts.rows(_EVENTS):
        if event["event_type"] == "GenerationRequested":
            requested.append(str(event["payload"]["correlation_id"]))
        elif event["event_type"] in _OUTCOMES:
            outcomes[str(event["payload"]["correlation_id"])].append(event["event_type"])
    for row in facts.rows(_INBOX):
        found.look(row["status"] in ("COMPLETED", "FAILED"), f"{row['command_type']} {row['id']} is {row['status']}")
    ended = {row["correlation_id"]: row["status"] for row in facts.rows(_INBOX) if row["correlation_id"]}
    for work in requested:
        ends = outcomes.get(work, [])
        found.look(len(ends) == 1, f"work {work} has the outcomes {ends} (inbox: {ended.get(work)})")
    for task in facts.rows("SELECT id::text, status::text FROM async_tasks"):
        over = task["status"] in ("COMPLETED", "FAILED", "CANCELLED")
        found.look(over, f"task {task['id']} is {task['status']}")
    return found


def charged_once(facts: Evidence) -> Finding:
    """The charge is part of ProposalsRecorded: one per work, and what it says is what the task kept."""
    found = Finding("no charge twice, and each is what the provider's answer cost")
    tasks = {row["id"]: row for row in facts.rows("SELECT id::text, cost_usd, result_data FROM async_tasks")}
    charges: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for event in facts.rows(_EVENTS):
        if event["event_type"] == "ProposalsRecorded":
            charges[str(event["payload"]["correlation_id"])].append(event["payload"])
    in_events = in_tasks = 0
    for work, payloads in charges.items():
        found.look(len(payloads) == 1, f"work {work} was charged {len(payloads)} times")
        task = tasks.get(work)
        if task is None:
            found.look(False, f"work {work} was charged and has no task")
            continue
        kept = task["result_data"] or {}
        found.look(kept.get("usage") == payloads[0]["usage"], f"work {work}: charged and kept usage differ")
        cost = None if task["cost_usd"] is None else round(float(task["cost_usd"]), 6)
        said = payloads[0]["cost_usd"]
        found.look(cost == (None if said is None else round(said, 6)), f"work {work}: {said} charged, {cost} kept")
        in_events += sum(_tokens(payload["usage"]) for payload in payloads)
        in_tasks += _tokens(kept.get("usage") or {})
    found.look(in_events == in_tasks, f"{in_events} tokens charged, {in_tasks} kept")
    found.note = f"{in_events} tokens"
    return found


def _tokens(usage: dict[str, Any]) -> int:
    return sum(value for value in usage.values() if isinstance(value, int))


CHECKS = (
    answered_once,
    same_answer_always,
    refused_writes_nothing,
    inbox_and_events_together,
    no_holes,
    everything_ended,
    charged_once,
)
