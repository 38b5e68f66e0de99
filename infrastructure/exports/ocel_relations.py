"""Finds the objects of an object-centric log that an event names in its payload."""

from collections.abc import Iterator
from typing import Any

Relation = tuple[str, str, str]
"""(type, id, qualifier) of an object that an event, or another object, has to do with."""


def touched(payload: dict[str, Any], event_type: str) -> Iterator[Relation]:
    """The objects that an event names, beside its stream and whose that is."""
    for proposal in proposals_of(payload):
        if made := id_of(proposal.get("id")):
            yield "proposal", made, "proposes"
    if event_type.startswith(("Generation", "ProposalsRecorded", "ContradictionsFound")) and (
        work := id_of(payload.get("correlation_id"))
    ):
        yield "generation", work, "work"
    named = (
        ("proposal", "proposal_id", "confirms" if event_type == "StageConfirmed" else "about"),
        ("proposal", "source_proposal_id", "locks"),
        ("feedback", "feedback_id", "gives" if event_type == "FeedbackGiven" else "answers"),
        ("novel", "novel_id", "begins from" if event_type == "ProjectCreated" else "makes"),
        ("project", "project_id", "opens in"),
        ("session", "source_session_id", "branches from"),
        ("session", "subject_id", "pays for"),
    )
    for object_type, field, qualifier in named:
        if found := id_of(payload.get(field)):
            yield object_type, found, qualifier
    for found in payload.get("proposal_ids") or ():
        if shortlisted := id_of(found):
            yield "proposal", shortlisted, "shortlists"


def proposals_of(payload: dict[str, Any]) -> list[dict[str, Any]]:
    """The proposals that an event brings, or the one that it confirms."""
    found = payload.get("proposals") or [payload.get("proposal")]
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def id_of(value: Any) -> str:
    """What names an object; empty: nothing does."""
    return value if isinstance(value, str) else ""
