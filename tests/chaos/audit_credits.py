"""Invariants of credits, in SQL over the log: every account adds up at every step, every reservation ends once."""

from tests.chaos.evidence import Evidence, Finding

# what each fact does to (free, held, charged, expired, granted)
_STEPS = """
SELECT aggregate_id AS account, aggregate_version AS version, event_type,
    sum(granted) OVER so_far AS granted,
    sum(granted - reserved + released - expired) OVER so_far AS free,
    sum(reserved - charged - released) OVER so_far AS held,
    sum(charged) OVER so_far AS charged,
    sum(expired) OVER so_far AS expired,
    opening
FROM (
    SELECT e.aggregate_id, e.aggregate_version, e.event_type, e.payload->'opening' AS opening,
        CASE e.event_type WHEN 'CreditsGranted' THEN (e.payload->>'amount')::numeric ELSE 0 END AS granted,
        CASE e.event_type WHEN 'CreditsReserved' THEN (e.payload->>'amount')::numeric ELSE 0 END AS reserved,
        CASE e.event_type WHEN 'CreditsReleased' THEN (e.payload->>'amount')::numeric ELSE 0 END AS released,
        CASE e.event_type WHEN 'CreditsCharged' THEN (e.payload->>'charged')::numeric ELSE 0 END AS charged,
        CASE e.event_type WHEN 'CreditsExpired' THEN (e.payload->>'amount')::numeric ELSE 0 END AS expired
    FROM domain_events AS e WHERE e.aggregate_type = 'account'
) AS facts
WINDOW so_far AS (PARTITION BY aggregate_id ORDER BY aggregate_version)
ORDER BY account, version
"""

# of a ledger, as JSON: what its grants and reservations hold
_LEDGER = """
    (l->>'granted')::numeric AS granted, (l->>'charged')::numeric AS charged, (l->>'expired')::numeric AS expired,
    (SELECT coalesce(sum((g->>'free')::numeric), 0) FROM jsonb_array_elements(l->'grants') AS g) AS free,
    (SELECT coalesce(sum((g->>'held')::numeric), 0) FROM jsonb_array_elements(l->'grants') AS g) AS held,
    (SELECT coalesce(sum((p->>'amount')::numeric), 0) FROM jsonb_array_elements(l->'reservations') AS r,
        jsonb_array_elements(r->'parts') AS p) AS reserved
"""
_SHOWN = f"""
SELECT account_id::text AS account, version, {_LEDGER} FROM account_credits, LATERAL (SELECT ledger AS l) AS x
"""
_CARRIED = f"""
SELECT aggregate_id AS account, aggregate_version AS version, {_LEDGER}
FROM domain_events, LATERAL (SELECT payload->'opening' AS l) AS x
WHERE aggregate_type = 'account' AND event_type = 'PeriodClosed'
"""

_RESERVATIONS = """
SELECT payload->>'reservation_id' AS id, count(DISTINCT aggregate_id) AS accounts,
    count(*) FILTER (WHERE event_type = 'CreditsReserved') AS reserved,
    count(*) FILTER (WHERE event_type = 'CreditsCharged') AS charged,
    count(*) FILTER (WHERE event_type = 'CreditsReleased') AS released,
    coalesce(sum((payload->>'amount')::numeric) FILTER (WHERE event_type = 'CreditsReserved'), 0) AS amount,
    coalesce(sum((payload->>'amount')::numeric) FILTER (WHERE event_type = 'CreditsReleased'), 0)
        + coalesce(sum((payload->>'charged')::numeric) FILTER (WHERE event_type = 'CreditsCharged'), 0) AS ended,
    min(tx_id::text) FILTER (WHERE event_type = 'CreditsReserved') AS began_in,
    array_agg(DISTINCT tx_id::text) FILTER (WHERE event_type <> 'CreditsReserved') AS ended_in,
    bool_or(event_type = 'CreditsReleased' AND payload->>'reason' IN ('deadline', 'asked')) AS apart
FROM domain_events WHERE aggregate_type = 'account' AND payload ? 'reservation_id' GROUP BY 1
"""
_WORKS = """
SELECT payload->>'correlation_id' AS id,
    min(tx_id::text) FILTER (WHERE event_type = 'GenerationRequested') AS began_in,
    min(tx_id::text) FILTER (WHERE event_type <> 'GenerationRequested') AS ended_in,
    bool_or(event_type = 'ProposalsRecorded') AS recorded
FROM domain_events
WHERE event_type IN ('GenerationRequested', 'ProposalsRecorded', 'GenerationFailed', 'GenerationCancelled') GROUP BY 1
"""


