"""Defines what an export's tables hold: columns with their types, and the families that CSV splits the events into.

Between reader and writer a row is one text: its values joined by SEPARATOR, "" for none. Times are microseconds since
1970 (UTC), numbers as PostgreSQL prints them.
"""

from dataclasses import dataclass
from typing import Literal

SEPARATOR = "\x01"
"""No value holds it: JSON escapes it, ids and names have no control characters (`plain` sees to that)."""

Kind = Literal["integer", "number", "text", "json", "time", "boolean"]


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    kind: Kind = "text"


@dataclass(frozen=True, slots=True)
class Table:
    name: str
    columns: tuple[Column, ...]

    def place(self, column: str) -> int:
        """Where `column` stands in a row."""
        return next(place for place, one in enumerate(self.columns) if one.name == column)

    @property
    def named_by(self) -> tuple[str, str]:
        """The columns that say in words which row it is: its stream and version."""
        return ("stream_id", "stream_version") if self.name == "events" else ("session_id", "version")

    def said(self, row: str) -> str:
        """Which row it is, in words: its stream and version."""
        values = row.split(SEPARATOR, 6)
        stream, version = (values[5], values[2]) if self.name == "events" else values[:2]
        return f"stream {stream} version {version}"


EVENTS = Table(
    "events",
    (
        Column("position", "integer"),
        Column("recorded_at", "time"),
        Column("stream_version", "integer"),
        Column("schema_version", "integer"),
        Column("event_id"),
        Column("stream_id"),
        Column("payload_hash"),
        Column("aggregate_type"),
        Column("event_type"),
        Column("metadata", "json"),
        Column("correlation_id"),
        Column("causation_id"),
        Column("payload_salt"),
        Column("chain"),
        Column("tx_id", "integer"),
        Column("account_id"),
        Column("occurred_at", "time"),
        Column("stage"),
        Column("turn", "integer"),
        Column("kind"),
        Column("code"),
        Column("writer"),
        Column("model"),
        Column("prompt_version"),
        Column("cost_usd", "number"),
        Column("input_tokens", "integer"),
        Column("output_tokens", "integer"),
        Column("proposal_id"),
        Column("feedback_id"),
        Column("payload", "json"),
    ),
)
"""The first twelve are what the log's chain is made of, in its order (ADR 25): verify.py takes them by their places."""

SESSIONS = Table(
    "sessions",
    (
        Column("session_id"),
        Column("version", "integer"),
        Column("account_id"),
        Column("valid_from", "time"),
        Column("valid_to", "time"),
        Column("event_type"),
        Column("mode"),
        Column("status"),
        Column("current_stage"),
        Column("is_pending", "boolean"),
        Column("language"),
        Column("turn", "integer"),
        Column("started_at", "time"),
        Column("expires_at", "time"),
        Column("source_session_id"),
        Column("source_version", "integer"),
        Column("novel_id"),
        Column("confirmed_stages", "integer"),
        Column("confirmed_characters", "integer"),
        Column("proposals", "integer"),
        Column("feedback", "integer"),
        Column("edits", "integer"),
        Column("failures", "integer"),
        Column("cost_usd", "number"),
        Column("calls_without_price", "integer"),
        Column("title", "json"),
        Column("confirmed", "json"),
    ),
)


@dataclass(frozen=True, slots=True)
class Family:
    """Events that share a flat table. `values`: fields of the payload, as they are; `texts`: what people or a model
    wrote, three columns each (the text, its characters, its hash)."""

    name: str
    types: frozenset[str]
    values: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()


FAMILIES = (
    Family(
        "lifecycle",
        frozenset(
            (
                *("GenesisStarted", "GenesisBranched", "StageEntered", "SessionExtended", "SessionPaused"),
                *("WaitExpired", "GenesisCompleted", "GenesisAbandoned"),
            )
        ),
        ("mode", "language", "expires_at", "hours", "source_session_id", "source_version", "novel_id"),
        ("title", "seed", "genre", "audience", "reason"),
    ),
    Family(
        "generations",
        frozenset(
            (
                *("GenerationRequested", "ProposalsRecorded", "ContradictionsFound"),
                *("GenerationFailed", "GenerationCancelled"),
            )
        ),
        ("command_type", "count", "deadline_at", "price_source", "usage"),
        ("instructions", "message"),
    ),
    Family(
        "decisions",
        frozenset(("FeedbackGiven", "ConceptsShortlisted", "ContentEdited", "LocksChanged", "StageConfirmed")),
        ("path", "proposal_ids", "locked_paths", "source_proposal_id", "stale"),
        ("text",),
    ),
    Family(
        "credits",
        frozenset(
            (
                *("CreditsGranted", "CreditsReserved", "CreditsCharged", "CreditsReleased", "CreditsExpired"),
                "PeriodClosed",
            )
        ),
        ("grant_id", "reservation_id", "subject_id", "amount", "charged", "used", "expires_at", "deadline_at"),
        ("note", "reason"),
    ),
    Family(
        "books",
        frozenset(
            (
                *("ProjectCreated", "ProjectRenamed", "EntryAdded", "EntryRenamed", "EntryMoved", "EntryRemoved"),
                *("EntryRestored", "ChapterPlanned", "BookDescribed", "FindingWaived", "FindingUnwaived"),
                *("ChapterOpened", "ChapterEdited", "ChapterStatusSet", "BlocksLocked", "BlocksUnlocked", "StyleSet"),
                "ChangesAcknowledged",
            )
        ),
        ("session_id", "novel_id", "project_id", "entry_id", "parent_id", "position", "status", "words", "edits"),
        ("title", "logline"),
    ),
)
OTHERS = Family("others", frozenset())
FAMILY_OF = {event_type: family for family in FAMILIES for event_type in family.types}


def plain(text: str) -> str:
    """`text` without control characters: what a row's value must not hold."""
    return text if text.isprintable() else "".join(mark if mark.isprintable() else " " for mark in text)
