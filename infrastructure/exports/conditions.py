"""Makes SQL conditions on `domain_events` of a selection: one place for the events' rows and the sessions' rows."""

from typing import Any

from infrastructure.exports.selection import Selection

_STAGE = "coalesce(payload ->> 'stage', payload ->> 'first_stage', payload ->> 'current_stage')"
_OF_ACCOUNTS = """aggregate_id IN (SELECT aggregate_id FROM domain_events
    WHERE aggregate_version = 1 AND payload ->> 'user_id' = ANY(%(accounts)s))"""


def conditions(selection: Selection) -> tuple[str, dict[str, Any]]:
    """(what follows a WHERE that has a condition already, its parameters). Column names are not qualified."""
    found: list[str] = []
    parameters: dict[str, Any] = {}
    if selection.sessions:
        found.append("aggregate_id = ANY(%(sessions)s)")
        parameters["sessions"] = [str(session) for session in selection.sessions]
    if selection.accounts:
        found.append(_OF_ACCOUNTS)
        parameters["accounts"] = [str(account) for account in selection.accounts]
    if selection.types:
        found.append("event_type = ANY(%(types)s)")
        parameters["types"] = list(selection.types)
    if selection.stages:
        found.append(f"{_STAGE} = ANY(%(stages)s)")
        parameters["stages"] = list(selection.stages)
    if selection.since:
        found.append("created_at >= %(since)s")
        parameters["since"] = selection.since
    if selection.before:
        found.append("created_at < %(before)s")
        parameters["before"] = selection.before
    return "".join(f" AND {condition}" for condition in found), parameters