def credits_add_up(facts: Evidence) -> Finding:
    """granted = free + held + charged + expired, each at least nought, at every step; the read side says the same."""
    found = Finding("the sum of grants is balance + reserved + charged, at every step")
    last: dict[str, dict[str, object]] = {}
    at: dict[tuple[str, int], dict[str, object]] = {}
    for step in facts.rows(_STEPS):
        where = f"{step['account']} at version {step['version']}"
        sums = {name: step[name] for name in ("granted", "free", "held", "charged", "expired")}
        found.look(min(sums.values()) >= 0, f"{where}: {sums}")
        parts = sums["free"] + sums["held"] + sums["charged"] + sums["expired"]
        found.look(sums["granted"] == parts, f"{where}: {sums}")
        last[step["account"]] = at[step["account"], step["version"]] = sums
    for row in facts.rows(_CARRIED):
        _same(found, row, at.get((row["account"], row["version"])), "is carried forward")
    shown = {row["account"]: row for row in facts.rows(_SHOWN)}
    for account, sums in last.items():
        found.look(account in shown, f"{account} is not shown")
        if account in shown:
            _same(found, shown[account], sums, "is shown")
    for account in shown:
        found.look(account in last, f"{account} is shown and has no facts")
    return found


def _same(found: Finding, row: dict[str, object], sums: dict[str, object] | None, how: str) -> None:
    told = {name: row[name] for name in ("granted", "free", "held", "charged", "expired")}
    found.look(told == sums, f"{row['account']} {how} as {told}, its facts say {sums}")
    found.look(row["reserved"] == row["held"], f"{row['account']} {how} with {row['reserved']} in its reservations")


def reservations_end_once(facts: Evidence) -> Finding:
    """Reserved once, in the transaction of the request; charged and released at most once each, in the outcome's."""
    found = Finding("every reservation begins and ends with its work, once each")
    works = {row["id"]: row for row in facts.rows(_WORKS)}
    for row in facts.rows(_RESERVATIONS):
        name, work = f"reservation {row['id']}", works.get(row["id"])
        found.look((row["reserved"], row["accounts"]) == (1, 1), f"{name} was made {row['reserved']} times")
        found.look(row["charged"] <= 1, f"{name} was charged {row['charged']} times")
        found.look(row["released"] <= 1, f"{name} was released {row['released']} times")
        found.look(row["amount"] == row["ended"], f"{name}: {row['amount']} reserved, {row['ended']} ended")
        found.look(work is not None, f"{name} has no work")
        if work is None:
            continue
        found.look(row["began_in"] == work["began_in"], f"{name} was not made in the transaction of its request")
        if not row["apart"]:
            found.look(row["ended_in"] == [work["ended_in"]], f"{name} did not end in the transaction of its outcome")
            found.look(bool(row["charged"]) <= work["recorded"], f"{name} was charged for work without an outcome")
    return found


def work_is_paid_for(facts: Evidence) -> Finding:
    """Where credits are on, no work was admitted without a reservation."""
    found = Finding("no generation without a reservation")
    reserved = {row["id"] for row in facts.rows(_RESERVATIONS)}
    if not reserved:
        found.note = "credits are off, or everything was free"
        return found
    for row in facts.rows(_WORKS):
        found.look(row["id"] in reserved, f"work {row['id']} was not paid for")
    return found


CHECKS = (credits_add_up, reservations_end_once, work_is_paid_for)
